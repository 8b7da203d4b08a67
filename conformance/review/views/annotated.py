"""The review as annotations of a GitHub job: lines that its runner reads as commands."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from conformance.reports.printable import printable
from conformance.reports.workflow_command import annotation
from conformance.review.changes import Change, Review
from conformance.review.views import words
from conformance.review.views.told import GROUPS, LABELS, Shown, Told, told_of

MOST: Final = 10
LONGEST: Final = 400
REST: Final = "the full report has all"


def annotated(review: Review) -> str:
    """Return a line with the verdict, and the first ten things that it is red for.

    A change stands at its line of the head. One that is gone has no line there: it stands at the
    file, and its message says the line in the base.
    """
    told = told_of(review)
    gate = [*_gate(review)]
    causes = [*islice(_causes(told), max(MOST - len(gate), 0))]
    lines = [_verdict(review, told, len(causes)), *gate[:MOST], *causes]
    return "".join(f"{line}\n" for line in lines)


def _verdict(review: Review, told: Told, shown: int) -> str:
    counts = [
        f"{title}: {count.open} open, {count.approved} approved"
        for label, (title, _) in LABELS.items()
        if (count := told.counts[label]).open or count.approved
    ]
    every = told.counts["changes"]
    total = f"all changes: {every.open} open, {every.approved} approved"
    left = sum(1 for _ in _causes(told)) - shown
    more = [f"{left} more changes are not annotated; the full report has them."] if left else []
    lines = [printable(review.version.sentence), *counts, total, *more]
    title = printable(f"Contract review: {told.verdict}")
    return annotation("notice", title, "\n".join(lines))


def _gate(review: Review) -> Iterator[str]:
    for one in review.violations:
        if not one.fingerprints:
            title = printable(f"Policy: {one.clause}")
            yield annotation("error", title, printable(one.sentence, LONGEST))
    for bad in review.bad_approvals:
        yield annotation("error", f"Approval {bad.problem}", printable(bad.sentence, LONGEST))


def _causes(told: Told) -> Iterator[str]:
    """Yield what breaks the policy, then what else is worth a warning; the rest is no cause."""
    worth = [one for one in told.shown if one.violates or _is_worth(one)]
    for one in sorted(worth, key=lambda one: not one.violates):
        yield _annotation(one)


def _is_worth(shown: Shown) -> bool:
    quiet = {"strengthened", "other", "not-judged", "approved"}
    return shown.group not in quiet


def _annotation(shown: Shown) -> str:
    change = shown.change
    lines = [
        change.what,
        change.means,
        ", ".join(words.labels_of(change)),
        f"reaches {words.operations_told(change, REST)}",
        f"written {words.places_told(change)}" if change.base else "",
        f"fingerprint: {shown.fingerprint}",
    ]
    message = "\n".join(printable(one, LONGEST) for one in lines if one)
    title = f"{GROUPS[shown.group]}: {change.rule}"
    kind = "error" if shown.violates else "warning"
    return annotation(kind, printable(title), message, _place(change))


def _place(change: Change) -> dict[str, str]:
    line = {"line": str(change.head.line)} if change.head else {}
    return {"file": printable(change.place.file), **line}
