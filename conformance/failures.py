"""The sentence and the exit code for everything that ends a command early."""

import errno
import os
import sys
import traceback
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

import click

from conformance.command_waive import NotWaivable
from conformance.contract import ContractUnreadable
from conformance.embedded import ServerNotStarted
from conformance.evidence.trace_file import EvidenceUnreadable
from conformance.judge import Exit
from conformance.ledger import LedgerUnwritable
from conformance.ledger_file import LedgerUnreadable
from conformance.modes import NotInThisMode
from conformance.nearest import hint
from conformance.plan import UnknownSelection
from conformance.preflight import TargetUnusable
from conformance.reading import NothingToRead
from conformance.reports.printable import printable
from conformance.reports.whole_files import ReportUnwritable
from conformance.review.approvals_file import ApprovalsError
from conformance.review.policy import PolicyError
from conformance.review.refused import SideRefused
from conformance.scopes import UnknownName
from conformance.target_file import TargetFileError
from conformance.waiver_file import WaiverFileError

LONGEST_SENTENCE: Final = 2000
UNWRITABLE: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
CODES: Final = {
    (KeyboardInterrupt, click.Abort, BrokenPipeError): Exit.INTERRUPTED,
    (ServerNotStarted, TargetUnusable): Exit.UNREACHABLE,
    (
        ApprovalsError,
        click.ClickException,
        ContractUnreadable,
        EvidenceUnreadable,
        NotInThisMode,
        LedgerUnreadable,
        LedgerUnwritable,
        NotWaivable,
        NothingToRead,
        PolicyError,
        ReportUnwritable,
        TargetFileError,
        UnknownName,
        UnknownSelection,
        WaiverFileError,
    ): Exit.USAGE,
}


def exit_of(problem: BaseException) -> int:
    """Print one sentence to stderr, or one for each fault of a side; return the exit code."""
    if isinstance(problem, click.exceptions.NoArgsIsHelpError):
        print(problem.format_message(), file=sys.stderr)  # noqa: T201  # the help, line by line
        return Exit.USAGE
    if isinstance(problem, OSError) and problem.errno in UNWRITABLE:
        cannot = f"The output cannot be written: {problem.strerror}."
        return _say(f"{cannot} Make room, or send it elsewhere.", Exit.USAGE)
    if isinstance(problem, SideRefused):
        return _say_lines(str(problem).split("\n"), Exit.UNREACHABLE)
    for kinds, code in CODES.items():
        if isinstance(problem, kinds):
            return _say(sentence(problem), code)
    return _unexpected(problem)


def sentence(problem: BaseException) -> str:
    """Word whatever ends a command early."""
    match problem:
        case KeyboardInterrupt() | click.Abort() | BrokenPipeError():
            return "Interrupted."
        case click.ClickException():
            return problem.format_message()
        case UnknownSelection():
            near = hint(problem.name, problem.known)
            return f"There is no {problem.kind} {problem.name}. {near}"
        case _:
            return str(problem)


def _unexpected(problem: BaseException) -> int:
    if os.environ.get("ACKPROOF_DEBUG") == "1":
        traceback.print_exception(problem)
    said = f"The kit itself erred: {type(problem).__name__}: {problem}"
    return _say(
        f"{said.rstrip('.')}. This is a defect of ackproof: run again with ACKPROOF_DEBUG=1 "
        "and report what it prints, as CONTRIBUTING.md says.",
        Exit.HARNESS,
    )


def _say(said: str, code: Exit) -> int:
    return _say_lines([said], code)


def _say_lines(lines: Iterable[str], code: Exit) -> int:
    with suppress(OSError):  # nobody can be told that nothing can be told
        for line in lines:
            print(f"ackproof: {printable(line, LONGEST_SENTENCE)}", file=sys.stderr)  # noqa: T201  # the command's voice
    return code
