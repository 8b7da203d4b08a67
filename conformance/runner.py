"""Run a plan against a target; the only place that catches what a check raises."""

import secrets
import threading
import time
import traceback
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Final, Protocol

from conformance.api import Api, Names
from conformance.checks import (
    Invariant,
    Judged,
    Judgement,
    Missing,
    OtherBranch,
    Scenario,
    Unverified,
)
from conformance.client import Client
from conformance.contract import Contract
from conformance.exchange import Exchange
from conformance.expect import code_of
from conformance.fold import Histories
from conformance.history import BUSY, TRANSPORT, not_offered
from conformance.judge import Broke, Heard, Verdict, verdict
from conformance.plan import Plan
from conformance.preflight import preflight
from conformance.target import Target
from conformance.trace import Trace
from conformance.wire import Budget, Connections

TICK_SECONDS: Final = 0.1
NOBODY: Final = ("", "RATE_LIMITED", "SERVICE_UNAVAILABLE")


class Progress(Protocol):
    """Whoever wants to know how a run goes; called from several threads."""

    def started(self, scenario: str) -> None:
        """Tell that a scenario has begun."""

    def waiting(self, scenario: str, what: str) -> None:
        """Tell what a scenario waits for."""

    def finished(self, scenario: str) -> None:
        """Tell that a scenario has ended."""


@dataclass(frozen=True, slots=True)
class Timing:
    """When a run began, how long it took, and its longest chain of waits (both in seconds)."""

    started_at: datetime
    seconds: float
    longest_wait_scenario: str
    longest_wait_seconds: float


@dataclass(frozen=True, slots=True)
class RunResult:
    """Everything that a report is made of.

    `control` says why the control failed; None if it held.
    """

    target: Target
    contract: Contract
    plan: Plan
    verdicts: tuple[Verdict, ...]
    exchanges: tuple[Exchange, ...]
    timing: Timing
    control: str | None
    interrupted: bool


class _Run:
    """One run under way: its trace, what was heard so far, and how long each scenario took."""

    def __init__(self, contract: Contract, target: Target, plan: Plan, progress: Progress) -> None:
        self.contract, self.target, self.plan, self.progress = contract, target, plan, progress
        self.trace = Trace()
        self.names = Names(secrets.token_hex(4))
        self.connections = Connections()
        self.heard: list[Heard] = []
        self.seconds: dict[str, float] = {}
        self.budget = Budget(target.max_writes)
        self.control: str | None = "the run was stopped before its control had held"
        self.interrupted = False
        self.stopping = threading.Event()

    def close(self) -> None:
        self.connections.close()

    def client(self, cause: str) -> Client:
        return Client(
            self.contract,
            self.target,
            self.trace,
            cause,
            self.connections,
            self.budget,
            self.stopping.wait,
        )

    def scenarios(self) -> None:
        controls = [one for one in self.plan.scenarios if one.control]
        for scenario in controls:
            self.heard.append(self.perform(scenario))
        self.control = _why_not(self.heard)
        rest = [one for one in self.plan.scenarios if not one.control]
        if self.control is None:
            self.pool(rest)
        else:
            self.heard += [_unheard(one, self.control) for one in rest]
        limit = f"the write limit of {self.target.max_writes} is too small for its scenarios"
        self.heard += [_unheard(one, limit) for one in self.plan.unaffordable]

    def pool(self, scenarios: Sequence[Scenario]) -> None:
        pool = ThreadPoolExecutor(self.target.concurrency, thread_name_prefix="scenario")
        futures = [pool.submit(self.perform, scenario) for scenario in scenarios]
        try:
            self.await_all(futures)
        except KeyboardInterrupt:
            self.interrupted = True
            self.stopping.set()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
        done = [future for future in futures if not future.cancelled()]
        self.heard += [future.result() for future in done]
        stopped = zip(futures, scenarios, strict=True)
        self.heard += [
            _unheard(one, "the run was interrupted") for it, one in stopped if it.cancelled()
        ]

    @staticmethod
    def await_all(futures: Sequence[Future[Heard]]) -> None:
        """Wait in short steps, so that Ctrl-C is heard between them."""
        pending = set(futures)
        while pending:
            _, pending = wait(pending, timeout=TICK_SECONDS, return_when=FIRST_COMPLETED)

    def perform(self, scenario: Scenario) -> Heard:
        self.progress.started(scenario.name)
        began = time.monotonic()
        said: list[Judgement] = []
        broke = None
        try:
            waiting = partial(self.wait, scenario)
            api = Api(self.client(scenario.name), self.target, waiting, self.names)
            said.extend(_weighed(judgement) for judgement in scenario.script(api))
        except Unverified as reason:
            said.append(reason.judgement)
        except Exception:  # noqa: BLE001  # whatever a check raises is the kit's fault, and said so
            broke = Broke(scenario.name, traceback.format_exc(limit=-4))
        self.seconds[scenario.name] = time.monotonic() - began
        self.progress.finished(scenario.name)
        return Heard(scenario.requirement, scenario.name, tuple(said), broke)

    def wait(self, scenario: Scenario, what: str) -> None:
        if self.stopping.is_set():
            raise Unverified("the run was interrupted")
        self.progress.waiting(scenario.name, what)

    def invariants(self) -> None:
        histories = Histories(self.contract, self.target)
        for exchange in self.trace:
            histories.take(exchange)
        self.heard += [_apply(one, histories) for one in self.plan.invariants]

    def verdicts(self) -> tuple[Verdict, ...]:
        by_requirement: dict[str, list[Heard]] = {}
        for heard in self.heard:
            by_requirement.setdefault(heard.requirement, []).append(heard)
        return tuple(
            verdict(requirement, by_requirement.get(requirement.id, ()), self.control)
            for requirement in self.plan.requirements
        )


