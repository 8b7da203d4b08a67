"""The judge against servers that break, stall, cut, or answer nonsense: no traceback, no pass."""

import contextlib
import json
import math
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache, partial
from random import Random
from typing import Any

import httpx
import pytest
import respx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance import client as http
from conformance.api import Api, Names
from conformance.checks import Scenario, Unverified
from conformance.client import Client, Connections
from conformance.contract import Contract, load_contract
from conformance.exchange import Exchange, Request, Response
from conformance.history import Histories
from conformance.invariants import INVARIANTS
from conformance.plan import make_plan
from conformance.runner import RunResult, TargetUnusable, run
from conformance.scenarios import SCENARIOS
from conformance.target import Target
from conformance.target_fixtures import DEFAULTS
from conformance.trace import Trace

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


class Silent:
    """Wants to know nothing of a run."""

    def started(self, scenario: str) -> None:
        pass

    def waiting(self, scenario: str, what: str) -> None:
        pass

    def finished(self, scenario: str) -> None:
        pass


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


def judged(url: str = URL) -> RunResult:
    whom = target(url)
    return run(contract(), whom, make_plan(contract(), whom), Silent())


def outcomes(result: RunResult) -> set[str]:
    return {verdict.outcome for verdict in result.verdicts}


def test_a_429_is_asked_again(client: Client, respx_mock: respx.MockRouter) -> None:
    route = respx_mock.get(MEMBER).mock(side_effect=[httpx.Response(429), httpx.Response(200)])

    answer = client.get_member("m1")

    assert answer.status == 200
    assert route.call_count == 2
    assert [exchange.status for exchange in client.trace] == [429, 200]


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_gateway_that_stays_away_is_asked_three_times(
    client: Client, respx_mock: respx.MockRouter, status: int
) -> None:
    route = respx_mock.get(MEMBER).respond(status)

    assert client.get_member("m1").status == status
    assert route.call_count == 3


def test_a_write_whose_answer_was_lost_is_not_sent_again(
    client: Client, respx_mock: respx.MockRouter
) -> None:
    route = respx_mock.put(f"{MEMBER}/binding").mock(side_effect=httpx.ReadError("reset"))

    answer = client.bind_member("m1", {})

    assert route.call_count == 1
    assert answer.error == "no whole answer: ReadError (reset)"


def test_redirects_are_not_followed(client: Client, respx_mock: respx.MockRouter) -> None:
    respx_mock.get(MEMBER).respond(303, headers={"location": f"{URL}/elsewhere"})

    assert client.get_member("m1").status == 303


def test_a_cookie_is_not_sent_back(client: Client, respx_mock: respx.MockRouter) -> None:
    route = respx_mock.get(MEMBER).respond(200, headers={"set-cookie": "a=b"})
    client.get_member("m1")
    client.get_member("m1")

    assert "cookie" not in route.calls.last.request.headers


@pytest.mark.parametrize(
    "url",
    ["http://[", "http://h:port/", "/\0", "ftp://127.0.0.1/", "http://" + "a" * 70000, "\ud800"],
    ids=["open-bracket", "port-of-letters", "nul", "other-scheme", "endless-host", "surrogate"],
)
def test_a_url_that_is_none_becomes_an_exchange_with_an_error_or_is_not_followed(
    client: Client, respx_mock: respx.MockRouter, url: str
) -> None:
    respx_mock.route().respond(200)
    given_in = client.get_member("m1")

    if client.may_follow(url, given_in):
        followed = client.follow(url, given_in)
        assert followed.error or followed.status


