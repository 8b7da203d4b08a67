"""The report for people: what is judged, how each profile stands, each finding, what is missing."""

import re
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

from conformance.reports.counted import counted
from conformance.reports.hanging import print_hanging
from conformance.reports.model import (
    ProfileSummary,
    Report,
    ShownExchange,
    ShownFinding,
    ShownLane,
    ShownVerdict,
)
from conformance.reports.printable import printable

FINDINGS_IN_FULL: Final = 3
EXCHANGES_IN_FULL: Final = 3
LANE_FINDINGS_IN_FULL: Final = 10
LONGEST_CURL: Final = 1000
NAMES_AND_NUMBERS: Final = re.compile(r"[\w-]*\d[\w-]*")
STYLES: Final = {"fail": "bold red", "warn": "yellow", "harness_error": "bold magenta"}


def print_report(console: Console, report: Report, written: Path | None) -> None:
    """Print everything that follows the run.

    Args:
        console: where to.
        report: what to print.
        written: where report.json is; None if it was not asked for.

    """
    for name, summary in report.summary.items():
        console.print(Text(profile_line(name, summary)), soft_wrap=True)
    _print_findings(console, report.verdicts)
    _print_harness_errors(console, report.verdicts)
    _print_reasons(console, report)
    if report.lane:
        _print_lane(console, report.lane)
    console.print()
    where = f"report in {written}" if written else "no report.json (--report-dir DIR writes it)"
    timing = report.timing
    seconds = f"{timing.seconds:.1f} s"
    if timing.longest_wait_scenario:
        chain = timing.longest_wait_scenario.replace("_", " ")
        console.print(
            Text(f"longest chain of waits {timing.longest_wait_seconds:.1f} s: {chain}", "dim"),
            soft_wrap=True,
        )
    console.print(
        Text(f"exit {report.exit_code}: {report.meaning} · {seconds} · {where}", "bold"),
        soft_wrap=True,
    )


def print_verdict(console: Console, verdict: ShownVerdict) -> None:
    """Print one verdict that is not a pass: its findings, or why there is none."""
    if verdict.findings:
        _print_requirement(console, verdict, verdict.findings[:FINDINGS_IN_FULL])
        return
    _print_headline(console, verdict)
    for reason in verdict.reasons:
        _print_field(console, "why", reason)


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
    return f"{name}: {', '.join(parts)}: {_standing(summary)}{advice}"


def _standing(summary: ProfileSummary) -> str:
    if summary.held:
        return "held"
    spoilt = ("fail", "not_verified", "harness_error")
    return "not held" if any(summary.outcomes[one] for one in spoilt) else "not held yet"


def _print_findings(console: Console, verdicts: Sequence[ShownVerdict]) -> None:
    shared = _shared_causes(verdicts)
    told: set[str] = set()
    for verdict in verdicts:
        for cause in dict.fromkeys(finding.cause for finding in verdict.findings):
            if cause in shared and cause not in told:
                told.add(cause)
                _print_cause(console, cause, shared[cause])
        _print_own(console, verdict, set(shared))


def _shared_causes(verdicts: Iterable[ShownVerdict]) -> dict[str, list[ShownVerdict]]:
    """Return the requirements broken by each cause that breaks more than one."""
    broken: dict[str, dict[str, ShownVerdict]] = {}
    for verdict in verdicts:
        for finding in verdict.findings:
            broken.setdefault(finding.cause, {})[verdict.id] = verdict
    return {
        cause: list(those.values()) for cause, those in broken.items() if cause and len(those) > 1
    }


def _print_cause(console: Console, cause: str, broken: Sequence[ShownVerdict]) -> None:
    console.print()
    title = Text(f"one cause, {len(broken)} requirements: ", "bold")
    print_hanging(console, title, printable(cause))
    print_hanging(console, Text("  "), ", ".join(f"{one.id} {one.outcome}" for one in broken))
    first = broken[0]
    finding = next(one for one in first.findings if one.cause == cause)
    _print_requirement(console, first, [finding])


def _print_own(console: Console, verdict: ShownVerdict, shared: Collection[str]) -> None:
    """Print the findings of a requirement that no shared cause explains, one of each sort."""
    own = [finding for finding in verdict.findings if finding.cause not in shared]
    if not own:
        return
    console.print()
    sorts = list({_sort(finding): finding for finding in reversed(own)}.values())[::-1]
    _print_requirement(console, verdict, sorts[:FINDINGS_IN_FULL])
    beyond_the_report = verdict.findings_total - len(verdict.findings)
    left = len(own) - len(sorts[:FINDINGS_IN_FULL]) + beyond_the_report
    if left:
        alike = " like these" if len(sorts) <= FINDINGS_IN_FULL else ""
        console.print(Text(f"  and {counted(left, 'more finding')} of {verdict.id}{alike}"))


