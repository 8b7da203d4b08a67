"""What differs between two entries of the catalogue for one requirement."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from conformance.review.changes import ABSENT, Change, How, RequirementEffect
from conformance.review.nodes import Node
from conformance.review.retelling import told
from conformance.review.sentences import MASK, MUST, STRENGTHS, WORD

Json = Any
Both = tuple[Node | None, Node | None]
NEGATION: Final = re.compile(
    r"\b(?:(?:does|do|did)\s+)?(?:not|never|no|nothing|none|nor|neither)\b|(?<=\bcan)not\b",
    re.IGNORECASE,
)
INFORMATIVE: Final = frozenset({"why", "source", "changed"})
KNOWN: Final = frozenset(
    {
        *INFORMATIVE,
        "level",
        "text",
        "profiles",
        "operations",
        "closed_by",
        "guard",
        "check",
        "status",
        "withdrawn",
    }
)


def entry_changed(name: str, base: Node, head: Node, names: dict[str, str]) -> Iterator[Change]:
    """Tell what differs in one entry, a fact for each member; level and text are two."""
    if base.digest == head.digest:
        return
    withdrawn = [one.get("withdrawn") is not None for one in (base, head)]
    if withdrawn[0] != withdrawn[1]:
        yield _withdrawn(name, base, head)
        return
    is_must = "MUST" in {level(base), level(head)}
    for key in dict.fromkeys([*(base.value or ()), *(head.value or ())]):
        nodes = (base.get(key), head.get(key))
        if _digest(nodes[0]) == _digest(nodes[1]):
            continue
        if key == "level":
            yield _levelled(name, nodes)
        elif key == "text":
            yield from _reworded(name, nodes, is_must=is_must)
        elif key in LISTS:
            yield from LISTS[key](name, (base, head), names)
        else:
            yield from _member(name, key, nodes, is_must=is_must)


def _withdrawn(name: str, base: Node, head: Node) -> Change:
    ends = head.get("withdrawn") is not None
    how: How = "removed" if ends else "added"
    kind = "must" if level(base if ends else head) == "MUST" else "requirement"
    what = f"{name} is {'withdrawn' if ends else 'no more withdrawn'}"
    values = (base.data, head.data)
    return told(f"{kind}-{how}", what, base, head, values, effects=(effect(name, how),))


def _levelled(name: str, nodes: Both) -> Change:
    before, after = (str(one.data) if one is not None else "" for one in nodes)
    ranks = STRENGTHS.get(before, MUST), STRENGTHS.get(after, MUST)
    rule = "must-weakened" if ranks[0] > ranks[1] else "must-strengthened"
    rule = rule if MUST in ranks else "requirement-changed"
    what = f"{name} was {before} and is {after}"
    return told(rule, what, *nodes, _values(nodes), effects=(effect(name),))


def _reworded(name: str, nodes: Both, *, is_must: bool) -> Iterator[Change]:
    """Tell other words of a requirement; where they are broken into lines is no change."""
    before, after = (words(one) for one in nodes)
    if before == after:
        return
    rule = "requirement-changed"
    if is_must:
        rule = "must-negated" if _is_negated(before, after) else "must-reworded"
    what = f"{name} is in other words: {after or before}"
    yield told(rule, what, *nodes, _values(nodes), effects=(effect(name),))


def _is_negated(before: str, after: str) -> bool:
    """Tell whether two texts differ by a NOT, and by the form of the verb that goes with it."""
    said = [len(NEGATION.findall(one)) for one in (before, after)]
    bare = [NEGATION.sub("", WORD.sub(MASK, one)).lower().split() for one in (before, after)]
    forms = [[word.rstrip("s.,;:") for word in words] for words in bare]
    keywords = [[bool(one[0] or one[2]) for one in WORD.findall(text)] for text in (before, after)]
    return forms[0] == forms[1] and (said[0] != said[1] or keywords[0] != keywords[1])


def _member(name: str, key: str, nodes: Both, *, is_must: bool) -> Iterator[Change]:
    """Tell a member that is a text, or that nobody knows.

    What must not be called a violation of a MUST is a part of what it asks for.
    """
    if words(nodes[0]) == words(nodes[1]):
        return
    what = f"{key} of {name} {_became(nodes)}"
    if key in INFORMATIVE:
        yield told("text-changed", what, *nodes, _values(nodes))
    elif key == "status":
        planned = nodes[1] is not None
        rule = "proof-weakened" if planned else "proof-strengthened"
        said = f"nothing judges {name} any more" if planned else f"{name} is judged"
        yield told(rule, said, *nodes, _values(nodes), effects=(effect(name),))
    elif key in KNOWN:
        rule = "must-reworded" if key == "guard" and is_must else "requirement-changed"
        yield told(rule, what, *nodes, _values(nodes), effects=(effect(name),))
    else:
        yield told("not-judged", what, *nodes, _values(nodes))


def _operations(name: str, entries: tuple[Node, Node], names: dict[str, str]) -> Iterator[Change]:
    base, head = (entry.get("operations") for entry in entries)
    was, now = _listed(base), _listed(head)
    renamed = [one for one in was if one not in now and names.get(one) in now]
    gone = [one for one in was if one not in now and one not in renamed]
    new = [one for one in now if one not in was and one not in {names[old] for old in renamed}]
    effects = (effect(name, "relinked"),)
    for old in renamed:
        what = f"{name} follows {old}, which is now {names[old]}"
        values = (old, names[old])
        yield told("requirement-changed", what, was[old], now[names[old]], values, effects=effects)
    if gone:
        what = f"{name} no more speaks of {', '.join(gone)}"
        yield told("requirement-unlinked", what, base, head, (gone, ABSENT), effects=effects)
    if new:
        what = f"{name} speaks of {', '.join(new)}, too"
        yield told("requirement-linked", what, base, head, (ABSENT, new), effects=effects)


def _profiles(name: str, entries: tuple[Node, Node], names: dict[str, str]) -> Iterator[Change]:
    """Tell which profiles ask for it: leaving one is a requirement less of all who claim it."""
    del names
    is_must = "MUST" in {level(entry) for entry in entries}
    rules = ("must-weakened", "must-strengthened") if is_must else ("requirement-changed",) * 2
    said = (f"{name} is no more asked for by", f"{name} is asked for by")
    yield from _two_ways(name, "profiles", entries, rules, said)


def _closed_by(name: str, entries: tuple[Node, Node], names: dict[str, str]) -> Iterator[Change]:
    """Tell which branches may close it unjudged: one more of them is less that is proven."""
    del names
    said = (f"{name} is no more closed by", f"{name} can be closed unjudged by")
    rules = ("proof-strengthened", "proof-weakened")
    yield from _two_ways(name, "closed_by", entries, rules, said)


def _two_ways(
    name: str,
    key: str,
    entries: tuple[Node, Node],
    rules: tuple[str, ...],
    said: tuple[str, str],
) -> Iterator[Change]:
    """Tell what is gone from a list and what is new in it, by a rule and in words for each."""
    base, head = (entry.get(key) for entry in entries)
    was, now = _listed(base), _listed(head)
    gone = [one for one in was if one not in now]
    new = [one for one in now if one not in was]
    ways: tuple[tuple[list[str], tuple[Json, Json]], ...] = (
        (gone, (gone, ABSENT)),
        (new, (ABSENT, new)),
    )
    for (ids, values), rule, clause in zip(ways, rules, said, strict=True):
        if ids:
            what = f"{clause} {', '.join(ids)}"
            yield told(rule, what, base, head, values, effects=(effect(name),))


LISTS: Final[dict[str, Callable[[str, tuple[Node, Node], dict[str, str]], Iterator[Change]]]] = {
    "operations": _operations,
    "profiles": _profiles,
    "closed_by": _closed_by,
}


def effect(name: str, how: How = "changed") -> RequirementEffect:
    """Make an effect on a requirement."""
    return RequirementEffect(name, how)


def _listed(node: Node | None) -> dict[str, Node]:
    return {str(one.data): one for one in node.elements()} if node is not None else {}


def _values(nodes: Both) -> tuple[Json, Json]:
    before, after = (ABSENT if one is None else one.data for one in nodes)
    return before, after


def _became(nodes: Both) -> str:
    if nodes[0] is None:
        return "is new"
    return "is gone" if nodes[1] is None else "changed"


def level(entry: Node) -> str:
    """Return MUST, SHOULD or MAY; a requirement that does not say is a MUST."""
    node = entry.get("level")
    return str(node.data) if node is not None else "MUST"


def words(node: Node | None) -> str:
    """Return a text with single spaces; empty if there is none."""
    return " ".join(str(node.data).split()) if node is not None else ""


def _digest(node: Node | None) -> bytes:
    return node.digest if node is not None else b""
