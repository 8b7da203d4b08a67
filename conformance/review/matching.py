"""Which sentence of one side is which of the other, over the whole of both."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Final

from conformance.review.nodes import Node
from conformance.review.sentences import Sentence, sentences
from conformance.review.texts import normative_texts

if TYPE_CHECKING:
    from conformance.review.sides import Side

Json = Any
ALIKE_THERE: Final = 0.6  # of the same text
ALIKE_ELSEWHERE: Final = 0.75
MOST_COMPARED: Final = 10_000
NEAR: Final = 20


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A sentence where it is written.

    Attributes:
        where: file and pointer of its text; the root document is the same by whatever name.

    """

    sentence: Sentence
    node: Node
    where: tuple[str, str]


Pairing = tuple[Written | None, Written | None]


@dataclass(frozen=True, slots=True)
class Moved:
    """A sentence that stands elsewhere now, and everywhere that it newly stands."""

    was: Written
    now: tuple[Written, ...]


def paired(base: "Side", head: "Side") -> tuple[list[Pairing], list[Moved]]:
    """Pair the normative sentences that differ; say which only moved."""
    left = _without(list(_written(base)), list(_written(head)), _here)
    there: dict[Json, list[Written]] = defaultdict(list)
    for one in left[1]:
        there[_anywhere(one)].append(one)
    pairs = _equal(*left, _anywhere)
    moved = [Moved(one, tuple(there[_anywhere(one)])) for one, _ in pairs]
    return _paired(*_without(*left, _anywhere)), moved


def _written(side: "Side") -> Iterator[Written]:
    for text in normative_texts(side):
        where = ("" if text.file == side.root.file else text.file, text.pointer)
        for one in sentences(text.value):
            if one.words:
                yield Written(one, text, where)


def _here(one: Written) -> Json:
    return one.sentence.masked, one.sentence.words, one.where


def _anywhere(one: Written) -> Json:
    return one.sentence.masked, one.sentence.words


def _without(
    base: list[Written], head: list[Written], key: Callable[[Written], Json]
) -> tuple[list[Written], list[Written]]:
    pairs = list(_equal(base, head, key))
    gone = {id(one) for pair in pairs for one in pair}
    return [one for one in base if id(one) not in gone], [
        one for one in head if id(one) not in gone
    ]


def _equal(
    base: Iterable[Written], head: Iterable[Written], key: Callable[[Written], Json]
) -> Iterator[tuple[Written, Written]]:
    there: dict[Json, list[Written]] = defaultdict(list)
    for one in head:
        there[key(one)].append(one)
    for one in base:
        if there[key(one)]:
            yield one, there[key(one)].pop(0)


def _paired(base: list[Written], head: list[Written]) -> list[Pairing]:
    """Pair what differs in its keywords alone, then what is much alike; the rest stands alone."""
    found: list[Pairing] = []
    steps: tuple[Callable[..., Iterable[tuple[Written, Written]]], ...] = (
        lambda one, other: _equal(one, other, lambda it: (it.sentence.masked, it.where)),
        lambda one, other: _equal(one, other, lambda it: it.sentence.masked),
        _alike,
    )
    for step in steps:
        pairs = list(step(base, head))
        met = {id(one) for pair in pairs for one in pair}
        base = [one for one in base if id(one) not in met]
        head = [one for one in head if id(one) not in met]
        found += pairs
    return [*found, *((one, None) for one in base), *((None, one) for one in head)]


def _alike(base: list[Written], head: list[Written]) -> Iterator[tuple[Written, Written]]:
    """Pair sentences that share most of their words, the most alike first.

    Where there are too many to compare each with each, only those that stand near each other in
    the same text are.
    """
    few = len(base) * len(head) <= MOST_COMPARED
    there: dict[Json, list[int]] = defaultdict(list)
    for second, other in enumerate(head):
        there[() if few else other.where].append(second)
    ranks = _ranks(base)
    scores: list[tuple[float, int, int]] = []
    for first, one in enumerate(base):
        matcher = SequenceMatcher(None, b=one.sentence.masked.split(), autojunk=False)
        for second in there[()] if few else _near(there[one.where], ranks[first]):
            score = _score(matcher, one, head[second])
            if score:
                scores.append((-score, first, second))
    met: set[tuple[str, int]] = set()
    for _, first, second in sorted(scores):
        if ("base", first) not in met and ("head", second) not in met:
            met |= {("base", first), ("head", second)}
            yield base[first], head[second]


def _ranks(written: list[Written]) -> list[int]:
    """Return of each sentence how many of the others come before it in its text."""
    met: dict[Json, int] = defaultdict(int)
    found = []
    for one in written:
        found.append(met[one.where])
        met[one.where] += 1
    return found


def _near(places: list[int], rank: int) -> list[int]:
    return places[max(rank - NEAR, 0) : rank + NEAR]


def _score(matcher: "SequenceMatcher[str]", one: Written, other: Written) -> float:
    """Return how much of two sentences is the same; 0 where it is not enough."""
    enough = ALIKE_THERE if one.where == other.where else ALIKE_ELSEWHERE
    matcher.set_seq1(other.sentence.masked.split())
    if min(matcher.real_quick_ratio(), matcher.quick_ratio()) < enough:
        return 0
    ratio = matcher.ratio()
    return ratio if ratio >= enough else 0
