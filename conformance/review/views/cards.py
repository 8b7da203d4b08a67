"""What the page shows of each change, and what it has no room for."""

import html
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from conformance.review.changes import ABSENT, Reach, Review
from conformance.review.rules import RULES
from conformance.review.views import words
from conformance.review.views.entries import ready_entry
from conformance.review.views.side_by_side import Pieces, pieces_of
from conformance.review.views.told import LABELS, Shown, Told

ROOM_FOR_VALUES: Final = 2_000_000
ROOM_FOR_REACHES: Final = 1_200_000
OPEN_AT_MOST: Final = 20
OPENED: Final = frozenset({"weakened", "breaks"})
AGAINST: Final = "policy"
APPROVED: Final = "approved"
ELSEWHERE: Final = "The JSON report has all of it."


@dataclass
class Room:
    """Bytes of HTML that are left for something."""

    left: int

    def takes(self, text: str) -> bool:
        """Whether a text has room; if it has, there is less afterwards."""
        size = len(html.escape(text).encode("utf-8", "backslashreplace"))
        if size > self.left:
            return False
        self.left -= size
        return True


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a change: where it is, and the value in pieces; why there is none."""

    title: str
    place: str
    pieces: Pieces
    missing: str


@dataclass(frozen=True, slots=True)
class Row:
    """An operation that a change reaches, and where in it."""

    operation: str
    where: str


@dataclass(frozen=True, slots=True)
class Card:
    """A change as the page shows it.

    Attributes:
        labels: what it is filtered by: keys of LABELS, `policy`, `approved`.
        places: of its operations among all those of the page, as runs: `0-4 7`.
        rows: the operations, those that have room.
        rows_left: how many have none.
        same_as: number of an earlier change that reaches the same; 0 if there is none.

    """

    shown: Shown
    title: str
    labels: tuple[str, ...]
    places: str
    rows: tuple[Row, ...]
    rows_left: int
    same_as: int
    sides: tuple[Side, ...]
    entry: str
    open: bool


@dataclass
class Cards:
    """Makes the cards of a review."""

    told: Told
    operations: Sequence[str]
    values: Room = field(default_factory=lambda: Room(ROOM_FOR_VALUES))
    reaches: Room = field(default_factory=lambda: Room(ROOM_FOR_REACHES))
    first: dict[tuple[Reach, ...], int] = field(default_factory=dict)

    def all(self) -> dict[str, list[Card]]:
        """Return the cards by group."""
        index = {name: place for place, name in enumerate(self.operations)}
        total = sum(len(shown) for shown in self.told.groups.values())
        return {
            name: [
                self._card(one, index, opened=name in OPENED and total <= OPEN_AT_MOST)
                for one in shown
            ]
            for name, shown in self.told.groups.items()
        }

    def _card(self, shown: Shown, index: dict[str, int], *, opened: bool) -> Card:
        change = shown.change
        same_as = self.first.setdefault(change.reaches, shown.number)
        rows = () if same_as != shown.number else tuple(self._rows(change.reaches))
        total = len(set(change.operations)) if same_as == shown.number else 0
        return Card(
            shown,
            RULES[change.rule].title if change.rule in RULES else "",
            tuple(_labels(shown)),
            runs([index[name] for name in change.operations]),
            rows,
            total - len(rows),
            same_as if same_as != shown.number and change.reaches else 0,
            tuple(self._sides(shown)),
            ready_entry(change) if shown.violates else "",
            opened,
        )

    def _rows(self, reaches: Iterable[Reach]) -> Iterator[Row]:
        found: dict[str, list[str]] = {}
        for reach in reaches:
            found.setdefault(reach.operation, []).append(words.where(reach))
        for operation, parts in sorted(found.items()):
            row = Row(operation, "; ".join(filter(None, dict.fromkeys(parts))))
            if not self.reaches.takes(row.operation + row.where + "<li><code></code></li>"):
                return
            yield row

    def _sides(self, shown: Shown) -> Iterator[Side]:
        change = shown.change
        values = change.before, change.after
        pieces = pieces_of(*values)
        places = change.base, change.head
        titles = ("before", "after")
        for title, place, value, those in zip(titles, places, values, pieces, strict=True):
            kept = those if self.values.takes("".join(one.text for one in those)) else ()
            missing = "It is not there." if value == ABSENT else "" if kept else ELSEWHERE
            yield Side(title, str(place) if place else "", kept, "" if value == "" else missing)


def operations_of(review: Review) -> list[str]:
    """Return every operation that a change of the review reaches, sorted."""
    return sorted({name for change in review.changes for name in change.operations})


def _labels(shown: Shown) -> Iterator[str]:
    yield from (label for label, (_, has) in LABELS.items() if has(shown.change))
    if shown.violates:
        yield AGAINST
    if shown.approval:
        yield APPROVED


def runs(places: Sequence[int]) -> str:
    """Spell numbers as runs: `0-4 7`."""
    found: list[list[int]] = []
    for place in sorted(places):
        if found and found[-1][1] == place - 1:
            found[-1][1] = place
        else:
            found.append([place, place])
    return " ".join(str(one) if one == last else f"{one}-{last}" for one, last in found)
