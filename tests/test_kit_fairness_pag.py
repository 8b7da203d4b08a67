"""Lists that are kept in another way than the reference server's: no check blames them."""

import base64
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from conformance.exchange import Response
from conformance.judge import Verdict

Send = Callable[[httpx.Request], Response]
Twist = Callable[[httpx.Request, Send], Response]
Judge = Callable[[str, Twist], Verdict]
MEMBERS = "/api/scopes/s1/members"


def problem(status: int, code: str) -> Response:
    body = json.dumps({"code": code, "message": "No."}).encode()
    return Response(status, {"content-type": "application/json"}, body)


def changed(answer: Response, change: Callable[[dict[str, Any]], None]) -> Response:
    document = json.loads(answer.body)
    change(document)
    return Response(answer.status, answer.headers, json.dumps(document).encode())


def instead(holds: Callable[[httpx.Request], bool], answer: Response) -> Twist:
    return lambda request, send: answer if holds(request) else send(request)


def is_roster(request: httpx.Request) -> bool:
    return request.method == "GET" and request.url.path.endswith("/members")


def is_elsewhere(request: httpx.Request) -> bool:
    return is_roster(request) and request.url.path != MEMBERS


def everybody(request: httpx.Request, send: Send) -> list[dict[str, Any]]:
    answer = send(httpx.Request("GET", request.url.copy_with(query=None)))
    rows: list[dict[str, Any]] = answer.document["members"]
    return rows


def by_offset(*, newest_first: bool, most: int = 200, filler: int = 0) -> Twist:
    """Page by a decimal offset in base64; before each page somebody inserts `filler` members."""
    strangers: list[dict[str, Any]] = []

    def twist(request: httpx.Request, send: Send) -> Response:
        if not is_roster(request):
            return send(request)
        query = request.url.params
        strangers.extend({"memberId": f"m-{len(strangers) + n}"} for n in range(filler))
        rows = everybody(request, send) + strangers
        rows = rows[::-1] if newest_first else rows
        try:
            start = int(base64.b64decode(query.get("pageToken", "MA=="), validate=True))
            size = min(int(query.get("pageSize", most)), most)
        except ValueError:
            return problem(400, "INVALID_STUDIO_MEMBER_REQUEST")
        if size < 0:
            return problem(400, "INVALID_STUDIO_MEMBER_REQUEST")
        end = start + size
        token = base64.b64encode(str(end).encode()).decode() if end < len(rows) else None
        page = {"scopeId": "s1", "members": rows[start:end], "nextPageToken": token}
        return Response(200, {}, json.dumps(page).encode())

    return twist


@pytest.mark.parametrize("requirement", ["PAG-01", "PAG-02", "PAG-07", "PAG-08"])
@pytest.mark.parametrize(
    "twist",
    [
        by_offset(newest_first=False, most=2),
        by_offset(newest_first=True),
    ],
    ids=["at-most-2", "newest-first"],
)
def test_a_list_may_be_paged_by_offset(judge: Judge, requirement: str, twist: Twist) -> None:
    assert judge(requirement, twist).outcome == "pass"


@pytest.mark.parametrize("requirement", ["PAG-01", "PAG-02"])
def test_inserts_that_move_members_to_later_pages_are_nobodys_fault(
    judge: Judge, requirement: str
) -> None:
    verdict = judge(requirement, by_offset(newest_first=True, filler=1))

    assert verdict.outcome in {"pass", "not_verified"}


@pytest.mark.parametrize("requirement", ["PAG-01", "PAG-02"])
def test_an_empty_page_may_follow_a_full_one(judge: Judge, requirement: str) -> None:
    def twist(request: httpx.Request, send: Send) -> Response:
        answer = send(request)
        if not is_roster(request) or answer.document.get("nextPageToken"):
            return answer
        if "pageToken=last" in str(request.url):
            return changed(answer, lambda page: page.update(members=[]))
        return changed(answer, lambda page: page.update(nextPageToken="last"))

    def asked(request: httpx.Request, send: Send) -> Response:
        if is_roster(request) and request.url.params.get("pageToken") == "last":
            return Response(200, {}, b'{"scopeId": "s1", "members": []}')
        return twist(request, send)

    assert judge(requirement, asked).outcome == "pass"


@pytest.mark.parametrize(
    ("rows", "outcome"), [(200, "pass"), (201, "fail")], ids=["200-rows", "201-rows"]
)
def test_a_page_may_hold_200_members(judge: Judge, rows: int, outcome: str) -> None:
    listed = [{"memberId": f"m-{number}"} for number in range(rows)]
    body = json.dumps({"scopeId": "s1", "members": listed, "nextPageToken": "t"}).encode()
    large = instead(lambda r: "100000" in str(r.url), Response(200, {}, body))

    assert judge("PAG-03", large).outcome == outcome


def test_a_large_page_size_may_be_refused(judge: Judge) -> None:
    large = instead(lambda r: "100000" in str(r.url), problem(400, "INVALID_PAGE_SIZE"))

    assert judge("PAG-03", large).outcome == "pass"


@pytest.mark.parametrize("requirement", ["PAG-05", "PAG-06"])
@pytest.mark.parametrize(
    "answer",
    [
        problem(403, "SCOPE_ACCESS_DENIED"),
        problem(404, "SCOPE_NOT_FOUND"),
        problem(400, "INVALID_STUDIO_MEMBER_REQUEST"),
    ],
    ids=["denied", "unknown", "malformed"],
)
def test_a_closed_scope_is_asked_for_by_name(
    judge: Judge, requirement: str, answer: Response
) -> None:
    verdict = judge(requirement, instead(is_elsewhere, answer))

    assert verdict.outcome == "not_verified"
    assert "other_scope in the target file" in verdict.reasons[0]


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_token_of_another_scope_may_be_refused(judge: Judge, status: int) -> None:
    def crossed(request: httpx.Request) -> bool:
        return is_elsewhere(request) and "pageToken" in request.url.params

    assert judge("PAG-06", instead(crossed, problem(status, "BAD_TOKEN"))).outcome == "pass"


def test_a_row_may_show_less_than_the_detail(judge: Judge) -> None:
    def slim(page: dict[str, Any]) -> None:
        page["members"] = [{"memberId": row["memberId"]} for row in page.get("members", ())]

    def twist(request: httpx.Request, send: Send) -> Response:
        answer = send(request)
        return changed(answer, slim) if is_roster(request) else answer

    assert judge("PAG-07", twist).outcome == "pass"


def test_an_older_name_on_a_row_of_an_older_version_is_no_difference(judge: Judge) -> None:
    def stale(page: dict[str, Any]) -> None:
        for row in page.get("members", ()):
            row.update(displayName="The name before", stateVersion=0)

    def twist(request: httpx.Request, send: Send) -> Response:
        answer = send(request)
        return changed(answer, stale) if is_roster(request) else answer

    assert judge("PAG-07", twist).outcome == "not_verified"


def test_a_roster_may_show_a_member_a_little_later(judge: Judge) -> None:
    reads: list[int] = []

    def twist(request: httpx.Request, send: Send) -> Response:
        answer = send(request)
        reads.append(0)
        late = is_roster(request) and len(reads) < 20
        return changed(answer, lambda page: page.update(members=[])) if late else answer

    assert judge("PAG-08", twist).outcome == "pass"
