"""Servers whose receipts and statuses differ in what the contract leaves open: none is blamed."""

import json
from collections.abc import Callable
from typing import Any, Final

import httpx
import pytest
from judged_traces import said_of

from conformance.checks import Judged, Judgement, Missing, OtherBranch
from conformance.contract import load_contract
from conformance.exchange import Exchange, Request, Response
from conformance.judge import Verdict
from conformance.target import Target
from conformance.urls import links

Send = Callable[[httpx.Request], Response]
Twist = Callable[[httpx.Request, Send], Response]
Judge = Callable[[str, Twist], Verdict]
BASE: Final = "http://127.0.0.1:1"
MEMBER: Final = "/api/scopes/s1/members/m1"
URL: Final = "/api/scopes/s1/operations/c-1"
CONTRACT: Final = load_contract()
TARGET: Final = Target(BASE, "s1", ("core",), None, None, None)
RECEIPT: Final = {
    "commandId": "c-1",
    "correlationId": "k-1",
    "operation": "member.update",
    "target": {"resourceType": "member", "scopeId": "s1", "memberId": "m1"},
    "stage": "accepted",
    "status": "pending",
    "completionStage": "observed",
    "acceptedAt": "2026-01-01T00:00:00.750Z",
    "deadlineAt": "2026-01-01T00:02:00Z",
    "expiresAt": "2026-01-02T00:00:00Z",
    "statusUrl": URL,
}
READY: Final = RECEIPT | {"stage": "observed", "status": "ready", "stateVersion": 1}


def answered(path: str, status: int, document: object, at: float = 0.0, **headers: str) -> Exchange:
    """Give an exchange: a rename where the path is the member's, else a read."""
    method = "PATCH" if path == MEMBER else "GET"
    matched = CONTRACT.match(method, path)
    operation_id, parameters = (matched[0].operation_id, matched[1]) if matched else (None, {})
    body = json.dumps(document).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    asked = (("x-correlation-id", named.pop("asked")),) if "asked" in named else ()
    request = Request(method, BASE + path, asked, b"{}")
    response = Response(status, named, body)
    return Exchange(
        1, "scenarios", "a test", operation_id, parameters, request, response, at, at + 0.1
    )


def judged(requirement: str, *trace: Exchange) -> Judgement:
    """Give what the invariants of a requirement say last of a trace."""
    return said_of(CONTRACT, TARGET, requirement, trace)[-1]


def outcome(judgement: Judgement) -> object:
    """Say whether it was kept; the word of another branch; None for nothing to judge."""
    match judgement:
        case Judged(held=held):
            return held
        case OtherBranch(word=word):
            return word
        case Missing():
            return None


@pytest.mark.parametrize(
    ("pace", "kept"),
    [
        ("60", True),
        ("0", True),
        ("Wed, 21 Oct 2015 07:28:00 GMT", True),
        ("61", False),
        ("1.5", False),
        ("-1", False),
        ("soon", False),
        ("9" * 5000, False),
    ],
)
def test_a_pace_is_whole_seconds_or_a_date(pace: str, kept: bool) -> None:  # noqa: FBT001  # a column
    assert outcome(judged("RCP-10", answered(MEMBER, 202, RECEIPT, retry_after=pace))) is kept


def test_a_202_that_is_done_already_owes_no_pace() -> None:
    assert outcome(judged("RCP-10", answered(MEMBER, 202, READY))) == "synchronous_throughout"


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("", "no_status_link"),
        ("</schema>; rel=describedby", "no_status_link"),
        (f'</a,b>; title="x, </y>; rel=status", <{URL}>; rel="up status"', True),
        (f"</health>; rel=status, <{BASE}{URL}>; REL=Status", True),
        ("</health>; rel=status", False),
    ],
    ids=["none", "another", "quoted", "two", "only-elsewhere"],
)
def test_a_status_link_may_be_missing_and_stand_among_others(link: str, said: object) -> None:
    assert outcome(judged("RCP-14", answered(MEMBER, 202, RECEIPT, link=link))) == said


