"""What several test modules use: the reference server as a process, and servers unlike it."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from rich.console import Console

from conformance import wire
from conformance.contract import load_contract
from conformance.exchange import Response
from conformance.judge import Verdict
from conformance.plan import make_plan
from conformance.reports.live import LiveProgress
from conformance.runner import run
from conformance.target_file import load_target

Twist = Callable[[httpx.Request, Callable[[httpx.Request], Response]], Response]
Judge = Callable[..., Verdict]
# A shell that starts the tests in the background has them ignore Ctrl-C, and all that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)
collect_ignore = ["browser", "canary"]  # make test-browser needs a browser, make canary minutes
ROSTER = b'{"scopeId": "s1", "members": [], "nextPageToken": null}'


@pytest.fixture(autouse=True, scope="session")
def no_ledger_at_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the ledgers of runs out of the home of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("states")))
        yield


@pytest.fixture
def reference_server() -> Iterator[Callable[..., str]]:
    """Start reference servers as processes: reference_server("--lag", "5") gives the URL."""
    processes: list[subprocess.Popen[str]] = []

    def start(*args: str) -> str:
        access = () if "--token-file" in args else ("--no-auth",)
        command = [sys.executable, "-m", "reference_server", "--port", "0", *access, *args]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        processes.append(process)
        assert process.stdout is not None
        return str(json.loads(process.stdout.readline())["url"])

    yield start
    for process in processes:
        process.terminate()
    for process in processes:
        process.communicate(timeout=10)


@pytest.fixture
def judge(reference_server: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> Judge:
    """Judge one requirement on the reference server behind a twist of its answers."""
    url = reference_server("--deadline", "2000")
    honest = wire._answered  # noqa: SLF001  # the one place that every answer comes through

    def judged(requirement: str, twist: Twist, **told: object) -> Verdict:
        monkeypatch.setattr(
            wire, "_answered", lambda pool, request: twist(request, lambda r: honest(pool, r))
        )
        contract, target = load_contract(), load_target(None, {"url": url, "scope": "s1", **told})
        plan = make_plan(contract, target, (requirement,))
        with LiveProgress(Console(quiet=True), 0) as progress:
            verdicts = run(contract, target, plan, progress).verdicts
        return next(one for one in verdicts if one.requirement.id == requirement)

    return judged


class Sick(BaseHTTPRequestHandler):
    """A server with one bad habit."""

    protocol_version = "HTTP/1.1"
    habit: Callable[..., None]
    more: tuple[Any, ...] = ()

    def handle_any(self) -> None:
        self.asked = self.rfile.read(int(self.headers.get("content-length") or 0))
        type(self).habit(self, *self.more)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815  # its names

    def begin(self, status: int, length: int, headers: tuple[tuple[str, str], ...] = ()) -> None:
        self.send_response(status)
        for name, value in (("content-type", "application/json"), *headers):
            self.send_header(name, value)
        self.send_header("content-length", str(length))
        self.end_headers()

    def says(self, status: int, body: bytes = b"", *headers: tuple[str, str]) -> None:
        """Answer everything alike."""
        self.begin(status, len(body), headers)
        self.wfile.write(body)

    def echoes(self) -> None:
        """Send every body back."""
        self.says(200, self.asked or b"{}")

    def resets(self) -> None:
        """Close the connection without an answer."""
        self.close_connection = True

    def hangs(self) -> None:
        """Answer nothing for longer than anybody waits."""
        time.sleep(60)

    def cuts(self) -> None:
        """Promise more bytes than are sent."""
        self.begin(200, 1000)
        self.wfile.write(ROSTER)
        self.close_connection = True

    def drips(self, seconds: float) -> None:
        """Send a legal empty roster, one byte at a time."""
        self.begin(200, len(ROSTER))
        for byte in ROSTER:
            self.wfile.write(bytes([byte]))
            time.sleep(seconds)

    def pours(self) -> None:
        """Send more and more, until nobody listens."""
        self.begin(200, 10**12)
        while True:
            self.wfile.write(b" " * 65536)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  # its name there
        """Keep the test's output clean."""


class Quiet(ThreadingHTTPServer):
    """A server that minds no caller who leaves early."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def sick_server() -> Iterator[Callable[..., str]]:
    """Start servers with one habit of `Sick`: sick_server("says", 404, b"{}") gives the URL."""
    with ExitStack() as stack:

        def start(habit: str, *more: object) -> str:
            handler = type(habit, (Sick,), {"habit": getattr(Sick, habit), "more": more})
            server = stack.enter_context(Quiet(("127.0.0.1", 0), handler))
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            stack.callback(server.shutdown)
            return f"http://127.0.0.1:{server.server_port}"

        yield start
