"""Both sides, what refers to what has changed, and every pair that was compared."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from conformance.review.nodes import Node
from conformance.review.pairs import Edge, Pair, Schema
from conformance.review.values import texts

if TYPE_CHECKING:
    from conformance.review.sides import Side

Json = Any
Compare = Callable[["Comparison", Node, Node, Pair], None]
CompareSchemas = Callable[["Comparison", Schema, Schema, Pair], None]
MANY: Final = 16
MOST_GUESSES: Final = 5_000
"""Comparisons of forms of which nobody knows whether they belong together."""
NAMES: Final = frozenset(
    {"properties", "patternProperties", "dependentSchemas", "$defs", "definitions", "schemas"}
    | {"headers", "parameters", "examples", "requestBodies", "links", "callbacks", "content"}
    | {"webhooks", "pathItems", "mediaTypes", "encoding"}
)
"""Keys of mappings whose own keys are names that somebody chose."""
DATA: Final = frozenset({"example", "default", "enum", "const", "value", "dataValue"})


def _is_data(node: Node) -> bool:
    """Tell whether a member is data: a `$ref` in it refers to nothing."""
    holder, name = node.parent, str(node.key)
    if holder is None or holder.is_list or holder.key in NAMES:
        return False
    if name.startswith("x-"):
        return True
    if holder.parent is None or holder.key == "responses":
        return False
    return name in DATA or (name == "examples" and node.is_list)


class References:
    """Finds the mappings with a `$ref` in a value; each value is walked once."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._found: dict[int, tuple[Node, ...]] = {}

    def of(self, node: Node) -> tuple[Node, ...]:
        """Return them in an order that is equal for equal values."""
        if not (node.is_mapping or node.is_list) or _is_data(node):
            return ()
        found = self._found.get(id(node))
        if found is None:
            gathered: list[Node] = []
            if isinstance(getattr(node.get("$ref"), "value", None), str):
                gathered.append(node)
            for _, child in sorted(node.items(), key=_name):
                gathered += self.of(child)
            for child in node.elements():
                gathered += self.of(child)
            found = self._found[id(node)] = tuple(gathered)
        return found


class Comparison:
    """Both sides, and every pair that was compared."""

    def __init__(self, base: "Side", head: "Side", compare_schemas: CompareSchemas) -> None:
        """Find out which references lead to what has changed.

        Args:
            base: what was.
            head: what is.
            compare_schemas: fills the pair of two schemas; it comes back here for their parts.

        """
        self.base = base
        self.head = head
        self._compare_schemas = compare_schemas
        self._pairs: dict[tuple[Json, ...], Pair] = {}
        self._guesses = MOST_GUESSES
        self.references = References()
        self._tainted = _tainted(base, head, self.references)

    def pair(self, compare: Compare, base: Node, head: Node) -> Pair:
        """Compare two values by a function, unless that was done; references are followed."""
        here, there = self.base.follow(base), self.head.follow(head)
        key = (compare, id(here), id(there))
        found = self._pairs.get(key)
        if found is None:
            found = self._pairs[key] = Pair()
            if self.unchanged(here, there):
                found.see(here, there)
            else:
                compare(self, here, there, found)
        outer = Pair()
        for word in ("summary", "description"):
            one = base.get(word) if base is not here else None
            other = head.get(word) if head is not there else None
            texts(outer, word, one, other)
        if not outer.facts:
            return found
        outer.edges.append(Edge(found))
        return outer

    def guesses(self, others: list[Schema]) -> list[Schema]:
        """Return as many of the forms as may be tried for the one that stands for another."""
        found = others[: min(MANY, self._guesses)]
        self._guesses -= len(found)
        return found

    def schemas(self, base: Schema, head: Schema) -> Pair:
        """Compare two schemas, unless that was done; the parts of each hold together."""
        one, other = _led(self.base, base), _led(self.head, head)
        key = ("schema", tuple(map(id, one)), tuple(map(id, other)))
        found = self._pairs.get(key)
        if found is None:
            found = self._pairs[key] = Pair()  # known before it is filled: it may hold itself
            if len(one) == len(other) == 1 and self.unchanged(one[0], other[0]):
                found.see(one[0], other[0])
            else:
                self._compare_schemas(self, one, other, found)
        return found

    def unchanged(self, base: Node, head: Node) -> bool:
        """Tell whether two values and all that they refer to are the same, letter for letter."""
        if base.digest != head.digest:
            return False
        both = self.references.of(base), self.references.of(head)
        if len(both[0]) != len(both[1]):  # one of the two is data
            return False
        for here, there in zip(*both, strict=True):
            first, second = self.base.follow(here), self.head.follow(there)
            if id(first) in self._tainted or _where(first) != _where(second):
                return False
        return True


def _led(side: "Side", schema: Schema) -> Schema:
    """Follow a schema that is nothing but a reference."""
    if len(schema) == 1 and schema[0].is_mapping and set(schema[0].value) == {"$ref"}:
        return (side.follow(schema[0]),)
    return schema


def _tainted(base: "Side", head: "Side", references: References) -> frozenset[int]:
    """Return the ids of the base's values that are referred to and differ, or refer to such."""
    there = {_where(target): target for target in _targets(head, references)}
    users: dict[int, list[int]] = {}
    tainted: list[int] = []
    for target in _targets(base, references):
        other = there.get(_where(target))
        if other is None or other.digest != target.digest:
            tainted.append(id(target))
        for reference in references.of(target):
            users.setdefault(id(base.follow(reference)), []).append(id(target))
    met = set(tainted)
    while tainted:
        for user in users.get(tainted.pop(), ()):
            if user not in met:
                met.add(user)
                tainted.append(user)
    return frozenset(met)


def _targets(side: "Side", references: References) -> list[Node]:
    """Return every value that is referred to, each once."""
    found: dict[int, Node] = {}
    for root in side.files.values():
        for reference in references.of(root):
            target = side.follow(reference)
            found[id(target)] = target
    return list(found.values())


def _name(member: tuple[str, Node]) -> str:
    return member[0]


def _where(node: Node) -> tuple[str, str]:
    return node.file, node.pointer
