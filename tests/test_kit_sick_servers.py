"""The judge against servers that break, stall, cut or keep away: no traceback, no pass."""

import math
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import cache

import httpx
import pytest
import respx
from rich.console import Console

from conformance import expect
from conformance.api import Api, Names
from conformance.attempts import performed
from conformance.checks import Judged, Judgements, Missing, Scenario
from conformance.client import Client
from conformance.contract import Contract, load_contract
from conformance.exchange import Exchange, Request, Response
from conformance.plan import make_plan
from conformance.preflight import TargetUnusable
from conformance.reports.live import LiveProgress
from conformance.run_result import RunResult
from conformance.runner import run
from conformance.target import Target
from conformance.target_fixtures import DEFAULTS
from conformance.together import Crowd
from conformance.trace import Trace
from conformance.wire import Connections

URL = "http://127.0.0.1:1"
MEMBER = f"{URL}/api/scopes/s1/members/m1"


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
    with LiveProgress(Console(quiet=True), 0) as progress:
        return run(contract(), whom, make_plan(contract(), whom), progress)


def asked(url: str) -> Exchange:
    """Stand for the exchange whose answer gave the URL."""
    return Exchange(1, "scenarios", "a test", None, {}, Request("GET", url), Response(200), 0, 0)


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
    ("away", "told"),
    [
        ([], "unseen"),
        ([httpx.ConnectError("refused")] * 3, "a request was given up meanwhile: GET "),
        ([httpx.Response(502)] * 3, "a request was given up meanwhile: GET "),
        ([httpx.ConnectError("refused"), httpx.Response(200, json={})], "unseen"),
    ],
    ids=["never-away", "gone", "behind-a-gateway", "back-again"],
)
def test_what_was_not_seen_while_nobody_answered_is_no_finding(
    client: Client, respx_mock: respx.MockRouter, away: list[httpx.Response | Exception], told: str
) -> None:
    respx_mock.get(MEMBER).mock(side_effect=[httpx.Response(200), *away] * 3)

    def unseen(api: Api) -> Judgements:
        shown = api.send.get_member("m1")
        if away:
            api.send.get_member("m1")
        yield expect.that(False, "it shows", "unseen", shown)  # noqa: FBT003

    api = Api(client, target(), lambda _: None, Names("x"), Crowd())
    (met,) = performed(Scenario("unseen", "X-1", unseen, 1, 0, 0), lambda: api).said

    assert isinstance(met, Judged | Missing)
    assert (met.actual if isinstance(met, Judged) else met.what).startswith(told)


def test_a_finding_in_doubt_is_looked_for_anew(
    client: Client, respx_mock: respx.MockRouter
) -> None:
    once_away = [httpx.Response(200), *[httpx.Response(502)] * 3, httpx.Response(404)]
    respx_mock.get(MEMBER).mock(side_effect=[*once_away, *[httpx.Response(200)] * 3])

    def broken(api: Api) -> Judgements:
        shown = api.send.get_member("m1")
        api.send.get_member("m1")
        yield expect.that(False, "it shows", "broken", shown, api.send.get_member("m1"))  # noqa: FBT003

    def arranged() -> Api:
        fresh = replace(client, lost=[], unanswered=[])
        return Api(fresh, target(), lambda _: None, Names("x"), Crowd())

    (met,) = performed(Scenario("broken", "X-1", broken, 3, 0, 0), arranged).said

    assert isinstance(met, Judged)


def test_a_finding_of_a_restart_stands_although_nobody_answered_for_a_while(
    client: Client, respx_mock: respx.MockRouter
) -> None:
    rebuilding = [httpx.Response(503)] * 3
    respx_mock.get(MEMBER).mock(side_effect=[httpx.Response(200), *rebuilding, httpx.Response(404)])

    def lost(api: Api) -> Judgements:
        before, _, after = (api.send.get_member("m1") for _ in range(3))
        yield expect.that(False, "it shows", "lost", before, after)  # noqa: FBT003

    api = Api(client, target(), lambda _: None, Names("x"), Crowd())
    (met,) = performed(Scenario("lost", "X-1", lost, 3, 0, 0, restarts=True), lambda: api).said

    assert isinstance(met, Judged)


def test_a_finding_that_was_shown_after_an_outage_is_one(
    client: Client, respx_mock: respx.MockRouter
) -> None:
    gone = [httpx.ConnectError("refused")] * 3
    respx_mock.get(MEMBER).mock(side_effect=[*gone, httpx.Response(200)])

    def broken(api: Api) -> Judgements:
        api.send.get_member("m1")
        yield expect.that(False, "it shows", "broken", api.send.get_member("m1"))  # noqa: FBT003

    api = Api(client, target(), lambda _: None, Names("x"), Crowd())
    (met,) = performed(Scenario("broken", "X-1", broken, 1, 0, 0), lambda: api).said

    assert isinstance(met, Judged)


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

    assert client.follow(url, asked(url)).members["members"] == []


def test_a_body_that_never_ends_in_time_is_given_up(sick_server: Callable[..., str]) -> None:
    url = sick_server("drips", 0.1)

    with closing(Connections(timeout=0.3)) as connections:
        client = Client(contract(), target(), Trace(), "a test", connections)
        answer = client.follow(url, asked(url))

    assert answer.error
    assert "timed out" in answer.error


def test_a_body_without_end_is_cut_off(sick_server: Callable[..., str], client: Client) -> None:
    url = sick_server("pours")

    answer = client.follow(url, asked(url))

    assert answer.error
    assert "bytes" in answer.error


@pytest.mark.parametrize("seconds", ["86400", "9" * 400, "²", "soon", "-1"])
def test_retry_after_never_keeps_a_run_past_its_limit(
    respx_mock: respx.MockRouter, seconds: str
) -> None:
    respx_mock.get(f"{URL}/api/scopes/s1/members").respond(json={"members": []})
    pending = {
        "commandId": "c-1",
        "stage": "accepted",
        "status": "pending",
        "acceptedAt": "2026-01-01T00:00:00Z",
        "deadlineAt": "2026-01-01T00:02:00Z",
        "statusUrl": "/api/scopes/s1/operations/c-1",
    }
    headers = [(b"retry-after", seconds.encode("latin-1"))]
    respx_mock.post().mock(return_value=httpx.Response(202, json=pending, headers=headers))
    respx_mock.route().mock(return_value=httpx.Response(200, json=pending, headers=headers))

    result = judged()

    assert "harness_error" not in outcomes(result)
    assert "pass" not in outcomes(result)
