"""Keys and concurrent writes that are kept in another way: no check blames them."""

import json
from collections import Counter
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
PATCHES = ("IDM-02", "IDM-08", "CON-03", "CON-04")


def problem(status: int, code: str) -> Response:
    body = json.dumps({"code": code, "message": "No."}).encode()
    return Response(status, {"content-type": "application/json"}, body)


def changed(answer: Response, change: Callable[[dict[str, Any]], None]) -> Response:
    if not isinstance(answer.document, dict):
        return answer
    document = json.loads(answer.body)
    change(document)
    return Response(answer.status, answer.headers, json.dumps(document).encode())


def key_of(request: httpx.Request) -> str | None:
    return dict(request.headers).get("idempotency-key")


def is_create(request: httpx.Request) -> bool:
    return request.method == "POST" and request.url.path == MEMBERS


def is_roster(request: httpx.Request) -> bool:
    return request.method == "GET" and request.url.path == MEMBERS


def is_status(request: httpx.Request) -> bool:
    return "/operations/" in request.url.path


def in_progress() -> Twist:
    """Tell the first repeat of a keyed invoke that is not decided that it is still in progress."""
    asked: Counter[str] = Counter()
    statuses: dict[str, str] = {}
    decided: set[str] = set()

    def twist(request: httpx.Request, send: Send) -> Response:
        key = key_of(request)
        if key is None or "/invoke/" not in request.url.path:
            answer = send(request)
            done = is_status(request) and answer.document["status"] != "pending"
            decided.update({request.url.path} if done else ())
            return answer
        asked[key] += 1
        if asked[key] == 2 and statuses.get(key) not in decided:
            return problem(409, "IDEMPOTENCY_IN_PROGRESS")
        answer = send(request)
        statuses[key] = answer.document["statusUrl"]
        return answer

    return twist


def without_patch(request: httpx.Request, send: Send) -> Response:
    return problem(405, "METHOD_NOT_ALLOWED") if request.method == "PATCH" else send(request)


def times_out_what_fails(request: httpx.Request, send: Send) -> Response:
    """Know of no failed command how it ended, and refuse nothing at once."""

    def unknown(document: dict[str, Any]) -> None:
        if document.get("status") == "failed":
            document["status"] = "timed_out"
            document["failure"] |= {"code": "OPERATION_TIMED_OUT", "effect": "unknown"}

    answer = send(request)
    return changed(answer, unknown) if is_status(request) else answer


@pytest.mark.parametrize("requirement", PATCHES)
def test_a_change_that_is_not_offered_closes_what_needs_one(judge: Judge, requirement: str) -> None:
    assert judge(requirement, without_patch).outcome == "not_applicable"


@pytest.mark.parametrize("requirement", ["IDM-01", "IDM-03", "IDM-07"])
def test_a_repeat_may_be_told_to_wait_for_the_first(judge: Judge, requirement: str) -> None:
    assert judge(requirement, in_progress()).outcome == "pass"


@pytest.mark.parametrize("status", [400, 409])
def test_a_reused_key_may_be_refused_by_its_code_alone(judge: Judge, status: int) -> None:
    def twist(request: httpx.Request, send: Send) -> Response:
        answer = send(request)
        return problem(status, "IDEMPOTENCY_KEY_REUSED") if answer.status == 422 else answer

    assert judge("IDM-02", twist).outcome == "pass"


def test_a_replay_may_spell_its_instants_otherwise(judge: Judge) -> None:
    def otherwise(document: dict[str, Any]) -> None:
        if document.get("replayed"):
            document["acceptedAt"] = document["acceptedAt"].replace("Z", "+00:00")

    verdict = judge("IDM-04", lambda request, send: changed(send(request), otherwise))

    assert verdict.outcome == "pass"


@pytest.mark.parametrize(
    ("tag", "outcome"), [(None, "not_applicable"), ('W/"{}"', "not_verified")], ids=["none", "weak"]
)
def test_nothing_is_said_of_if_match_without_a_strong_tag(
    judge: Judge, tag: str | None, outcome: str
) -> None:
    def twist(request: httpx.Request, send: Send) -> Response:
        answer = send(request)
        headers = {name: value for name, value in answer.headers.items() if name != "etag"}
        if tag and "etag" in answer.headers:
            headers["etag"] = tag.format(answer.headers["etag"].strip('"'))
        return Response(answer.status, headers, answer.body)

    assert judge("IDM-08", twist).outcome == outcome


