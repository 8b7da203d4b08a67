"""What no rule looked at: nothing that differs may go untold."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from conformance.review.comparison import Compare, Comparison, References
from conformance.review.content import (
    compare_bodies,
    compare_links,
    compare_parameters,
    compare_responses,
)
from conformance.review.media_types import compare_examples, compare_media_types
from conformance.review.nodes import Node
from conformance.review.pairs import Pair, reached
from conformance.review.security import compare_schemes
from conformance.review.values import whole

if TYPE_CHECKING:
    from conformance.review.sides import Side

SECTIONS: Final[dict[str, Compare]] = {
    "responses": compare_responses,
    "parameters": compare_parameters,
    "headers": compare_parameters,
    "requestBodies": compare_bodies,
    "links": compare_links,
    "examples": compare_examples,
    "mediaTypes": compare_media_types,
    "securitySchemes": compare_schemes,
}
TEXTS: Final = frozenset({"description", "summary", "title", "$comment", "externalDocs"})
EXAMPLES: Final = frozenset({"example", "examples"})


class Covered:
    """What of one side is accounted for, with all that it holds or refers to."""

    def __init__(self, side: "Side", references: References) -> None:
        """Begin with nothing."""
        self.side = side
        self._references = references
        self._nodes: set[int] = set()

    def add(self, nodes: Iterable[Node]) -> None:
        """Account for values."""
        waiting = list(nodes)
        while waiting:
            node = waiting.pop()
            if id(node) not in self._nodes:
                self._nodes.add(id(node))
                waiting += [self.side.follow(one) for one in self._references.of(node)]

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
    base, head = (Covered(side, sides.references) for side in (sides.base, sides.head))
    _account((base, head), pairs)
    unused = Pair()
    _components(sides, unused, base, head)
    _schema_files(sides, unused, base, head)
    beside.lead(unused)
    _account((base, head), reached(unused))
    gone = [node for root in _roots(sides.base) for node in base.left(root)[0]]
    new = [node for root in _roots(sides.head) for node in head.left(root)[0]]
    for before, after in _matched(gone, new):
        one = before or after
        if one is None:
            continue
        if _is_component(one) and (before is None or after is None):
            rule = "component-added" if before is None else "component-removed"
            beside.tell(rule, f"is {'new' if before is None else 'gone'}, unused", before, after)
        else:
            whole(beside, _rule(one), str(one.key) or one.file, before, after)


def _roots(side: "Side") -> list[Node]:
    """Return what stands for itself: neither the catalogue nor the export of the plan."""
    apart = {entry.file for entry in side.catalogue.values()}
    apart |= {side.plan.file} if side.plan else set()
    return [root for file, root in side.files.items() if file not in apart]


def _account(covered: tuple[Covered, Covered], pairs: Iterable[Pair]) -> None:
    seen = [node for pair in pairs for node in pair.seen]
    for side in covered:
        side.add(seen)


def _components(sides: Comparison, unused: Pair, base: Covered, head: Covered) -> None:
    here, there = (side.root.get("components") for side in (sides.base, sides.head))
    for section in _names(here):
        ones, others = (node.get(section) if node else None for node in (here, there))
        for name in _names(ones):
            before, after = (node.get(name) if node else None for node in (ones, others))
            if before is None or after is None:
                continue
            if sides.unchanged(before, after):
                unused.see(before, after)
            elif base.left(before)[0] or head.left(after)[0]:
                unused.lead(_pair(sides, section, before, after))


def _schema_files(sides: Comparison, unused: Pair, base: Covered, head: Covered) -> None:
    for file, before in sides.base.schemas.items():
        after = sides.head.schemas.get(file)
        if after is not None and (base.left(before)[0] or head.left(after)[0]):
            unused.lead(sides.schemas((before,), (after,)))


def _names(node: Node | None) -> list[str]:
    return [name for name, _ in node.items()] if node else []


def _pair(sides: Comparison, section: str, before: Node, after: Node) -> Pair:
    if section == "schemas":
        return sides.schemas((before,), (after,))
    if section in SECTIONS:
        return sides.pair(SECTIONS[section], before, after)
    return Pair()


def _matched(gone: list[Node], new: list[Node]) -> list[tuple[Node | None, Node | None]]:
    """Take out what is the same on both sides; pair the rest by where it stands."""
    there = Counter(_sameness(node) for node in new)
    here = Counter(_sameness(node) for node in gone)
    rest = [node for node in gone if _taken(there, node)]
    left = [node for node in new if _taken(here, node)]
    placed = {(node.file, node.pointer): node for node in left}
    found = [(node, placed.pop((node.file, node.pointer), None)) for node in rest]
    taken = {id(after) for _, after in found}
    return [*found, *((None, node) for node in left if id(node) not in taken)]


def _sameness(node: Node) -> tuple[bytes, str | int]:
    """Return what is equal for the same value; a single word also needs the same key."""
    return node.digest, "" if node.is_mapping or node.is_list else node.key


def _taken(other: Counter[tuple[bytes, str | int]], node: Node) -> bool:
    """Tell whether the other side has none left that is the same."""
    key = _sameness(node)
    other[key] -= 1
    return other[key] < 0


def _is_component(node: Node) -> bool:
    section = node.parent
    return section is not None and section.parent is not None and section.parent.key == "components"


def _rule(node: Node) -> str:
    above = node.parent
    keys = {node.key}
    while above is not None:
        keys.add(above.key)
        above = above.parent
    if node.key in TEXTS:
        return "text-changed"
    return "example-changed" if keys & EXAMPLES else "not-judged"
