"""A review put together: what changed, by which labels, who said yes, what the gate makes of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from conformance.judge import Exit
from conformance.review.approvals import NAME, weighed
from conformance.review.changes import (
    Approval,
    BadApproval,
    Change,
    Review,
    SideTold,
    Violation,
    order,
)
from conformance.review.clauses import Facts, violations
from conformance.review.collector import collector_at_rest
from conformance.review.comparing import compare
from conformance.review.explained import unexplained
from conformance.review.guarantees import guaranteed
from conformance.review.nodes import Node
from conformance.review.object_kinds import METHODS
from conformance.review.policy import Policy
from conformance.review.sides import Side
from conformance.review.version import advise, has_major


@dataclass(frozen=True, slots=True)
class Approvals:
    """The approvals file, and the day on which it is read.

    Attributes:
        entries: in the order of the file.
        today: in UTC.
        name: of the file, for a reader.

    """

    today: date
    entries: tuple[Approval, ...] = ()
    name: str = NAME


def review(
    base: Side, head: Side, policy: Policy, approvals: Approvals, notices: Iterable[str] = ()
) -> Review:
    """Review two sides: find what changed, label it, weigh it.

    Args:
        base: what was.
        head: what is to be.
        policy: by what the gate decides.
        approvals: what somebody said yes to.
        notices: what the reader should know beside the changes.

    """
    with collector_at_rest():
        structural = compare(base, head)
        changes = guaranteed(structural, base, head, policy.annotations)
    return weigh((base, head), changes, policy, approvals, notices)


def weigh(
    sides: tuple[Side, Side],
    changes: Iterable[Change],
    policy: Policy,
    approvals: Approvals,
    notices: Iterable[str] = (),
) -> Review:
    """Make a review of changes; the arguments are those of `review`."""
    base, head = sides
    labelled, relabellings = policy.relabelled(changes)
    found = tuple(sorted(labelled, key=order))
    approved, bad = weighed(approvals.entries, found, approvals.today, approvals.name)
    advice = advise(base.version, head.version, found, approved)
    facts = Facts(
        advice,
        has_major(base.version, head.version),
        unexplained(found, base.catalogue, head.catalogue),
    )
    still_open = [one for one in found if one.fingerprint not in approved]
    broken = tuple(violations(still_open, policy.fail_on, facts))
    return Review(
        _told(base),
        _told(head),
        advice,
        found,
        approved,
        bad,
        broken,
        (*notices, *policy.weaker_than_default(), *relabellings),
        _exit_code(broken, bad),
    )


def _exit_code(broken: Sequence[Violation], bad: Sequence[BadApproval]) -> Exit:
    if broken:
        return Exit.FAILED
    return Exit.WAIVER if bad else Exit.FINE


def _told(side: Side) -> SideTold:
    return SideTold(side.name, side.version, side.openapi, sum(1 for _ in _operations(side)))


def _operations(side: Side) -> Iterator[Node]:
    for name in ("paths", "webhooks"):
        yield from _below(side, side.root.get(name), ())


def _below(side: Side, items: Node | None, above: tuple[Node, ...]) -> Iterator[Node]:
    """Yield the operations of a mapping to path items, those of callbacks among them."""
    for _, written in items.items() if items else ():
        item = side.follow(written)
        others = item.get("additionalOperations")
        named = [one for name, one in item.items() if name in METHODS]
        for operation in (*named, *(one for _, one in others.items())) if others else named:
            yield operation
            callbacks = operation.get("callbacks")
            for _, callback in callbacks.items() if callbacks else ():
                called = side.follow(callback)
                if called not in above:
                    yield from _below(side, called, (*above, called))
