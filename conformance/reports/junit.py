"""junit.xml: a test case for each requirement, red if and only if the gate is red.

The schema that CI servers check such files against, `junit-10.xsd`, allows properties in a suite
and not in a test case. What a test case cannot say stands in its suite, under the requirement's id.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from xml.etree import ElementTree as ET

from conformance.reports.model import Report, ShownWaiver
from conformance.reports.printable import printable, printable_lines
from conformance.reports.shown_findings import (
    ShownFinding,
    ShownLane,
    ShownLaneFinding,
    ShownVerdict,
)
from conformance.reports.sorts import by_sort
from conformance.reports.suites import count, file_of, suite_of
from conformance.reports.told import told
from conformance.reports.waived import excuse_of, reasons_of

LONGEST_MESSAGE: Final = 300


def junit(report: Report) -> str:
    """Return the report as JUnit XML, a suite for each profile.

    A requirement of several profiles stands in the first one that was claimed.
    """
    suites = list(_suites(report))
    if report.exit_code and not count(suites, "failure") + count(suites, "error"):
        suites.append(_suite("gate", report, [_gate_case(report)], {}))
    return file_of("ackproof", suites, time=f"{report.timing.seconds:.3f}")


def _suites(report: Report) -> Iterator[ET.Element]:
    reasons = reasons_of(report)
    for profile, verdicts in _by_profile(report).items():
        excuses = [excuse_of(one, reasons) if one.waived else "" for one in verdicts]
        cases = [_case(profile, *both) for both in zip(verdicts, excuses, strict=True)]
        yield _suite(profile, report, cases, _told_apart(verdicts))
    if report.lane:
        yield _suite("generated", report, _lane_cases(report.lane), {})
    troubled = [one for one in report.waivers.entries if one.trouble] if report.waivers else []
    if troubled:
        yield _suite("gate", report, [_waiver_case(one) for one in troubled], {})


def _by_profile(report: Report) -> dict[str, list[ShownVerdict]]:
    suites: dict[str, list[ShownVerdict]] = {}
    for verdict in report.verdicts:
        claimed = (name for name in report.summary if name in verdict.profiles)
        suites.setdefault(next(claimed, verdict.profiles[0]), []).append(verdict)
    return suites


def _told_apart(verdicts: Iterable[ShownVerdict]) -> dict[str, str]:
    return {
        f"{verdict.id}.{name}": value
        for verdict in verdicts
        for name, value in (
            ("level", verdict.level),
            ("outcome", verdict.outcome),
            *((("scored", "false"),) if not verdict.scored else ()),
        )
    }


def _suite(
    name: str, report: Report, cases: list[ET.Element], properties: Mapping[str, str]
) -> ET.Element:
    everywhere = {
        "kit": report.kit,
        "contract": report.contract.version,
        "contract.hash": report.contract.hash,
        "plan.hash": report.plan.hash,
        "target": report.target.url,
        "exit_code": str(report.exit_code),
        "meaning": report.meaning,
        "mode": report.mode,
    }
    notices = [(f"notice.{one.kind}", one.text) for one in report.notices]
    told_of = (*everywhere.items(), *notices, *properties.items())
    return suite_of(name, cases, told_of, timestamp=report.timing.started_at)


def _case(profile: str, verdict: ShownVerdict, excuse: str) -> ET.Element:
    area = verdict.id.partition("-")[0].lower()
    case = ET.Element(
        "testcase",
        name=f"{verdict.id} {' '.join(verdict.text.split())}",
        classname=f"{profile}.{area}",
    )
    if verdict.waived:
        _say(case, "skipped", "waived", excuse, told(verdict))
    elif not verdict.scored and verdict.outcome != "pass":
        outcome = verdict.outcome.replace("_", " ")
        _say(case, "skipped", "not_scored", f"{outcome}, not scored", told(verdict))
    else:
        _say_outcome(case, verdict)
    return case


def _say_outcome(case: ET.Element, verdict: ShownVerdict) -> None:
    match verdict.outcome:
        case "fail":
            first = min((alike[0] for alike in by_sort(verdict.findings)), key=_is_waived)
            message = f"expected {first.expected}, met {first.actual}"
            _say(case, "failure", first.check, message, told(verdict))
        case "warn":
            ET.SubElement(case, "system-out").text = told(verdict)
        case "harness_error":
            last = " ".join(verdict.reasons).strip().rpartition("\n")[2]
            _say(case, "error", verdict.outcome, last, "\n".join(verdict.reasons))
        case "not_verified" if verdict.level == "MUST" and not _is_let_be(verdict):
            _say(case, "error", verdict.outcome, "; ".join(verdict.reasons), told(verdict))
        case "not_verified" | "not_applicable":
            beyond = "beyond_mode" if verdict.beyond_mode else verdict.outcome
            word = "accepted" if verdict.accepted else beyond
            _say(case, "skipped", word, "; ".join(verdict.reasons), "")


def _is_let_be(verdict: ShownVerdict) -> bool:
    return verdict.accepted or verdict.beyond_mode


def _is_waived(finding: ShownFinding) -> bool:
    return finding.waived


def _say(case: ET.Element, tag: str, kind: str, message: str, text: str) -> None:
    said = ET.SubElement(case, tag, type=kind, message=printable(message, LONGEST_MESSAGE))
    said.text = printable_lines(text) or None


def _lane_cases(lane: ShownLane) -> list[ET.Element]:
    cases = [_lane_case(finding, gates=lane.gates) for finding in lane.findings]
    for error in lane.errors:
        case = ET.Element("testcase", name="requests are made and sent", classname="generated.kit")
        _say(case, "error", "harness_error", error, "")
        cases.append(case)
    return cases


def _lane_case(finding: ShownLaneFinding, *, gates: bool) -> ET.Element:
    name = printable(f"{finding.check}: {finding.title}")
    case = ET.Element("testcase", name=name, classname=f"generated.{printable(finding.operation)}")
    if gates:
        _say(case, "failure", finding.check, finding.title, finding.message)
    else:
        ET.SubElement(case, "system-out").text = printable_lines(finding.message)
    return case


def _waiver_case(one: ShownWaiver) -> ET.Element:
    name = f"waiver of {one.requirement} {one.fingerprint}"
    case = ET.Element("testcase", name=name, classname="gate.waivers")
    _say(case, "error", one.state, one.why, f"{one.owner}: {one.reason} {one.issue}")
    return case


def _gate_case(report: Report) -> ET.Element:
    case = ET.Element("testcase", name="the run ends with exit code 0", classname="gate.run")
    _say(case, "error", f"exit {report.exit_code}", report.meaning, "")
    return case
