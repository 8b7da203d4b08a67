"""Judge as the inputs say, show it where the job runs, and end with the exit code of the kit."""

import io
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from conformance.ci.github import is_github, publish
from conformance.ci.inputs import Inputs, InputsUnusable, inputs_of
from conformance.ci.judging import judged
from conformance.ci.outcome import Outcome, Task
from conformance.ci.reviewing import reviewed
from conformance.failures import exit_of
from conformance.judge import Exit

TASKS: Final = {"run": judged, "review": reviewed}


def main() -> int:
    """Return the exit code of the job."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    inputs: Inputs | None = None
    try:
        inputs = inputs_of(os.environ)
        with _no_commands():
            outcome = TASKS[inputs.task](inputs, os.environ)
    except InputsUnusable as problem:
        print(f"ackproof: {problem}", file=sys.stderr)  # noqa: T201  # the step's voice
        outcome = Outcome(Exit.USAGE, str(problem), _task(inputs))
    except (Exception, KeyboardInterrupt) as problem:  # noqa: BLE001  # Python's own 1 means another thing
        said = f"{type(problem).__name__}: {problem}"
        outcome = Outcome(exit_of(problem), said, _task(inputs))
    if is_github(os.environ):
        try:
            publish(outcome, inputs, os.environ)
        except Exception as problem:  # noqa: BLE001  # what cannot be shown changes no code
            exit_of(problem)
    return int(outcome.code)


def _task(inputs: Inputs | None) -> Task:
    return inputs.task if inputs else "run"


@contextmanager
def _no_commands() -> Iterator[None]:
    """Keep GitHub's runner from reading as commands what a server under test made the kit print.

    The word that ends this has a line of its own, even where the kit was killed within one.
    """
    if not is_github(os.environ):
        yield
        return
    word = secrets.token_hex(16)
    print(f"::stop-commands::{word}", flush=True)  # noqa: T201  # the runner reads it
    try:
        yield
    finally:
        print(f"\n::{word}::", flush=True)  # noqa: T201  # the runner reads it


if __name__ == "__main__":
    sys.exit(main())
