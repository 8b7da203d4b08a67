"""`ackproof run`: get a target, plan, judge, report."""

import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from conformance.command_clean import recorded_run
from conformance.contract import Contract, load_contract
from conformance.embedded import NOT_STARTED, embedded_server
from conformance.evidence import trace_file
from conformance.evidence.lines import lines_of
from conformance.evidence.redaction import redacted
from conformance.failures import exit_of
from conformance.generated.outcome import Generation
from conformance.hooks import Hook
from conformance.judge import Exit, first_of
from conformance.ledger import NAME as LEDGER
from conformance.ledger import Ledger
from conformance.modes import FULL, READ_ONLY, SMOKE, NotInThisMode
from conformance.notices import beforehand
from conformance.plan import Plan, make_plan
from conformance.reports import report_file, whole_files
from conformance.reports.console import print_report
from conformance.reports.counted import counted
from conformance.reports.live import LiveProgress
from conformance.reports.model import Report, ShownEvidence
from conformance.reports.of_run import report_of
from conformance.reports.printable import printable
from conformance.run_result import RunResult
from conformance.runner import run
from conformance.selection import Selection
from conformance.smoke import print_smoke
from conformance.target import Target
from conformance.target_check import check_target
from conformance.target_file import TargetFileError, load_target
from conformance.versions import kit_version

URL: Final = "ACKPROOF_TARGET_URL"


def judge(  # noqa: PLR0913  # the options of the command
    selection: Selection,
    folder: Path | None,
    lanes: Sequence[str],
    generation: Generation,
    *,
    ledger: Path | None,
    yes: bool,
) -> int:
    """Judge a target, print its report, write it with its evidence if asked, return the code.

    What the run made is removed afterwards, but in the embedded server, which ends anyway.

    Args:
        selection: who is judged, and by which requirements.
        folder: where the report and its evidence go.
        lanes: where the requests come from.
        generation: what the generated lane makes.
        ledger: where the ledger goes; None for the folder, else the user's state directory.
        yes: whether a target that is not on this machine may be judged without a file.

    """
    contract = load_contract()
    if folder is not None:
        report_file.prepare(folder)
        report_file.prepare(folder, trace_file.NAME)
    console, in_folder = Console(), folder and folder / LEDGER
    with described_target(selection.file, selection.flags) as target:
        check_meant(contract, target, meant=yes or selection.file is not None)
        check_mode(target, lanes, folder, selection.only)
        if target.mode == SMOKE:
            with recorded(contract, target, ledger, console) as kept:
                return print_smoke(console, contract, target, kept)
        plan = make_plan(contract, target, selection.only, lanes)
        console.print(header(contract, target, plan), soft_wrap=True)
        with recorded(contract, target, ledger or in_folder, console) as kept:
            if folder is not None:
                report_file.clear(folder, trace_file.NAME)
            with LiveProgress(Console(stderr=True), len(plan.scenarios)) as progress:
                judged = run(contract, target, plan, progress, generation, ledger=kept)
            if kept is not None:
                kept.interrupted = judged.interrupted
            return told(console, redacted(judged), folder)


def told(console: Console, result: RunResult, folder: Path | None) -> int:
    """Write the report of a run if there is a folder for it, print it, and return the code."""
    try:
        report, written = reported(result, folder)
    except whole_files.ReportUnwritable as lost:
        return _told_only(console, result, lost)
    print_report(console, report, written)
    return report.exit_code


def _told_only(console: Console, result: RunResult, lost: whole_files.ReportUnwritable) -> int:
    """Print the report of a run that could not be written, and why; return the exit code."""
    report = report_of(result, kit_version())
    code = first_of((report.exit_code, Exit.USAGE))
    print_report(console, replace(report, exit_code=code), None, lost=True)
    exit_of(lost)
    return code


def recorded(
    contract: Contract, target: Target, path: Path | None, console: Console
) -> AbstractContextManager[Ledger | None]:
    """Write down what a run makes and remove it afterwards, unless the server ends with it."""
    if target.embedded or target.mode == READ_ONLY:
        return nullcontext()
    return recorded_run(contract, target, path, console)


