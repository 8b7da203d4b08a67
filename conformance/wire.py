"""The only module that knows HTTP: sends, receives, retries and records."""

import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import httpx

from conformance.checks import Unverified
from conformance.contract import Contract
from conformance.credentials import credentials, shown
from conformance.exchange import Exchange, Request, Response
from conformance.gateways import (
    SAFE,
    in_progress,
    lost_its_answer,
    may_go_again,
    of_the_transport,
    says_nothing,
)
from conformance.history import retry_after
from conformance.ledger import Ledger, LedgerUnwritable
from conformance.modes import READ_ONLY
from conformance.pace import USUAL
from conformance.target import Target
from conformance.trace import Trace
from conformance.trust import distrust
from conformance.urls import below_base, origin_of, resolved

TRIES: Final = 3
BACK_OFF_SECONDS: Final = 0.2
MOST_BYTES: Final = 16 * 1024 * 1024
JSON: Final = "application/json"
BROKEN_OFF: Final = "no whole answer"
MERGE_PATCH: Final = "application/merge-patch+json"


@dataclass(frozen=True, slots=True)
class How:
    """The ways in which a request departs from the plain one.

    Attributes:
        headers, query: sent beside the plain ones.
        content: goes out in place of the JSON body, byte by byte.
        violates: what it breaks on purpose, such as "body: displayName is missing".

    """

    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    violates: str | None = None


PLAIN: Final = How()
UNCOMPRESSED: Final = How({"Accept-Encoding": "identity"})  # compressing weakens entity tags


class Connections:
    """One HTTP connection pool per thread and principal, since making one costs 20 ms.

    `trust` is what a server's certificate is checked against, False to check none; `timeout` are
    the seconds that an answer may take.
    """

    def __init__(
        self, *, trust: ssl.SSLContext | bool = True, timeout: float = USUAL.request_timeout
    ) -> None:
        self._trust, self._timeout = trust, timeout
        self._mine = threading.local()
        self._all: list[httpx.Client] = []

    def get(self, principal: str | None) -> httpx.Client:
        """Return this thread's pool, without cookies and without the environment's proxies.

        Args:
            principal: whose requests it carries, so that no two share a connection.

        """
        pools: dict[str | None, httpx.Client] = vars(self._mine).setdefault("pools", {})
        if principal not in pools:
            pools[principal] = httpx.Client(
                timeout=self._timeout,
                verify=self._trust,
                follow_redirects=False,
                trust_env=False,
            )
            self._all.append(pools[principal])
        pool = pools[principal]
        pool.cookies.clear()
        return pool

    def close(self) -> None:
        """Close the pools of all threads."""
        for pool in self._all:
            pool.close()


class Budget:
    """How many writes a run may still send; None is no limit."""

    def __init__(self, writes: int | None) -> None:
        self._lock = threading.Lock()
        self._limit = self._left = writes

    def take_write(self) -> None:
        """Count one write.

        Raises:
            Unverified: the limit is reached.

        """
        with self._lock:
            if self._left == 0:
                raise Unverified(f"the write limit of {self._limit} is used up")
            self._left = self._left and self._left - 1


class WroteInReadOnly(Exception):  # noqa: N818  # it is the kit's error, and said so
    """The kit was about to write in a run that only reads."""


