"""The review for tools that track findings from run to run (SARIF 2.1.0)."""

import json
from dataclasses import asdict
from typing import Any, Final
from urllib.parse import quote

from conformance.reports.printable import printable
from conformance.reports.sarif import OF_CODE_HOSTS, SCHEMA
from conformance.review.changes import Change, Review
from conformance.review.nodes import Place
from conformance.review.rules import RULES, Rule
from conformance.review.views.inside import lines_of
from conformance.review.views.told import Shown, Told, told_of
from conformance.review.views.words import approval_told
from conformance.versions import kit_version

FINGERPRINT: Final = "ackproofReview/v1"
FEW: Final = 10
BASE: Final = "BASE"
PLACES: Final = {rule: index for index, rule in enumerate(RULES)}


def sarif(review: Review) -> str:
    """Return the review as SARIF: every rule there is, and a result for each change.

    A result stands where the change is written at the head; one that is gone, in the file that held
    it, and its line at the base is a related location. The first ten operations that it reaches are
    logical locations; a property counts all.
    """
    told = told_of(review)
    run = {
        "tool": {"driver": _driver()},
        "automationDetails": {"id": "ackproof-review/"},
        "originalUriBaseIds": {
            BASE: {"description": {"text": printable(f"As it was: {review.base.name}")}}
        },
        "invocations": [_invocation(review, told)],
        "columnKind": "unicodeCodePoints",
        "results": [_result(one) for one in told.shown],
        "properties": {
            "verdict": told.word,
            "version": {key: _printable(one) for key, one in asdict(review.version).items()},
            "counts": {label: asdict(count) for label, count in told.counts.items()},
        },
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _printable(value: str | bool) -> str | bool:  # noqa: FBT001  # a value, no flag
    return printable(value) if isinstance(value, str) else value


def _driver() -> dict[str, Any]:
    rules = [_rule(one) for one in RULES.values()]
    return {"name": "ackproof review", "version": kit_version(), "rules": rules}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"{rule.title[:1].upper()}{rule.title[1:]}."},
        "defaultConfiguration": {"level": _level_of_rule(rule)},
        "properties": {"guarantee": rule.guarantee, "mirror": rule.mirror},
    }


def _level_of_rule(rule: Rule) -> str:
    labels = [rule.to_server, rule.from_server]
    clients = "breaks" if any("breaks" in one for one in labels) else "ok"
    return _level_of(rule.guarantee, clients)


def _level_of(guarantee: str, clients: str, *others: object) -> str:
    if guarantee == "weakened" or clients == "breaks":
        return "error"
    return "warning" if clients == "may-break" or any(others) else "note"


def _level(change: Change) -> str:
    duty = change.servers == "new-duty"
    return _level_of(change.guarantee, change.clients, duty, change.requirements)


def _invocation(review: Review, told: Told) -> dict[str, Any]:
    violations = [
        {
            "level": "error",
            "message": {"text": printable(f"{one.clause}: {one.sentence}")},
            "properties": {"clause": printable(one.clause), "fingerprints": [*one.fingerprints]},
        }
        for one in review.violations
    ]
    bad = [
        {
            "level": "error",
            "message": {"text": printable(one.sentence)},
            "properties": {"problem": one.problem, "line": one.approval.line},
        }
        for one in review.bad_approvals
    ]
    notices = [{"level": "note", "message": {"text": printable(one)}} for one in review.notices]
    return {
        "executionSuccessful": True,
        "exitCode": review.exit_code,
        "exitCodeDescription": printable(told.verdict),
        "toolExecutionNotifications": [*violations, *notices],
        "toolConfigurationNotifications": bad,
    }


def _result(shown: Shown) -> dict[str, Any]:
    change = shown.change
    approval = shown.approval
    suppressions = (
        [
            {
                "kind": "external",
                "status": "accepted",
                "justification": printable(approval_told(approval)),
            }
        ]
        if approval
        else []
    )
    index = {"ruleIndex": PLACES[change.rule]} if change.rule in PLACES else {}
    return {
        "ruleId": change.rule,
        **index,
        "level": _level(change),
        "message": {"text": "\n".join(lines_of(shown))},
        "locations": [_location(change)],
        **_related(change),
        "partialFingerprints": {
            FINGERPRINT: shown.fingerprint,
            OF_CODE_HOSTS: f"{shown.fingerprint}:1",
        },
        "suppressions": suppressions,
        "properties": {
            "number": shown.number,
            "operations": len(change.operations),
            "group": shown.group,
            "clients": change.clients,
            "servers": change.servers,
            "guarantee": change.guarantee,
            "requirements": [printable(str(one)) for one in change.requirements],
            "testsThatMustChange": [printable(one) for one in change.tests.must_change],
            "testsThatProveNothing": [printable(one) for one in change.tests.prove_nothing],
            "judged": change.judged,
            "pointer": printable(change.pointer),
            "violates": [printable(one) for one in shown.violates],
        },
    }


def _location(change: Change) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(change.place)}}
    if change.head:
        physical["region"] = {"startLine": change.head.line}
    logical = [{"name": printable(name), "kind": "function"} for name in change.operations[:FEW]]
    return {"physicalLocation": physical, **({"logicalLocations": logical} if logical else {})}


def _related(change: Change) -> dict[str, Any]:
    if change.base is None:
        return {}
    place = {
        "artifactLocation": {"uri": _uri(change.base), "uriBaseId": BASE},
        "region": {"startLine": change.base.line},
    }
    return {"relatedLocations": [{"physicalLocation": place, "message": {"text": "in the base"}}]}


def _uri(place: Place) -> str:
    return quote(place.file.encode("utf-8", "surrogatepass"), safe="/")
