"""Servers that keep the contract in another way than the reference server: no check blames them."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from conformance.exchange import Response
from conformance.judge import Verdict

Twist = Callable[[httpx.Request, Callable[[httpx.Request], Response]], Response]
Judge = Callable[[str, Twist], Verdict]
LEGACY = "/api/scopes/s1/binding"
MEMBERS = "/api/scopes/s1/members"


def problem(status: int, code: str) -> Response:
    body = json.dumps({"code": code, "message": "No."}).encode()
    return Response(status, {"content-type": "application/json"}, body)


def changed(answer: Response, change: Callable[[dict[str, Any]], None]) -> Response:
    """Return an answer whose JSON object, if it has one, was changed."""
    if not isinstance(answer.document, dict):
        return answer
    document = json.loads(answer.body)
    change(document)
    return Response(answer.status, answer.headers, json.dumps(document).encode())


def instead(holds: Callable[[httpx.Request], bool], answer: Response) -> Twist:
    """Answer so where it holds, and honestly elsewhere."""
    return lambda request, send: answer if holds(request) else send(request)


def is_patch(request: httpx.Request) -> bool:
    return request.method == "PATCH"


def is_legacy_write(request: httpx.Request) -> bool:
    return request.method == "PUT" and request.url.path == LEGACY


def asks_for_the_published_service(request: httpx.Request) -> bool:
    return request.url.path.endswith("/published-service")


def names_a_service_in_the_query(request: httpx.Request) -> bool:
    return "serviceId" in request.url.params


def names_a_service_in_the_body(request: httpx.Request) -> bool:
    return request.url.path != LEGACY and b'"serviceId"' in request.content


NO_PATCH = instead(is_patch, problem(405, "METHOD_NOT_ALLOWED"))
NO_ROUTE = instead(asks_for_the_published_service, problem(404, "ROUTE_NOT_FOUND"))
BARE_ROUTE = instead(asks_for_the_published_service, Response(404))
REFUSED = problem(400, "INVALID_REQUEST")


@pytest.mark.parametrize("requirement", ["ERR-02", "RES-05"])
@pytest.mark.parametrize("twist", [NO_PATCH, NO_ROUTE, BARE_ROUTE], ids=["405", "typed", "bare"])
def test_a_route_that_is_not_offered_is_left_out(
    judge: Judge, requirement: str, twist: Twist
) -> None:
    assert judge(requirement, twist).outcome == "pass"


def test_a_bare_404_of_a_route_that_is_offered_is_blamed(judge: Judge) -> None:
    def bare(request: httpx.Request, send: Callable[[httpx.Request], Response]) -> Response:
        answer = send(request)
        offered = asks_for_the_published_service(request)
        return Response(404) if offered and answer.status == 404 else answer

    assert judge("ERR-02", bare).outcome == "fail"


@pytest.mark.parametrize("requirement", ["RES-03", "RES-07"])
@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (problem(409, "SERVICE_ID_TAKEN"), "not_applicable"),
        (problem(405, "METHOD_NOT_ALLOWED"), "not_applicable"),
        (problem(403, "SCOPE_ACCESS_DENIED"), "not_verified"),
        (problem(404, "ROUTE_NOT_FOUND"), "not_verified"),
        (Response(200, {}, b'{"serviceId": "default"}'), "not_verified"),
    ],
    ids=["refused", "not-offered", "no-access", "no-route", "another-service"],
)
def test_nothing_is_said_of_a_decoy_that_was_not_made(
    judge: Judge, requirement: str, answer: Response, outcome: str
) -> None:
    assert judge(requirement, instead(is_legacy_write, answer)).outcome == outcome


def test_a_server_without_the_older_binding_is_told_how_to_say_so(judge: Judge) -> None:
    verdict = judge("RES-03", instead(is_legacy_write, problem(404, "ROUTE_NOT_FOUND")))

    assert 'not_offered = ["putScopeBinding"]' in "".join(verdict.reasons)


@pytest.mark.parametrize(
    "place", [names_a_service_in_the_query, names_a_service_in_the_body], ids=["query", "body"]
)
def test_a_service_id_may_be_refused_in_either_place(
    judge: Judge, place: Callable[[httpx.Request], bool]
) -> None:
    assert judge("RES-04", instead(place, REFUSED)).outcome == "pass"


@pytest.mark.parametrize("requirement", ["INV-01", "INV-02", "RES-01"])
def test_a_url_of_a_status_may_be_relative_to_the_status(judge: Judge, requirement: str) -> None:
    def relative(document: dict[str, Any]) -> None:
        for name in ("readModelUrl", "readinessUrl"):
            if name in document:
                document[name] = document[name].replace("/api/scopes/s1/", "../")

    def twist(request: httpx.Request, send: Callable[[httpx.Request], Response]) -> Response:
        answer = send(request)
        return changed(answer, relative) if "/operations/" in request.url.path else answer

    assert judge(requirement, twist).outcome == "pass"


def test_a_member_that_shows_no_service_is_not_found_in_a_path(judge: Judge) -> None:
    def hide(document: dict[str, Any]) -> None:
        document.get("summary", {}).pop("publishedServiceId", None)

    verdict = judge("EPC-02", lambda request, send: changed(send(request), hide))

    assert (verdict.outcome, verdict.missing) == ("pass", 1)


def test_a_create_may_be_refused_beside_a_service_of_its_id(judge: Judge) -> None:
    services: set[str] = set()

    def twist(request: httpx.Request, send: Callable[[httpx.Request], Response]) -> Response:
        given = json.loads(request.content or b"{}")
        services.update({given["serviceId"]} if is_legacy_write(request) else ())
        taken = request.url.path == MEMBERS and given.get("memberId") in services
        return problem(409, "STUDIO_MEMBER_ID_CONFLICT") if taken else send(request)

    assert judge("RES-07", twist).outcome == "not_applicable"


@pytest.mark.parametrize(
    ("requirement", "outcome"), [("MBR-01", "pass"), ("RES-07", "not_applicable")]
)
def test_a_server_may_choose_the_member_id_itself(
    judge: Judge, requirement: str, outcome: str
) -> None:
    def twist(request: httpx.Request, send: Callable[[httpx.Request], Response]) -> Response:
        if request.method != "POST" or request.url.path != MEMBERS:
            return send(request)
        body = {key: one for key, one in json.loads(request.content).items() if key != "memberId"}
        return send(httpx.Request("POST", request.url, json=body))

    assert judge(requirement, twist).outcome == outcome


def test_the_first_of_all_instants_is_no_error_of_the_kit(judge: Judge) -> None:
    def accepted(document: dict[str, Any]) -> None:
        if "acceptedAt" in document:
            document["acceptedAt"] = "0001-01-01T00:00:00Z"

    verdict = judge("FLR-02", lambda request, send: changed(send(request), accepted))

    assert verdict.outcome in {"pass", "fail"}


def test_a_write_that_nobody_can_follow_is_not_taken_for_a_success(judge: Judge) -> None:
    def twist(request: httpx.Request, send: Callable[[httpx.Request], Response]) -> Response:
        answer = send(request)
        nobody = answer.status == 404 and request.method == "PUT"
        return Response(202, {}, b"{}") if nobody else answer

    verdict = judge("ERR-02", twist)

    assert (verdict.outcome, verdict.missing) == ("pass", 1)


@pytest.mark.parametrize(
    ("listed", "outcome"), [(False, "pass"), (True, "fail")], ids=["no-run", "a-run"]
)
def test_an_invoke_that_nobody_can_follow_captures_only_what_its_runs_show(
    judge: Judge,
    listed: bool,  # noqa: FBT001  # a column of the table
    outcome: str,
) -> None:
    def twist(request: httpx.Request, send: Callable[[httpx.Request], Response]) -> Response:
        answer = send(request)
        if b"STUDIO_MEMBER_NOT_BOUND" in answer.body:
            return Response(202, {}, b"{}")
        if listed and request.url.path.endswith("/runs"):
            row = {"publishedServiceId": request.url.path.split("/")[-2]}
            return changed(answer, lambda document: document.update(runs=[row]))
        return answer

    verdict = judge("RES-03", twist)

    assert verdict.outcome == outcome
    assert verdict.missing == (0 if listed else 1)
