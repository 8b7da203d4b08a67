"""Whether an acknowledgement itself says where to look for what was accepted."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.review.content import is_true
from conformance.review.media_types import range_of, spelled
from conformance.review.nodes import Node
from conformance.review.pairs import Schema
from conformance.review.schema_view import View, view
from conformance.review.schema_words import TYPES

if TYPE_CHECKING:
    from conformance.review.annotations import Annotations
    from conformance.review.sides import Side


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
        self._schemas: dict[tuple[int, ...], bool] = {}

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
        return self._promises((followed.get("schema") or followed.get("itemSchema") or node,))

    def _promises(self, schema: Schema) -> bool:
        """Tell whether every value is an object with a locator, or an array of these.

        A schema that asks for members and names no type is taken for one of objects. One that
        leads to itself is met while it is asked, and promises nothing by that.
        """
        key = tuple(map(id, schema))
        if key not in self._schemas:
            self._schemas[key] = False
            found = view(self._side, schema)
            if found.types() == {"array"}:
                self._schemas[key] = any(self._promises((one,)) for one in found.all("items"))
            elif found.types() in ({"object"}, TYPES):
                self._schemas[key] = self._asks(found) or any(
                    all(map(self._promises, choices)) for choices in _choices(found)
                )
        return self._schemas[key]

    def _asks(self, found: View) -> bool:
        members = found.properties()
        return any(
            not any(is_true(self._side.follow(one), "writeOnly") for one in members.get(name, ()))
            for name in self._members & found.required().keys()
        )


def _choices(found: View) -> list[list[Schema]]:
    """Return schemas of which every value keeps one; of a list of one, just that."""
    branches: list[Schema] = [(one,) for word in ("then", "else") for one in found.all(word)]
    decided = [branches] if found.all("if") and len(branches) > 1 else []
    return [*decided, *([one] for one in found.apart), *(one for _, _, one in found.alternatives)]


def _items(node: Node, word: str) -> list[tuple[str, Node]]:
    written = node.get(word)
    return [] if written is None else list(written.items())
