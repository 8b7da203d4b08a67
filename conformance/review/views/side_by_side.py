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
INDENTED: Final = re.compile(r"(\s*)([^\n]*)")
MOST_COMPARED: Final = 20_000
ALIKE_AT_AN_END: Final = 500
LONGEST: Final = 6_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a value: its text, and whether the other side lacks it."""

    text: str
    differs: bool


Pieces = tuple[Piece, ...]
Step = tuple[str, int, int, int, int]


def pieces_of(before: Json, after: Json) -> tuple[Pieces, Pieces]:
    """Return both values in pieces; none for one that is absent.

    What both have at length is shortened in its middle, and what only one has at its end; how much
    is left out stands there.
    """
    if ABSENT in (before, after):
        return _whole(before), _whole(after)
    split = _words if isinstance(before, str) and isinstance(after, str) else _lines
    was, now = split(before), split(after)
    keys = [one.rstrip(",\n") for one in was], [one.rstrip(",\n") for one in now]
    head = alike(*keys)
    tail = alike(keys[0][head:][::-1], keys[1][head:][::-1])
    middle = [slice(head, len(one) - tail) for one in (was, now)]
    steps = _steps(keys[0][middle[0]], keys[1][middle[1]])
    sides = []
    for side, tokens in enumerate((was, now)):
        inside = [piece for step in steps for piece in _piece(tokens[middle[side]], step, side)]
        ends = _alike(tokens[:head]), _alike(tokens[len(tokens) - tail :])
        sides.append((*ends[0], *inside, *ends[1]))
    return sides[0], sides[1]


def _whole(value: Json) -> Pieces:
    return () if value == ABSENT else tuple(_differing(pretty(value)))


def pretty(value: Json) -> str:
    """Spell a value on as many lines as it takes; a text as it is."""
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)


def _words(value: Json) -> list[str]:
    return WORD.findall(pretty(value))


def _lines(value: Json) -> list[str]:
    return pretty(value).splitlines(keepends=True)


def _steps(was: Sequence[str], now: Sequence[str]) -> list[Step]:
    """Return how one becomes the other; where too much would be compared, all of it differs."""
    if len(was) * len(now) > MOST_COMPARED:
        return [("replace", 0, len(was), 0, len(now))]
    return list(SequenceMatcher(None, was, now, autojunk=False).get_opcodes())


def _piece(tokens: Sequence[str], step: Step, side: int) -> Iterator[Piece]:
    kind, *places = step
    start, end = places[2 * side : 2 * side + 2]
    return _alike(tokens[start:end]) if kind == "equal" else _differing("".join(tokens[start:end]))


def _alike(tokens: Sequence[str]) -> Iterator[Piece]:
    text = "".join(tokens)
    left = len(text) - 2 * ALIKE_AT_AN_END
    if left > ALIKE_AT_AN_END:
        said = f"\n… {left} characters alike …\n"
        text = f"{text[:ALIKE_AT_AN_END]}{said}{text[-ALIKE_AT_AN_END:]}"
    if text:
        yield Piece(text, differs=False)


def _differing(text: str) -> Iterator[Piece]:
    """Yield what differs, line by line, so that no indentation is marked with it."""
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}\n… {len(text) - LONGEST} more characters, in the JSON report …"
    if text.isspace():
        yield Piece(text, differs=True)
        return
    for blank, said in INDENTED.findall(text):
        yield from [Piece(blank, differs=False)] if blank else []
        yield from [Piece(said, differs=True)] if said else []
