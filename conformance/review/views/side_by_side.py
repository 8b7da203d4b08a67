"""Two values next to each other: pretty, in pieces, those marked that only one of them has."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final

from conformance.review.changes import ABSENT
from conformance.review.views.words import alike

Json = Any
WORD: Final = re.compile(r"\s+|\w+|[^\w\s]")
MOST_COMPARED: Final = 20_000
ALIKE_AT_AN_END: Final = 500
LONGEST: Final = 6_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a value: its text, and whether the other side lacks it."""

    text: str
    differs: bool


Pieces = tuple[Piece, ...]


def pieces_of(before: Json, after: Json) -> tuple[Pieces, Pieces]:
    """Return both values in pieces; none for one that is absent.

    What both have at length is shortened in its middle, and what only one has at its end; how much
    is left out stands there.
    """
    if ABSENT in (before, after):
        return _whole(before), _whole(after)
    split = _words if isinstance(before, str) and isinstance(after, str) else _lines
    was, now = split(before), split(after)
    head = alike(was, now)
    tail = alike(was[head:][::-1], now[head:][::-1])
    ends = len(was) - tail, len(now) - tail
    middles = was[head : ends[0]], now[head : ends[1]]
    left = [*_alike(was[:head]), *_marked(*middles, 0), *_alike(was[ends[0] :])]
    right = [*_alike(now[:head]), *_marked(*middles, 1), *_alike(now[ends[1] :])]
    return tuple(left), tuple(right)


def _whole(value: Json) -> Pieces:
    return () if value == ABSENT else tuple(_differing(pretty(value)))


def pretty(value: Json) -> str:
    """Spell a value on as many lines as it takes; a text as it is."""
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)


def _words(value: Json) -> list[str]:
    return WORD.findall(pretty(value))


def _lines(value: Json) -> list[str]:
    return pretty(value).splitlines(keepends=True)


def _marked(was: Sequence[str], now: Sequence[str], side: int) -> Iterator[Piece]:
    """Yield the pieces of one side; where too much would be compared, all of it differs."""
    if len(was) * len(now) > MOST_COMPARED:
        yield from _differing("".join((was, now)[side]))
        return
    for kind, *places in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        start, end = places[2 * side : 2 * side + 2]
        tokens = (was, now)[side][start:end]
        yield from _alike(tokens) if kind == "equal" else _differing("".join(tokens))


def _alike(tokens: Sequence[str]) -> Iterator[Piece]:
    text = "".join(tokens)
    left = len(text) - 2 * ALIKE_AT_AN_END
    if left > ALIKE_AT_AN_END:
        said = f"\n… {left} characters alike …\n"
        text = f"{text[:ALIKE_AT_AN_END]}{said}{text[-ALIKE_AT_AN_END:]}"
    if text:
        yield Piece(text, differs=False)


def _differing(text: str) -> Iterator[Piece]:
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}\n… {len(text) - LONGEST} more characters, in the JSON report …"
    if text:
        yield Piece(text, differs=True)
