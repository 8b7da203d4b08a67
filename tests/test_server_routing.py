"""Paths as sent: what reaches an operation, and what it is refused with."""

import http.client
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from reference_server import contract
from reference_server.problems import Problem
from reference_server.routing import HandlersDifferError, Router, check_handlers

SCOPE = "/api/scopes/s1"
MEMBER = f"{SCOPE}/members/m1"
REVISIONS = f"{MEMBER}/binding/revisions"

# fmt: off
REACHED = [
    ("GET", f"{SCOPE}/members", "listMembers", {"scopeId": "s1"}),
    ("HEAD", f"{SCOPE}/members", "listMembers", {"scopeId": "s1"}),
    ("GET", f"{SCOPE}/m%65mbers", "listMembers", {"scopeId": "s1"}),  # the same URI by RFC 3986
    ("GET", "/api/scopes/a%2Fb/members", "listMembers", {"scopeId": "a/b"}),
    ("GET", "/api/scopes/%C3%A9/members", "listMembers", {"scopeId": "é"}),
    ("GET", f"{SCOPE}/members/a%2Finvoke%2Fb", "getMember", {"memberId": "a/invoke/b"}),
    ("GET", f"{SCOPE}/members/%252e", "getMember", {"memberId": "%2e"}),  # decoded once only
    ("GET", f"{SCOPE}/members/a:b", "getMember", {"memberId": "a:b"}),
    ("GET", f"{SCOPE}/members/+", "getMember", {"memberId": "+"}),  # a plus is no blank in a path
    ("GET", f"{SCOPE}/members/", "getMember", {"memberId": ""}),
    ("GET", "/api/scopes//members", "listMembers", {"scopeId": ""}),
    ("GET", f"{SCOPE}/operations/c:1", "getOperation", {"commandId": "c:1"}),
    ("POST", f"{REVISIONS}/r1:activate", "activateMemberRevision", {"revisionId": "r1"}),
    ("POST", f"{REVISIONS}/r.1:retire", "retireMemberRevision", {"revisionId": "r.1"}),
    ("POST", f"{REVISIONS}/r%3A1:retire", "retireMemberRevision", {"revisionId": "r:1"}),
    ("POST", f"{REVISIONS}/:activate", "activateMemberRevision", {"revisionId": ""}),
    ("POST", f"{MEMBER}/invoke/chat", "invokeMember", {"endpointId": "chat"}),
]
UNKNOWN = [
    ("GET", "/"),
    ("GET", "/api"),
    ("GET", f"{SCOPE}//members"),
    ("GET", f"{SCOPE}/members/m1/"),
    ("GET", f"{SCOPE}/./members"),
    ("GET", f"{SCOPE}/members/../members"),
    ("GET", f"{SCOPE}/members/m1/invoke"),
    ("GET", f"{SCOPE}/Members"),
    ("POST", f"{REVISIONS}/r1%3Aactivate"),  # an encoded colon is part of the id, not a verb
    ("POST", f"{REVISIONS}/r1:%61ctivate"),  # a verb is taken as sent
    ("POST", f"{REVISIONS}/r1:destroy"),
    ("POST", f"{REVISIONS}/r1:activate/x"),
    ("GET", "/other/api/scopes/s1/members"),
]
REFUSED = [
    (f"{SCOPE}/members/a:b", "INVALID_STUDIO_MEMBER_REQUEST"),
    (f"{SCOPE}/members/a%2Finvoke%2Fb", "INVALID_STUDIO_MEMBER_REQUEST"),
    (f"{SCOPE}/members/%00", "INVALID_STUDIO_MEMBER_REQUEST"),
    (f"{SCOPE}/members/%FF", "INVALID_STUDIO_MEMBER_REQUEST"),  # not UTF-8
    (f"{SCOPE}/members/%C0%AF", "INVALID_STUDIO_MEMBER_REQUEST"),  # an overlong slash
    (f"{SCOPE}/members/%zz", "INVALID_STUDIO_MEMBER_REQUEST"),
    (f"{SCOPE}/members/%2E%2E", "INVALID_STUDIO_MEMBER_REQUEST"),
    (f"{SCOPE}/members/%20m1%20", "INVALID_STUDIO_MEMBER_REQUEST"),
    (f"{SCOPE}/members/m1%0A", "INVALID_STUDIO_MEMBER_REQUEST"),
    (f"{SCOPE}/members/-m1", "INVALID_STUDIO_MEMBER_REQUEST"),
    (f"{SCOPE}/members/{'a' * 65}", "INVALID_STUDIO_MEMBER_REQUEST"),
    (f"{SCOPE}/members/", "INVALID_STUDIO_MEMBER_REQUEST"),
    (f"{SCOPE}/operations/c%2F1", "INVALID_COMMAND_ID"),
    (f"{MEMBER}/endpoints/a%3Ab/contract", "INVALID_STUDIO_MEMBER_ENDPOINT_CONTRACT_REQUEST"),
    ("/api/scopes/%20s1/members", "INVALID_STUDIO_MEMBER_REQUEST"),
]
# fmt: on