def test_links_are_read_as_rfc_8288_has_them() -> None:
    given = '<a>; rel="x y"; title="rel=z", <b>;rel=z , <c>; rev=z, <d>'
    answer = answered(MEMBER, 202, {}, link=given)

    assert [links(answer, one) for one in "xyz"] == [["a"], ["a"], ["b"]]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"expiresAt": None}, True),
        ({"deadlineAt": None}, True),
        ({"expiresAt": None, "deadlineAt": None}, "no_deadline"),
        ({"deadlineAt": "2026-01-01T00:00:00Z", "expiresAt": "2026-01-01T00:00:00Z"}, True),
        ({"deadlineAt": "2026-01-01T01:02:00+01:00"}, True),
        ({"expiresAt": "2026-01-01T00:01:00Z"}, False),
        ({"deadlineAt": "2025-12-31T00:00:00Z"}, False),
    ],
    ids=["deadline", "expiry", "neither", "cut", "offset", "expires-early", "due-before"],
)
def test_what_is_published_of_deadline_and_expiry_is_in_order(
    changed: dict[str, str | None], said: object
) -> None:
    receipt = {name: one for name, one in (RECEIPT | changed).items() if one is not None}

    assert outcome(judged("RCP-11", answered(MEMBER, 202, receipt))) == said


@pytest.mark.parametrize(
    ("asked", "more", "kept"),
    [
        ("k-1", {}, True),
        ("K-1", {}, False),
        ("of another form", {}, True),
        ("an-older-one", {"replayed": True}, True),
    ],
    ids=["echoed", "another", "no-id", "replayed"],
)
def test_a_correlation_id_is_the_callers_where_the_caller_gave_a_legal_one(
    asked: str,
    more: dict[str, object],
    kept: bool,  # noqa: FBT001  # a column of the table
) -> None:
    assert outcome(judged("RCP-04", answered(MEMBER, 202, RECEIPT | more, asked=asked))) is kept


EXPIRED: Final = {"code": "OPERATION_EXPIRED", "message": "No longer kept."}
BRIEF: Final = RECEIPT | {"expiresAt": "2026-01-01T00:00:03.750Z"}
UNPUBLISHED: Final = {name: one for name, one in RECEIPT.items() if name != "expiresAt"}


@pytest.mark.parametrize(
    ("receipt", "at", "document", "said"),
    [
        (RECEIPT, 10.0, EXPIRED, False),
        (UNPUBLISHED, 10.0, EXPIRED, False),
        (BRIEF, 1.0, EXPIRED, False),
        (BRIEF, 3.0, EXPIRED, None),
        (BRIEF, 10.0, EXPIRED, True),
        (BRIEF, 10.0, {"code": "ROUTE_NOT_FOUND", "message": "No."}, False),
    ],
    ids=["a-day-early", "unpublished", "early", "about-then", "expired", "no-code"],
)
def test_a_status_may_go_once_its_published_expiry_has_passed(
    receipt: dict[str, Any], at: float, document: object, said: object
) -> None:
    trace = answered(MEMBER, 202, receipt), answered(URL, 200, receipt, 0.2)

    assert outcome(judged("STA-08", *trace, answered(URL, 410, document, at))) is said


def test_a_status_that_is_first_read_past_its_expiry_is_not_held_against_the_202() -> None:
    trace = answered(MEMBER, 202, BRIEF), answered(URL, 410, EXPIRED, 10.0)

    assert outcome(judged("ACK-07", *trace)) is None


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [(400, "INVALID_REQUEST_BODY", "pass"), (422, "UNKNOWN_MEMBER", "pass"), (500, "X", "fail")],
)
def test_a_member_that_nobody_knows_may_be_refused_and_nothing_else(
    judge: Judge, status: int, code: str, said: str
) -> None:
    def twist(request: httpx.Request, send: Send) -> Response:
        if b"xAckproofUnknown" not in request.content:
            return send(request)
        return Response(status, {}, json.dumps({"code": code, "message": "No."}).encode())

    assert judge("RCP-13", twist).outcome == said
