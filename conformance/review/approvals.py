"""What approvals are good for: the changes they say yes to, and those that are no use."""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from conformance.review.changes import Approval, BadApproval, Change

NAME: Final = "spec-approvals.yaml"


def weighed(
    approvals: Iterable[Approval], changes: Iterable[Change], today: date, name: str = NAME
) -> tuple[Mapping[str, Approval], tuple[BadApproval, ...]]:
    """Say which changes are approved, by fingerprint, and which approvals are no use.

    Args:
        approvals: in the order of their file, each of another change.
        changes: of the review.
        today: in UTC; an approval counts through its last day.
        name: of the file, for the sentences.

    """
    found = list(changes)
    approved: dict[str, Approval] = {}
    bad = []
    for one in approvals:
        met = [change.fingerprint for change in found if key_of(change) == _key(one)]
        where = f"{name} (line {one.line})"
        if not met:
            bad.append(BadApproval(one, "stale", f"{where}: {_why_stale(one, found)}"))
        elif date.fromisoformat(one.until) < today:
            bad.append(BadApproval(one, "expired", f"{where}: {_why_expired(one, today)}"))
        else:
            approved |= dict.fromkeys(met, one)
    return approved, tuple(bad)


def key_of(change: Change) -> tuple[str, str, str]:
    """Return what an approval of a change names."""
    return change.rule, change.pointer, change.values


def _key(approval: Approval) -> tuple[str, str, str]:
    return approval.rule, approval.pointer, approval.values


def _why_expired(approval: Approval, today: date) -> str:
    who = approval.who.strip()
    return (
        f"the yes of {who} counted until {approval.until}, and today is {today}, in UTC. "
        f"Undo the change, or ask {who} for a new day."
    )


def _why_stale(approval: Approval, changes: Sequence[Change]) -> str:
    rule, pointer, values = _key(approval)
    for change in changes:
        now = key_of(change)
        if now[:2] == (rule, pointer):
            return (
                f"the change is another one now: {change.what}, values {change.values}. "
                "Look at it anew, and approve that one if it may be."
            )
        if now[1:] == (pointer, values):
            return f"that change is one of {change.rule} now. Correct the rule, if it may be."
    moved = [one.pointer for one in changes if (one.rule, one.values) == (rule, values)]
    if moved:
        return f"that change is at {moved[0]} now. Correct the pointer."
    return " ".join((f"nothing at {pointer} is a change of {rule}.", *_near(approval, changes)))


def _near(approval: Approval, changes: Iterable[Change]) -> Iterator[str]:
    pointers = [one.pointer for one in changes if one.rule == approval.rule]
    for near in difflib.get_close_matches(approval.pointer, pointers, n=1):
        yield f"The nearest is at {near}."
    yield "Remove the entry; if its change is merged, it has done its work."
