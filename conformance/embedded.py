"""The reference server as a child process, for judging it and for asking it about its faults."""

import json
import secrets
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import urlsplit

from conformance.hooks import HookFailed
from conformance.target import Implementation, Principal, Target
from conformance.target_file import TargetFileError, load_target
from conformance.target_settings import TOKENS

SCOPE: Final = "ackproof"
EMBEDDED_SERVER: Final = "the embedded reference server"
OTHER: Final = "other-"
BESIDE: Final = "--*"
PROFILES: Final = ("core", "member-first", "idempotency", "isolation", "http")
EMBEDDED: Final = {
    "target.scope": SCOPE,
    "target.profiles": list(PROFILES),
    "timing.restart_limit": 5,
}
NOTHING: Final[Mapping[str, str]] = {}
MODULE: Final = (sys.executable, "-P", "-m", "reference_server")
SERVED: Final = ("--until-stdin-closes", "--port", "0", "--lag", "20", "--deadline", "2000")
START_SECONDS: Final = 20.0
STOP_SECONDS: Final = 5.0


class ServerNotStarted(Exception):  # noqa: N818  # the CLI words it
    """The reference server did not start; the message says what it said last."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """A reference server under way, with two principals who share no scope.

    Attributes:
        url: its base URL.
        tokens: those of the first and the second, by the name of the variable shown in their place.
        restart: kills it and starts it again on what it had stored; None before it has started.

    """

    url: str
    tokens: Mapping[str, str] = field(repr=False)
    restart: Callable[[], None] | None = field(default=None, repr=False)

    def target(self, flags: Mapping[str, Any], environ: Mapping[str, str] = NOTHING) -> Target:
        """Describe it as a target; the second principal's scope is `other-` and the first's.

        Args:
            flags: what is said of it on the command line.
            environ: the variables that may override the rest.

        Raises:
            TargetFileError: they do not describe a target.

        """
        first, second = TOKENS
        own = {"url": self.url, "token_env": first, "openapi": "/openapi.json"}
        variables = {**environ, **self.tokens}
        target = load_target(None, {**flags, **own}, variables, EMBEDDED)
        if target.other is not None:
            raise TargetFileError(
                "The embedded reference server has principals of its own: leave "
                "principals.other out, or name a server."
            )
        if target.restart is not None or target.reset is not None:
            raise TargetFileError(
                "The embedded reference server starts afresh and is restarted by the kit: leave "
                "[hooks] out, or name a server."
            )
        other = Principal(OTHER + target.scope, second, self.tokens[second])
        if target.kinds in PROGRAMS:
            good, poison, slow = PROGRAMS[target.kinds]
            target = replace(target, good=good, poison=poison, slow=slow)
        return replace(
            target, other=other, restart=self.restart, described_by=EMBEDDED_SERVER, embedded=True
        )


def _scripts(*names: str) -> list[Implementation]:
    payload = {"prompt": "hello"}
    branches = ({"script": {"scriptId": name}} for name in names)
    return [Implementation("script", branch, "command", payload) for branch in branches]


def _actors(*names: str) -> list[Implementation]:
    payload = {"prompt": "hello"}
    branches = ({"gAgent": {"actorTypeName": name}} for name in names)
    return [Implementation("gagent", branch, "chat", payload) for branch in branches]


PROGRAMS: Final = {
    ("script",): _scripts("uppercase", "failing", "slow"),
    ("gagent",): _actors("echo", "failing", "slow"),
}
NOT_STARTED: Final = Embedded("http://127.0.0.1", dict.fromkeys(TOKENS, "not-drawn-yet"))


@contextmanager
def embedded_server(*arguments: str, scope: str = SCOPE) -> Iterator[Embedded]:
    """Serve on a free port to two principals with fresh tokens.

    Its own process group keeps a Ctrl-C of the run from stopping it before the run is over.

    Args:
        arguments: further ones of the reference server's command line.
        scope: that of the first principal, who may also read every one that begins with it and
            `--`; with a `*` at its end every scope that begins so.

    Raises:
        ServerNotStarted: it ended, or said nothing within 20 s.

    """
    tokens = {name: secrets.token_urlsafe(24) for name in TOKENS}
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as errors:
        file = _token_file(Path(folder), tokens, ((scope, scope + BESIDE), (OTHER + scope,)))
        stored = ("--data", str(Path(folder) / "events.sqlite"), "--no-flush")
        child = _Child((*SERVED, *stored, "--token-file", str(file), *arguments), errors)
        try:
            yield Embedded(child.start(), tokens, child.restart)
        finally:
            child.stop()


class _Child:
    """The reference server's process, and the one that takes its place after a restart."""

    def __init__(self, arguments: tuple[str, ...], errors: IO[bytes]) -> None:
        self._arguments, self._errors = arguments, errors
        self._process: subprocess.Popen[bytes] | None = None
        self._url = ""

    def start(self, *more: str) -> str:
        """Start it and return its URL.

        Raises:
            ServerNotStarted: it ended, or said nothing within 20 s.

        """
        self._process = subprocess.Popen(  # noqa: S603  # our own module, no shell
            [*MODULE, *self._arguments, *more],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            start_new_session=True,
        )
        self._url = _url(self._process, self._errors)
        return self._url

    def restart(self) -> None:
        """Kill it, as a crash would, and start it at the same port on the same file.

        Raises:
            HookFailed: it does not start again.

        """
        if self._process is not None:
            self._process.kill()
            _take_leave(self._process)
        try:
            self.start("--port", str(urlsplit(self._url).port))
        except ServerNotStarted as problem:
            raise HookFailed(str(problem)) from problem

    def stop(self) -> None:
        """Stop it, patiently at first."""
        if self._process is not None:
            self._process.terminate()
            _take_leave(self._process)


