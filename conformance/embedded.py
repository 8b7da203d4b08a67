"""The reference server as a child process, for judging it and for asking it about its faults."""

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import IO, Any, Final

from conformance.target import Target
from conformance.target_file import load_target

SCOPE: Final = "ackproof"
PROFILES: Final = ("core", "member-first", "idempotency", "http")
MODULE: Final = (sys.executable, "-P", "-m", "reference_server")
SERVED: Final = ("--no-auth", "--port", "0", "--lag", "20", "--deadline", "2000")
START_SECONDS: Final = 20.0
STOP_SECONDS: Final = 5.0


class ServerNotStarted(Exception):  # noqa: N818  # the CLI words it
    """The reference server did not start; the message says what it said last."""


@contextmanager
def embedded_server(*arguments: str) -> Iterator[str]:
    """Serve on a free port without authentication and yield the base URL.

    Its own process group keeps a Ctrl-C of the run from stopping it before the run is over.

    Args:
        arguments: further ones of the reference server's command line.

    Raises:
        ServerNotStarted: it ended, or said nothing within 20 s.

    """
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(  # noqa: S603  # our own module, no shell
            [*MODULE, *SERVED, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
        try:
            yield _url(process, errors)
        finally:
            _stop(process)


def embedded_target(url: str, flags: Mapping[str, Any]) -> Target:
    """Describe the reference server as a target that claims every profile of ours."""
    table = {"url": url, "scope": SCOPE, "profiles": list(PROFILES), **flags}
    return replace(load_target(None, table), described_by="the embedded reference server")


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


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()
