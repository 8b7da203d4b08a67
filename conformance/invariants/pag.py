"""Paging: a row of the roster and the member that it stands for."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from conformance import expect
from conformance.checks import Invariant, Judgements, invariant
from conformance.exchange import Exchange
from conformance.history import MemberHistory

IDENTITY: Final = ("memberId", "publishedServiceId", "implementationKind")
VERSIONED: Final = ("displayName", "stateVersion")
Shown = tuple[Mapping[str, Any], Exchange]


@invariant("PAG-07", over=MemberHistory, stimulus=("a_renamed_member_in_the_roster",))
def a_row_shows_the_identity_of_its_member(member: MemberHistory) -> Judgements:
    for row, listed in _different(member, "listMembers"):
        for summary, read in _different(member, "getMember"):
            both = _told(row) & _told(summary)
            versions = row.get("stateVersion"), summary.get("stateVersion")
            versioned = "stateVersion" in both
            if versioned and versions[0] != versions[1]:
                continue
            for name in sorted(both & {*IDENTITY, *(VERSIONED[:1] if versioned else ())}):
                what = f"{name} of {member.member_id} on the roster"
                yield expect.equal(row[name], summary[name], what, read, listed)


def _different(member: MemberHistory, operation_id: str) -> Iterator[Shown]:
    """Yield each identity and version that an operation showed, with its first exchange."""
    met: set[str] = set()
    for summary, exchange in member.summaries:
        spelt = str([summary.get(name) for name in (*IDENTITY, *VERSIONED)])
        if exchange.operation_id == operation_id and spelt not in met:
            met.add(spelt)
            yield summary, exchange


def _told(document: Mapping[str, Any]) -> set[str]:
    return {name for name, value in document.items() if value is not None}


INVARIANTS: Final[tuple[Invariant, ...]] = (a_row_shows_the_identity_of_its_member,)
