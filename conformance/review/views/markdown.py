"""The review as one comment on a pull request: a screen that says what matters, the rest folded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from conformance.reports.counted import counted
from conformance.reports.printable import printable
from conformance.review.changes import ABSENT, Review
from conformance.review.views import words
from conformance.review.views.entries import ready_entry
from conformance.review.views.inside import fields_of
from conformance.review.views.markup import code, fenced, prose
from conformance.review.views.told import APPROVED, GROUPS, LABELS, Shown, Told, told_of

LIMIT: Final = 59_000
"""Bytes of a comment: 60,000 with what may be put around it. GitHub takes 65,536 characters."""

SUMMARY_LIMIT: Final = 1_000_000
"""Bytes of a summary of a job, of which GitHub takes a mebibyte."""

FIRST_SCREEN: Final = 25
LINES_OF_A_CAUSE: Final = 2
LONGEST_CAUSE: Final = 200
LONGEST_POINT: Final = 200
POINTS: Final = 3
ENTRIES: Final = 20
NAME: Final = "contract"
FULL: Final = "`ackproof review` with `--format text`, `html` or `json` has all of them"
RULE_OF_THE_TABLE: Final = "|---|---:|---:|---|"
QUIET: Final = ("strengthened", "other", "not-judged")
OF_LITTLE_WEIGHT: Final = frozenset({"servers=relaxed", "guarantee=strengthened", "not-judged"})
AS_A_DIFF: Final = {"was": "-", "is": "+"}
GONE: Final = (
    "The contract says the same in base and head. "
    "Whatever an earlier version of this comment told of is gone."
)
WHAT_IT_IS: Final = """\
This compares the contract of the API before and after. Each change is told once, where it is \
written, with five answers:

- **guarantee**: may a client still believe what the contract promised, such as that what was \
acknowledged is kept? *Weakened* means no, even where every program goes on working.
- **clients**: does a correct client of the old contract *break* on a correct server of the new one?
- **servers**: must a correct server of the old contract *do more*, or may it do *less*?
- **requirements**: which numbered requirements of the catalogue are added, removed or changed?
- **tests**: which tests must change, and which prove nothing any more?

