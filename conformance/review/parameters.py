"""Which parameter of one operation is which of the other, and what differs between them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from conformance.review.changes import Reach
from conformance.review.comparison import Comparison
from conformance.review.content import UNSENT, compare_parameters, is_true
from conformance.review.nodes import Node
from conformance.review.pairs import Pair, shared, weight
from conformance.review.placed import TEMPLATE, Placed, Root, text_of

if TYPE_CHECKING:
    from conformance.review.sides import Side

MOST_COMPARED: Final = 400
Key = tuple[str, str]
"""Where a parameter is sent and its name; of one in a path, its place there."""


def parameters(sides: Comparison, one: Placed, other: Placed, reach: Reach) -> Iterator[Root]:
    """Compare the parameters of two operations, their paths' own among them."""
    here, there = _effective(sides.base, one), _effective(sides.head, other)
    given = Pair()
    given.see_empty(
        *(node.get("parameters") for side in (one, other) for node in (side.node, side.item))
    )
    yield Root(given, reach)
    for key in shared(here, there):
        inner = sides.pair(compare_parameters, here[key], there[key])
        yield Root(inner, replace(reach, at=_at(sides.head, there[key])))
    gone = {key: here[key] for key in here if key not in there}
    new = {key: there[key] for key in there if key not in here}
    for key, becomes in list(_moved(sides, gone, new)):
        yield from _renamed(sides, gone.pop(key), new.pop(becomes), reach)
    for node in gone.values():
        yield _lonely(sides.base, node, reach, gone=True)
    for node in new.values():
        yield _lonely(sides.head, node, reach, gone=False)


def _effective(side: "Side", placed: Placed) -> dict[Key, Node]:
    """Return what an operation takes; its own go over its path's."""
    names = TEMPLATE.findall(placed.path)
    found: dict[Key, Node] = {}
    for owner in (placed.item, placed.node):
        given = owner.get("parameters")
        for node in given.elements() if given else ():
            parameter = side.follow(node)
            place, name = text_of(parameter, "in"), text_of(parameter, "name")
            if place == "header" and name.lower() in UNSENT:
                continue
            if place == "path" and name in names:
                name = f"{{{names.index(name)}}}"
            found[place, name.lower() if place == "header" else name] = node
    return found


def _moved(
    sides: Comparison, gone: dict[Key, Node], new: dict[Key, Node]
) -> Iterator[tuple[Key, Key]]:
    """Pair what only has another place or another name."""
    few = len(gone) * len(new) <= MOST_COMPARED
    left = dict(new)
    for key, node in gone.items():
        same = [other for other in left if other[1].lower() == key[1].lower()]
        if not same and few:
            same = [
                other for other in left if other[0] == key[0] and _alike(sides, node, left[other])
            ]
        if len(same) == 1:
            del left[same[0]]
            yield key, same[0]


def _alike(sides: Comparison, one: Node, other: Node) -> bool:
    return not weight(sides.pair(compare_parameters, one, other))


def _renamed(sides: Comparison, one: Node, other: Node, reach: Reach) -> Iterator[Root]:
    was, at = _at(sides.base, one), _at(sides.head, other)
    here, there = sides.base.follow(one), sides.head.follow(other)
    moved = text_of(here, "in") != text_of(there, "in")
    word, rule = ("in", "parameter-moved") if moved else ("name", "parameter-renamed")
    told = Pair()
    told.tell(rule, f"{was} parameter became {at}", here.get(word), there.get(word))
    yield Root(sides.pair(compare_parameters, one, other), replace(reach, at=at))
    yield Root(told, replace(reach, at=at))


def _lonely(side: "Side", node: Node, reach: Reach, *, gone: bool) -> Root:
    required = "required-" if is_true(side.follow(node), "required") else ""
    at = _at(side, node)
    pair = Pair()
    rule = f"{required}parameter-{'removed' if gone else 'added'}"
    what = f"{at} parameter is {'gone' if gone else 'new'}"
    pair.tell(rule, what, *((node, None) if gone else (None, node)))
    return Root(pair, replace(reach, at=at))


def _at(side: "Side", node: Node) -> str:
    parameter = side.follow(node)
    return f"{text_of(parameter, 'in')} {text_of(parameter, 'name')}"
