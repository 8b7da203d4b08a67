"""A gateway: a proxy with habits of its own, which stands before an honest server."""

import gzip
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

import httpx

HOP_BY_HOP: Final = ("connection", "content-length", "date", "server", "transfer-encoding")


@dataclass(frozen=True)
class Asked:
    """A request that came to the gateway; header names are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What goes back."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    chunked: bool = False


Send = Callable[[Asked], Answer]
Habit = Callable[[Asked, Send], Answer]


class Gateway(BaseHTTPRequestHandler):
    """Answers as its habit has it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    habit: Callable[..., Answer]
    origin: httpx.Client

    def handle_any(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        answer = type(self).habit(Asked(self.command, self.path, headers, body), self.passed_on)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        framing = ("transfer-encoding", "chunked")
        plain = ("content-length", str(len(answer.body)))
        self.send_header(*(framing if answer.chunked else plain))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(_in_chunks(answer.body) if answer.chunked else answer.body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815

    def passed_on(self, asked: Asked) -> Answer:
        """Send a request to the origin."""
        headers = {k: v for k, v in asked.headers.items() if k not in HOP_BY_HOP}
        headers["accept-encoding"] = "identity"
        host = f"{self.origin.base_url.scheme}://{self.origin.base_url.netloc.decode()}"
        url = httpx.URL(host).copy_with(raw_path=asked.target.encode())
        met = self.origin.request(asked.method, url, headers=headers, content=asked.body)
        kept = {k: v for k, v in met.headers.items() if k.lower() not in HOP_BY_HOP}
        return Answer(met.status_code, kept, met.content)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  # its name there
        """Keep the test's output clean."""


class Threads(ThreadingHTTPServer):
    """Many connections, and no word about those that break off."""

    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def gateway(origin: str, habit: Habit) -> Iterator[str]:
    """Stand before a server, and give the URL at which it is reached then."""
    with httpx.Client(base_url=origin, timeout=30, trust_env=False) as client:
        handler = type("Its", (Gateway,), {"habit": staticmethod(habit), "origin": client})
        with Threads(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            yield f"http://127.0.0.1:{server.server_port}"
            server.shutdown()


def compressed(asked: Asked, answer: Answer) -> Answer:
    """Compress what may be compressed, which weakens its tag."""
    headers = {**answer.headers, "vary": "accept-encoding, origin"}
    if "gzip" not in asked.headers.get("accept-encoding", "") or not answer.body:
        return replace(answer, headers=headers, chunked=True)
    headers["content-encoding"] = "gzip"
    if "etag" in headers:
        headers["etag"] = f"W/{headers['etag']}"
    return replace(answer, headers=headers, body=gzip.compress(answer.body), chunked=True)


def _in_chunks(body: bytes) -> bytes:
    parts = (body[start : start + 1000] for start in range(0, len(body), 1000))
    return b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in parts) + b"0\r\n\r\n"
