"""A server may offer delete, in any legal way, or not at all, and refuse it in any form."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest
from gateway import Answer, Asked, Habit, Send, gateway

from conformance.contract import load_contract
from conformance.judge import Verdict
from conformance.plan import make_plan
from conformance.progress import Silent
from conformance.runner import run
from conformance.target_file import load_target

CONTRACT: Final = load_contract()
Serve = Callable[..., str]
JSON: Final = {"content-type": "application/json"}
TOUCHED: Final = ("MBR-09", "ACK-04", "ERR-01", "ERR-04", "ERR-07", "HTP-02", "RCP-01", "STA-11")


WAIT_SECONDS: Final = 10.0
NOT_FOUND: Final = 404


def judged(url: str, *beside: str) -> dict[str, Verdict]:
    """Judge MBR-09 and the rules over any traffic that its deletions meet, and others beside."""
    target = load_target(None, {"url": url, "scope": "s1"})
    whole = make_plan(CONTRACT, target, (*TOUCHED, *beside))
    wanted = ("MBR-09", *beside)
    few = (one for one in whole.scenarios if one.control or one.requirement in wanted)
    result = run(CONTRACT, target, replace(whole, scenarios=tuple(few)), Silent())
    return {one.requirement.id: one for one in result.verdicts}


def broken(verdicts: dict[str, Verdict]) -> dict[str, list[str]]:
    return {
        name: [finding.actual for finding in one.findings]
        for name, one in verdicts.items()
        if one.findings
    }


def instead(answer: Answer) -> Habit:
    return lambda asked, send: answer if asked.method == "DELETE" else send(asked)


REFUSALS: Final = {
    "a bare 405": Answer(405, {"allow": "GET, PATCH"}),
    "a bare 404": Answer(404),
    "a page that says 403": Answer(403, {"content-type": "text/html"}, b"<h1>No</h1>"),
    "an object without a code": Answer(405, JSON, b'{"error": "method not allowed"}'),
    "a typed 403": Answer(403, JSON, b'{"code": "SCOPE_ACCESS_DENIED", "message": "No."}'),
}


@pytest.mark.parametrize("answer", REFUSALS.values(), ids=REFUSALS.keys())
def test_whoever_offers_no_delete_breaks_nothing(answer: Answer, reference_server: Serve) -> None:
    with gateway(reference_server("--deadline", "2000"), instead(answer)) as url:
        verdicts = judged(url)

    assert broken(verdicts) == {}
    assert verdicts["MBR-09"].outcome == "pass"


@pytest.mark.parametrize("variant", ["synchronous", "opaque-service-ids", "own-member-ids"])
def test_whoever_offers_it_otherwise_breaks_nothing(variant: str, reference_server: Serve) -> None:
    verdicts = judged(reference_server("--deadline", "2000", "--variant", variant))

    assert broken(verdicts) == {}
    assert verdicts["MBR-09"].judged == 2


def test_a_member_that_is_deleted_during_a_walk_is_missed_by_nobody(
    reference_server: Serve,
) -> None:
    asked_to, walked, gone = threading.Event(), threading.Event(), threading.Event()
    rosters: list[str] = []

    def in_turns(asked: Asked, send: Send) -> Answer:
        """Read all between create and delete, and the pages after it."""
        is_roster = asked.method == "GET" and asked.target.partition("?")[0].endswith("/members")
        if asked.method == "DELETE" and "/published-service" not in asked.target:
            asked_to.set()
            walked.wait(WAIT_SECONDS)
        elif is_roster:
            rosters.append(asked.target)
            awaited = gone if "pageSize" in asked.target else asked_to
            awaited.wait(WAIT_SECONDS if len(rosters) > 1 else 0)
        answer = send(asked)
        if is_roster and asked_to.is_set():
            walked.set()
        if walked.is_set() and answer.status == NOT_FOUND:
            gone.set()
        return answer

    with gateway(reference_server("--deadline", "2000"), in_turns) as url:
        verdicts = judged(url, "PAG-01")

    assert walked.is_set()
    assert gone.is_set()
    assert broken(verdicts) == {}
    assert verdicts["PAG-01"].outcome == "pass"


def test_an_accepted_delete_without_a_receipt_is_told_of(reference_server: Serve) -> None:
    def deletes_silently(asked: Asked, send: Send) -> Answer:
        answer = send(asked)
        return Answer(204) if asked.method == "DELETE" else answer

    with gateway(reference_server("--deadline", "2000"), deletes_silently) as url:
        assert set(broken(judged(url))) == {"ACK-04"}


def test_a_member_that_is_shown_after_its_delete_was_observed_breaks_read_your_writes(
    reference_server: Serve,
) -> None:
    shown: dict[str, Answer] = {}

    def remembers(asked: Asked, send: Send) -> Answer:
        answer = send(asked)
        if asked.method == "GET" and "summary" in _object(answer):
            shown[asked.target] = answer
        gone = asked.method == "GET" and answer.status == 404
        return shown.get(asked.target, answer) if gone else answer

    with gateway(reference_server("--deadline", "2000"), remembers) as url:
        assert set(broken(judged(url))) == {"STA-11"}


def _object(answer: Answer) -> dict[str, object]:
    document = json.loads(answer.body or b"{}")
    return document if isinstance(document, dict) else {}
