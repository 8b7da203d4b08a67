"""An operation in the path that it has, and the parts of it that are compared."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from conformance.review.changes import Flow, Reach
from conformance.review.nodes import Node
from conformance.review.pairs import Pair

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
OPPOSITE: Final[dict[Flow, Flow]] = {"to-server": "from-server", "from-server": "to-server"}
TEMPLATE: Final = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Root:
    """A pair that is a part of one operation; `reach` says which part."""

    pair: Pair
    reach: Reach


@dataclass(frozen=True, slots=True)
class Kind:
    """Operations of one kind.

    Attributes:
        word: operation, webhook or callback: of the rules for what is new or gone.
        flow: who sends the request.
        name: what comes before method and path.

    """

    word: str
    flow: Flow
    name: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """An operation or its path item, in the path that it has."""

    node: Node
    path: str
    item: Node


def members(node: Node | None) -> dict[str, Node]:
    """Return the members of a mapping; none of what is absent."""
    return dict(node.items()) if node is not None else {}


def methods(item: Node) -> Iterator[tuple[str, Node]]:
    """Go through the operations of a path item, each with its method."""
    for name, node in item.items():
        if name in METHODS:
            yield name.upper(), node
    more = item.get("additionalOperations")
    yield from more.items() if more is not None else ()


def by_template(paths: Node | None) -> dict[str, list[Node]]:
    """Return the items of paths that differ in the names of their parameters alone, together."""
    found: dict[str, list[Node]] = {}
    for path, node in members(paths).items():
        if path.startswith("/"):
            found.setdefault(TEMPLATE.sub("{}", path), []).append(node)
    return found


def named(kind: Kind, method: str, path: str) -> str:
    """Return what an operation is called in a review."""
    if kind.word == "operation":
        return f"{method} {path}".strip()
    return f"{kind.name} {method}" + (f" {path}" if kind.word == "callback" else "")


def reach_of(kind: Kind, method: str, placed: Placed) -> Reach:
    """Return the reach of an operation as a whole."""
    return Reach(
        named(kind, method, placed.path), text_of(placed.node, "operationId"), "request", kind.flow
    )


def text_of(node: Node, word: str) -> str:
    """Return a member as text; empty where it is absent."""
    found = node.get(word)
    return str(found.value) if found is not None else ""
