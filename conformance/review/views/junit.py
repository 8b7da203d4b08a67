"""The review for CI servers: a suite for each group, a case for each change, red as the gate is."""

from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree as ET

from conformance.reports.printable import printable, printable_lines
from conformance.reports.suites import count, file_of, suite_of
from conformance.review.changes import Review
from conformance.review.views.inside import lines_of
from conformance.review.views.told import GROUPS, Shown, Told, told_of
from conformance.review.views.words import approval_told
from conformance.versions import kit_version

LONGEST_MESSAGE: Final = 300


def junit(review: Review) -> str:
    """Return the review as JUnit XML.

    A change that breaks a clause of the policy is a failure, an approved one is skipped, any other
    passes and says in its output what it is. What is red for another reason stands in the suite
    `gate`, which also says of a review without changes that there are none.
    """
    told = told_of(review)
    suites = [
        _suite(f"review.{name}", review, told, [_case(one) for one in shown])
        for name, shown in told.groups.items()
    ]
    cases = [*_gate(review)]
    if review.exit_code and not count((*suites, *cases), "failure", "error"):
        cases.append(_said("the review ends with exit code 0", "error", "exit", told.verdict))
    if cases or not suites:
        cases = cases or [ET.Element("testcase", name=told.verdict, classname="review.gate")]
        suites.append(_suite("review.gate", review, told, cases))
    return file_of("ackproof review", suites)


def _suite(name: str, review: Review, told: Told, cases: list[ET.Element]) -> ET.Element:
    properties = {
        "kit": kit_version(),
        "base": review.base.name,
        "head": review.head.name,
        "exit_code": str(review.exit_code),
        "meaning": told.verdict,
        "version": review.version.sentence,
        **{f"notice.{number}": one for number, one in enumerate(review.notices, 1)},
        **{f"{label}.open": str(count.open) for label, count in told.counts.items()},
        **{f"{label}.approved": str(count.approved) for label, count in told.counts.items()},
    }
    return suite_of(name, cases, properties.items())


def _case(shown: Shown) -> ET.Element:
    change = shown.change
    name = printable(f"{shown.number}. {change.what}")
    case = ET.Element("testcase", name=name, classname=f"review.{shown.group}.{change.rule}")
    inside = printable_lines("\n".join(lines_of(shown)))
    if shown.approval:
        message = f"approved {approval_told(shown.approval)}"
        _say(case, "skipped", "approved", message, inside)
    elif shown.violates:
        message = f"{', '.join(shown.violates)}: {change.means or GROUPS[shown.group]}"
        _say(case, "failure", change.rule, message, inside)
    else:
        ET.SubElement(case, "system-out").text = inside
    return case


def _gate(review: Review) -> Iterator[ET.Element]:
    for one in review.violations:
        if not one.fingerprints:
            yield _said(f"the policy holds: {one.clause}", "failure", "policy", one.sentence)
    for bad in review.bad_approvals:
        name = f"the approval of {bad.approval.rule} in line {bad.approval.line} is of use"
        yield _said(name, "error", bad.problem, bad.sentence)


def _said(name: str, tag: str, kind: str, message: str) -> ET.Element:
    case = ET.Element("testcase", name=printable(name), classname="review.gate")
    _say(case, tag, kind, message, "")
    return case


def _say(case: ET.Element, tag: str, kind: str, message: str, text: str) -> None:
    said = ET.SubElement(case, tag, type=kind, message=printable(message, LONGEST_MESSAGE))
    said.text = text or None
