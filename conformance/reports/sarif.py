"""report.sarif: what is broken, for tools that track findings from run to run (SARIF 2.1.0)."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from conformance.reports.model import Report
from conformance.reports.printable import printable, printable_lines
from conformance.reports.shown_findings import ShownFinding, ShownLaneFinding, ShownVerdict
from conformance.reports.sorts import by_sort
from conformance.reports.waived import Reasons, reasons_of

SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
CONTRACT: Final = "CONTRACT"
FINGERPRINT: Final = "ackproofFinding/v1"
OF_CODE_HOSTS: Final = "primaryLocationLineHash"
NOT_ENDED: Final = (6, 130)


def sarif(report: Report) -> str:
    """Return the report as SARIF: a rule for each requirement, a result for each sort of finding.

    A result has the same fingerprint in every run that finds the same, whatever ids and numbers
    the run drew.
    """
    run = {
        "tool": {"driver": _driver(report)},
        "automationDetails": {"id": f"ackproof/{'+'.join(report.summary)}/"},
        "originalUriBaseIds": {
            CONTRACT: {"description": {"text": "The folder of the contract, spec/ of ackproof."}}
        },
        "invocations": [_invocation(report)],
        "columnKind": "unicodeCodePoints",
        "results": _results(report),
        "properties": {
            "contract": report.contract.version,
            "contractHash": report.contract.hash,
            "planHash": report.plan.hash,
            "target": printable(report.target.url),
            "mode": report.mode,
        },
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _driver(report: Report) -> dict[str, Any]:
    rules = [_rule(verdict) for verdict in report.verdicts]
    checks = dict.fromkeys(one.check for one in report.lane.findings) if report.lane else ()
    rules += [{"id": _lane_rule(check)} for check in checks]
    return {"name": "ackproof", "version": report.kit, "rules": rules}


def _rule(verdict: ShownVerdict) -> dict[str, Any]:
    text = " ".join(verdict.text.split())
    why = " ".join(verdict.why.split()) or text
    return {
        "id": verdict.id,
        "shortDescription": {"text": text},
        "fullDescription": {"text": text},
        "help": {"text": why},
        "defaultConfiguration": {"level": _level(verdict)},
        "properties": {
            "level": verdict.level,
            "scored": verdict.scored,
            "tags": list(verdict.profiles),
        },
    }


def _level(verdict: ShownVerdict) -> str:
    if not verdict.scored:
        return "note"
    return "error" if verdict.level == "MUST" else "warning"


def _invocation(report: Report) -> dict[str, Any]:
    return {
        "executionSuccessful": report.exit_code not in NOT_ENDED,
        "exitCode": report.exit_code,
        "exitCodeDescription": report.meaning,
        "startTimeUtc": report.timing.started_at.replace("+00:00", "Z"),
        "toolExecutionNotifications": [
            {
                "associatedRule": {"id": verdict.id},
                "level": _level_of_notification(verdict),
                "message": {"text": _reasons(verdict)},
                "properties": {
                    "outcome": verdict.outcome,
                    "accepted": verdict.accepted,
                    "scored": verdict.scored,
                },
            }
            for verdict in report.verdicts
            if verdict.outcome in {"harness_error", "not_verified"}
        ]
        + [
            {
                "level": "warning",
                "message": {"text": printable(notice.text)},
                "properties": {"notice": notice.kind},
            }
            for notice in report.notices
        ],
        "toolConfigurationNotifications": [
            {
                "level": "error",
                "message": {"text": printable(one.why)},
                "properties": {"waiver": one.fingerprint, "state": one.state},
            }
            for one in (report.waivers.entries if report.waivers else ())
            if one.trouble
        ],
    }


def _level_of_notification(verdict: ShownVerdict) -> str:
    if not verdict.scored:
        return "note"
    return "error" if verdict.outcome == "harness_error" else "warning"


def _reasons(verdict: ShownVerdict) -> str:
    said = printable_lines("\n".join(verdict.reasons))
    return said or f"{verdict.id} was not verified."


def _results(report: Report) -> list[dict[str, Any]]:
    """Return all results; once one may be suppressed, SARIF wants to know of each if it is."""
    reasons = reasons_of(report)
    results = [*_broken(report.verdicts, reasons), *_lane_results(report)]
    return [{"suppressions": [], **one} for one in results] if report.waivers else results


def _broken(verdicts: Sequence[ShownVerdict], reasons: Reasons) -> Iterator[dict[str, Any]]:
    for index, verdict in enumerate(verdicts):
        for alike in by_sort(verdict.findings):
            first = alike[0]
            last = first.exchanges[-1].operation if first.exchanges else None
            yield {
                "ruleId": verdict.id,
                "ruleIndex": index,
                "level": _level(verdict),
                "message": {"text": _message(first)},
                "locations": [_location(verdict.id, last)],
                "occurrenceCount": len(alike),
                "partialFingerprints": _fingerprints(first.fingerprint),
                **_suppressed(reasons.get((verdict.id, first.fingerprint))),
                "properties": {
                    "check": first.check,
                    "exchanges": [one.number for one in first.exchanges],
                },
            }


def _message(finding: ShownFinding) -> str:
    lines = [f"Expected: {printable(finding.expected)}", f"Met: {printable(finding.actual)}"]
    lines += [f"Shown by: {printable(one.line)}" for one in finding.exchanges[-1:]]
    return "\n".join(lines)


def _location(requirement: str, operation: str | None) -> dict[str, Any]:
    """Say where the requirement is written, the one place that no run changes."""
    area = requirement.partition("-")[0].lower()
    uri = {"uri": f"requirements/{area}.yaml", "uriBaseId": CONTRACT}
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": uri}}
    if operation:
        location["logicalLocations"] = [{"name": operation}]
    return location


def _fingerprints(fingerprint: str) -> dict[str, str]:
    return {FINGERPRINT: fingerprint, OF_CODE_HOSTS: f"{fingerprint}:1"}


def _suppressed(reason: str | None) -> dict[str, Any]:
    if reason is None:
        return {}
    justification = printable(reason)
    return {
        "suppressions": [{"kind": "external", "status": "accepted", "justification": justification}]
    }


def _lane_rule(check: str) -> str:
    return f"generated/{check}"


def _lane_results(report: Report) -> Iterator[dict[str, Any]]:
    for finding in report.lane.findings if report.lane else ():
        yield {
            "ruleId": _lane_rule(finding.check),
            "level": "error" if report.lane and report.lane.gates else "note",
            "message": {"text": _lane_message(finding)},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": "openapi.yaml", "uriBaseId": CONTRACT}
                    },
                    "logicalLocations": [{"name": printable(finding.operation)}],
                }
            ],
            "occurrenceCount": finding.count,
            "partialFingerprints": _fingerprints(finding.fingerprint),
        }


def _lane_message(finding: ShownLaneFinding) -> str:
    return f"{printable(finding.title)}\n{printable_lines(finding.message)}"