def _sort(finding: ShownFinding) -> tuple[str, str, str]:
    """Name what findings have in common that differ only in ids and numbers."""
    return (
        finding.check,
        NAMES_AND_NUMBERS.sub("#", finding.expected),
        NAMES_AND_NUMBERS.sub("#", finding.actual),
    )


def _print_requirement(
    console: Console, verdict: ShownVerdict, findings: Sequence[ShownFinding]
) -> None:
    _print_headline(console, verdict)
    for number, finding in enumerate(findings):
        if number:
            console.print()
        _print_finding(console, finding)
    if verdict.why:
        _print_field(console, "means", " ".join(verdict.why.split()))


def _print_headline(console: Console, verdict: ShownVerdict) -> None:
    head = Text(f"{verdict.id} {verdict.level}  ")
    head.append(verdict.outcome.replace("_", " "), STYLES.get(verdict.outcome, ""))
    print_hanging(console, head.append("  "), " ".join(verdict.text.split()))


def _print_finding(console: Console, finding: ShownFinding) -> None:
    _print_field(console, "check", finding.check.replace("_", " "))
    _print_field(console, "expected", finding.expected)
    _print_field(console, "actual", finding.actual)
    left = len(finding.exchanges) - EXCHANGES_IN_FULL
    if left > 0:
        _print_field(console, "", f"{counted(left, 'earlier exchange')} in report.json")
    for exchange in finding.exchanges[-EXCHANGES_IN_FULL:]:
        _print_exchange(console, exchange)


def _print_exchange(console: Console, exchange: ShownExchange) -> None:
    place = f"{exchange.number} of {exchange.of}   {exchange.line}"
    _print_field(console, "exchange", place)
    # Never broken into lines: it is there to be copied.
    console.print(Text(f"             {exchange.curl}"), soft_wrap=True)


def _print_field(console: Console, label: str, value: str) -> None:
    print_hanging(console, Text(f"  {label:<11}", "dim"), printable(value))


def _print_harness_errors(console: Console, verdicts: Sequence[ShownVerdict]) -> None:
    for verdict in verdicts:
        for traceback in verdict.reasons if verdict.outcome == "harness_error" else ():
            console.print()
            last = traceback.strip().rpartition("\n")[2]
            console.print(Text(f"{verdict.id} {verdict.level}  kit error  {printable(last)}"))
            console.print(Text("  The kit erred, not the target. The traceback is in report.json."))


def _print_reasons(console: Console, report: Report) -> None:
    unverified = [one for one in report.verdicts if one.outcome == "not_verified"]
    closed = [one for one in report.verdicts if one.outcome == "not_applicable"]
    _print_by_reason(console, "not verified", [one for one in unverified if not one.accepted])
    _print_by_reason(console, "not verified, accepted", [one for one in unverified if one.accepted])
    if any(not one.accepted and one.level == "MUST" for one in unverified):
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


def _print_lane(console: Console, lane: ShownLane) -> None:
    console.print()
    sent = f"{counted(lane.requests, 'request')} to {counted(len(lane.operations), 'operation')}"
    found = counted(len(lane.findings), "finding of Schemathesis", "findings of Schemathesis")
    gate = "which gate" if lane.gates else "which do not gate"
    title = Text("generated lane: ", "bold")
    print_hanging(console, title, f"{sent} in {lane.seconds:.1f} s, {found}, {gate}")
    for finding in lane.findings[:LANE_FINDINGS_IN_FULL]:
        head = f"{finding.operation}  {finding.title} ({counted(finding.count, 'answer')})"
        print_hanging(console, Text("  "), printable(head))
        _print_field(console, "check", finding.check)
        _print_field(console, "says", " ".join(finding.message.split()))
        place = f"{finding.exchange.number} of {finding.exchange.of}   {finding.exchange.line}"
        _print_field(console, "exchange", place)
        if len(finding.exchange.curl) <= LONGEST_CURL:
            console.print(Text(f"             {finding.exchange.curl}"), soft_wrap=True)
    left = len(lane.findings) - LANE_FINDINGS_IN_FULL
    if left > 0:
        console.print(Text(f"  and {counted(left, 'more finding')} in report.json"))
    for reason, count in lane.set_aside.items():
        print_hanging(console, Text(f"  {'set aside':<11}", "dim"), f"{count}: {reason}")
    for error in lane.errors:
        _print_field(console, "kit error", error)
    if lane.stopped:
        _print_field(console, "stopped", lane.stopped)
    console.print(Text(f"  {'again':<11}{lane.replay}", "dim"), soft_wrap=True)


def _print_by_reason(console: Console, title: str, verdicts: Sequence[ShownVerdict]) -> None:
    by_reason: dict[str, list[str]] = {}
    for verdict in verdicts:
        by_reason.setdefault("; ".join(verdict.reasons), []).append(verdict.id)
    for reason, ids in by_reason.items():
        console.print()
        print_hanging(console, Text(f"{title}: ", "bold"), ", ".join(ids))
        _print_field(console, "why", reason)
