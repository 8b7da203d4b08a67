"""What becomes of each sentence with a keyword of RFC 2119, wherever it stands."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Final

from conformance.review.changes import ABSENT, Change, Reach
from conformance.review.nodes import Node, Place
from conformance.review.retelling import told
from conformance.review.sentences import MUST, SHOULD, Sentence, sentences
from conformance.review.texts import normative_texts

if TYPE_CHECKING:
    from conformance.review.sides import Side

Json = Any
ALIKE_THERE: Final = 0.6  # of the same text
ALIKE_ELSEWHERE: Final = 0.75
MOST_COMPARED: Final = 10_000
SHOWN: Final = 100


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A sentence where it is written."""

    sentence: Sentence
    node: Node

    @property
    def where(self) -> tuple[str, str]:
        """File and pointer of its text."""
        return self.node.file, self.node.pointer


Pairing = tuple[Written | None, Written | None]


def normative(changes: list[Change], base: "Side", head: "Side") -> list[Change]:
    """Add what becomes of normative sentences; drop changes of texts that say nothing else.

    Sentences are matched over the whole of both sides, so that one that moves is no change. What
    goes or comes with the thing that it describes is told by the change of that thing.
    """
    left = _unlike(_written(base), _written(head))
    found = [one for one in _paired(*left) if _rule(one) and not _is_covered(one, changes)]
    facts = [_fact(one, changes) for one in found]
    said = tuple(_said([pairing[side] for pairing in found]) for side in (0, 1))
    return [one for one in changes if not _is_told(one, said)] + facts


def _said(written: Iterable[Written | None]) -> dict[Place, list[str]]:
    """Return the sentences of one side that are told, by the place of their text."""
    said: dict[Place, list[str]] = defaultdict(list)
    for one in written:
        if one is not None:
            said[one.node.place].append(one.sentence.text)
    return said


def _written(side: "Side") -> list[Written]:
    return [
        Written(one, text)
        for text in normative_texts(side)
        for one in sentences(text.value)
        if one.words
    ]


def _unlike(base: list[Written], head: list[Written]) -> tuple[list[Written], list[Written]]:
    """Take away what stands on both sides: first in the same text, then anywhere."""
    for key in (_here, _anywhere):
        base, head = _without(base, head, key)
    return base, head


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
    """Pair sentences that share most of their words, the most alike first."""
    few = len(base) * len(head) <= MOST_COMPARED
    scores: list[tuple[float, int, int]] = []
    for first, one in enumerate(base):
        matcher = SequenceMatcher(None, b=one.sentence.masked.split(), autojunk=False)
        for second, other in enumerate(head):
            enough = ALIKE_THERE if one.where == other.where else ALIKE_ELSEWHERE
            if few or one.where == other.where:
                matcher.set_seq1(other.sentence.masked.split())
                quick = min(matcher.real_quick_ratio(), matcher.quick_ratio())
                if quick >= enough and matcher.ratio() >= enough:
                    scores.append((-matcher.ratio(), first, second))
    met: set[tuple[str, int]] = set()
    for _, first, second in sorted(scores):
        if ("base", first) not in met and ("head", second) not in met:
            met |= {("base", first), ("head", second)}
            yield base[first], head[second]


def _rule(pairing: Pairing) -> str:
    """Return the rule of what became of a sentence; empty where no MUST is concerned."""
    base, head = pairing
    if base is None or head is None:
        alone = base or head
        if alone is None or alone.sentence.strength < MUST:
            return ""
        return "must-removed" if head is None else "must-added"
    return became(base.sentence, head.sentence)


def became(base: Sentence, head: Sentence) -> str:
    """Return the rule of what became of a sentence; empty for other words of a SHOULD or MAY."""
    pairs = list(zip(base.words, head.words, strict=False))
    if len(base.words) == len(head.words):
        if any(one[1] != other[1] and max(one[0], other[0]) >= SHOULD for one, other in pairs):
            return "must-negated"
        if any(one[0] > other[0] for one, other in pairs):
            return "must-weakened"
        if any(one[0] < other[0] for one, other in pairs):
            return "must-strengthened"
    elif base.strength != head.strength:
        return "must-weakened" if base.strength > head.strength else "must-strengthened"
    return "must-reworded" if base.strength == MUST else ""


def _is_covered(pairing: Pairing, changes: list[Change]) -> bool:
    """Tell whether a sentence goes or comes with a thing that is itself gone or new."""
    base, head = pairing
    if base is not None and head is not None:
        return False
    alone = base or head
    return alone is not None and any(
        (one.head if head is None else one.base) is None
        and one.rule != "text-changed"
        and one.place.file == alone.node.file
        and alone.node.pointer.startswith(one.place.pointer + "/")
        for one in changes
    )


def _fact(pairing: Pairing, changes: list[Change]) -> Change:
    rule = _rule(pairing)
    base, head = (one.node if one is not None else None for one in pairing)
    values = [one.sentence.text if one is not None else ABSENT for one in pairing]
    said = values[0] if head is None else values[1]
    short = said if len(said) <= SHOWN else said[: SHOWN - 3].rstrip() + "..."
    reaches = _reaches(pairing, changes)
    what = f"{WHAT[rule]}: {short}"
    return told(rule, what, base, head, (values[0], values[1]), reaches=reaches)


WHAT: Final = {
    "must-removed": "a MUST is gone",
    "must-added": "a MUST is new",
    "must-weakened": "a weaker word than before",
    "must-strengthened": "a stronger word than before",
    "must-negated": "a NOT came or went",
    "must-reworded": "a MUST is in other words",
}


def _reaches(pairing: Pairing, changes: list[Change]) -> list[Reach]:
    """Return whom the changes of the texts reach that the sentence stands in."""
    places = {one.node.place for one in pairing if one is not None}
    return [
        reach
        for one in changes
        if one.rule == "text-changed" and places & {one.base, one.head}
        for reach in one.reaches
    ]


def _is_told(change: Change, said: tuple[dict[Place, list[str]], ...]) -> bool:
    """Tell whether nothing of a text changed but the sentences that are told."""
    places = (change.base, change.head)
    own = [
        list(told.get(place, ())) if place is not None else []
        for place, told in zip(places, said, strict=True)
    ]
    if change.rule != "text-changed" or not any(own):
        return False
    before, after = (
        _without_said(text, told)
        for text, told in zip((change.before, change.after), own, strict=True)
    )
    return before == after


def _without_said(text: Json, said: list[str]) -> list[str]:
    kept: list[str] = []
    for one in sentences(text) if isinstance(text, str) and text != ABSENT else ():
        if one.text in said:
            said.remove(one.text)
        else:
            kept.append(one.text.rstrip(".!;,"))
    return kept