def _weighed(judgement: Judgement) -> Judgement:
    """Take no failure of the transport, and no operation left out, for a counterexample."""
    if isinstance(judgement, Judged) and not judgement.held:
        for exchange in judgement.shown_by:
            if not_offered(exchange):
                return OtherBranch("not_offered", (exchange,))
            nobody = exchange.status in TRANSPORT and code_of(exchange) in NOBODY
            if exchange.response is None or exchange.status == BUSY or nobody:
                return Missing(f"the transport answered: {exchange.line}", judgement.shown_by)
    return judgement


def _why_not(controls: Sequence[Heard]) -> str | None:
    """Say why the control failed; None if every part of it held at least once and none broke."""
    for heard in controls:
        for judgement in heard.said:
            if isinstance(judgement, Missing):
                return judgement.what
            if isinstance(judgement, Judged) and not judgement.held:
                return f"the control failed: expected {judgement.expected}, met {judgement.actual}"
        if heard.broke or not heard.said:
            return f"the control {heard.check} could not be run"
    return None if controls else "the control was left out, and nothing passes without it"


def _unheard(scenario: Scenario, why: str) -> Heard:
    return Heard(scenario.requirement, scenario.name, (Missing(why),))


def _apply(one: Invariant, histories: Histories) -> Heard:
    said: list[Judgement] = []
    broke = None
    try:
        for history in histories.of(one.over):
            said.extend(one.rule(history))
    except Exception:  # noqa: BLE001  # see perform
        broke = Broke(one.name, traceback.format_exc(limit=-4))
    return Heard(one.requirement, one.name, tuple(said), broke)


def run(contract: Contract, target: Target, plan: Plan, progress: Progress) -> RunResult:
    """Judge a target.

    Raises:
        TargetUnusable: it does not answer, is not ready, is not this API, or refuses us.

    """
    started_at, began = datetime.now(UTC), time.monotonic()
    with closing(_Run(contract, target, plan, progress)) as under_way:
        preflight(under_way.client("preflight"))
        try:
            under_way.scenarios()
        except KeyboardInterrupt:
            under_way.interrupted = True
        under_way.invariants()
        longest = max(under_way.seconds, key=under_way.seconds.__getitem__, default="")
        timing = Timing(
            started_at,
            time.monotonic() - began,
            longest,
            under_way.seconds.get(longest, 0.0),
        )
        return RunResult(
            target,
            contract,
            plan,
            under_way.verdicts(),
            tuple(under_way.trace),
            timing,
            under_way.control,
            under_way.interrupted,
        )
