"""The report for people: what is judged, how each profile stands, each finding, what is missing."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

from conformance.reports.counted import counted, found_and_gating
from conformance.reports.findings import print_field, print_findings
from conformance.reports.hanging import print_hanging
from conformance.reports.model import FULL, ProfileSummary, Report
from conformance.reports.printable import printable
from conformance.reports.shown_findings import ShownLane, ShownVerdict
from conformance.reports.waits import waits_line
from conformance.reports.waivers import print_waivers

LANE_FINDINGS_IN_FULL: Final = 10
LONGEST_CURL: Final = 1000
UNVERIFIED: Final = "not verified"
ACCEPTED: Final = "not verified, accepted"
BEYOND: Final = "not verified, beyond the mode"
UNSCORED: Final = "not verified, not scored"
STOPPED: Final = "stopped_answering"


def print_report(
    console: Console, report: Report, written: Path | None, *, lost: bool = False
) -> None:
    """Print everything that follows the run.

    Args:
        console: where to.
        report: what to print.
        written: where report.json is; None without one.
        lost: whether it could not be written.

    """
    for name, summary in report.summary.items():
        console.print(Text(profile_line(name, summary)), soft_wrap=True)
    print_findings(console, report.verdicts)
    _print_harness_errors(console, report.verdicts)
    _print_reasons(console, report)
    if report.waivers:
        print_waivers(console, report.waivers)
    if report.lane:
        _print_lane(console, report.lane)
    for notice in report.notices:
        console.print()
        kind = notice.kind.replace("_", " ")
        print_hanging(console, Text(f"{kind}: ", "bold red"), printable(notice.text))
    console.print()
    failed = [one for one in report.verdicts if one.outcome == "fail"]
    if broken := [one.id for one in failed if one.scored and not one.waived]:
        title = f"{counted(len(broken), 'MUST')} broken: "
        print_hanging(console, Text(title, "bold red"), ", ".join(broken))
    where = f"report in {written}" if written else "no report.json (--report-dir DIR writes it)"
    where = "no report.json" if lost else where
    timing = report.timing
    seconds = f"{timing.seconds:.1f} s"
    if timing.longest_wait_scenario:
        chain = timing.longest_wait_scenario.replace("_", " ")
        console.print(
            Text(f"longest chain of waits {timing.longest_wait_seconds:.1f} s: {chain}", "dim"),
            soft_wrap=True,
        )
    if line := waits_line(timing):
        console.print(Text(line, "dim"), soft_wrap=True)
    console.print(
        Text(f"exit {report.exit_code}: {report.meaning} · {seconds} · {where}", "bold"),
        soft_wrap=True,
    )


def profile_line(name: str, summary: ProfileSummary) -> str:
    """Say how a profile stands, such as `core: 38 of 43 MUSTs judged, 38 pass: held`."""
    parts = [f"{summary.judged} of {counted(summary.musts, 'MUST')} judged"]
    words = {
        "pass": "pass",
        "fail": "fail",
        "not_applicable": "not applicable",
        "not_verified": "not verified",
        "harness_error": "lost to errors of the kit",
    }
    parts += [
        f"{summary.outcomes[outcome]} {word}"
        for outcome, word in words.items()
        if summary.outcomes[outcome] or outcome == "pass"
    ]
    parts += [f"{summary.planned} planned"] if summary.planned else []
    parts += [f"{summary.not_selected} not selected"] if summary.not_selected else []
    warned = summary.outcomes["warn"]
    advice = f" ({counted(warned, 'SHOULD or MAY', 'SHOULDs or MAYs')} broken)" if warned else ""
    return f"{name}: {', '.join(parts)}: {standing(summary)}{advice}"


def standing(summary: ProfileSummary) -> str:
    """Say whether a profile is held, not held, or not held yet, for nothing in it is broken."""
    if summary.mode != FULL:
        return f"not claimed, mode {summary.mode}"
    unscored = f", {summary.unscored} not scored" if summary.unscored else ""
    if summary.held:
        return f"held{unscored}"
    spoilt = ("fail", "not_verified", "harness_error")
    standing = "not held" if any(summary.outcomes[one] for one in spoilt) else "not held yet"
    waived = f", {summary.waived} waived" if summary.waived else ""
    return f"{standing}{waived}{unscored}"


def _print_harness_errors(console: Console, verdicts: Sequence[ShownVerdict]) -> None:
    for verdict in verdicts:
        for traceback in verdict.reasons if verdict.outcome == "harness_error" else ():
            console.print()
            last = traceback.strip().rpartition("\n")[2]
            word = "kit error" if verdict.scored else "kit error, not scored"
            console.print(Text(f"{verdict.id} {verdict.level}  {word}  {printable(last)}"))
            console.print(Text("  The kit erred, not the target. The traceback is in report.json."))


def _print_reasons(console: Console, report: Report) -> None:
    unverified = [one for one in report.verdicts if one.outcome == "not_verified"]
    closed = [one for one in report.verdicts if one.outcome == "not_applicable"]
    for title, those in by_standing(unverified).items():
        _print_by_reason(console, title, those)
    cut_short = report.interrupted or any(one.kind == STOPPED for one in report.notices)
    lacking = any(one.level == "MUST" for one in by_standing(unverified)[UNVERIFIED])
    if lacking and not cut_short:
        console.print()
        console.print(
            Text(
                "  Give the run what is missing in the target file (scope, kinds, origins,\n"
                "  [implementations.*], completion_limit), or accept an id there with\n"
                "  accept_not_verified."
            )
        )
    _print_by_reason(console, "not applicable", closed)
    if report.plan.unaffordable:
        names = ", ".join(report.plan.unaffordable)
        left = counted(len(report.plan.unaffordable), "scenario")
        console.print()
        console.print(Text(f"{left} left out, the write limit is too small:", "bold"))
        print_hanging(console, Text("  "), names)


def by_standing(unverified: Iterable[ShownVerdict]) -> dict[str, list[ShownVerdict]]:
    """Part the requirements that were not verified by what the gate makes of them."""
    titles = (UNVERIFIED, ACCEPTED, BEYOND, UNSCORED)
    parted: dict[str, list[ShownVerdict]] = {title: [] for title in titles}
    for one in unverified:
        beyond = BEYOND if one.beyond_mode else UNVERIFIED
        counting = ACCEPTED if one.accepted else beyond
        parted[counting if one.scored else UNSCORED].append(one)
    return parted


def _print_lane(console: Console, lane: ShownLane) -> None:
    console.print()
    sent = f"{counted(lane.requests, 'request')} to {counted(len(lane.operations), 'operation')}"
    found = counted(len(lane.findings), "finding of Schemathesis", "findings of Schemathesis")
    found = found_and_gating(found, len(lane.findings), gates=lane.gates)
    title = Text("generated lane: ", "bold")
    print_hanging(console, title, f"{sent} in {lane.seconds:.1f} s, {found}")
    for finding in lane.findings[:LANE_FINDINGS_IN_FULL]:
        head = f"{finding.operation}  {finding.title} ({counted(finding.count, 'answer')})"
        print_hanging(console, Text("  "), printable(head))
        print_field(console, "check", finding.check)
        print_field(console, "says", " ".join(finding.message.split()))
        place = f"{finding.exchange.number} of {finding.exchange.of}   {finding.exchange.line}"
        print_field(console, "exchange", place)
        if len(finding.exchange.curl) <= LONGEST_CURL:
            console.print(Text(f"             {finding.exchange.curl}"), soft_wrap=True)
    left = len(lane.findings) - LANE_FINDINGS_IN_FULL
    if left > 0:
        console.print(Text(f"  and {counted(left, 'more finding')} in report.json"))
    for reason, count in lane.set_aside.items():
        print_hanging(console, Text(f"  {'set aside':<11}", "dim"), f"{count}: {reason}")
    for error in lane.errors:
        print_field(console, "kit error", error)
    if lane.stopped:
        print_field(console, "stopped", lane.stopped)
    console.print(Text(f"  {'again':<11}{lane.replay}", "dim"), soft_wrap=True)


def _print_by_reason(console: Console, title: str, verdicts: Sequence[ShownVerdict]) -> None:
    by_reason: dict[str, list[str]] = {}
    for verdict in verdicts:
        by_reason.setdefault("; ".join(verdict.reasons), []).append(verdict.id)
    for reason, ids in by_reason.items():
        console.print()
        print_hanging(console, Text(f"{title}: ", "bold"), ", ".join(ids))
        print_field(console, "why", reason)