def test_a_create_again_that_timed_out_is_not_known_to_have_been_refused(judge: Judge) -> None:
    def twist(request: httpx.Request, send: Send) -> Response:
        if not is_create(request):
            return times_out(request, send)
        answer = send(request)
        if answer.status == 409:
            return Response(202, {}, json.dumps({"statusUrl": "/api/late"}).encode())
        return answer

    def times_out(request: httpx.Request, send: Send) -> Response:
        if request.url.path != "/api/late":
            return send(request)
        failure = {"code": "OPERATION_TIMED_OUT", "message": "Late.", "effect": "unknown"}
        document = {"status": "timed_out", "stage": "accepted", "failure": failure}
        return Response(200, {}, json.dumps(document).encode())

    verdict = judge("IDM-06", twist)

    assert (verdict.outcome, verdict.missing) == ("pass", 1)


def test_a_create_that_lost_may_have_timed_out(judge: Judge) -> None:
    verdict = judge("CON-01", times_out_what_fails)

    assert verdict.outcome in {"pass", "not_verified"}
    assert not verdict.findings


def test_a_create_that_lost_may_be_a_conflict_of_another_name(judge: Judge) -> None:
    def twist(request: httpx.Request, send: Send) -> Response:
        answer = send(request)
        lost = is_create(request) and answer.status == 409
        return problem(409, "CONCURRENT_MODIFICATION") if lost else answer

    assert judge("CON-01", twist).outcome == "pass"


def test_a_server_may_name_the_revisions_itself(judge: Judge) -> None:
    def twist(request: httpx.Request, send: Send) -> Response:
        if request.method != "PUT":
            return send(request)
        body = json.loads(request.content)
        body.pop("revisionId", None)
        return send(httpx.Request("PUT", request.url, json=body))

    assert judge("CON-02", twist).outcome == "pass"
    assert judge("CON-03", twist).outcome == "pass"


def test_one_of_two_writes_at_once_may_be_refused_with_a_code(judge: Judge) -> None:
    def twist(request: httpx.Request, send: Send) -> Response:
        refused = request.method == "PATCH" and b'"Renamed' in request.content
        return problem(409, "STATE_VERSION_MISMATCH") if refused else send(request)

    assert judge("CON-03", twist).outcome == "pass"


def test_one_of_two_writes_at_once_may_not_be_an_error_of_the_server(judge: Judge) -> None:
    def twist(request: httpx.Request, send: Send) -> Response:
        broke = request.method == "PATCH" and b'"Renamed' in request.content
        return problem(500, "INTERNAL_ERROR") if broke else send(request)

    assert judge("CON-03", twist).outcome == "fail"


def paged(newest_first: bool, moved: bool = False) -> Twist:  # noqa: FBT001, FBT002  # columns
    """Page by a decimal offset; `moved` rows carry another updatedAt each time they are shown."""
    pages: Counter[str] = Counter()

    def twist(request: httpx.Request, send: Send) -> Response:
        if not is_roster(request):
            return send(request)
        whole = send(httpx.Request("GET", request.url.copy_with(query=None)))
        rows: list[dict[str, Any]] = whole.document["members"]
        rows = rows[::-1] if newest_first else rows
        start = int(request.url.params.get("pageToken", 0))
        end = start + int(request.url.params.get("pageSize", 200))
        pages["read"] += 1
        stamp = {"updatedAt": f"2026-01-01T00:00:00.{pages['read']:06}Z"} if moved else {}
        page = {
            "scopeId": "s1",
            "members": [row | stamp for row in rows[start:end]],
            "nextPageToken": str(end) if end < len(rows) else None,
        }
        return Response(200, {}, json.dumps(page).encode())

    return twist


@pytest.mark.parametrize(
    ("twist", "outcome"),
    [
        (paged(newest_first=False), "pass"),
        (paged(newest_first=True), "fail"),
        (paged(newest_first=True, moved=True), "pass"),
    ],
    ids=["oldest-first", "newest-first", "changed-meanwhile"],
)
def test_a_walk_is_blamed_for_rows_that_it_shows_twice_alike(
    judge: Judge, twist: Twist, outcome: str
) -> None:
    assert judge("CON-05", twist).outcome == outcome
