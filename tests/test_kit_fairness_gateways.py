"""Servers that keep the contract behind a gateway with habits of its own: nothing is blamed."""

import itertools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from posixpath import normpath

import pytest
from gateway import Answer, Asked, Habit, Send, compressed, gateway

from conformance.contract import load_contract
from conformance.embedded import Embedded, embedded_server
from conformance.judge import Verdict
from conformance.plan import make_plan
from conformance.progress import Silent
from conformance.runner import run

PROFILES = ("core", "idempotency", "isolation", "http")
WRITES = ("POST", "PUT", "PATCH")
RULES_OF_READS = ("MBR-02", "BND-01", "RUN-01", "ERR-01", "ERR-04", "ERR-11", "HTP-02")
RED = ("fail", "warn", "harness_error")
HTML = {"content-type": "Text/HTML; Charset=utf-8"}


@pytest.fixture(scope="module")
def served() -> Iterator[Embedded]:
    with embedded_server() as server:
        yield server


@pytest.fixture
def judged(served: Embedded) -> Callable[..., dict[str, Verdict]]:
    """Judge the reference server behind a habit: the four profiles, or only some requirements."""

    def judge(habit: Habit, *only: str, base: str = "") -> dict[str, Verdict]:
        contract = load_contract()
        with gateway(served.url, habit) as url:
            origins = (f"{url.replace('127.0.0.1', 'localhost')}{base}",) if base else ()
            target = replace(served.target({}), url=url, profiles=PROFILES, origins=origins)
            found = run(contract, target, make_plan(contract, target, only), Silent()).verdicts
        return {one.requirement.id: one for one in found}

    return judge


def red(found: dict[str, Verdict]) -> dict[str, str]:
    return {name: one.outcome for name, one in found.items() if one.outcome in RED}


def unverified(found: dict[str, Verdict]) -> set[str]:
    return {name for name, one in found.items() if one.outcome == "not_verified"}


def losing(holds: Callable[[Asked], bool], *, every: int, status: int = 504) -> Habit:
    """Pass on what is asked, and lose every so-manieth answer of those."""
    asked = itertools.count(1)

    def habit(request: Asked, send: Send) -> Answer:
        answer = send(request)
        lost = holds(request) and next(asked) % every == 0
        return Answer(status, HTML, b"<html>Gateway Time-out</html>") if lost else answer

    return habit


def rewriting(asked: Asked, send: Send) -> Answer:
    """Compress, cut into chunks, spell headers in its own way, and answer HEAD itself."""
    if asked.method == "HEAD":
        return Answer(405, HTML)
    answer = send(asked)
    media_type = answer.headers.get("content-type", "")
    spelt = media_type.replace("application/", "Application/").replace("json", "JSON")
    added = {"content-type": f"{spelt};Charset=UTF-8", "via": "1.1 gateway", "x-cache": "MISS"}
    return compressed(asked, replace(answer, headers={**answer.headers, **added}))


def rewriting_and_limiting() -> Habit:
    """Refuse every 23rd request with a page, until a date that is past, and rewrite the others.

    None is refused twice in a row: beside others a third try could meet a 23rd place again.
    """
    asked = itertools.count(1)
    refused: set[tuple[str, str]] = set()

    def habit(request: Asked, send: Send) -> Answer:
        same = (request.method, request.target)
        if next(asked) % 23 or same in refused:
            refused.discard(same)
            return rewriting(request, send)
        refused.add(same)
        until = format_datetime(datetime.now(UTC) - timedelta(seconds=1), usegmt=True)
        return Answer(429, {**HTML, "retry-after": until}, b"<html>Slow down</html>")

    return habit


@pytest.mark.parametrize(
    "habit",
    [losing(lambda asked: asked.method in WRITES, every=53), rewriting_and_limiting()],
    ids=["loses-answers", "rewrites-and-limits"],
)
def test_nothing_is_found_behind_a_gateway(
    judged: Callable[..., dict[str, Verdict]], habit: Habit
) -> None:
    found = judged(habit)

    assert red(found) == {}
    assert unverified(found) == set()


def keyed(asked: Asked) -> bool:
    return "idempotency-key" in asked.headers


