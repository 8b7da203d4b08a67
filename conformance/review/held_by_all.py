"""Who is let in and where the API is, which an operation can have of the whole document."""

from collections.abc import Iterator

from conformance.review.changes import Reach
from conformance.review.comparison import Comparison
from conformance.review.nodes import Node
from conformance.review.pairs import shared
from conformance.review.placed import Placed, Root
from conformance.review.security import compare_schemes, compare_security, compare_servers, schemes


class HeldByAll:
    """What operations have of their own, of their path, or of the document."""

    def __init__(self, sides: Comparison) -> None:
        """Compare each credential once."""
        self._sides = sides
        here, there = schemes(sides.base), schemes(sides.head)
        self._schemes = {
            name: sides.pair(compare_schemes, here[name], there[name])
            for name in shared(here, there)
        }
        self._nothing = {
            (word, left): Node([], side.root.file, side.root.line, side.root, word)
            for left, side in ((True, sides.base), (False, sides.head))
            for word in ("security", "servers")
        }

    def roots(self, one: Placed, other: Placed, reach: Reach) -> Iterator[Root]:
        """Compare what holds for one operation."""
        sides = self._sides
        asked = self._of("security", one.node, other.node)
        yield Root(sides.pair(compare_security, *asked), reach)
        names = [name for alternative in asked[0].elements() for name, _ in alternative.items()]
        for name in dict.fromkeys(names):
            if name in self._schemes:
                yield Root(self._schemes[name], reach)
        yield Root(sides.pair(compare_servers, *self._servers(one, other)), reach)

    def _servers(self, one: Placed, other: Placed) -> tuple[Node, Node]:
        holders = [
            placed.node if placed.node.get("servers") else placed.item for placed in (one, other)
        ]
        return self._of("servers", holders[0], holders[1])

    def _of(self, word: str, one: Node, other: Node) -> tuple[Node, Node]:
        """Return the list of each holder, or else of the document; one of nothing without any."""
        found = [
            holder.get(word) or side.root.get(word) or self._nothing[word, holder is one]
            for holder, side in ((one, self._sides.base), (other, self._sides.head))
        ]
        return found[0], found[1]