@dataclass(frozen=True)
class Wire:
    """Sends for one check and records every exchange in the trace.

    Attributes:
        cause: name of the check.
        sleep: waits for so many seconds, or less once the run is stopped.
        stranger: whether the requests come from somebody without access to what they ask for.
        lost: the writes that may have been done although their answers were lost.
        ledger: where whatever a request asks to be made is written before it is sent.
        unanswered: the requests that were given up without an answer of the API.

    """

    contract: Contract
    target: Target
    trace: Trace
    cause: str
    connections: Connections
    budget: Budget = field(default_factory=lambda: Budget(None))
    sleep: Callable[[float], object] = time.sleep
    lane: str = "scenarios"
    stranger: bool = False
    lost: list[Exchange] = field(default_factory=list)
    ledger: Ledger | None = None
    unanswered: list[Exchange] = field(default_factory=list)

    def follow(self, url: str, given_in: Exchange, how: How = PLAIN) -> Exchange:
        """GET a URL that the server gave, resolved against the request that it answered."""
        return self.sent("GET", urljoin(given_in.request.url, url), None, how)

    def post_to(
        self, url: str, given_in: Exchange, body: Mapping[str, Any], how: How = PLAIN
    ) -> Exchange:
        """POST to a URL that the server gave."""
        return self.sent("POST", urljoin(given_in.request.url, url), body, how)

    def may_follow(self, url: str, given_in: Exchange) -> bool:
        """Whether it is a URL at the target's origin or at one that its file lists."""
        parts = resolved(url, given_in)
        known = {origin_of(urlsplit(one)) for one in self.target.own_origins}
        return parts is not None and origin_of(parts) in known

    def sent(self, method: str, url: str, body: Mapping[str, Any] | None, how: How) -> Exchange:
        """Send, and send again after a 429 or a refused connection.

        What has one effect however often it is sent, a read or a write with a key, is sent again
        also after 502 to 504 and any transport error but a time-out.
        """
        asked = Request(method, url)
        return self._tried(asked, lambda: self._built(method, url, body, how), how.violates)

    def sent_as_is(self, asked: Request, violates: str | None) -> Exchange:
        """Send a request that was made elsewhere, with our credential unless it has one.

        Args:
            asked: whose headers and body go out as they are.
            violates: what it breaks on purpose; None for a legal one.

        """
        return self._tried(asked, lambda: self._rebuilt(asked), violates)

    def _tried(
        self, asked: Request, built: Callable[[], httpx.Request], violates: str | None
    ) -> Exchange:
        method, untold = asked.method, False
        if method not in SAFE and self.target.mode == READ_ONLY:
            raise WroteInReadOnly(f"{self.cause} was about to send {method} {asked.url}")
        for attempt in range(1, TRIES + 1):
            if method not in SAFE:
                self.budget.take_write()
            exchange = self._once(asked, built, violates)
            rule = self.contract.operations.get(exchange.operation_id or "")
            untold = lost_its_answer(exchange, rule) or (untold and says_nothing(exchange, rule))
            waits = untold and in_progress(exchange)
            if attempt == TRIES or not (waits or may_go_again(exchange, rule)):
                break
            pause = min(retry_after(exchange), self.target.completion_limit)
            self.sleep(max(BACK_OFF_SECONDS * attempt, pause))
        if untold and method not in SAFE:
            self.lost.append(exchange)
        if exchange.response is None or of_the_transport(exchange, rule):
            self.unanswered.append(exchange)
        return exchange

    def _once(
        self, asked: Request, built: Callable[[], httpx.Request], violates: str | None
    ) -> Exchange:
        number, sent = self.trace.next_number(), self.trace.now()
        response, error = None, None
        as_sent = asked
        try:
            request = built()
            as_sent = self._as_sent(request)
            self._write_down(as_sent)
            response = _answered(self.pool(), request)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as problem:
            error = _said(problem, self.pool())
        operation_id, parameters = self._matched(asked.method, as_sent.url)
        response = response and self.contract.absences.applied(response, operation_id)
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
            violates,
            self.stranger,
            operation_id in self.target.not_offered,
        )
        self.trace.record(exchange)
        self._write_down(exchange)
        return exchange

    def _write_down(self, what: Request | Exchange) -> None:
        """Write down what is about to be made, or what the answer named it.

        Raises:
            Unverified: it cannot be written, so that nothing more must be made.

        """
        try:
            match self.ledger, what:
                case Ledger() as ledger, Request() as asked:
                    ledger.asked(*self._matched(asked.method, asked.url), asked)
                case Ledger() as ledger, Exchange() as exchange:
                    ledger.answered(exchange)
        except LedgerUnwritable as problem:
            raise Unverified(str(problem)) from problem

    def pool(self) -> httpx.Client:
        """Return the connections of this thread and principal."""
        return self.connections.get(self.target.token_env if self.target.token else None)

    def _built(
        self, method: str, url: str, body: Mapping[str, Any] | None, how: How
    ) -> httpx.Request:
        headers = self._headers(method, how)
        named = any(name.lower() == "content-type" for name in headers)
        if (body is not None or how.content is not None) and not named:
            headers["Content-Type"] = MERGE_PATCH if method == "PATCH" else JSON
        return self.pool().build_request(
            method,
            url,
            json=body if how.content is None else None,
            content=how.content,
            params=dict(how.query) or None,
            headers=headers,
        )

    def _rebuilt(self, asked: Request) -> httpx.Request:
        own = {name.lower() for name, _ in asked.headers}
        ours = credentials(self.target).items()
        credential = {name: value for name, value in ours if name.lower() not in own}
        headers = [
            (name.encode(), value.encode("latin-1", "replace")) for name, value in asked.headers
        ]
        request = self.pool().build_request(
            asked.method, asked.url, content=asked.body, headers=headers
        )
        request.headers.update(credential)
        return request

    def _matched(self, method: str, url: str) -> tuple[str | None, dict[str, str]]:
        path = below_base(urlsplit(url), self.target.own_origins)
        matched = self.contract.match(method, path)
        return (matched[0].operation_id, matched[1]) if matched else (None, {})

    def _headers(self, method: str, how: How) -> dict[str, str]:
        headers = {"Cache-Control": "no-cache"} if method == "GET" else {}
        return headers | credentials(self.target) | dict(how.headers)

    def _as_sent(self, request: httpx.Request) -> Request:
        sent = request.headers.items()
        kept = tuple(shown(self.target, sent))
        secret = frozenset(name for name, _ in set(sent) - set(kept))
        return Request(request.method, str(request.url), kept, request.content or None, secret)


def _answered(pool: httpx.Client, request: httpx.Request) -> Response:
    """Send, and read the answer whole; no answer may take all our time or memory.

    Raises:
        httpx.HTTPError: it does not come, breaks off, takes too long or grows too large.

    """
    give_up, body = time.monotonic() + _patience(pool), bytearray()
    with closing(pool.send(request, stream=True)) as response:
        for part in response.iter_bytes():
            body += part
            if time.monotonic() > give_up:
                raise httpx.ReadTimeout("the body did not end")
            if len(body) > MOST_BYTES:
                raise httpx.ReadError(f"the body is longer than {MOST_BYTES} bytes")
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Response(response.status_code, headers, bytes(body))


def _patience(pool: httpx.Client) -> float:
    return pool.timeout.read or USUAL.request_timeout


def _said(problem: Exception, pool: httpx.Client) -> str:
    if isinstance(problem, httpx.InvalidURL | httpx.UnsupportedProtocol | UnicodeError):
        return f"not sent: not a URL ({problem})"
    if isinstance(problem, httpx.TimeoutException):
        return f"no answer: timed out after {_patience(pool):g} s"
    if isinstance(problem, httpx.ConnectError):
        return distrust(problem) or f"no connection: refused or unreachable ({problem})"
    return f"{BROKEN_OFF}: {type(problem).__name__} ({problem})"