def _token_file(
    folder: Path, tokens: Mapping[str, str], scopes: tuple[tuple[str, ...], ...]
) -> Path:
    """Write who may use which scope, into a folder that nobody else can read."""
    grants = {
        token: {"principal": name, "scopes": own}
        for (name, token), own in zip(tokens.items(), scopes, strict=True)
    }
    file = folder / "tokens.json"
    file.write_text(json.dumps(grants), encoding="utf-8")
    return file


def listed_faults() -> list[dict[str, Any]]:
    """Return what the reference server prints as JSON for `--list-faults`.

    Raises:
        ServerNotStarted: it ended with an error.

    """
    return _listed("--list-faults")


def listed_variants() -> list[dict[str, Any]]:
    """Return what the reference server prints as JSON for `--list-variants`.

    Raises:
        ServerNotStarted: it ended with an error.

    """
    return _listed("--list-variants")


def _listed(what: str) -> list[dict[str, Any]]:
    asked = subprocess.run(  # noqa: S603  # our own module, no shell
        [*MODULE, what, "--json"],
        capture_output=True,
        check=False,
        timeout=START_SECONDS,
    )
    if asked.returncode:
        raise ServerNotStarted(_last_words(asked.stderr))
    listed: list[dict[str, Any]] = json.loads(asked.stdout)
    return listed


def _url(process: "subprocess.Popen[bytes]", errors: IO[bytes]) -> str:
    line = _first_line(process)
    try:
        url: str = json.loads(line)["url"]
    except (ValueError, KeyError, TypeError) as problem:
        errors.seek(0)
        raise ServerNotStarted(_last_words(errors.read())) from problem
    return url


def _first_line(process: "subprocess.Popen[bytes]") -> bytes:
    """Return the first line of its output; empty if it ends or stays silent."""
    lines: list[bytes] = []
    output = process.stdout
    if output is None:
        return b""
    reader = threading.Thread(target=lambda: lines.append(output.readline()), daemon=True)
    reader.start()
    reader.join(START_SECONDS)
    return lines[0] if lines else b""


def _last_words(errors: bytes) -> str:
    lines = errors.decode(errors="replace").strip().splitlines()
    said = lines[-1] if lines else f"it said nothing within {START_SECONDS:.0f} s."
    return f"The embedded reference server did not start: {said}"


def _take_leave(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            pipe.close()
