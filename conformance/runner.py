"""Run a plan against a target; the only place that catches what a check raises."""

import secrets
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Final, Protocol

from conformance.api import Api, Names
from conformance.attempts import performed
from conformance.checks import (
    Judged,
    Missing,
    Scenario,
    Unverified,
)
from conformance.client import Client
from conformance.contract import Contract, Requirement
from conformance.exchange import Exchange
from conformance.gateways import SAFE
from conformance.generated.outcome import Generation, LaneOutcome
from conformance.histories_judged import judge_histories
from conformance.hooks import HookFailed
from conformance.judge import Broke, Heard, Verdict, verdict
from conformance.ledger import Ledger
from conformance.modes import FULL, NEEDS_WRITES, READ_ONLY
from conformance.notices import Notice, afterwards, beforehand
from conformance.plan import Plan
from conformance.preflight import TargetUnusable, preflight
from conformance.reading import check_existing
from conformance.restarting import NO_HOOK, RESTART, Restarting, answers_of, asked_of, awaited
from conformance.target import Target
from conformance.together import Crowd
from conformance.trace import Trace
from conformance.trust import trust_of
from conformance.wire import Budget, Connections

TICK_SECONDS: Final = 0.1
PLAIN_GENERATION: Final = Generation()
READ_AGAIN: Final = 40
END: Final = "the_end_of_the_run"


class Progress(Protocol):
    """Whoever wants to know how a run goes; called from several threads."""

    def started(self, scenario: str) -> None:
        """Tell that a scenario has begun."""

    def waiting(self, scenario: str, what: str) -> None:
        """Tell what a scenario waits for."""

    def finished(self, scenario: str) -> None:
        """Tell that a scenario has ended."""

    def stopping(self) -> None:
        """Tell that somebody stopped the run, which ends what has begun."""


