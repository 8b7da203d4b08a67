"""Members that are kept in another way than the reference server's: no check blames them."""

import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from conformance.exchange import Response
from conformance.judge import Verdict

Send = Callable[[httpx.Request], Response]
Twist = Callable[[httpx.Request, Send], Response]
Judge = Callable[[str, Twist], Verdict]
Change = Callable[[dict[str, Any]], None]
MEMBER = re.compile(r"/api/scopes/s1/members/[^/]+")
FRACTION = re.compile(rb'("(?:createdAt|boundAt)": ?"[^".]+)\.\d+Z')


def problem(status: int, code: str) -> Response:
    body = json.dumps({"code": code, "message": "No."}).encode()
    return Response(status, {"content-type": "application/json"}, body)


def changed(answer: Response, change: Change) -> Response:
    document = json.loads(answer.body)
    change(document)
    return Response(answer.status, answer.headers, json.dumps(document).encode())


def instead(holds: Callable[[httpx.Request], bool], answer: Response) -> Twist:
    return lambda request, send: answer if holds(request) else send(request)


def given(request: httpx.Request) -> dict[str, Any]:
    document = json.loads(request.content or b"{}")
    return document if isinstance(document, dict) else {}


def is_patch(request: httpx.Request) -> bool:
    return request.method == "PATCH"


def is_delete(request: httpx.Request) -> bool:
    return request.method == "DELETE"


def is_patch_or_delete(request: httpx.Request) -> bool:
    return is_patch(request) or is_delete(request)


def is_update(request: httpx.Request) -> bool:
    return request.url.path.endswith("/implementation")


def is_blank(request: httpx.Request) -> bool:
    return is_patch(request) and given(request).get("description") == ""


def is_create_without_an_id(request: httpx.Request) -> bool:
    return request.method == "POST" and bool(given(request)) and "memberId" not in given(request)


def is_detail(request: httpx.Request) -> bool:
    return request.method == "GET" and bool(MEMBER.fullmatch(request.url.path))


def is_scope_binding(request: httpx.Request) -> bool:
    return request.url.path == "/api/scopes/s1/binding"


def is_readiness(request: httpx.Request) -> bool:
    return request.url.path.endswith("/binding/readiness")


def is_bind_of_two(request: httpx.Request) -> bool:
    return {"workflow", "script"} <= given(request).keys()


NOT_ALLOWED = problem(405, "METHOD_NOT_ALLOWED")
LEGAL: dict[str, tuple[str, Twist, str]] = {
    "a-blank-description-is-refused": (
        "MBR-04",
        instead(is_blank, problem(400, "INVALID_STUDIO_MEMBER_REQUEST")),
        "pass",
    ),
    "no-rename": ("MBR-04", instead(is_patch, NOT_ALLOWED), "not_applicable"),
    "no-update-for-another-kind": ("MBR-05", instead(is_update, NOT_ALLOWED), "pass"),
    "no-update-for-two": ("MBR-06", instead(is_update, NOT_ALLOWED), "pass"),
    "two-are-no-body": (
        "MBR-06",
        instead(is_bind_of_two, problem(400, "INVALID_REQUEST_BODY")),
        "pass",
    ),
    "two-are-of-another-kind": (
        "BND-07",
        instead(is_bind_of_two, problem(409, "STUDIO_MEMBER_KIND_LOCKED")),
        "pass",
    ),
    "ids-are-the-clients": (
        "MBR-08",
        instead(is_create_without_an_id, problem(400, "INVALID_STUDIO_MEMBER_REQUEST")),
        "not_applicable",
    ),
    "no-name-to-free": ("MBR-09", instead(is_patch, NOT_ALLOWED), "pass"),
    "no-service-to-free": ("MBR-09", instead(is_delete, NOT_ALLOWED), "pass"),
    "nothing-to-free": ("MBR-09", instead(is_patch_or_delete, NOT_ALLOWED), "not_applicable"),
    "an-unbound-member-has-no-readiness": (
        "LFC-02",
        instead(is_readiness, problem(409, "STUDIO_MEMBER_NOT_BOUND")),
        "pass",
    ),
    "update-and-bind-are-one": ("LFC-05", instead(is_update, NOT_ALLOWED), "not_applicable"),
    "a-roster-without-updates": ("LFC-07", instead(is_update, NOT_ALLOWED), "pass"),
    "no-scope-binding": ("BND-04", instead(is_scope_binding, NOT_ALLOWED), "pass"),
    "no-rename-of-a-bound-member": ("BND-08", instead(is_patch, NOT_ALLOWED), "pass"),
}


