"""Servers that answer any value of any answer with another type: no check errs at it.

One honest run is recorded. Then each scenario meets its answers again, and so does each rule
over histories, with a value of one kind replaced everywhere.
"""

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Final

import httpx
import pytest

from conformance import runner
from conformance.api import Api, Names
from conformance.checks import Scenario, Unverified
from conformance.client import Client
from conformance.contract import load_contract
from conformance.embedded import embedded_server
from conformance.exchange import Exchange, Request, Response
from conformance.fold import Histories
from conformance.given import Given
from conformance.invariants import INVARIANTS
from conformance.plan import make_plan
from conformance.progress import Silent
from conformance.runner import Run
from conformance.target import Target
from conformance.together import Crowd
from conformance.trace import Trace
from conformance.wire import Connections

CONTRACT: Final = load_contract()
WRONG: Final[tuple[Any, ...]] = ([], [{}], {"a": 1}, 7, -0.5, True, "", "odd:one", None)
TWISTS: Final = 2  # of each scenario
SHARE: Final = 0.3  # of the answers that the invariants judge
Step = str | int
Kind = tuple[str | None, tuple[str, ...]]  # the operation, and where in its answers
Twists = Mapping[Kind, Any]


class NamedByCause(Given):
    """Scenarios that name things by themselves, so that each can be played again."""

    def api(self, client: Client, waiting: Callable[[str], None], _: object = None) -> Api:
        return replace(super().api(client, waiting), names=Names(_short(client.cause)))


def _short(cause: str) -> str:
    return f"{Random(cause).getrandbits(32):08x}"


@dataclass(frozen=True, slots=True)
class Recorded:
    target: Target
    scenarios: tuple[Scenario, ...]
    exchanges: tuple[Exchange, ...]
    connections: Connections
    crowd: Crowd

    def of(self, scenario: Scenario) -> list[Exchange]:
        return [one for one in self.exchanges if one.cause == scenario.name]


@pytest.fixture(scope="module")
def recorded() -> Iterator[Recorded]:
    with pytest.MonkeyPatch.context() as patch, embedded_server() as server:
        patch.setattr(runner, "Given", NamedByCause)
        target = server.target({})
        plan = make_plan(CONTRACT, target, ())
        with closing(Run(CONTRACT, target, plan, Silent())) as run:
            run.begin()
            run.wait()
            result = run.result()
    assert "harness_error" not in {one.outcome for one in result.verdicts}
    with closing(Connections()) as connections, closing(Crowd()) as crowd:
        yield Recorded(target, plan.scenarios, result.exchanges, connections, crowd)


class Clock(Trace):
    """A trace whose time passes only where somebody sleeps."""

    seconds = 0.0

    def now(self) -> float:
        self.seconds += 0.001
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@dataclass(frozen=True)
class Replayed(Client):
    """Answers a request as it was answered in the recording, the last answer for ever."""

    played: dict[tuple[str, ...], list[Response]] = field(default_factory=dict)
    lock: Any = field(default_factory=threading.Lock)

    def _once(
        self, asked: Request, built: Callable[[], httpx.Request], violates: str | None
    ) -> Exchange:
        number, sent = self.trace.next_number(), self.trace.now()
        as_sent, response, error = asked, None, "not sent"
        with suppress(httpx.InvalidURL, httpx.UnsupportedProtocol):
            as_sent = self._as_sent(built())
            with self.lock:
                left = self.played.get(_key(as_sent), [Response(404, {}, b'{"code": "NONE"}')])
                response = left.pop(0) if len(left) > 1 else left[0]
        operation_id, parameters = self._matched(as_sent.method, as_sent.url)
        ours = (number, self.lane, self.cause, operation_id, parameters, as_sent, response, sent)
        exchange = Exchange(
            *ours, self.trace.now(), None if response else error, violates, self.stranger
        )
        self.trace.record(exchange)
        return exchange


def _key(request: Request) -> tuple[str, ...]:
    return request.method, request.url, dict(request.headers).get("authorization", "")


def leaves(document: Any, at: tuple[Step, ...] = ()) -> Iterator[tuple[Step, ...]]:  # noqa: ANN401  # any JSON
    """Yield where each value of a document stands, inner objects and lists as well."""
    if at:
        yield at
    inner = document.items() if isinstance(document, dict) else ()
    rows = enumerate(document) if isinstance(document, list) else ()
    for step, value in (*inner, *rows):
        yield from leaves(value, (*at, step))


