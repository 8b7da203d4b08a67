"""Which operations owe an acknowledgement, and where in a message a change shows."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from conformance.review.annotations import Annotations
from conformance.review.changes import Change, Reach
from conformance.review.locating import Locating
from conformance.review.nodes import Node, Place

if TYPE_CHECKING:
    from conformance.review.sides import Side

Json = Any
HEADER: Final = re.compile(r"/headers/([^/]+)$")
PROPERTY: Final = re.compile(r"/properties/([^/]+)$")
ACCEPTED: Final = "202"
TEMPLATE: Final = re.compile(r"\{[^{}]*\}")
SAFE: Final = frozenset({"get", "head", "options", "trace", "query"})
METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")


class Duties:
    """Both sides, and what the operations of either of them owe.

    Attributes:
        base: what was.
        head: what is.
        annotations: how the contract says what it guarantees.

    """

    def __init__(self, base: "Side", head: "Side", annotations: Annotations) -> None:
        """Keep what it is given."""
        self.base = base
        self.head = head
        self.annotations = annotations

    def owes(self, reach: Reach) -> bool:
        """Tell whether the operation of a reach owes an acknowledgement on either side."""
        return bare(reach.operation) in self._owing

    def owed(self, change: Change) -> list[Reach]:
        """Return the reaches of a change in 2xx answers of operations that owe one."""
        return [one for one in change.reaches if one.status[:1] == "2" and self.owes(one)]

    @cached_property
    def _owing(self) -> frozenset[str]:
        sides = (self.base, self.head)
        return frozenset(
            bare(f"{method.upper()} {path}")
            for side in sides
            for path, method, node in operations(side)
            if self._is_owing(method, node)
        )

    def _is_owing(self, method: str, operation: Node) -> bool:
        if operation.get(self.annotations.receipt) is not None:
            return True
        answers = operation.get("responses")
        return method not in SAFE and answers is not None and answers.get(ACCEPTED) is not None

    def answer(self, side: "Side", reach: Reach) -> Node | None:
        """Return the answer that a reach is in, of a side; None if that has none."""
        operation = self._operations[side is self.head].get(bare(reach.operation))
        answers = operation.get("responses") if operation is not None else None
        written = answers.get(reach.status) if answers is not None else None
        return side.follow(written) if written is not None else None

    @cached_property
    def locating(self) -> tuple[Locating, Locating]:
        """Return what finds locators on the base, and on the head."""
        return Locating(self.base, self.annotations), Locating(self.head, self.annotations)

    @cached_property
    def _operations(self) -> tuple[dict[str, Node], ...]:
        return tuple(
            {bare(f"{method.upper()} {path}"): node for path, method, node in operations(side)}
            for side in (self.base, self.head)
        )

    @cached_property
    def stages(self) -> tuple[str, ...]:
        """Return the stages of a command, lowest first."""
        for side in (self.head, self.base):
            for schema in side.schemas.values():
                words = _at(schema, ("$defs", "stage", "enum"))
                if isinstance(words, list):
                    return tuple(map(str, words))
        return self.annotations.stages

    def completion_stage(self, side: "Side", operation: str) -> str:
        """Return the stage at which an operation is complete; empty where it says none."""
        return self._completion[side is self.head].get(bare(operation), "")

    @cached_property
    def _completion(self) -> tuple[dict[str, str], ...]:
        steps = (self.annotations.receipt, "completionStage")
        return tuple(
            {name: str(_at(node, steps) or "") for name, node in operations_of.items()}
            for operations_of in self._operations
        )


def bare(operation: str) -> str:
    """Leave out the names of path parameters, which the sides may spell in two ways."""
    return TEMPLATE.sub("{}", operation)


def operations(side: "Side") -> Iterator[tuple[str, str, Node]]:
    """Go through the operations of the paths: path, method in lower case, and the operation."""
    paths = side.root.get("paths")
    for path, written in paths.items() if paths else ():
        item = side.follow(written)
        for method, node in item.items():
            if method in METHODS:
                yield path, method, node
        further = item.get("additionalOperations")
        for method, node in further.items() if further else ():
            yield path, method.lower(), node


def found(side: "Side", place: Place | None) -> Node | None:
    """Return the node at a place of a side; None if there is none."""
    node = side.files.get(place.file) if place else None
    for step in place.pointer.split("/")[1:] if place else ():
        if node is None:
            return None
        node = node.value[int(step)] if node.is_list else node.get(unescaped(step))
    return node


def unescaped(step: str) -> str:
    """Spell a step of a JSON Pointer as the document does."""
    return step.replace("~1", "/").replace("~0", "~")


def keyword(change: Change) -> str:
    """Return the last step of where a change is."""
    return unescaped(change.place.pointer.rpartition("/")[2])


def header(change: Change, reach: Reach) -> str:
    """Return the header that a reach is in, or that a change is of, in lower case; else empty."""
    kind, _, name = reach.at.partition(" ")
    if kind == "header":
        return name.partition("/")[0].strip().lower()
    return _named(change, HEADER).lower()


def member(change: Change, reach: Reach) -> str:
    """Return the member of a body that a change is of or that a reach is; else empty."""
    named = _named(change, PROPERTY)
    if named:
        return named
    kind, _, steps = reach.at.partition(" ")
    names = [step for step in steps.split("/") if step not in {"", "*"}]
    return unescaped(names[-1]) if kind == "body" and names else ""


def _named(change: Change, kind: re.Pattern[str]) -> str:
    for place in (change.base, change.head):
        met = kind.search(place.pointer) if place is not None else None
        if met:
            return unescaped(met[1])
    return ""


def _at(node: Node | None, steps: tuple[str, ...]) -> Json:
    for step in steps:
        node = node.get(step) if node is not None else None
    return node.data if node is not None else None
