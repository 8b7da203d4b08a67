"""The kit run as a process of its own, and what has become of it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from conformance.ci.inputs import Inputs, without_inputs
from conformance.embedded import EMBEDDED_SERVER
from conformance.judge import Exit
from conformance.reports.report_file import NAME

SUMMARY: Final = "summary.md"
WORDS: Final[Mapping[int, str]] = {
    Exit.FINE: "pass",
    Exit.FAILED: "fail",
    Exit.USAGE: "usage",
    Exit.UNREACHABLE: "unreachable",
    Exit.NOT_VERIFIED: "not_verified",
    Exit.WAIVER: "waiver",
    Exit.HARNESS: "harness_error",
    Exit.NOTHING_RAN: "nothing_judged",
    Exit.INTERRUPTED: "interrupted",
}
NO_REPORT: Final = (
    "The command ended with 0 and wrote no report, so nothing was judged: see what the arguments "
    "ask for."
)
NO_TARGET: Final = (
    "Nothing named a server, so that the kit judged the one that it brings along, and not yours: "
    "give a target file, or a URL among the arguments."
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a run.

    Attributes:
        code: the exit code of the job.
        report: report.json, None if this run wrote none.
        summary: the report in Markdown; "" without one.
        said: why there is no report.

    """

    code: int
    report: Mapping[str, Any] | None = None
    summary: str = ""
    said: str = ""

    @property
    def word(self) -> str:
        """The verdict in one public word."""
        return WORDS[self.code]


def judged(inputs: Inputs, environment: Mapping[str, str]) -> Outcome:
    """Run the kit, and read the report that this run wrote; one of an earlier run is none."""
    path = inputs.folder / NAME
    before = _written(path)
    code, errors = _ended(inputs.arguments, without_inputs(environment))
    print(errors, end="", flush=True)  # noqa: T201  # the kit's own voice, behind its report
    if _written(path) in (None, before):
        if code == Exit.FINE:
            return _told(Exit.NOTHING_RAN, NO_REPORT)
        if not errors.strip():
            return _told(code, f"The command ended with {code} and said nothing.")
        return Outcome(code, said=errors.strip())
    report = json.loads(path.read_text("utf-8"))
    if report["target"]["described_by"] == EMBEDDED_SERVER:
        return _told(Exit.USAGE, NO_TARGET)
    return Outcome(code, report, (inputs.folder / SUMMARY).read_text("utf-8"))


def _told(code: int, said: str) -> Outcome:
    """Say on stderr what the command itself did not, for the servers that show nothing else."""
    print(f"ackproof: {said}", file=sys.stderr, flush=True)  # noqa: T201  # the step's voice
    return Outcome(code, said=said)


def _written(path: Path) -> tuple[int, int] | None:
    """Tell one writing of a file from any other; None if it is not there."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_ino, found.st_mtime_ns


def _ended(arguments: tuple[str, ...], environment: Mapping[str, str]) -> tuple[int, str]:
    """Run the command until its end; return a published exit code, and what it said on stderr."""
    command = [str(Path(sys.executable).with_name("ackproof")), *arguments]
    if any("\0" in word for word in command):
        return Exit.USAGE, "ackproof: An argument holds a zero byte.\n"
    with subprocess.Popen(  # noqa: S603  # no shell: each argument arrives as it was given
        command, stderr=subprocess.PIPE, env=environment, process_group=0
    ) as process:
        try:
            _, told = process.communicate()
        except KeyboardInterrupt:
            os.kill(process.pid, signal.SIGINT)
            _, told = process.communicate()
    code = process.returncode
    return code if code in WORDS else Exit.HARNESS, told.decode(errors="replace")