class Silent:
    """Progress that nobody looks at."""

    def started(self, scenario: str) -> None:
        """Say nothing."""

    def waiting(self, scenario: str, what: str) -> None:
        """Say nothing."""

    def finished(self, scenario: str) -> None:
        """Say nothing."""

    def stopping(self) -> None:
        """Say nothing."""


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

    `control` says why the control failed; None if it held. `lane` is what the generated lane
    brought; None if it was not asked for. `heard` is what every check of the plan said, and
    `notices` by what lesser means all of it came about.
    """

    target: Target
    contract: Contract
    plan: Plan
    verdicts: tuple[Verdict, ...]
    exchanges: tuple[Exchange, ...]
    timing: Timing
    control: str | None
    interrupted: bool
    lane: LaneOutcome | None = None
    heard: tuple[Heard, ...] = ()
    notices: tuple[Notice, ...] = ()


class Run:
    """One run under way: begun, awaited whole or verdict by verdict, and closed.

    Attributes:
        trace: what was sent and received so far.
        control: why the control failed; None once it has held.
        interrupted: whether somebody stopped it before its end.

    """

    def __init__(
        self,
        contract: Contract,
        target: Target,
        plan: Plan,
        progress: Progress,
        *,
        ledger: Ledger | None = None,
    ) -> None:
        self.contract, self.target, self.plan, self.progress = contract, target, plan, progress
        self.trace = Trace()
        self.control: str | None = "the run was stopped before its control had held"
        self.interrupted = False
        self._started_at, self._began = datetime.now(UTC), time.monotonic()
        self._ledger = ledger
        self._names = Names(ledger.heading.run if ledger else secrets.token_hex(4))
        self._connections = Connections(trust=trust_of(target), timeout=target.pace.request_timeout)
        self._crowd = Crowd()
        self._budget = Budget(target.max_writes)
        self._stopping, self._waits = threading.Event(), True
        self._seconds: dict[str, float] = {}
        self._pools = [ThreadPoolExecutor(target.concurrency, thread_name_prefix="scenario")]
        self._futures: dict[str, Future[Heard]] = {}
        self._alone = [one for one in plan.scenarios if one.restarts]
        self._restarting: Restarting | None = None
        self._heard: list[Heard] = []
        self._of_invariants: list[Heard] | None = None
        self._lane: LaneOutcome | None = None

    def ask(self) -> None:
        """Ask whether the target can be judged; nothing is written, but its reset hook comes first.

        Raises:
            TargetUnusable: it does not answer, is not ready, is not this API, or refuses us, or it
                cannot be reset.
            NothingToRead: a run that only reads finds nothing of what it should read.

        """
        client = self._client("preflight")
        if self.target.reset is not None and self.target.mode == FULL:
            try:
                self.target.reset()
            except HookFailed as failed:
                raise TargetUnusable(f"Nothing was sent: {failed}.") from failed
            awaited(client)
        preflight(client)
        if self.target.mode == READ_ONLY:
            check_existing(client)

    def begin(self) -> None:
        """Run the control, and if it holds start everything else that needs no restart."""
        controls = [one for one in self.plan.scenarios if one.control]
        for scenario in controls:
            self._heard.append(self.perform(scenario))
        self.control = _why_not(self._heard)
        rest = [one for one in self.plan.scenarios if not one.control]
        if self.control is None:
            for one in (one for one in rest if not one.restarts):
                self._futures[one.name] = self._pools[0].submit(self.perform, one)
        else:
            self._heard += [_unheard(one, self.control) for one in rest]
        limit = f"the write limit of {self.target.max_writes} is too small for its scenarios"
        self._heard += [_unheard(one, limit) for one in self.plan.unaffordable]
        self._heard += [_unheard(one, NEEDS_WRITES) for one in self.plan.withheld]

    def generate(self, generation: Generation) -> None:
        """Send what the generated lane makes, where the control has held."""
        if self.control is not None or not self.plan.generated:
            return
        from conformance.generated.lane import generate  # noqa: PLC0415  # takes a second to load

        self.progress.waiting("generated_requests", "")
        api = self._api(self._client("generated", "generated"), self._heed)
        try:
            self._lane = generate(api, generation, self.plan.generated)
        except Unverified as reason:
            self._lane = LaneOutcome(generation, self.plan.generated, stopped=str(reason))

    def restart(self) -> None:
        """Perform what has the target restarted, once all else has ended and was judged."""
        alone, self._alone = self._alone, []
        if not alone or self.control is not None or self._stopping.is_set():
            return
        self.wait()
        self._judge_histories()
        hook = self.target.restart
        if hook is None:
            why = self.target.hooks_not_run.get("restart", NO_HOOK)
            self._heard += [_unheard(one, why) for one in alone]
            return
        client = self._client(RESTART)
        asks, answers = partial(asked_of, client), partial(answers_of, client)
        self._restarting = Restarting(len(alone), hook, asks, answers, self.target.concurrency)
        self._pools.append(ThreadPoolExecutor(len(alone), thread_name_prefix="restarting"))
        for one in alone:
            performed = partial(self._restarting.take_part, partial(self.perform, one))
            self._futures[one.name] = self._pools[-1].submit(performed)
        self._restarting.perform()
        self.wait()

    def wait(self, scenarios: Collection[str] | None = None) -> None:
        """Wait for the named scenarios, or for all, in steps between which Ctrl-C is heard."""
        wanted = self._futures if scenarios is None else scenarios
        pending = {self._futures[name] for name in wanted if name in self._futures}
        while pending := {one for one in pending if not one.done()}:
            wait(pending, timeout=TICK_SECONDS, return_when=FIRST_COMPLETED)

    def verdict(self, requirement: Requirement) -> Verdict:
        """Wait for what judges a requirement, and weigh it."""
        if any(one.restarts for one in self.plan.judging(requirement.id)):
            self.restart()
        if any(one.requirement == requirement.id for one in self.plan.invariants):
            self.wait()
            said = [*self._of_scenarios(), *self._judge_histories()]
        else:
            self.wait([one.name for one in self.plan.judging(requirement.id)])
            said = self._of_scenarios()
        return verdict(requirement, _about(requirement, said), self.control)

    def stop(self) -> None:
        """Start nothing more, and wait until what has started has ended.

        Raises:
            KeyboardInterrupt: somebody does not want to wait; from then on nobody does.

        """
        self._stopping.set()
        if self._restarting is not None:
            self._restarting.give_up()
        for pool in self._pools:
            pool.shutdown(wait=False, cancel_futures=True)
        waits, self._waits = self._waits, False
        if waits:
            self.wait()
            self._waits = True

    def close(self) -> None:
        """Stop, and close every connection."""
        self.stop()
        self._crowd.close(wait=self._waits)
        self._connections.close()

    def result(self) -> RunResult:
        """Weigh all that was heard so far; the histories are judged as far as they go."""
        self.wait()
        heard = (*self._of_scenarios(), *self._judge_histories())
        if not self._stopping.is_set():
            heard += tuple(_lost(self.plan, heard))
        verdicts = tuple(
            verdict(requirement, _about(requirement, heard), self.control)
            for requirement in self.plan.requirements
        )
        if self._ledger is not None:
            findings = (found for one in verdicts for found in one.findings)
            self._ledger.show(shown for found in findings for shown in found.exchanges)
        longest = max(self._seconds, key=self._seconds.__getitem__, default="")
        taken = self._seconds.get(longest, 0.0)
        back = self._restarting.back if self._restarting else None
        return RunResult(
            self.target,
            self.contract,
            self.plan,
            verdicts,
            tuple(self.trace),
            Timing(self._started_at, time.monotonic() - self._began, longest, taken),
            self.control,
            self.interrupted,
            self._lane,
            heard,
            (*beforehand(self.target), *afterwards(tuple(self.trace), back)),
        )

    def _client(self, cause: str, lane: str = "scenarios") -> Client:
        return Client(
            self.contract,
            self.target,
            self.trace,
            cause,
            self._connections,
            self._budget,
            self._stopping.wait,
            lane,
            ledger=self._ledger,
        )

    def _api(self, client: Client, waiting: Callable[[str], None]) -> Api:
        return Api(client, self.target, waiting, self._names, self._crowd, self._restarting)

    def _of_scenarios(self) -> list[Heard]:
        """Return what the ended scenarios said; of the cancelled ones, that they were."""
        scenarios = {one.name: one for one in self.plan.scenarios}
        heard = list(self._heard)
        for name, future in self._futures.items():
            if future.cancelled():
                heard.append(_unheard(scenarios[name], "the run was interrupted"))
            elif future.done():
                heard.append(future.result())
        if self.interrupted:
            met = {one.check for one in heard}
            everything = (*self.plan.scenarios, *self.plan.left_out)
            never = (one for one in everything if one.name not in met)
            heard += [_unheard(one, "the run was interrupted") for one in never]
        return heard

    def _judge_histories(self) -> list[Heard]:
        if self._of_invariants is None:
            self._read_again()
            self._of_invariants = judge_histories(
                self.contract, self.target, self.plan.invariants, self.trace
            )
        return self._of_invariants

    def _read_again(self) -> None:
        """Read, at the end of the run, the statuses of commands from all over it once more.

        A server that does not answer is left alone.
        Those of another scope are left out: its status may be closed to whoever asks here.
        """
        if self.control is not None or self._stopping.is_set() or not self.plan.invariants:
            return
        client = self._client(END)
        scope, writes = {"scopeId": self.target.scope}.items(), []
        for one in self.trace:
            told = one.ok and isinstance(one.members.get("statusUrl"), str)
            if told and one.request.method not in SAFE and scope <= one.parameters.items():
                writes.append(one)
        for write in writes[:: max(1, len(writes) // READ_AGAIN)]:
            url = write.members["statusUrl"]
            if client.may_follow(url, write) and client.follow(url, write).response is None:
                return

    def perform(self, scenario: Scenario) -> Heard:
        """Run a scenario and keep whatever it says or raises."""
        self.progress.started(scenario.name)
        began = time.monotonic()
        waiting = partial(self._tell, scenario)
        heard = performed(scenario, lambda: self._api(self._client(scenario.name), waiting))
        self._seconds[scenario.name] = time.monotonic() - began
        self.progress.finished(scenario.name)
        return heard

    def _tell(self, scenario: Scenario, what: str) -> None:
        self._heed(what)
        self.progress.waiting(scenario.name, self.target.masked(what))

    def _heed(self, _what: str) -> None:
        if self._stopping.is_set():
            raise Unverified("the run was interrupted")


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


def _about(requirement: Requirement, heard: Iterable[Heard]) -> list[Heard]:
    return [one for one in heard if one.requirement == requirement.id]


def _lost(plan: Plan, heard: Iterable[Heard]) -> Iterator[Heard]:
    """Yield an error of the kit for each check of the plan of which nothing was heard."""
    met = {(one.requirement, one.check) for one in heard}
    for one in plan.checks:
        if (one.requirement, one.name) not in met:
            why = f"{one.name} is in the plan, and was neither performed nor left out for a reason"
            yield Heard(one.requirement, one.name, (), Broke(one.name, why))


def _unheard(scenario: Scenario, why: str) -> Heard:
    return Heard(scenario.requirement, scenario.name, (Missing(why),))


def run(  # noqa: PLR0913  # everything that a run is made of
    contract: Contract,
    target: Target,
    plan: Plan,
    progress: Progress,
    generation: Generation = PLAIN_GENERATION,
    *,
    ledger: Ledger | None = None,
) -> RunResult:
    """Judge a target; the generated lane, where it is planned, follows the scenarios.

    Raises:
        TargetUnusable: it does not answer, is not ready, is not this API, or refuses us, or it
            cannot be reset.
        NothingToRead: a run that only reads finds nothing of what it should read.

    """
    with closing(Run(contract, target, plan, progress, ledger=ledger)) as under_way:
        under_way.ask()
        try:
            under_way.begin()
            under_way.wait()
            under_way.generate(generation)
            under_way.restart()
        except KeyboardInterrupt:
            under_way.interrupted = True
            progress.stopping()
            under_way.stop()
        return under_way.result()