@pytest.mark.parametrize(
    ("body", "document"),
    [
        (b"", None),
        (b"<html>", None),
        (b'{"a": 1', None),
        (b"\xff\xfe\xfa", None),
        (b'{"a": 1} trailing', None),
        (b"[" * 100_000, None),
        (b'{"n": ' + b"9" * 5000 + b"}", None),
        (b"null", None),
        (b"[1]", [1]),
        (b'{"n": 1e999}', {"n": math.inf}),
    ],
    ids=[
        "empty",
        "html",
        "cut",
        "not-utf-8",
        "trailing",
        "too-deep",
        "too-long-a-number",
        "null",
        "array",
        "infinite",
    ],
)
def test_a_body_that_is_no_json_object_has_no_members(
    client: Client, respx_mock: respx.MockRouter, body: bytes, document: object
) -> None:
    respx_mock.get(MEMBER).respond(200, content=body)

    answer = client.get_member("m1")

    assert answer.document == document
    assert document == {"n": math.inf} or answer.members == {}


def test_a_server_that_is_away_after_the_preflight_breaks_no_requirement(
    respx_mock: respx.MockRouter,
) -> None:
    respx_mock.get(f"{URL}/api/scopes/s1/members").respond(json={"members": []})
    respx_mock.route().respond(503)

    result = judged()

    assert outcomes(result) == {"not_verified"}
    assert str(result.control).startswith("no member can be created here: POST")
    assert str(result.control).endswith("→ 503")


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (httpx.Response(503), "is not ready"),
        (httpx.Response(401), "refuses the credential"),
        (httpx.Response(200, text="<html>"), "does not answer as this API"),
        (httpx.Response(200, text="[]"), "does not answer as this API"),
        (httpx.Response(200, text="null"), "does not answer as this API"),
        (httpx.Response(404), "does not answer as this API"),
        (httpx.Response(500, json={"code": 5, "message": "?"}), "does not answer as this API"),
    ],
    ids=["503", "401", "html", "array", "null", "bare-404", "code-that-is-a-number"],
)
def test_what_cannot_be_judged_is_said_before_anything_is_written(
    respx_mock: respx.MockRouter, answer: httpx.Response, sentence: str
) -> None:
    respx_mock.get().mock(return_value=answer)

    with pytest.raises(TargetUnusable, match=sentence):
        judged()


@pytest.mark.parametrize("habit", ["resets", "cuts"])
def test_a_connection_that_breaks_cannot_be_judged(
    sick_server: Callable[..., str], habit: str
) -> None:
    with pytest.raises(TargetUnusable, match="cannot be reached: no whole answer"):
        judged(sick_server(habit))


def test_a_slow_body_is_waited_for(sick_server: Callable[..., str], client: Client) -> None:
    url = sick_server("drips", 0.01)

    assert client.follow(url, _answer("GET", url, 200, b"")).members["members"] == []


def test_a_body_that_never_ends_in_time_is_given_up(
    sick_server: Callable[..., str], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "TIMEOUT_SECONDS", 0.3)
    url = sick_server("drips", 0.1)

    answer = client.follow(url, _answer("GET", url, 200, b""))

    assert answer.error
    assert "timed out" in answer.error


def test_a_body_without_end_is_cut_off(sick_server: Callable[..., str], client: Client) -> None:
    url = sick_server("pours")

    answer = client.follow(url, _answer("GET", url, 200, b""))

    assert answer.error
    assert "bytes" in answer.error


@pytest.mark.parametrize("asked", ["86400", "9" * 400, "²", "soon", "-1"])
def test_retry_after_never_keeps_a_run_past_its_limit(
    respx_mock: respx.MockRouter, asked: str
) -> None:
    respx_mock.get(f"{URL}/api/scopes/s1/members").respond(json={"members": []})
    headers = [(b"retry-after", asked.encode("latin-1"))]
    respx_mock.post().mock(return_value=httpx.Response(202, json=RECEIPT, headers=headers))
    respx_mock.route().mock(return_value=httpx.Response(200, json=RECEIPT, headers=headers))

    result = judged()

    assert "harness_error" not in outcomes(result)
    assert "pass" not in outcomes(result)


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
    api = Api(client, client.target, Names("test"), lambda _: None)

    for _ in range(4):
        with contextlib.suppress(Unverified):
            list(scenario.script(api))
