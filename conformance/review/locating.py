"""Whether an acknowledgement itself says where to look for what was accepted."""

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from conformance.review.content import is_true
from conformance.review.media_types import range_of, spelled
from conformance.review.nodes import Node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.review.annotations import Annotations
    from conformance.review.sides import Side

MOST_PARTS: Final = 100
MOST_SCHEMAS: Final = 50_000
DEEPEST: Final = 50


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What an answer says of where to look.

    Attributes:
        forms: its media types, and whether every body of each holds a locator.
        located: whether a header always says it.

    """

    forms: dict[str, bool]
    located: bool

    def holds_more_than(self, after: "Acknowledgement") -> bool:
        """Tell whether its bodies hold what one finds by, and those of another one do not."""
        one, other = self.forms, after.forms
        if not other or after.located:
            return not other and any(one.values())
        if all(one.values()) or not any(other.values()):
            return any(one.values()) and not all(other.values())
        return any(
            promised and not other.get(name, other.get(range_of(name, other), True))
            for name, promised in one.items()
        )


class Locating:
    """Finds locators on one side; of each answer and each schema once."""

    def __init__(self, side: "Side", annotations: "Annotations") -> None:
        """Keep what it is given."""
        self._side = side
        self._members = frozenset(annotations.locator_properties)
        self._headers = {one.lower() for one in annotations.locator_headers}
        self._answers: dict[int, Acknowledgement] = {}
        self._schemas: dict[int, bool] = {}

    def acknowledgement(self, answer: Node) -> Acknowledgement:
        """Return what an answer says."""
        if id(answer) not in self._answers:
            self._answers[id(answer)] = Acknowledgement(
                self._forms(answer), any(map(self._locates, _items(answer, "headers")))
            )
        return self._answers[id(answer)]

    def _forms(self, answer: Node) -> dict[str, bool]:
        found: dict[str, bool] = {}
        for name, body in _items(answer, "content"):
            holds = self.holds(body)
            found[spelled(name)] = found.get(spelled(name), True) and holds
        return found

    def _locates(self, named: tuple[str, Node]) -> bool:
        name, header = named
        return name.lower() in self._headers and is_true(self._side.follow(header), "required")

    def holds(self, node: Node) -> bool:
        """Tell whether every body of a media type, or every value of a schema, holds a locator."""
        followed = self._side.follow(node)
        schema = followed.get("schema") or followed.get("itemSchema") or node
        return self._promises(schema, 0)

    def _promises(self, schema: Node, depth: int) -> bool:
        """Tell whether every value is an object with a locator, or an array of these.

        A schema that asks for members and names no type is taken for one of objects.
        """
        known = self._schemas
        if id(schema) in known or len(known) > MOST_SCHEMAS or depth > DEEPEST:
            return known.get(id(schema), False)
        known[id(schema)] = False
        parts = list(islice(self._parts(schema), MOST_PARTS))
        types = [found for part in parts if (found := _types(part))]
        if {"array"} in types:
            each = [items for part in parts if (items := part.get("items"))]
            known[id(schema)] = any(self._promises(one, depth + 1) for one in each)
        elif not types or {"object"} in types:
            known[id(schema)] = self._asks(parts) or any(
                all(self._promises(one, depth + 1) for one in choices)
                for part in parts
                for choices in _choices(part)
            )
        return known[id(schema)]

    def _asks(self, parts: list[Node]) -> bool:
        required = {str(one.value) for part in parts for one in _elements(part, "required")}
        unsent = {
            name
            for part in parts
            for name, member in _items(part, "properties")
            if is_true(self._side.follow(member), "writeOnly")
        }
        return bool(required & self._members - unsent)

    def _parts(self, schema: Node) -> "Iterator[Node]":
        """Go through a schema and all that holds beside it; in 3.0 nothing does beside a `$ref`."""
        waiting, met = [schema], set[int]()
        while waiting:
            node = waiting.pop()
            if id(node) in met:
                continue
            met.add(id(node))
            followed = self._side.follow(node)
            if followed is not node:
                waiting.append(followed)
            if followed is node or not self._side.openapi.startswith("3.0"):
                yield node
                waiting += _elements(node, "allOf")


def _types(part: Node) -> set[str]:
    """Return the types that a schema names; `nullable` is how OpenAPI 3.0 names null."""
    written = part.get("type")
    if written is None:
        return set()
    named = {str(one.value) for one in written.elements()} or {str(written.value)}
    return named | ({"null"} if is_true(part, "nullable") else set())


def _choices(part: Node) -> list[list[Node]]:
    """Return the schemas of which a value keeps one."""
    either = [one for word in ("then", "else") if (one := part.get(word))]
    both = [either] if part.get("if") is not None and len(either) > 1 else []
    return both + [found for word in ("oneOf", "anyOf") if (found := _elements(part, word))]


def _elements(node: Node, word: str) -> list[Node]:
    written = node.get(word)
    return [] if written is None else list(written.elements())


def _items(node: Node, word: str) -> list[tuple[str, Node]]:
    written = node.get(word)
    return [] if written is None else list(written.items())