def reported(result: RunResult, folder: Path | None) -> tuple[Report, Path | None]:
    """Make the report of a run; write it beside its evidence if there is a folder for them.

    Args:
        result: without secrets.
        folder: where to; it exists.

    Returns:
        the report, and the path of report.json.

    Raises:
        ReportUnwritable: the folder can no longer be written to.

    """
    kit = kit_version()
    if folder is None:
        return report_of(result, kit), None
    content, lines = trace_file.packed(lines_of(result, kit))
    evidence = ShownEvidence(trace_file.NAME, trace_file.digest_of(content), lines)
    report = report_of(result, kit, evidence)
    return report, report_file.write(report, folder, {trace_file.NAME: content})


@contextmanager
def described_target(file: Path | None, flags: Mapping[str, Any]) -> Iterator[Target]:
    """Yield the target that is described; without a description, serve the embedded one meanwhile.

    Raises:
        TargetFileError: they do not describe a target.
        ServerNotStarted: the embedded server did not start.

    """
    if is_embedded(file, flags):
        scope = NOT_STARTED.target(flags, os.environ).scope
        with embedded_server(scope=scope) as served:
            yield served.target(flags, os.environ)
    else:
        yield load_target(file, flags)


def is_embedded(file: Path | None, flags: Mapping[str, Any]) -> bool:
    """Whether nobody names a server, so that the embedded one is judged."""
    return file is None and "url" not in flags and not os.environ.get(URL)


def check_meant(contract: Contract, target: Target, *, meant: bool) -> None:
    """Refuse what a slip of the hand would do to somebody else's server.

    Args:
        contract: what its description must fit.
        target: who would be judged.
        meant: whether a file or a flag says that it may be written to, wherever it is.

    Raises:
        TargetFileError: it is not on this machine and nobody said that it may be written to, or
            its description does not fit the contract.

    """
    if not (target.on_loopback or meant or target.mode == READ_ONLY):
        raise TargetFileError(
            f"{target.url} is not on this machine and a run writes to it. "
            "Describe it in a target file (-c FILE) or say --yes."
        )
    check_target(contract, target)


def check_mode(
    target: Target, lanes: Sequence[str], folder: Path | None, only: Sequence[str]
) -> None:
    """Refuse what the mode of a run does not do.

    Raises:
        NotInThisMode: it writes where nothing may be written, or judges where nothing is.

    """
    if target.mode != FULL and "generated" in lanes:
        raise NotInThisMode(
            f"The generated lane writes, and a run in mode {target.mode} judges no writes: leave "
            "--lane generated out, or run in mode full."
        )
    if target.mode == SMOKE and (folder is not None or only):
        raise NotInThisMode(
            "A smoke run judges no requirement and has no report: leave --report-dir and --only "
            "out, or run in mode full or read-only."
        )


def header(contract: Contract, target: Target, plan: Plan) -> Text:
    """Say who is judged, by what, and how much is sent."""
    profiles = ", ".join(plan.profiles)
    requirements = counted(len(plan.requirements), "requirement")
    scenarios = counted(len(plan.scenarios), "scenario")
    sent = f"about {counted(plan.requests, 'request')}, {counted(plan.writes, 'write')}"
    lines = [
        f"ackproof {kit_version()} judges {target.url}",
        f"  scope {target.scope} · profiles {profiles} · as {target.described_by} says",
        f"  contract {contract.version} ({contract.hash[:12]}) · plan {plan.hash}",
        f"  {requirements} to judge, {len(plan.planned)} planned · {scenarios}, {sent}",
    ]
    hooks = [one for one in (target.reset, target.restart) if isinstance(one, Hook)]
    if hooks and target.mode == FULL:
        told = "; ".join(f"{one.name} {shlex.join(one.command)}" for one in hooks)
        lines.append(f"  hooks {target.masked(told)}")
    if target.overridden_by:
        lines.append(f"  overridden by {', '.join(target.overridden_by)}")
    said = Text("\n".join(printable(line) for line in lines) + "\n")
    for notice in beforehand(target):
        said.append(f"  {notice.kind.replace('_', ' ').upper()}: {notice.text}\n", "bold red")
    return said
