"""The judge against answers that are JSON and nothing else that it expects: no check errs."""

import contextlib
import json
import math
from collections.abc import Iterator
from contextlib import closing
from functools import cache, partial
from random import Random
from typing import Any

import httpx
import pytest
import respx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.api import Api, Names
from conformance.checks import Scenario, Unverified
from conformance.client import Client
from conformance.contract import Contract, load_contract
from conformance.exchange import Exchange, Request, Response
from conformance.fold import Histories
from conformance.invariants import INVARIANTS
from conformance.scenarios import SCENARIOS
from conformance.target import Target
from conformance.target_fixtures import DEFAULTS
from conformance.together import Crowd
from conformance.trace import Trace
from conformance.wire import Connections

URL = "http://127.0.0.1:1"
OPERATION = f"{URL}/api/scopes/s1/operations/c-1"
MEMBER = f"{URL}/api/scopes/s1/members/m1"
RECEIPT = {
    "commandId": "c-1",
    "correlationId": "k-1",
    "operation": "member.bind",
    "target": {"resourceType": "member.binding", "scopeId": "s1", "memberId": "m1"},
    "stage": "accepted",
    "status": "pending",
    "completionStage": "ready",
    "acceptedAt": "2026-01-01T00:00:00Z",
    "deadlineAt": "2026-01-01T00:02:00Z",
    "statusUrl": "/api/scopes/s1/operations/c-1",
    "readModelUrl": "/api/scopes/s1/members/m1/binding",
    "readinessUrl": "/api/scopes/s1/members/m1/binding/readiness",
}
STATUS = RECEIPT | {
    "updatedAt": "2026-01-01T00:00:01Z",
    "stage": "observed",
    "status": "failed",
    "stateVersion": 2,
    "failure": {
        "code": "OPERATION_SUPERSEDED",
        "message": "Overtaken.",
        "stage": "observed",
        "retryable": False,
        "effect": "committed",
        "occurredAt": "2026-01-01T00:00:01Z",
    },
}
BINDING = {
    "lastBinding": {"revisionId": "r1", "publishedServiceId": "svc-1"},
    "summary": {"memberId": "m1", "publishedServiceId": "svc-1"},
    "members": [{"memberId": "m1", "publishedServiceId": "svc-1"}],
    "stateVersion": 2,
    "commandId": "c-1",
    "correlationId": "k-1",
}


@cache
def contract() -> Contract:
    return load_contract()


def target(url: str = URL) -> Target:
    profiles = ("core", "member-first")
    good, poison, slow = DEFAULTS["good"], DEFAULTS["poison"], DEFAULTS["slow"]
    return Target(url, "s1", profiles, good, poison, slow, completion_limit=0.5)


@pytest.fixture
def client() -> Iterator[Client]:
    with closing(Connections()) as connections:
        yield Client(contract(), target(), Trace(), "a test", connections)


def _answer(method: str, url: str, status: int, body: bytes, number: int = 1) -> Exchange:
    matched = contract().match(method, "/" + url.split("/", 3)[3]) if "/api" in url else None
    operation_id, parameters = (matched[0].operation_id, matched[1]) if matched else (None, {})
    return Exchange(
        number,
        "scenarios",
        "a test",
        operation_id,
        parameters,
        Request(method, url),
        Response(status, {"location": OPERATION, "retry-after": "1"}, body),
        float(number),
        number + 0.5,
    )


STRANGE_TEXTS = st.sampled_from(
    [
        "",
        "http://[",
        "http://h:port/",
        "//",
        "\ud800",
        "\0",
        "²",
        "ready",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-01-01",
        "c-1",
    ]
)
STRANGE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | STRANGE_TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(STRANGE_TEXTS, inner, max_size=3),
    max_leaves=6,
)


