"""A command of the target's owner: run on this machine, without a shell, for a limited time."""

import os
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from conformance.masking import CUT, masked

KEPT_BYTES: Final = 65536
SHOWN_CHARACTERS: Final = 400


class HookFailed(Exception):  # noqa: N818  # it is an outcome, worded by its message
    """A hook did not do its work; the message is one sentence without secrets."""


@dataclass(frozen=True, slots=True)
class Hook:
    """One such command.

    Attributes:
        name: what it is for: restart or reset.
        command: the program and its arguments.
        timeout: seconds that it may take.
        folder: where it is run.
        environment: all the variables that it gets.
        secrets: each with what is shown in its place, both as the bytes of their UTF-8.

    """

    name: str
    command: tuple[str, ...]
    timeout: float
    folder: Path
    environment: Mapping[str, str] = field(repr=False)
    secrets: Mapping[str, str] = field(repr=False)

    def __call__(self) -> None:
        """Run it and wait for its end.

        What it leaves running stays, so that it may start a server. What it printed goes into a
        file, since a pipe would wait for that server, too.

        Raises:
            HookFailed: it cannot be started, does not end in time, or ends with a failure.

        """
        with tempfile.TemporaryFile() as output:
            code = self._ended(output)
            if code:
                how = f"exit code {code}" if code > 0 else f"signal {-code}"
                raise self._failed(f"ended with {how}", output)

    def _ended(self, output: IO[bytes]) -> int:
        """Start it from a thread of its own: no Ctrl-C comes between its start and knowing it."""
        with ThreadPoolExecutor(1, thread_name_prefix="hook") as starter:
            coming = starter.submit(self._started, output)
            try:
                return coming.result().wait(self.timeout)
            except (OSError, ValueError) as problem:
                why = getattr(problem, "strerror", None) or problem
                raise self._failed(f"cannot be started: {why}", output) from problem
            except subprocess.TimeoutExpired as late:
                did_not = f"did not end within {self.timeout:g} s and was killed"
                raise self._failed(did_not, output) from late
            finally:
                if coming.exception() is None and coming.result().returncode is None:
                    _kill(coming.result())

    def _started(self, output: IO[bytes]) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(  # noqa: S603  # the owner's own words, no shell
            self.command,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def _failed(self, what: str, output: IO[bytes]) -> HookFailed:
        said = self._said(output)
        words = f"the {self.name} hook ({self._shown(shlex.join(self.command))}) {what}"
        return HookFailed(f"{words}; it said: {said}" if said else words)

    def _said(self, output: IO[bytes]) -> str:
        """Return the end of what it printed, in one line.

        A secret has no line break, so that none is cut at the beginning of what is read.
        """
        size = output.seek(0, os.SEEK_END)
        output.seek(max(0, size - KEPT_BYTES))
        last = output.read(KEPT_BYTES).decode("latin-1")
        if size > KEPT_BYTES:
            last = last.partition("\n")[2]
        words = " ".join(_as_text(masked(last, self.secrets)).split())
        return words if len(words) <= SHOWN_CHARACTERS else CUT + words[-SHOWN_CHARACTERS:]

    def _shown(self, text: str) -> str:
        return _as_text(masked(as_bytes(text), self.secrets))


def as_bytes(text: str) -> str:
    """Return the UTF-8 of a text, each byte as the character of its number."""
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


def _as_text(shown: str) -> str:
    return shown.encode("latin-1").decode("utf-8", "replace")


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill a hook with all that it started, and take leave of it."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
