"""Command ids are no counters."""

from collections.abc import Collection
from itertools import zip_longest
from math import log2
from typing import Final

from conformance import expect
from conformance.checks import EVERY_WRITE, Invariant, Judgements, Missing, invariant
from conformance.history import RouteHistory

FEWEST_IDS: Final = 8
FEWEST_BITS: Final = 24
CREATES: Final = (
    *EVERY_WRITE,
    "a_member_of_each_kind_is_readable_once_created",
    "a_member_is_created_as_it_was_asked_for",
    "the_published_service_is_assigned_at_create_and_stays",
    "a_rename_changes_nothing_but_the_name",
    "a_status_url_opens_nothing_by_itself",
)


@invariant("SEC-04", over=RouteHistory, stimulus=CREATES)
def command_ids_cannot_be_guessed(route: RouteHistory) -> Judgements:
    made = {
        write.members["commandId"]: write
        for write in route.receipts()
        if write.members["commandId"] != write.given.get("commandId")
    }
    if len(made) >= FEWEST_IDS:
        bits = varying_bits(made)
        expected = f"more than {FEWEST_BITS} bits that differ between {len(made)} commandIds"
        shown_by = list(made.values())[-2:]
        yield expect.that(bits > FEWEST_BITS, expected, f"{bits:.0f} bits", *shown_by)
    elif made:
        yield Missing(f"{len(made)} commandIds are too few", tuple(made.values()))


def varying_bits(ids: Collection[str]) -> float:
    """Return how many bits differ between ids, as far as so few of them show it."""
    columns = zip_longest(*ids, fillvalue="")
    return sum(log2(len(set(column))) for column in columns)


INVARIANTS: Final[tuple[Invariant, ...]] = (command_ids_cannot_be_guessed,)
