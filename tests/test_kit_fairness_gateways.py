"""Servers that keep the contract behind a gateway with habits of its own: nothing is blamed."""

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from gateway import Answer, Asked, Habit, Send, compressed, gateway

from conformance.contract import load_contract
from conformance.embedded import Embedded, embedded_server
from conformance.judge import Verdict
from conformance.plan import make_plan
from conformance.runner import Silent, run

PROFILES = ("core", "idempotency", "isolation", "http")
WRITES = ("POST", "PUT", "PATCH")
RED = ("fail", "warn", "harness_error")
HTML = {"content-type": "Text/HTML; Charset=utf-8"}


@pytest.fixture(scope="module")
def served() -> Iterator[Embedded]:
    with embedded_server() as server:
        yield server


@pytest.fixture
def judged(served: Embedded) -> Callable[..., dict[str, Verdict]]:
    """Judge the reference server behind a habit: the four profiles, or only some requirements."""

    def judge(habit: Habit, *only: str) -> dict[str, Verdict]:
        contract = load_contract()
        with gateway(served.url, habit) as url:
            target = replace(served.target({}), url=url, profiles=PROFILES)
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


def limiting() -> Habit:
    """Refuse every 23rd request with a page, until a date that is past at once."""
    asked = itertools.count(1)

    def habit(request: Asked, send: Send) -> Answer:
        if next(asked) % 23:
            return send(request)
        until = format_datetime(datetime.now(UTC) - timedelta(seconds=1), usegmt=True)
        return Answer(429, {**HTML, "retry-after": until}, b"<html>Slow down</html>")

    return habit


@pytest.mark.parametrize(
    "habit",
    [losing(lambda asked: asked.method in WRITES, every=53), rewriting, limiting()],
    ids=["loses-answers", "rewrites", "limits"],
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
    counted = judged(losing(is_invoke, every=1, status=503), "RUN-01", "INV-08", "HTP-04")

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
