"""Limits and forms that are kept in another way than ours: no check of input blames them."""

import json
import re
from collections.abc import Callable
from typing import Any
from unicodedata import normalize
from urllib.parse import unquote

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


def given(request: httpx.Request) -> dict[str, Any]:
    try:
        document = json.loads(request.content)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def is_create(request: httpx.Request) -> bool:
    return request.method == "POST" and request.url.path == MEMBERS


def instead(holds: Callable[[httpx.Request], bool], answer: Response) -> Twist:
    return lambda request, send: answer if holds(request) else send(request)


def holds_a_separator(request: httpx.Request) -> bool:
    path = request.url.raw_path.decode().upper()
    return any(escape in path for escape in ("%2F", "%5C", "%2E"))


@pytest.mark.parametrize("requirement", ["INP-03", "ERR-01", "ERR-04"])
@pytest.mark.parametrize("answer", [Response(404), Response(400, {}, b"<html>")], ids=str)
def test_a_gateway_may_refuse_an_encoded_separator_bare(
    judge: Judge, requirement: str, answer: Response
) -> None:
    assert judge(requirement, instead(holds_a_separator, answer)).outcome == "pass"


def test_dots_that_a_gateway_resolves_are_not_blamed(judge: Judge) -> None:
    def resolves(request: httpx.Request, send: Send) -> Response:
        path = request.url.raw_path.decode()
        if "/members/%2E%2E/binding" not in path:
            return send(request)
        return send(httpx.Request("GET", str(request.url).replace("/members/%2E%2E", "")))

    verdict = judge("INP-03", resolves)

    assert verdict.outcome == "pass"
    assert verdict.missing


@pytest.mark.parametrize("requirement", ["INP-03", "INP-09"])
def test_a_server_that_chooses_ids_is_not_judged_by_those_it_ignores(
    judge: Judge, requirement: str
) -> None:
    def ignores(request: httpx.Request, send: Send) -> Response:
        if not is_create(request):
            return send(request)
        body = {name: value for name, value in given(request).items() if name != "memberId"}
        return send(httpx.Request("POST", request.url, json=body))

    assert judge(requirement, ignores).outcome == "pass"


def test_a_kind_in_another_case_may_be_refused(judge: Judge) -> None:
    def cased(request: httpx.Request) -> bool:
        return given(request).get("implementationKind") == "Workflow"

    refusal = problem(400, "INVALID_STUDIO_MEMBER_REQUEST")
    assert judge("INP-04", instead(cased, refusal)).outcome == "pass"


def trimmed(request: httpx.Request, send: Send) -> Response:
    """Trim every identifier, in the path and in the body."""
    path = re.sub(r"(?<=[/:]) +| +(?=[/:]|$)", "", unquote(request.url.raw_path.decode()))
    url = request.url.copy_with(raw_path=path.encode())
    body = {n: v.strip() if n.endswith("Id") else v for n, v in given(request).items()}
    headers = {n: v for n, v in request.headers.items() if n != "content-length"}
    content = json.dumps(body).encode() if body else request.content
    return send(httpx.Request(request.method, url, headers=headers, content=content))


def padded_in_a_body(request: httpx.Request) -> bool:
    ids = [value for name, value in given(request).items() if name.endswith("Id")]
    return any(one != one.strip() for one in ids)


def test_identifiers_may_be_trimmed_everywhere(judge: Judge) -> None:
    assert judge("INP-05", trimmed).outcome == "pass"


def test_identifiers_trimmed_in_paths_only_are_blamed(judge: Judge) -> None:
    def mixed(request: httpx.Request, send: Send) -> Response:
        refused = problem(400, "INVALID_STUDIO_MEMBER_REQUEST")
        return refused if padded_in_a_body(request) else trimmed(request, send)

    assert judge("INP-05", mixed).outcome == "fail"


@pytest.mark.parametrize("status", [403, 404])
def test_a_padded_scope_may_be_a_scope_of_its_own(judge: Judge, status: int) -> None:
    def padded(request: httpx.Request) -> bool:
        return "/scopes/%20" in request.url.raw_path.decode()

    assert judge("INP-05", instead(padded, problem(status, "NO"))).outcome == "pass"


@pytest.mark.parametrize(
    "answer",
    [
        Response(413),
        problem(413, "PAYLOAD_TOO_LARGE"),
        problem(400, "INVALID_STUDIO_MEMBER_REQUEST"),
    ],
    ids=["proxy", "typed", "too-long"],
)
def test_a_large_body_may_be_refused_by_whoever_meets_it(judge: Judge, answer: Response) -> None:
    large = instead(lambda request: len(request.content) > 1_000_000, answer)

    assert judge("INP-06", large).outcome == "pass"


def test_a_large_body_that_is_cut_off_is_not_verified(judge: Judge) -> None:
    def closes(request: httpx.Request, send: Send) -> Response:
        if len(request.content) > 1_000_000:
            raise httpx.WriteError("closed")
        return send(request)

    assert judge("INP-06", closes).outcome == "not_verified"


def test_a_framework_may_refuse_another_media_type(judge: Judge) -> None:
    def other(request: httpx.Request) -> bool:
        return "text/plain" in request.headers.get_list("content-type")

    assert judge("INP-07", instead(other, Response(415))).outcome == "pass"


def test_text_may_be_composed_anew(judge: Judge) -> None:
    def decomposes(request: httpx.Request, send: Send) -> Response:
        if not is_create(request):
            return send(request)
        body = json.dumps(given(request), ensure_ascii=False)
        headers = {"content-type": "application/json"}
        content = normalize("NFC", body).encode()
        return send(httpx.Request("POST", request.url, headers=headers, content=content))

    assert judge("INP-08", decomposes).outcome == "pass"


def test_a_server_may_count_bytes_for_characters(judge: Judge) -> None:
    def long(request: httpx.Request) -> bool:
        return len(str(given(request).get("displayName", "")).encode()) > 256

    refusal = problem(400, "INVALID_STUDIO_MEMBER_REQUEST")
    assert judge("INP-08", instead(long, refusal)).outcome == "pass"
