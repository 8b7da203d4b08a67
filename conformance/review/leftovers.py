"""What no rule looked at: nothing that differs may go untold."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from conformance.review.content import (
    compare_bodies,
    compare_links,
    compare_parameters,
    compare_responses,
)
from conformance.review.nodes import Node
from conformance.review.pairs import Compare, Comparison, Pair, reached, references, whole
from conformance.review.schemas import compare_schemas
from conformance.review.security import compare_schemes

if TYPE_CHECKING:
    from conformance.review.sides import Side

SECTIONS: Final[dict[str, Compare]] = {
    "responses": compare_responses,
    "parameters": compare_parameters,
    "headers": compare_parameters,
    "requestBodies": compare_bodies,
    "links": compare_links,
    "securitySchemes": compare_schemes,
}
TEXTS: Final = frozenset({"description", "summary", "title", "$comment", "externalDocs"})
EXAMPLES: Final = frozenset({"example", "examples"})


class Covered:
    """What of one side is accounted for, with all that it holds or refers to."""

    def __init__(self, side: "Side") -> None:
        """Begin with nothing."""
        self.side = side
        self._nodes: set[int] = set()

    def add(self, nodes: Iterable[Node]) -> None:
        """Account for values."""
        waiting = list(nodes)
        while waiting:
            node = waiting.pop()
            if id(node) not in self._nodes:
                self._nodes.add(id(node))
                waiting += [self.side.follow(one) for one in references(node)]

    def left(self, node: Node) -> tuple[list[Node], bool]:
        """Return what is not accounted for, in pieces as large as can be; whether that is all."""
        if id(node) in self._nodes or self._leads(node):
            return [], False
        children = [*(child for _, child in node.items()), *node.elements()]
        if not children:
            return [node], True
        found = [self.left(child) for child in children]
        if all(entire for _, entire in found):
            return [node], True
        return [one for some, _ in found for one in some], False

    def _leads(self, node: Node) -> bool:
        if node.key != "$ref" or node.parent is None or not isinstance(node.value, str):
            return False
        return self.side.follow(node.parent) is not node.parent


def tell_leftovers(sides: Comparison, pairs: Iterable[Pair], beside: Pair) -> None:
    """Compare components that nothing uses, and tell whatever else differs, into `beside`."""
    base, head = Covered(sides.base), Covered(sides.head)
    _account((base, head), pairs)
    unused = Pair()
    _components(sides, unused, base, head)
    beside.lead(unused)
    _account((base, head), reached(unused))
    gone = [node for root in sides.base.files.values() for node in base.left(root)[0]]
    new = [node for root in sides.head.files.values() for node in head.left(root)[0]]
    for before, after in _matched(gone, new):
        one = before or after
        if one is not None:
            whole(beside, _rule(one), str(one.key), before, after)


def _account(covered: tuple[Covered, Covered], pairs: Iterable[Pair]) -> None:
    seen = [node for pair in pairs for node in pair.seen]
    for side in covered:
        side.add(seen)


def _components(sides: Comparison, unused: Pair, base: Covered, head: Covered) -> None:
    here, there = (side.root.get("components") for side in (sides.base, sides.head))
    for section in dict.fromkeys([*_names(here), *_names(there)]):
        ones, others = (node.get(section) if node else None for node in (here, there))
        for name in dict.fromkeys([*_names(ones), *_names(others)]):
            before, after = (node.get(name) if node else None for node in (ones, others))
            if before is None or after is None:
                continue
            if base.left(before)[0] or head.left(after)[0]:
                unused.lead(_pair(sides, section, before, after))
        _lonely(unused, (ones, others), base, head)


def _lonely(
    unused: Pair, sections: tuple[Node | None, Node | None], base: Covered, head: Covered
) -> None:
    """Tell components of one side that nothing uses, unless they only have another name."""
    ones, others = (dict(node.items()) if node else {} for node in sections)
    gone = [node for name, node in ones.items() if name not in others and base.left(node)[1]]
    new = [node for name, node in others.items() if name not in ones and head.left(node)[1]]
    for before, after in _matched(gone, new, by_place=False):
        if after is None and before is not None:
            unused.tell("component-removed", "is gone, unused", before, None)
        elif before is None and after is not None:
            unused.tell("component-added", "is new, unused", None, after)


def _names(node: Node | None) -> list[str]:
    return [name for name, _ in node.items()] if node else []


def _pair(sides: Comparison, section: str, before: Node, after: Node) -> Pair:
    if section == "schemas":
        return compare_schemas(sides, (before,), (after,))
    if section in SECTIONS:
        return sides.pair(SECTIONS[section], before, after)
    return Pair()


def _matched(
    gone: list[Node], new: list[Node], *, by_place: bool = True
) -> list[tuple[Node | None, Node | None]]:
    """Take out what is the same on both sides; pair the rest by where it stands."""
    there = Counter((node.digest, node.key) for node in new)
    rest: list[Node] = []
    for node in gone:
        key = node.digest, node.key
        if there[key] > 0:
            there[key] -= 1
        else:
            rest.append(node)
    left: list[Node] = []
    for node in reversed(new):
        key = node.digest, node.key
        if there[key] > 0:
            there[key] -= 1
            left.insert(0, node)
    placed = {(node.file, node.pointer): node for node in left} if by_place else {}
    found = [(node, placed.pop((node.file, node.pointer), None)) for node in rest]
    taken = {id(after) for _, after in found}
    return [*found, *((None, node) for node in left if id(node) not in taken)]


def _rule(node: Node) -> str:
    keys = {node.key}
    above = node.parent
    while above is not None:
        keys.add(above.key)
        above = above.parent
    if node.key in TEXTS:
        return "text-changed"
    return "example-changed" if keys & EXAMPLES else "not-judged"