@pytest.fixture(scope="module")
def operations() -> dict[str, contract.Operation]:
    return contract.load(contract.spec_folder()).operations


@pytest.fixture(scope="module")
def router(operations: dict[str, contract.Operation]) -> Router:
    return Router(operations.values(), prefix="")


@pytest.mark.parametrize(("method", "path", "operation_id", "parameters"), REACHED)
def test_a_path_reaches_its_operation(
    router: Router, method: str, path: str, operation_id: str, parameters: dict[str, str]
) -> None:
    match = router.match(method, path.encode())

    assert match.operation.operation_id == operation_id
    found = {name: segment.text for name, segment in match.parameters.items()}
    assert found.items() >= parameters.items()


@pytest.mark.parametrize(("method", "path"), UNKNOWN)
def test_an_unknown_path_is_a_typed_404(router: Router, method: str, path: str) -> None:
    with pytest.raises(Problem) as refusal:
        router.match(method, path.encode())

    assert (refusal.value.status, refusal.value.code) == (404, "ROUTE_NOT_FOUND")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", f"{SCOPE}/members", "GET, POST"),
        ("GET", f"{REVISIONS}/r1:activate", "POST"),
        ("POST", MEMBER, "DELETE, GET, PATCH"),
        ("BREW", "/health/live", "GET"),
    ],
)
def test_another_method_is_a_405_with_allow(
    router: Router, method: str, path: str, allow: str
) -> None:
    with pytest.raises(Problem) as refusal:
        router.match(method, path.encode())

    assert (refusal.value.status, refusal.value.headers) == (405, {"Allow": allow})


def test_a_prefix_is_part_of_every_path(operations: dict[str, contract.Operation]) -> None:
    router = Router(operations.values(), prefix="/base")

    assert router.match("GET", b"/base/health/live").operation.operation_id == "getHealthLive"
    for path in (b"/health/live", b"/basehealth/live", b"/base/base/health/live"):
        with pytest.raises(Problem, match="ROUTE_NOT_FOUND"):
            router.match("GET", path)


def test_handlers_that_differ_from_the_contract_are_named(
    operations: dict[str, contract.Operation],
) -> None:
    handlers = [*(set(operations) - {"getMember"}), "getMembers"]

    with pytest.raises(HandlersDifferError, match=r"handler: getMember; .*operation: getMembers$"):
        check_handlers(operations, handlers)


def test_a_bad_segment_is_a_400_of_its_route_family(
    reference_server: Callable[..., str],
) -> None:
    url = reference_server()

    answers = {path: _get(url, path) for path, _ in REFUSED}

    met = {path: (status, body["code"]) for path, (status, body) in answers.items()}
    assert met == {path: (400, code) for path, code in REFUSED}


def _get(url: str, path: str) -> tuple[int, Any]:
    """Send the path exactly as written; httpx would normalise it."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port)
    connection.request("GET", path)
    response = connection.getresponse()
    answer = response.status, json.loads(response.read())
    connection.close()
    return answer
