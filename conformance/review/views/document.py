"""The review for programs, in the form of `schemas/review-report.schema.json`."""

import json
import math
from dataclasses import asdict
from typing import Any, Final

from conformance.review.changes import ABSENT, Approval, Change, Review
from conformance.review.nodes import Place
from conformance.review.rules import RULES
from conformance.review.views.told import LABELS, Shown, told_of
from conformance.versions import kit_version

Json = Any
REVIEW_VERSION: Final = 1


def document(review: Review) -> str:
    """Return the review as JSON in ASCII: whatever a contract holds, it can be printed."""
    return json.dumps(to_dict(review), indent=2, allow_nan=False) + "\n"


def to_dict(review: Review) -> dict[str, Any]:
    """Return the review as values of JSON."""
    told = told_of(review)
    return {
        "review_version": REVIEW_VERSION,
        "kit": {"version": kit_version()},
        "verdict": told.word,
        "meaning": told.verdict,
        "exit_code": review.exit_code,
        "base": asdict(review.base),
        "head": asdict(review.head),
        "version": asdict(review.version),
        "counts": {label: asdict(told.counts[label]) for label in ("changes", *LABELS)},
        "violations": [
            {**asdict(one), "fingerprints": list(one.fingerprints)} for one in review.violations
        ],
        "bad_approvals": [
            {"problem": one.problem, "sentence": one.sentence, **_approval(one.approval)}
            for one in review.bad_approvals
        ],
        "notices": list(review.notices),
        "changes": [_change(one) for one in told.shown],
    }


def _change(shown: Shown) -> dict[str, Any]:
    change = shown.change
    title = RULES[change.rule].title if change.rule in RULES else ""
    return {
        "number": shown.number,
        "group": shown.group,
        "fingerprint": shown.fingerprint,
        "rule": change.rule,
        "title": title,
        "what": change.what,
        "means": change.means,
        "clients": change.clients,
        "servers": change.servers,
        "guarantee": change.guarantee,
        "requirements": [asdict(one) for one in change.requirements],
        "tests": {
            "must_change": list(change.tests.must_change),
            "prove_nothing": list(change.tests.prove_nothing),
        },
        "judged": change.judged,
        "pointer": change.pointer,
        "values": change.values,
        "base": _place(change.base),
        "head": _place(change.head),
        **_values(change),
        "operations": list(change.operations),
        "reaches": [asdict(one) for one in change.reaches],
        "violates": list(shown.violates),
        "approval": _approval(shown.approval) if shown.approval else None,
    }


def _place(place: Place | None) -> dict[str, Any] | None:
    return asdict(place) if place else None


def _approval(approval: Approval) -> dict[str, Any]:
    return asdict(approval)


def _values(change: Change) -> dict[str, Json]:
    both = {"before": change.before, "after": change.after}
    return {side: _finite(value) for side, value in both.items() if value != ABSENT}


def _finite(value: Json) -> Json:
    """Spell as YAML does the numbers that JSON has no form for."""
    if isinstance(value, dict):
        return {str(key): _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return ".nan" if math.isnan(value) else f"{'-' if value < 0 else ''}.inf"
    return value