def twisted(document: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Make documents with one or several members, also of its inner objects, made strange."""
    inner = {name: value for name, value in document.items() if isinstance(value, dict)}
    names = st.dictionaries(st.sampled_from(sorted(document)), STRANGE, max_size=3)
    places = [(name, key) for name, value in inner.items() for key in value]
    deeper = st.dictionaries(st.sampled_from(places or [("", "")]), STRANGE, max_size=2)

    def made(outer: dict[str, Any], deep: dict[tuple[str, str], Any]) -> dict[str, Any]:
        changed = {name: dict(value) for name, value in inner.items()}
        for (name, key), value in deep.items():
            changed.setdefault(name, {})[key] = value
        return document | changed | outer

    return st.builds(made, names, deeper)


WRITES = (("POST", f"{URL}/api/scopes/s1/members"), ("PUT", f"{MEMBER}/binding"))
READS: dict[str, dict[str, Any]] = {
    OPERATION: STATUS,
    MEMBER: BINDING,
    f"{MEMBER}/binding": BINDING,
    f"{URL}/api/scopes/s1/members": BINDING,
    f"{MEMBER}/runs": {"runs": [BINDING["summary"]]},
}


@st.composite
def traces(draw: st.DrawFn) -> list[Exchange]:
    """Draw two writes of one command and some reads, each with a strange answer."""
    drawn: list[tuple[str, str, int, Any]] = []
    for method, url in draw(st.permutations(WRITES)):
        status = draw(st.sampled_from([200, 201, 202, 204, 404]))
        drawn.append((method, url, status, draw(twisted(RECEIPT) | STRANGE)))
    for _ in range(draw(st.integers(0, 5))):
        url = draw(st.sampled_from(sorted(READS)))
        status = draw(st.sampled_from([200, 200, 200, 404, 500]))
        drawn.append(("GET", url, status, draw(twisted(READS[url]) | STRANGE)))
    return [
        _answer(method, url, status, json.dumps(document).encode(), number)
        for number, (method, url, status, document) in enumerate(drawn, start=1)
    ]


def judge_all(trace: list[Exchange]) -> None:
    """Let every invariant judge every history of a trace."""
    histories = Histories(contract(), target())
    for exchange in trace:
        histories.take(exchange)
    for invariant in INVARIANTS:
        for history in histories.of(invariant.over):
            for _ in invariant.rule(history):
                pass


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(traces())
def test_no_answer_makes_a_history_or_an_invariant_err(trace: list[Exchange]) -> None:
    judge_all(trace)


ODD: list[Any] = [
    None,
    True,
    [],
    {},
    -1,
    10**30,
    math.nan,
    "",
    "http://[",
    "\ud800",
    {"a": [None]},
    [[]],
]


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_no_odd_member_makes_a_history_or_an_invariant_err(odd: object) -> None:
    write = _answer("PUT", f"{MEMBER}/binding", 202, json.dumps(RECEIPT).encode(), 1)

    for name in STATUS:
        body = json.dumps(STATUS | {name: odd}).encode()
        status = [_answer("GET", OPERATION, 200, body, place) for place in (2, 3)]
        model = _answer("GET", f"{MEMBER}/binding", 200, body, 4)
        again = _answer("PUT", f"{MEMBER}/binding", 202, body, 5)
        judge_all([write, *status, model])
        judge_all([again, *status, model, again])


def _everything(chance: Random, request: httpx.Request) -> httpx.Response:
    """Answer with every member that any document of the contract has, two of them made strange."""
    reads = request.method == "GET"
    document = STATUS | BINDING | {"status": "ready", "invokePath": "/api/x", "runs": [BINDING]}
    document |= {"runId": "run-1", "revisions": [{"revisionId": "r1"}], "code": "X"}
    for name in chance.sample(sorted(document), 2):
        document[name] = chance.choice(ODD)
    status = chance.choice([200, 200, 200, 404]) if reads else chance.choice([200, 201, 202, 202])
    headers = {"location": OPERATION, "content-type": "application/json"}
    return httpx.Response(status, headers=headers, content=json.dumps(document).encode())


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_no_strange_answer_makes_a_scenario_err(
    client: Client, respx_mock: respx.MockRouter, scenario: Scenario
) -> None:
    respx_mock.route().mock(side_effect=partial(_everything, Random(7)))
    api = Api(client, client.target, lambda _: None, Names("test"), Crowd())

    for _ in range(4):
        with contextlib.suppress(Unverified):
            list(scenario.script(api))
