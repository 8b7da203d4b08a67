"""The only module that speaks HTTP: one method per operation of the contract."""

import re
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self
from urllib.parse import quote, urljoin, urlsplit

import httpx

from conformance.contract import Contract, Operation
from conformance.exchange import Exchange, Request, Response
from conformance.target import Target
from conformance.trace import Trace
from conformance.urls import origin_of, resolved

RETRIED: Final = (429, 502, 503, 504)
TRIES: Final = 3
BACK_OFF_SECONDS: Final = 0.2
TIMEOUT_SECONDS: Final = 10.0
MOST_BYTES: Final = 16 * 2**20
MERGE_PATCH: Final = "application/merge-patch+json"


class HarnessError(Exception):
    """The kit was about to send a request that breaks the contract without saying so."""


class Encoded(str):
    """A path segment that is already percent-encoded and must go out as it stands."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class How:
    """The ways in which a request departs from the plain one.

    Attributes:
        headers, query: sent beside the plain ones.
        violates: what it breaks on purpose, such as "body: displayName is missing".
        anonymous: without the credential.

    """

    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    violates: str | None = None
    anonymous: bool = False


PLAIN: Final = How()


class Connections:
    """One HTTP connection pool per thread, since making one costs 20 ms."""

    def __init__(self) -> None:
        self._mine = threading.local()
        self._all: list[httpx.Client] = []

    def get(self) -> httpx.Client:
        """Return this thread's pool, without cookies and without the environment's proxies."""
        if not hasattr(self._mine, "pool"):
            self._mine.pool = httpx.Client(
                timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False
            )
            self._all.append(self._mine.pool)
        pool: httpx.Client = self._mine.pool
        pool.cookies.clear()
        return pool

    def close(self) -> None:
        """Close the pools of all threads."""
        for pool in self._all:
            pool.close()


@dataclass(frozen=True)
class Client:
    """Sends for one check in one scope and records every exchange in the trace."""

    contract: Contract
    target: Target
    trace: Trace
    cause: str
    connections: Connections
    lane: str = "scenarios"

    def caused_by(self, cause: str) -> Self:
        """Return a client whose exchanges name another cause; connections are shared."""
        return replace(self, cause=cause)

    def create_member(self, body: Mapping[str, Any], how: How = PLAIN) -> Exchange:
        """POST /members."""
        return self._operation("createMember", {}, body, how)

    def list_members(self, how: How = PLAIN) -> Exchange:
        """GET /members."""
        return self._operation("listMembers", {}, None, how)

    def get_member(self, member_id: str, how: How = PLAIN) -> Exchange:
        """GET /members/{memberId}."""
        return self._operation("getMember", {"memberId": member_id}, None, how)

    def update_member(self, member_id: str, body: Mapping[str, Any], how: How = PLAIN) -> Exchange:
        """PATCH /members/{memberId} as a merge patch."""
        return self._operation("updateMember", {"memberId": member_id}, body, how)

    def update_member_implementation(
        self, member_id: str, body: Mapping[str, Any], how: How = PLAIN
    ) -> Exchange:
        """PUT /members/{memberId}/implementation."""
        return self._operation("updateMemberImplementation", {"memberId": member_id}, body, how)

    def get_member_published_service(self, member_id: str, how: How = PLAIN) -> Exchange:
        """GET /members/{memberId}/published-service."""
        return self._operation("getMemberPublishedService", {"memberId": member_id}, None, how)

    def get_member_binding(self, member_id: str, how: How = PLAIN) -> Exchange:
        """GET /members/{memberId}/binding."""
        return self._operation("getMemberBinding", {"memberId": member_id}, None, how)

    def bind_member(self, member_id: str, body: Mapping[str, Any], how: How = PLAIN) -> Exchange:
        """PUT /members/{memberId}/binding."""
        return self._operation("bindMember", {"memberId": member_id}, body, how)

    def get_member_binding_readiness(self, member_id: str, how: How = PLAIN) -> Exchange:
        """GET /members/{memberId}/binding/readiness."""
        return self._operation("getMemberBindingReadiness", {"memberId": member_id}, None, how)

    def list_member_revisions(self, member_id: str, how: How = PLAIN) -> Exchange:
        """GET /members/{memberId}/binding/revisions."""
        return self._operation("listMemberRevisions", {"memberId": member_id}, None, how)

    def activate_member_revision(
        self, member_id: str, revision_id: str, how: How = PLAIN
    ) -> Exchange:
        """POST /members/{memberId}/binding/revisions/{revisionId}:activate."""
        path = {"memberId": member_id, "revisionId": revision_id}
        return self._operation("activateMemberRevision", path, None, how)

    def retire_member_revision(
        self, member_id: str, revision_id: str, how: How = PLAIN
    ) -> Exchange:
        """POST /members/{memberId}/binding/revisions/{revisionId}:retire."""
        path = {"memberId": member_id, "revisionId": revision_id}
        return self._operation("retireMemberRevision", path, None, how)

    def get_member_endpoint_contract(
        self, member_id: str, endpoint_id: str, how: How = PLAIN
    ) -> Exchange:
        """GET /members/{memberId}/endpoints/{endpointId}/contract."""
        path = {"memberId": member_id, "endpointId": endpoint_id}
        return self._operation("getMemberEndpointContract", path, None, how)

    def invoke_member(
        self, member_id: str, endpoint_id: str, body: Mapping[str, Any], how: How = PLAIN
    ) -> Exchange:
        """POST /members/{memberId}/invoke/{endpointId}."""
        path = {"memberId": member_id, "endpointId": endpoint_id}
        return self._operation("invokeMember", path, body, how)

    def list_member_runs(self, member_id: str, how: How = PLAIN) -> Exchange:
        """GET /members/{memberId}/runs."""
        return self._operation("listMemberRuns", {"memberId": member_id}, None, how)

    def get_member_run(self, member_id: str, run_id: str, how: How = PLAIN) -> Exchange:
        """GET /members/{memberId}/runs/{runId}."""
        path = {"memberId": member_id, "runId": run_id}
        return self._operation("getMemberRun", path, None, how)

    def get_operation(self, command_id: str, how: How = PLAIN) -> Exchange:
        """GET /operations/{commandId}."""
        return self._operation("getOperation", {"commandId": command_id}, None, how)

    def list_operations(self, how: How = PLAIN) -> Exchange:
        """GET /operations."""
        return self._operation("listOperations", {}, None, how)

    def put_scope_binding(self, body: Mapping[str, Any], how: How = PLAIN) -> Exchange:
        """PUT /binding, the legacy write."""
        return self._operation("putScopeBinding", {}, body, how)

    def get_scope_binding(self, how: How = PLAIN) -> Exchange:
        """GET /binding."""
        return self._operation("getScopeBinding", {}, None, how)

    def get_health_live(self, how: How = PLAIN) -> Exchange:
        """GET /health/live."""
        return self._operation("getHealthLive", {}, None, how)

    def get_health_ready(self, how: How = PLAIN) -> Exchange:
        """GET /health/ready."""
        return self._operation("getHealthReady", {}, None, how)

    def follow(self, url: str, given_in: Exchange, how: How = PLAIN) -> Exchange:
        """GET a URL that the server gave, resolved against the request that it answered."""
        return self._sent("GET", urljoin(given_in.request.url, url), None, how)

    def post_to(
        self, url: str, given_in: Exchange, body: Mapping[str, Any], how: How = PLAIN
    ) -> Exchange:
        """POST to a URL that the server gave."""
        return self._sent("POST", urljoin(given_in.request.url, url), body, how)

    def may_follow(self, url: str, given_in: Exchange) -> bool:
        """Whether it is a URL at the target's origin or at one that its file lists."""
        parts = resolved(url, given_in)
        known = {origin_of(urlsplit(one)) for one in (self.target.url, *self.target.origins)}
        return parts is not None and origin_of(parts) in known

    def _operation(
        self,
        operation_id: str,
        parameters: dict[str, str],
        body: Mapping[str, Any] | None,
        how: How,
    ) -> Exchange:
        operation = self.contract.operations[operation_id]
        self._check_body(operation, body, how)
        path = re.sub(
            r"\{(\w+)\}",
            lambda name: _segment({"scopeId": self.target.scope, **parameters}[name[1]]),
            operation.path,
        )
        if operation.body is not None and body is None:
            body = {}
        return self._sent(operation.method, self.target.url + path, body, how)

    def _check_body(self, operation: Operation, body: Mapping[str, Any] | None, how: How) -> None:
        if operation.body is None or how.violates:
            return
        wrong = self.contract.validators.body(operation.body, body or {})
        if wrong:
            raise HarnessError(
                f"{self.cause} was about to send a {operation.operation_id} body that breaks the "
                f"contract without declaring it: {wrong[0]}"
            )

    def _sent(self, method: str, url: str, body: Mapping[str, Any] | None, how: How) -> Exchange:
        """Send, and send again after a refused connection or a gateway's answer."""
        for attempt in range(1, TRIES + 1):
            exchange = self._once(method, url, body, how)
            refused = exchange.error is not None and (
                method == "GET" or "refused" in exchange.error
            )
            if attempt == TRIES or not (refused or exchange.status in RETRIED):
                return exchange
            if exchange.error and "timed out" in exchange.error:
                return exchange
            time.sleep(BACK_OFF_SECONDS * attempt)
        raise AssertionError("the last attempt returns")

    def _once(self, method: str, url: str, body: Mapping[str, Any] | None, how: How) -> Exchange:
        number, sent = self.trace.next_number(), self.trace.now()
        response, error = None, None
        as_sent = Request(method, url)
        try:
            request = self._built(method, url, body, how)
            as_sent = self._as_sent(request)
            response = _answered(self.connections.get(), request)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as problem:
            error = _said(problem)
        operation_id, parameters = self._matched(method, as_sent.url)
        exchange = Exchange(
            number,
            self.lane,
            self.cause,
            operation_id,
            parameters,
            as_sent,
            response,
            sent,
            self.trace.now(),
            error,
            how.violates,
        )
        self.trace.record(exchange)
        return exchange

    def _built(
        self, method: str, url: str, body: Mapping[str, Any] | None, how: How
    ) -> httpx.Request:
        query = dict(how.query) or None
        request = self.connections.get().build_request(
            method, url, json=body, params=query, headers=self._headers(method, how)
        )
        if body is not None and method == "PATCH":
            request.headers["content-type"] = MERGE_PATCH
        return request

    def _matched(self, method: str, url: str) -> tuple[str | None, dict[str, str]]:
        prefix = urlsplit(self.target.url).path
        matched = self.contract.match(method, urlsplit(url).path.removeprefix(prefix))
        return (matched[0].operation_id, matched[1]) if matched else (None, {})

    def _headers(self, method: str, how: How) -> dict[str, str]:
        headers = {"Cache-Control": "no-cache"} if method == "GET" else {}
        if self.target.token and not how.anonymous:
            headers["Authorization"] = f"Bearer {self.target.token}"
        return headers | dict(how.headers)

    def _as_sent(self, request: httpx.Request) -> Request:
        shown = f"Bearer ${self.target.token_env or 'TOKEN'}"
        headers = tuple(
            (name, shown if name == "authorization" else value)
            for name, value in request.headers.items()
        )
        return Request(request.method, str(request.url), headers, request.content or None)