*Open* changes are those that nobody approved. *Not judged* are those that no rule knows: look at \
them."""
TO_APPROVE: Final = """\
Approve a change by adding its entry to `spec-approvals.yaml`: say who answers for it, why, and \
until when. It counts for exactly this change; another value asks again."""


@dataclass(frozen=True, slots=True)
class Fold:
    """A part that is folded: its title, and blocks of which the last are left out first."""

    title: str
    blocks: tuple[str, ...]

    def with_the_first(self, number: int) -> str:
        """Return it with so many of its blocks."""
        inside = "\n\n".join(self.blocks[:number])
        return f"<details><summary>{self.title}</summary>\n\n{inside}\n\n</details>"


def marker_of(name: str) -> str:
    """Return the hidden first line by which the comment of a name is found again."""
    safe = "".join(one if one.isalnum() or one in "._ " else "_" for one in printable(name))
    return f"<!-- ackproof review: {safe} -->"


def summary(review: Review) -> str:
    """Return what `markdown` does, with the room that a summary of a job has."""
    return markdown(review, limit=SUMMARY_LIMIT)


def markdown(review: Review, name: str = NAME, full: str = FULL, limit: int = LIMIT) -> str:
    """Return the review as Markdown of GitHub.

    Args:
        review: any.
        name: tells it from other comments of the kit on one pull request.
        full: where the whole report is, Markdown, a clause; told where a change has no room.
        limit: bytes of UTF-8; what comes last of the changes is left out above it.

    """
    told = told_of(review)
    folds = [*_groups(told)]
    points = [*_points(review, told)]
    ends = [
        _rest_of_points(points[POINTS:]),
        _approving(told),
        Fold("What the words mean", (WHAT_IT_IS,)),
    ]
    last = [one for one in ends if one.blocks] if review.changes or review.exit_code else []
    head = [marker_of(name), *_head(review, told, points[:POINTS])]
    lines = sum(map(_lines, head[1:])) + len(folds) + len(last)
    head += _causes(told, FIRST_SCREEN - lines)
    tail = [one.with_the_first(len(one.blocks)) for one in last]
    return "\n\n".join([*head, *_within(limit - _size([*head, *tail]), folds, full), *tail]) + "\n"


def _lines(block: str) -> int:
    """Count the lines that a reader sees; the rule of a table is none."""
    lines = block.splitlines()
    return len(lines) - lines.count(RULE_OF_THE_TABLE)


def _size(texts: Sequence[str]) -> int:
    return sum(len(one.encode("utf-8", "backslashreplace")) + 2 for one in texts)


def _within(room: int, folds: Sequence[Fold], full: str) -> Iterator[str]:
    """Yield as many whole changes as have room, and say how many have none."""
    room -= _size([_left(10**6, full), *(one.with_the_first(0) for one in folds)])
    left = 0
    for fold in folds:
        kept = 0
        for block in fold.blocks:
            size = _size([block])
            if left or size > room:
                left += 1
            else:
                room -= size
                kept += 1
        if kept:
            yield fold.with_the_first(kept)
    if left:
        yield _left(left, full)


def _left(number: int, full: str) -> str:
    has = counted(number, "change has", "changes have")
    return f"**{has} no room here**; {full}."


def _head(review: Review, told: Told, points: Sequence[str]) -> Iterator[str]:
    yield f"### Contract review: {prose(told.verdict, LONGEST_POINT)}"
    sides = f"From {code(review.base.name)} to {code(review.head.name)}."
    yield f"**{prose(review.version.sentence, LONGEST_POINT)}** {sides}"
    if told.word == "unchanged":
        yield GONE
    if points:
        yield "\n".join(points)
    if review.changes:
        yield _table(review, told)


def _points(review: Review, told: Told) -> Iterator[str]:
    numbers = {one.fingerprint: one.number for one in told.shown}
    for one in review.violations:
        found = [numbers[print_of] for print_of in one.fingerprints if print_of in numbers]
        which = f", {words.numbers_told(found)}" if found else ""
        yield f"- {prose(one.sentence, LONGEST_POINT)} ({code(one.clause)}{prose(which)})"
    for bad in review.bad_approvals:
        yield f"- Approval {bad.problem}: {prose(bad.sentence, LONGEST_POINT)}"
    for notice in review.notices:
        yield f"- {prose(notice, LONGEST_POINT)}"


def _rest_of_points(rest: Sequence[str]) -> Fold:
    title = f"{counted(len(rest), 'further remark')}: policy, approvals, notices"
    return Fold(title, ("\n".join(rest),) if rest else ())


def _table(review: Review, told: Told) -> str:
    shown = list(told.shown)
    rows = ["| changes | open | approved | what they touch |", RULE_OF_THE_TABLE]
    for label, (title, _) in LABELS.items():
        count = told.counts[label]
        if label not in OF_LITTLE_WEIGHT and (count.open or count.approved):
            detail = prose(words.detail_of(label, review, shown), LONGEST_POINT)
            rows.append(f"| {title} | {count.open} | {count.approved} | {detail} |")
    every, light = told.counts["changes"], " · ".join(_light(told))
    return "\n".join([*rows, f"| all changes | {every.open} | {every.approved} | {light} |"])


def _light(told: Told) -> Iterator[str]:
    for label, (title, _) in LABELS.items():
        count = told.counts[label]
        if label in OF_LITTLE_WEIGHT and (count.open or count.approved):
            approved = f" + {count.approved} approved" if count.approved else ""
            yield f"{title}: {count.open}{approved}"


def _causes(told: Told, lines: int) -> Iterator[str]:
    """Yield what has room on the first screen, of what a reader must know first."""
    worst = [one for one in told.shown if one.group not in (*QUIET, APPROVED)]
    number = min(len(worst), lines // LINES_OF_A_CAUSE)
    if number > 0:
        yield "\n".join(map(_cause, worst[:number]))


def _cause(shown: Shown) -> str:
    change = shown.change
    what = words.shortened(change.what, LONGEST_CAUSE)
    place = str(change.place)
    means = words.shortened(change.means, max(LONGEST_CAUSE - len(what) - len(place), 0))
    said = f"{prose(means)} " if means else ""
    return f"{shown.number}. **{prose(words.sentence(what))}** {said}{code(place)}"


def _groups(told: Told) -> Iterator[Fold]:
    for name in GROUPS:
        if name in told.groups and name not in QUIET:
            blocks = tuple(map(_block, told.groups[name]))
            yield Fold(f"<b>{told.heading(name)}</b>", blocks)
        if name == QUIET[-1] and (quiet := [one for one in QUIET if one in told.groups]):
            title = " · ".join(told.heading(one) for one in quiet)
            shown = (one for group in quiet for one in told.groups[group])
            yield Fold(title, tuple(map(_block, shown)))


def _block(shown: Shown) -> str:
    change = shown.change
    fields = [*fields_of(shown)]
    diff = [
        f"{AS_A_DIFF[label]} {value}"
        for label, value in fields
        if label in AS_A_DIFF and value != ABSENT
    ]
    parts = [
        f"**{shown.number}. {prose(words.sentence(change.what))}** {prose(change.means)}".rstrip()
    ]
    parts += [fenced(diff, "diff")] if diff else []
    said = [f"- {label}: {prose(value)}" for label, value in fields if label not in AS_A_DIFF]
    return "\n\n".join([*parts, "\n".join(said)])


def _approving(told: Told) -> Fold:
    """Return the entries that approve what the policy forbids."""
    forbidden = [one for one in told.shown if one.violates]
    if not forbidden:
        return Fold("How to approve", ())
    entries = "".join(ready_entry(one.change) for one in forbidden[:ENTRIES]).splitlines()
    left = len(forbidden) - ENTRIES
    more = [f"`ackproof review --print-approvals` prints {left} more."] if left > 0 else []
    return Fold("How to approve", (TO_APPROVE, fenced(entries, "yaml"), *more))
