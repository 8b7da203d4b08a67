"""Servers that tell readiness in another way than the reference server: no check blames them."""

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
Document = dict[str, Any]


def problem(status: int, code: str) -> Response:
    body = json.dumps({"code": code, "message": "No."}).encode()
    return Response(status, {"content-type": "application/json"}, body)


def changed(answer: Response, change: Callable[[Document], None]) -> Response:
    document = json.loads(answer.body)
    change(document)
    return Response(answer.status, answer.headers, json.dumps(document).encode())


def is_readiness(request: httpx.Request) -> bool:
    return request.url.path.endswith("/binding/readiness")


def readiness(change: Callable[[Document], None]) -> Twist:
    """Change each readiness document."""

    def twist(request: httpx.Request, send: Send) -> Response:
        answer = send(request)
        return changed(answer, change) if is_readiness(request) and answer.status == 200 else answer

    return twist


@pytest.mark.parametrize("requirement", ["RDY-02", "RDY-05", "RDY-07"])
def test_a_server_without_readiness_breaks_nothing(judge: Judge, requirement: str) -> None:
    def twist(request: httpx.Request, send: Send) -> Response:
        return problem(501, "NOT_IMPLEMENTED") if is_readiness(request) else send(request)

    assert judge(requirement, twist).outcome == "not_applicable"


def elsewhere(change: Callable[[Document], None]) -> Twist:
    """Serve what receipts name as readinessUrl under a path of the server's own, changed."""

    def moved(document: Document) -> None:
        if "readinessUrl" in document:
            document["readinessUrl"] = "/ready-state" + document["readinessUrl"]

    def twist(request: httpx.Request, send: Send) -> Response:
        path = request.url.raw_path.decode()
        if path.startswith("/ready-state"):
            url = str(request.url).replace("/ready-state", "", 1)
            return changed(send(httpx.Request("GET", url)), change)
        answer = send(request)
        return changed(answer, moved) if isinstance(answer.document, dict) else answer

    return twist


@pytest.mark.parametrize("requirement", ["RDY-04", "RDY-05"])
def test_a_readiness_url_may_be_any(judge: Judge, requirement: str) -> None:
    assert judge(requirement, elsewhere(lambda _: None)).outcome == "pass"


@pytest.mark.parametrize(
    ("requirement", "member", "outcome"),
    [("RDY-01", "reason", "fail"), ("RDY-06", "correlationId", "fail"), ("RDY-07", "", "pass")],
)
def test_a_readiness_at_any_url_is_judged(
    judge: Judge, requirement: str, member: str, outcome: str
) -> None:
    twist = elsewhere(lambda document: document.pop(member, None))

    assert judge(requirement, twist).outcome == outcome


@pytest.mark.parametrize(("requirement", "outcome"), [("RDY-01", "pass"), ("RDY-07", "warn")])
def test_readiness_without_conditions_is_a_warning_only(
    judge: Judge, requirement: str, outcome: str
) -> None:
    twist = readiness(lambda document: document.pop("conditions"))

    assert judge(requirement, twist).outcome == outcome


def test_readiness_may_stay_pending_where_a_command_has_failed(judge: Judge) -> None:
    def level(document: Document) -> None:
        if document["status"] == "failed":
            del document["failure"]
            document["status"] = "pending"

    verdict = judge("RDY-06", readiness(level))

    assert (verdict.outcome, verdict.other_branch) == ("not_applicable", 1)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (problem(409, "STUDIO_MEMBER_NOT_BOUND"), "pass"),
        (problem(400, "INVALID_STUDIO_MEMBER_REQUEST"), "pass"),
        (problem(404, "STUDIO_MEMBER_NOT_FOUND"), "fail"),
        (Response(404), "fail"),
    ],
    ids=["not-bound", "family", "missing", "bare"],
)
def test_readiness_of_an_unbound_member_may_be_refused(
    judge: Judge, answer: Response, outcome: str
) -> None:
    def twist(request: httpx.Request, send: Send) -> Response:
        given = send(request)
        return answer if b'"STUDIO_MEMBER_NOT_BOUND"' in given.body else given

    assert judge("RDY-09", twist).outcome == outcome


@pytest.mark.parametrize(
    ("code", "outcome"),
    [("INVALID_STUDIO_MEMBER_INVOKE_REQUEST", "not_verified"), ("STUDIO_MEMBER_NOT_READY", "fail")],
    ids=["payload", "not-ready"],
)
def test_only_a_refusal_as_too_early_contradicts_readiness(
    judge: Judge, code: str, outcome: str
) -> None:
    def twist(request: httpx.Request, send: Send) -> Response:
        return problem(400, code) if "/invoke/" in request.url.path else send(request)

    assert judge("RDY-02", twist).outcome == outcome


def test_readiness_that_has_not_seen_an_update_yet_is_waited_for(judge: Judge) -> None:
    looks: list[int] = []

    def old(document: Document) -> None:
        looks.append(document["stateVersion"])
        if len(looks) < 5:
            document |= {"status": "ready", "reason": "ALL_READY", "stateVersion": looks[0]}
            document["conditions"] = []

    assert judge("RDY-03", readiness(old)).outcome == "pass"
    assert len(looks) >= 5


@pytest.mark.parametrize(
    ("current", "outcome"), [("false", "pass"), ("true", "fail")], ids=["told", "not-told"]
)
def test_a_ready_that_tells_of_the_newer_implementation_is_not_stale(
    judge: Judge, current: str, outcome: str
) -> None:
    def ready(document: Document) -> None:
        if document["reason"] == "IMPLEMENTATION_CHANGED":
            document["status"] = "ready"
            document["conditions"][-1]["status"] = current

    assert judge("RDY-03", readiness(ready)).outcome == outcome
