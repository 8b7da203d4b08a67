"""The kit as a process of its own: its exit code, what it said, and whether it wrote a report."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from conformance.ci.inputs import Inputs, without_inputs
from conformance.ci.outcome import BY_TASK, Outcome
from conformance.judge import Exit

NO_REPORT: Final = (
    "The command ended with 0 and wrote no report, so nothing was judged: see what the arguments "
    "ask for."
)
Environment = Mapping[str, str]


def ended(
    inputs: Inputs, more: tuple[str, ...], environment: Environment, report: Path
) -> tuple[int, Outcome | None]:
    """Run the command; return its code, and what to tell where this run wrote no report.

    Args:
        inputs: what the job asks for.
        more: arguments, behind those of the inputs.
        environment: of the job.
        report: where the command writes; what an earlier one wrote there is no report.

    """
    before = _written(report)
    code, errors = _run((*inputs.arguments, *more), without_inputs(environment))
    code = code if code in BY_TASK[inputs.task] else Exit.HARNESS
    print(errors, end="", flush=True)  # noqa: T201  # the kit's own voice, behind its report
    if _written(report) not in (None, before):
        return code, None
    if code == Exit.FINE:
        return code, told(inputs, Exit.NOTHING_RAN, NO_REPORT)
    if not errors.strip():
        return code, told(inputs, code, f"The command ended with {code} and said nothing.")
    return code, Outcome(code, errors.strip(), inputs.task)


def told(inputs: Inputs, code: int, said: str) -> Outcome:
    """Say on stderr what the command itself did not, for the servers that show nothing else."""
    print(f"ackproof: {said}", file=sys.stderr, flush=True)  # noqa: T201  # the step's voice
    return Outcome(code, said, inputs.task)


def _written(path: Path) -> tuple[int, int] | None:
    """Tell one writing of a file from any other; None if it is not there."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_ino, found.st_mtime_ns


def _run(arguments: tuple[str, ...], environment: Environment) -> tuple[int, str]:
    """Run the command until its end; return its exit code, and what it said on stderr."""
    command = [str(Path(sys.executable).with_name("ackproof")), *arguments]
    if any("\0" in word for word in command):
        return Exit.USAGE, "ackproof: An argument holds a zero byte.\n"
    with subprocess.Popen(  # noqa: S603  # no shell: each argument arrives as it was given
        command, stderr=subprocess.PIPE, env=environment, process_group=0
    ) as process:
        try:
            _, said = process.communicate()
        except KeyboardInterrupt:
            os.kill(process.pid, signal.SIGINT)
            _, said = process.communicate()
    return process.returncode, said.decode(errors="replace")
