"""What every view tells of a review: the verdict, the groups, the counts. No view counts itself."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from conformance.reports.counted import counted
from conformance.review.changes import Approval, Change, Review, Violation, order

Word = Literal["ready", "not-ready", "unchanged"]

BY_RANK: Final = (
    "weakened",
    "breaks",
    "may-break",
    "requirements",
    "new-duty",
    "strengthened",
    "other",
    "not-judged",
)
APPROVED: Final = "approved"
GROUPS: Final[Mapping[str, str]] = {
    "weakened": "Guarantees weakened",
    "breaks": "Clients break",
    "may-break": "Clients may break",
    "requirements": "Requirements changed",
    "new-duty": "Servers must do more",
    "strengthened": "Guarantees strengthened",
    "other": "Other changes",
    "not-judged": "Changed, not judged",
    APPROVED: "Approved",
}
LABELS: Final[Mapping[str, tuple[str, Callable[[Change], bool]]]] = {
    "guarantee=weakened": ("guarantees weakened", lambda one: one.guarantee == "weakened"),
    "clients=breaks": ("clients break", lambda one: one.clients == "breaks"),
    "clients=may-break": ("clients may break", lambda one: one.clients == "may-break"),
    "servers=new-duty": ("servers must do more", lambda one: one.servers == "new-duty"),
    "requirements": ("requirements touched", lambda one: bool(one.requirements)),
    "tests": ("tests touched", lambda one: bool(one.tests.must_change or one.tests.prove_nothing)),
    "servers=relaxed": ("servers must do less", lambda one: one.servers == "relaxed"),
    "guarantee=strengthened": (
        "guarantees strengthened",
        lambda one: one.guarantee == "strengthened",
    ),
    "not-judged": ("changed, not judged", lambda one: not one.judged),
}
LABEL_OF: Final = {
    "weakened": "guarantee=weakened",
    "breaks": "clients=breaks",
    "may-break": "clients=may-break",
    "requirements": "requirements",
    "new-duty": "servers=new-duty",
    "strengthened": "guarantee=strengthened",
    "not-judged": "not-judged",
}
OF_THE_WHOLE: Final = {"version=too-small": "the version is too small"}
BREAKING_OF: Final[Mapping[str, tuple[str, str]]] = {
    "guarantee=weakened": ("weakens a guarantee", "weaken a guarantee"),
    "clients=breaks without major": (
        "breaks clients without a major version",
        "break clients without a major version",
    ),
    "clients=breaks": ("breaks clients", "break clients"),
    "clients=may-break": ("may break clients", "may break clients"),
    "servers=new-duty": ("gives servers a new duty", "give servers a new duty"),
    "requirements=unexplained": (
        "changes a requirement and says nowhere why",
        "change a requirement and say nowhere why",
    ),
    "tests=prove-nothing": ("leaves tests that prove nothing", "leave tests that prove nothing"),
    "not-judged": ("is not judged", "are not judged"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A change as all views show it.

    Attributes:
        number: from 1, in the order of showing.
        group: a key of GROUPS.
        fingerprint: of the change, which is dear to ask for.
        approval: None while nobody approved it.
        violates: the clauses of the policy that it breaks.

    """

    number: int
    change: Change
    group: str
    fingerprint: str
    approval: Approval | None
    violates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """How many changes have a label: those that are open, and those that somebody approved."""

    open: int
    approved: int


@dataclass(frozen=True, slots=True)
class Told:
    """A review, grouped and counted.

    Attributes:
        word: the verdict in one public word.
        verdict: the verdict as a clause: `not ready, since 4 changes weaken a guarantee`.
        groups: what is shown in each group that has something, worst first, approved last.
        counts: by key of LABELS; `changes` counts all.

    """

    word: Word
    verdict: str
    groups: Mapping[str, tuple[Shown, ...]]
    counts: Mapping[str, Count]

    @property
    def shown(self) -> Iterator[Shown]:
        """Go through all changes in the order of showing."""
        return (one for group in self.groups.values() for one in group)

    def heading(self, group: str) -> str:
        """Name a group with its number, and with what has its label and is listed elsewhere."""
        listed = len(self.groups[group])
        label = LABEL_OF.get(group)
        elsewhere = self.counts[label].open - listed if label else 0
        more = f" (and {elsewhere} in other groups)" if elsewhere else ""
        return f"{GROUPS[group]}: {listed}{more}"


def told_of(review: Review) -> Told:
    """Group and count a review."""
    groups = _groups(review)
    shown = [one for group in groups.values() for one in group]
    counts = {"changes": _count(shown, lambda _: True)}
    counts |= {label: _count(shown, has) for label, (_, has) in LABELS.items()}
    return Told(_word(review), _verdict(review, counts["changes"]), groups, counts)


def group_of(change: Change) -> str:
    """Name the group of a change that nobody approved."""
    return BY_RANK[order(change)[0]]


def _groups(review: Review) -> dict[str, tuple[Shown, ...]]:
    found: dict[str, list[tuple[str, Change]]] = {name: [] for name in GROUPS}
    for change in review.changes:
        named = change.fingerprint
        group = APPROVED if named in review.approved else group_of(change)
        found[group].append((named, change))
    violated = _violated(review)
    groups: dict[str, tuple[Shown, ...]] = {}
    number = 0
    for group, changes in found.items():
        shown: list[Shown] = []
        for named, change in changes:
            number += 1
            approval = review.approved.get(named)
            clauses = violated.get(named, ())
            shown.append(Shown(number, change, group, named, approval, clauses))
        if shown:
            groups[group] = tuple(shown)
    return groups


def _violated(review: Review) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for violation in review.violations:
        for one in violation.fingerprints:
            found[one] = (*found.get(one, ()), violation.clause)
    return found


def _count(shown: list[Shown], has: Callable[[Change], bool]) -> Count:
    approved = [one.approval is not None for one in shown if has(one.change)]
    return Count(approved.count(False), approved.count(True))


def _word(review: Review) -> Word:
    if review.exit_code:
        return "not-ready"
    return "ready" if review.changes else "unchanged"


def _verdict(review: Review, changes: Count) -> str:
    match _word(review):
        case "unchanged":
            return "nothing changed"
        case "ready":
            approved = f" ({changes.approved} approved)" if changes.approved else ""
            total = counted(changes.open + changes.approved, "change")
            return f"ready, {total}{approved} and nothing that the policy forbids"
        case _:
            return f"not ready, since {' and '.join(_reasons(review))}"


def _reasons(review: Review) -> Iterator[str]:
    """Say in a few words each what the review is red for."""
    named = "change"
    for violation in review.violations:
        yield _broken(violation, named)
        named = "" if violation.fingerprints else named
    for problem in ("stale", "expired"):
        if number := sum(one.problem == problem for one in review.bad_approvals):
            yield f"{counted(number, 'approval is', 'approvals are')} {problem}"
    if not review.violations and not review.bad_approvals:
        yield f"the exit code is {review.exit_code}"


def _broken(violation: Violation, noun: str) -> str:
    number = len(set(violation.fingerprints))
    clause = violation.clause
    if not number:
        return OF_THE_WHOLE.get(clause, f"{clause} does not hold")
    who = counted(number, noun) if noun else str(number)
    against = f"against {clause}"
    return f"{who} {BREAKING_OF.get(clause, (against, against))[number > 1]}"