def kinds(exchange: Exchange) -> set[Kind]:
    return {
        (exchange.operation_id, tuple(step for step in at if isinstance(step, str)))
        for at in leaves(exchange.document)
    } - {(exchange.operation_id, ())}


def twisted(document: Any, path: tuple[str, ...], wrong: object) -> Any:  # noqa: ANN401  # any JSON
    """Put a wrong value wherever the path leads; lists are passed through."""
    if not path:
        return wrong
    if isinstance(document, list):
        return [twisted(one, path, wrong) for one in document]
    if isinstance(document, dict) and path[0] in document:
        return document | {path[0]: twisted(document[path[0]], path[1:], wrong)}
    return document


def answer(exchange: Exchange, twists: Twists) -> Response:
    response = exchange.response or Response(503)
    own = {path: wrong for (asked, path), wrong in twists.items() if asked == exchange.operation_id}
    if not own or exchange.document is None:
        return response
    document = exchange.document
    for path, wrong in own.items():
        document = twisted(document, path, wrong)
    return replace(response, body=json.dumps(document).encode())


def play(recorded: Recorded, scenario: Scenario, twists: Twists) -> None:
    """Run a scenario on what it met, with the twists; raise what it raises but Unverified."""
    played: dict[tuple[str, ...], list[Response]] = defaultdict(list)
    for exchange in recorded.of(scenario):
        played[_key(exchange.request)].append(answer(exchange, twists))
    clock, target, name = Clock(), recorded.target, scenario.name
    client = Replayed(CONTRACT, target, clock, name, recorded.connections, sleep=clock.sleep)
    client.played.update(played)
    api = Api(client, target, lambda _: None, Names(_short(name)), recorded.crowd)
    with suppress(Unverified):
        list(scenario.script(api))


def test_no_value_of_another_type_makes_a_scenario_err(recorded: Recorded) -> None:
    for scenario in recorded.scenarios:
        met = sorted({kind for one in recorded.of(scenario) for kind in kinds(one)}, key=str)
        chance = Random(scenario.name)  # the same twists in every run of the test
        for _ in range(TWISTS if met else 0):
            play(recorded, scenario, {chance.choice(met): chance.choice(WRONG)})


NOTED: Final[dict[str, Twists]] = {
    "a_bind_that_breaks_half_way_ends_partial": {("getOperation", ("failure", "effect")): [{}]},
    "a_failed_run_reads_the_same_in_three_places": {
        ("listMemberRuns", ("runs", "runId")): {"a": 1},
        ("listMemberRuns", ("runs", "runStatus")): ["failed"],
    },
    "what_is_called_retryable_may_be_sent_again": {
        ("getOperation", ("failure", "retryable")): True,
        ("listMemberRevisions", ("revisions",)): 5,
    },
    "of_many_creates_at_once_one_wins": {("getMember", ("summary", "displayName")): ["One"]},
}


@pytest.mark.parametrize("name", NOTED)
def test_what_made_a_scenario_err_once_does_so_no_more(recorded: Recorded, name: str) -> None:
    scenario = next(one for one in recorded.scenarios if one.name == name)

    play(recorded, scenario, NOTED[name])


def judge_all(recorded: Recorded, trace: list[Exchange]) -> None:
    """Let every invariant judge every history of a trace."""
    histories = Histories(CONTRACT, recorded.target)
    for exchange in trace:
        histories.take(exchange)
    for invariant in INVARIANTS:
        for history in histories.of(invariant.over):
            list(invariant.rule(history))


def test_no_value_of_another_type_makes_an_invariant_err(recorded: Recorded) -> None:
    chance, trace = Random(1), []
    for exchange in recorded.exchanges:
        met = sorted(kinds(exchange), key=str) if chance.random() < SHARE else []
        response = answer(exchange, {chance.choice(met): chance.choice(WRONG)}) if met else None
        trace.append(replace(exchange, response=response) if response else exchange)

    judge_all(recorded, trace)


RUNS: Final = ("getMemberRun", "listMemberRuns")


def test_what_made_an_invariant_err_once_does_so_no_more(recorded: Recorded) -> None:
    names = ("runId", "runStatus", "commandId")
    places: list[Kind] = [(RUNS[0], (name,)) for name in names]
    places += [(RUNS[1], ("runs", name)) for name in names]
    places += [("getOperation", ("steps", "status"))]
    twists: Twists = {place: [{}] for place in places}

    judge_all(recorded, [replace(one, response=answer(one, twists)) for one in recorded.exchanges])