@pytest.mark.parametrize("requirement", ["IDM-01", "IDM-03", "IDM-07"])
def test_a_write_with_a_key_whose_answer_was_lost_is_sent_again(
    judged: Callable[..., dict[str, Verdict]], requirement: str
) -> None:
    assert judged(losing(keyed, every=3), requirement)[requirement].outcome == "pass"


def is_invoke(asked: Asked) -> bool:
    return asked.method == "POST" and "/invoke/" in asked.target


def test_an_invoke_whose_answer_is_always_lost_blames_nobody(
    judged: Callable[..., dict[str, Verdict]],
) -> None:
    counted = judged(losing(is_invoke, every=1, status=503), "INV-08")

    assert red(counted) == {}
    assert unverified(counted) >= {"INV-08"}


def test_an_invoke_whose_answer_was_lost_is_not_run_twice(
    judged: Callable[..., dict[str, Verdict]],
) -> None:
    asked: list[bytes] = []

    def habit(request: Asked, send: Send) -> Answer:
        if is_invoke(request):
            asked.append(f"{request.target} {json.loads(request.body)}".encode())
        return losing(is_invoke, every=1)(request, send)

    judged(habit, "INV-07")

    assert len(set(asked)) == len(asked) > 1


def test_runs_of_invokes_whose_answers_were_lost_are_not_counted_against_anybody(
    judged: Callable[..., dict[str, Verdict]],
) -> None:
    assert red(judged(losing(is_invoke, every=3), "RUN-07")) == {}


def describing(base: str, example: str) -> Habit:
    """Be reached below a base, too, and give an invokePath and an example there."""

    def habit(request: Asked, send: Send) -> Answer:
        answer = send(replace(request, target=request.target.removeprefix(base)))
        if answer.status != 200 or not request.target.endswith("/contract"):
            return answer
        document = json.loads(answer.body)
        path = document["invokePath"]
        host = request.headers["host"].replace("127.0.0.1", "localhost" if base else "127.0.0.1")
        document["invokePath"] = f"http://{host}{base}{path}"
        document["curlExample"] = example.replace("PATH", path)
        document["fetchExample"] = f"fetch('{document['invokePath']}')"
        return replace(answer, body=json.dumps(document).encode())

    return habit


@pytest.mark.parametrize("base", ["", "/base"], ids=["own-origin", "declared-origin"])
@pytest.mark.parametrize(
    ("example", "outcome"),
    [("curl -X POST 'PATH'", "pass"), ("curl https://elsewhere/invoke/chat", "fail")],
    ids=["the-path", "another-path"],
)
def test_an_absolute_invoke_path_is_judged_and_followed(
    judged: Callable[..., dict[str, Verdict]], base: str, example: str, outcome: str
) -> None:
    found = judged(describing(base, example), "EPC-02", "EPC-06", "RES-02", base=base)

    met = {name: one.outcome for name, one in found.items()}
    assert met == {"EPC-02": "pass", "EPC-06": outcome, "RES-02": "pass"}


def normalising(asked: Asked, send: Send) -> Answer:
    """Decode slashes and dots in the path and resolve it, and hand on what comes of it."""
    path, mark, query = asked.target.partition("?")
    slashed = re.sub("(?i)%2f|%5c", "/", path)
    spelt = re.sub("(?i)%2e", ".", slashed)
    return send(replace(asked, target=normpath(spelt) + mark + query))


def refusing(asked: Asked, send: Send) -> Answer:
    """Refuse paths with encoded slashes and dots by a document of its own, or redirect them."""
    if re.search("%2f|%5c", asked.target, re.IGNORECASE):
        return Answer(308, {"location": "/"})
    if re.search("%2e", asked.target, re.IGNORECASE):
        return Answer(403, {"content-type": "application/json"}, b'{"code": 403, "message": "No"}')
    return send(asked)


@pytest.mark.parametrize("habit", [normalising, refusing])
def test_a_path_that_a_gateway_resolves_or_refuses_blames_nobody(
    judged: Callable[..., dict[str, Verdict]], habit: Habit
) -> None:
    found = judged(habit, "INP-03", *RULES_OF_READS)

    assert red(found) == {}
    assert found["INP-03"].outcome == "pass"
    assert found["INP-03"].missing
