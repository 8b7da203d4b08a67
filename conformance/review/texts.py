"""The texts of a document: every description and summary of it, but nothing in its examples."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from conformance.review.nodes import Node
from conformance.review.sentences import WORD

if TYPE_CHECKING:
    from conformance.review.sides import Side

TEXTS: Final = frozenset({"description", "summary"})
DATA: Final = frozenset({"example", "default", "enum", "const", "value", "dataValue", "mapping"})
NAMED: Final = frozenset(
    {
        "$defs",
        "callbacks",
        "content",
        "definitions",
        "dependentSchemas",
        "encoding",
        "headers",
        "links",
        "parameters",
        "pathItems",
        "paths",
        "patternProperties",
        "properties",
        "requestBodies",
        "responses",
        "schemas",
        "securitySchemes",
        "variables",
        "webhooks",
    }
)


def normative_texts(side: "Side") -> Iterator[Node]:
    """Go through the texts with a keyword of RFC 2119, in the order of the files.

    The catalogue and the plan have rules of their own.
    """
    others = {id(root) for root in _roots(side)}
    files = {**side.files, **side.schemas}
    for root in files.values():
        if id(root) not in others:
            yield from _texts(root)


def _roots(side: "Side") -> Iterator[Node]:
    for node in (*side.catalogue.values(), *([side.plan] if side.plan else ())):
        root = node
        while root.parent is not None:
            root = root.parent
        yield root


def _texts(root: Node) -> Iterator[Node]:
    """Walk a document; below a map of names, a key is a name and no keyword."""
    waiting = [(root, False)]
    while waiting:
        node, has_names = waiting.pop()
        inner: list[tuple[Node, bool]] = []
        for key, child in node.items():
            if has_names:
                inner.append((child, False))
            elif key == "examples":
                inner += [(one, False) for _, one in child.items()]
            elif key in TEXTS and isinstance(child.value, str):
                if WORD.search(child.value):
                    yield child
            elif key not in DATA:
                inner.append((child, key in NAMED))
        inner += [(child, False) for child in node.elements()]
        waiting += reversed(inner)