@pytest.mark.parametrize(("requirement", "twist", "outcome"), LEGAL.values(), ids=LEGAL.keys())
def test_another_legal_answer_is_not_blamed(
    judge: Judge, requirement: str, twist: Twist, outcome: str
) -> None:
    assert judge(requirement, twist).outcome == outcome


@pytest.mark.parametrize("requirement", ["MBR-10", "BND-08"])
def test_some_answers_may_leave_out_the_fractions_of_a_second(
    judge: Judge, requirement: str
) -> None:
    answers = 0

    def twist(request: httpx.Request, send: Send) -> Response:
        nonlocal answers
        answer, answers = send(request), answers + 1
        whole = FRACTION.sub(rb"\1Z", answer.body) if answers % 2 else answer.body
        return Response(answer.status, answer.headers, whole)

    assert judge(requirement, twist).outcome == "pass"


def test_a_member_that_shows_no_time_of_its_create_is_not_verified(judge: Judge) -> None:
    def twist(_: httpx.Request, send: Send) -> Response:
        answer = send(_)
        bare = answer.body.replace(b'"createdAt"', b'"bornAt"')
        return Response(answer.status, answer.headers, bare)

    assert judge("MBR-10", twist).outcome == "not_verified"


def test_a_display_name_that_was_in_use_may_be_refused(judge: Judge) -> None:
    names: set[str] = set()

    def twist(request: httpx.Request, send: Send) -> Response:
        name = given(request).get("displayName")
        taken = request.method == "POST" and name in names
        names.add(str(name))
        return problem(409, "DISPLAY_NAME_TAKEN") if taken else send(request)

    assert judge("MBR-09", twist).outcome == "pass"


def test_a_member_may_have_an_implementation_from_its_create_on(judge: Judge) -> None:
    def built(detail: dict[str, Any]) -> None:
        if detail["implementationRef"] is None:
            detail["summary"]["lifecycleStage"] = "build_ready"
            detail["implementationRef"] = {"implementationKind": "workflow"}

    def twist(request: httpx.Request, send: Send) -> Response:
        answer = send(request)
        shown = is_detail(request) and answer.status == 200
        return changed(answer, built) if shown else answer

    assert judge("LFC-02", twist).outcome == "pass"


@pytest.mark.parametrize("requirement", ["LFC-03", "LFC-04"])
def test_what_a_summary_does_not_show_is_not_compared(judge: Judge, requirement: str) -> None:
    def hide(detail: dict[str, Any]) -> None:
        detail["summary"] |= {"publishedServiceId": None, "implementationKind": None}

    def twist(request: httpx.Request, send: Send) -> Response:
        answer = send(request)
        shown = is_detail(request) and answer.status == 200
        return changed(answer, hide) if shown else answer

    assert judge(requirement, twist).outcome == "pass"


@pytest.mark.parametrize("requirement", ["LFC-06", "LFC-07"])
def test_the_detail_may_be_behind_the_binding_if_it_says_so(judge: Judge, requirement: str) -> None:
    first: dict[str, Response] = {}
    bound: dict[str, int] = {}

    def twist(request: httpx.Request, send: Send) -> Response:
        answer = send(request)
        path = request.url.path.removesuffix("/binding")
        if path != request.url.path and b'"boundAt"' in answer.body:
            bound.setdefault(path, 3)
        if not is_detail(request) or answer.status != 200:
            return answer
        older = first.setdefault(path, answer)
        bound[path] = bound.get(path, 0) - 1
        return older if bound[path] >= 0 else answer

    assert judge(requirement, twist).outcome == "pass"


@pytest.mark.parametrize(
    ("effect", "outcome"), [("partial", "pass"), ("none", "fail")], ids=["partial", "none"]
)
def test_a_failed_bind_may_unbind_only_if_its_failure_says_so(
    judge: Judge, effect: str, outcome: str
) -> None:
    failed = False

    def says(document: dict[str, Any]) -> None:
        document["failure"]["effect"] = effect

    def twist(request: httpx.Request, send: Send) -> Response:
        nonlocal failed
        answer = send(request)
        if b'"member.bind"' in answer.body and b'"failure"' in answer.body:
            failed = True
            return changed(answer, says)
        if failed and request.method == "GET" and request.url.path.endswith("/binding"):
            return Response(200, answer.headers, b'{"lastBinding": null, "stateVersion": 9}')
        return answer

    assert judge("BND-06", twist).outcome == outcome
