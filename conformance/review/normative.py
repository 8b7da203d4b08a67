"""What becomes of each sentence with a keyword of RFC 2119, wherever it stands."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from conformance.review.changes import ABSENT, Change, Reach
from conformance.review.matching import Moved, Pairing, Written, paired
from conformance.review.nodes import Node, Place
from conformance.review.retelling import told
from conformance.review.sentences import MUST, SHOULD, Sentence, sentences

if TYPE_CHECKING:
    from conformance.review.sides import Side

Json = Any
Covering = set[tuple[str, str]]
"""Files and pointers of what is gone, or new, with all that it holds."""
SHOWN: Final = 100
OF_ALL: Final = ("/info/", "/tags/")
"""Where a text is said of every operation, or of those of a tag."""

Known = dict[tuple[str, str], tuple[Reach, ...]]
OWN_LOSS: Final = frozenset({"component-removed", "response-removed", "not-judged"})
"""Rules of a removal that promised nothing, or is told by rules of guarantees of its own."""

WHAT: Final = {
    "must-removed": "a MUST is gone",
    "must-added": "a MUST is new",
    "must-weakened": "a weaker word than before",
    "must-strengthened": "a stronger word than before",
    "must-negated": "a NOT came or went",
    "must-reworded": "a MUST is in other words",
}


def normative(changes: list[Change], base: "Side", head: "Side") -> list[Change]:
    """Add what becomes of normative sentences; drop changes of texts that say nothing else.

    Sentences are matched over the whole of both sides, so that one that moves is no change, unless
    an operation that it was said of has it no more. What
    comes with the thing that it describes is told by the change of that thing, and so is what goes
    with one whose loss breaks clients; where the loss is called slight, the MUST in it is told.
    """
    things = [one for one in changes if one.rule != "text-changed"]
    gone = {(one.place.file, one.place.pointer) for one in things if _is_a_loss(one)}
    new = {(one.place.file, one.place.pointer) for one in things if one.base is None}
    texts = [_reaches(changes, side) for side in ("base", "head")]
    pairings, moved = paired(base, head)
    pairings += [(one.was, None) for one in moved if _leaves(one, texts)]
    found = [one for one in pairings if rule_of(one) and not _is_covered(one, gone, new)]
    facts = [_fact(one, texts) for one in found]
    said = tuple(_said([pairing[side] for pairing in found]) for side in (0, 1))
    return [one for one in changes if not _is_told(one, said)] + facts


def _said(written: Iterable[Written | None]) -> dict[Place, list[str]]:
    """Return the sentences of one side that are told, by the place of their text."""
    said: dict[Place, list[str]] = defaultdict(list)
    for one in written:
        if one is not None:
            said[one.node.place].append(one.sentence.text)
    return said


def rule_of(pairing: Pairing) -> str:
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


def _is_covered(pairing: Pairing, gone: Covering, new: Covering) -> bool:
    """Tell whether a sentence goes or comes with a thing that is itself gone or new."""
    base, head = pairing
    if base is not None and head is not None:
        return False
    covering = gone if head is None else new
    node = base.node if base is not None else head.node if head is not None else None
    pointer = node.pointer if node is not None else ""
    while node is not None and pointer:
        pointer = pointer.rpartition("/")[0]
        if (node.file, pointer) in covering:
            return True
    return False


def _fact(pairing: Pairing, texts: list[Known]) -> Change:
    rule = rule_of(pairing)
    base, head = (one.node if one is not None else None for one in pairing)
    values = [one.sentence.text if one is not None else ABSENT for one in pairing]
    said = values[0] if head is None else values[1]
    short = said if len(said) <= SHOWN else said[: SHOWN - 3].rstrip() + "..."
    reaches = [
        reach
        for one, known in zip((base, head), texts, strict=True)
        if one is not None
        for reach in _around(one, known) or ()
    ]
    what = f"{WHAT[rule]}: {short}"
    return told(rule, what, base, head, (values[0], values[1]), reaches=reaches)


def _reaches(changes: list[Change], side: str) -> Known:
    """Return whom each changed text of a side reaches, and each thing that is gone or new."""
    return {
        (place.file, place.pointer): one.reaches
        for one in changes
        if (place := getattr(one, side)) is not None
        and (one.rule == "text-changed" or one.base is None or one.head is None)
    }


def _leaves(moved: Moved, texts: list[Known]) -> bool:
    """Tell whether an operation that a sentence was said of has it nowhere now.

    What nothing says whom it reaches stands in a part that is compared as a whole.
    """
    was = _operations(moved.was, texts[0])
    now = [_operations(one, texts[1]) for one in moved.now]
    return was is not None and None not in now and not was <= frozenset().union(*filter(None, now))


def _operations(written: Written, known: Known) -> frozenset[str] | None:
    """Return of which operations a sentence is said; None where that is not known."""
    if written.node.pointer.startswith(OF_ALL):
        return None
    reached = _around(written.node, known)
    return None if reached is None else frozenset(one.operation for one in reached)


def _around(node: Node, known: Known) -> tuple[Reach, ...] | None:
    """Return whom the text of a sentence reaches, or the thing that it goes or comes with."""
    pointer = node.pointer
    while pointer:
        found = known.get((node.file, pointer))
        if found is not None:
            return found
        pointer = pointer.rpartition("/")[0]
    return None


def _is_a_loss(change: Change) -> bool:
    """Tell whether something is gone, and that is told as no less than the promises it held."""
    return change.head is None and (change.clients == "breaks" or change.rule in OWN_LOSS)


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