def _segment(value: str) -> str:
    return value if isinstance(value, Encoded) else quote(value, safe="")


def _answered(pool: httpx.Client, request: httpx.Request) -> Response:
    """Send, and read the answer whole; no answer may take all our time or memory.

    Raises:
        httpx.HTTPError: it does not come, breaks off, takes too long or grows too large.

    """
    give_up, body = time.monotonic() + TIMEOUT_SECONDS, bytearray()
    with closing(pool.send(request, stream=True)) as response:
        for part in response.iter_bytes():
            body += part
            if time.monotonic() > give_up:
                raise httpx.ReadTimeout("the body did not end")
            if len(body) > MOST_BYTES:
                raise httpx.ReadError(f"the body is longer than {MOST_BYTES} bytes")
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Response(response.status_code, headers, bytes(body))


def _said(problem: Exception) -> str:
    if isinstance(problem, httpx.InvalidURL | httpx.UnsupportedProtocol | UnicodeError):
        return f"not sent: not a URL ({problem})"
    if isinstance(problem, httpx.TimeoutException):
        return f"no answer: timed out after {TIMEOUT_SECONDS:.0f} s"
    if isinstance(problem, httpx.ConnectError):
        return f"no connection: refused or unreachable ({problem})"
    return f"no whole answer: {type(problem).__name__} ({problem})"
