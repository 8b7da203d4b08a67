"""Servers that speak HTTP in another legal way: no check blames them."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

import httpx
import pytest

from conformance import wire
from conformance.contract import load_contract
from conformance.embedded import Embedded, embedded_server
from conformance.exchange import Response
from conformance.judge import Verdict
from conformance.plan import make_plan
from conformance.progress import Silent
from conformance.runner import run
from conformance.target import Target

Twist = Callable[[httpx.Request, Response], Response]
SERVICE = "/published-service"


@pytest.fixture(scope="module")
def served() -> Iterator[Embedded]:
    with embedded_server() as server:
        yield server


@pytest.fixture
def judge(served: Embedded, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Verdict]:
    honest = wire._answered  # noqa: SLF001  # the one place that every answer comes through

    def judged(requirement: str, twist: Twist, target: Target | None = None) -> Verdict:
        monkeypatch.setattr(
            wire, "_answered", lambda pool, request: twist(request, honest(pool, request))
        )
        contract, target = load_contract(), target or served.target({})
        found = run(contract, target, make_plan(contract, target, [requirement]), Silent())
        return found.verdicts[0]

    return judged


def with_headers(answer: Response, **headers: str | None) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    merged = {**answer.headers, **named}
    return Response(answer.status, {k: v for k, v in merged.items() if v is not None}, answer.body)


def refused(status: int) -> Response:
    body = json.dumps({"code": "NOT_HERE", "message": "No."}).encode()
    return Response(status, {"content-type": "application/json"}, body)


def instead(holds: Callable[[httpx.Request], bool], answer: Response) -> Twist:
    return lambda request, honest: answer if holds(request) else honest


def plain(request: httpx.Request, answer: Response) -> Response:  # noqa: ARG001
    return with_headers(answer, cache_control="private, max-age=0", content_type="application/json")


def charset(request: httpx.Request, answer: Response) -> Response:  # noqa: ARG001
    named = with_headers(answer, content_type="application/json;charset=UTF-8")
    return Response(named.status, named.headers, b"\xef\xbb\xbf" + answer.body)


def untagged(request: httpx.Request, answer: Response) -> Response:  # noqa: ARG001
    return with_headers(answer, etag=None)


def indifferent(request: httpx.Request, answer: Response) -> Response:  # noqa: ARG001
    return with_headers(answer, preference_applied=None)


def of_a_gateway(request: httpx.Request, answer: Response) -> Response:
    page = Response(404, {"content-type": "text/html"}, b"<html>Nothing.</html>")
    missing = answer.status == 404 and request.method == "GET"
    return page if missing else answer


CASES: dict[str, tuple[str, Twist, str]] = {
    "another-caching": ("HTP-01", plain, "pass"),
    "charset-and-mark": ("HTP-02", charset, "pass"),
    "page-of-a-gateway": ("HTP-02", of_a_gateway, "pass"),
    "method-404": ("HTP-03", instead(lambda one: one.method == "DELETE", refused(404)), "pass"),
    "method-offered": (
        "HTP-03",
        instead(lambda one: one.method == "DELETE", Response(204)),
        "pass",
    ),
    "accept-406": (
        "HTP-03",
        instead(lambda one: one.headers.get("accept") == "image/png", refused(406)),
        "pass",
    ),
    "ignored-preference": ("HTP-04", indifferent, "pass"),
    "no-head": ("HTP-05", instead(lambda one: one.method == "HEAD", refused(405)), "pass"),
    "not-offered": (
        "HTP-08",
        instead(lambda one: one.url.path.endswith(SERVICE), refused(501)),
        "pass",
    ),
    "gateway-down": (
        "HTP-08",
        instead(lambda one: one.url.path.endswith(SERVICE), Response(503)),
        "pass",
    ),
    "no-etag": ("HTP-09", untagged, "not_applicable"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_another_legal_http_is_not_blamed(
    judge: Callable[..., Verdict], case: tuple[str, Twist, str]
) -> None:
    requirement, twist, outcome = case

    assert judge(requirement, twist).outcome == outcome


def test_without_a_named_openapi_document_none_is_judged(
    judge: Callable[..., Verdict], served: Embedded
) -> None:
    target = replace(served.target({}), openapi=None)

    assert judge("HTP-06", lambda _, answer: answer, target).outcome == "not_verified"


def test_an_openapi_document_may_write_paths_and_answers_in_its_own_way(
    judge: Callable[..., Verdict],
) -> None:
    def rewritten(request: httpx.Request, answer: Response) -> Response:
        if not request.url.path.endswith("/openapi.json"):
            return answer
        document = json.loads(answer.body)
        document["servers"] = [{"url": "https://example.org/api/scopes"}]
        document["paths"] = {
            path.removeprefix("/api/scopes").replace("{scopeId}", "{tenant}"): item
            for path, item in document["paths"].items()
        }
        for item in document["paths"].values():
            for operation in item.values():
                if isinstance(operation, dict):
                    operation["responses"] = {"2XX": {}, "default": {}}
        return Response(200, answer.headers, json.dumps(document).encode())

    assert judge("HTP-06", rewritten).outcome == "pass"
