"""Forms of anyOf and oneOf that are nothing but types, or nothing but values."""

from collections.abc import Iterator
from typing import Any

from conformance.review.nodes import Node
from conformance.review.schema_words import NOTES, TYPES

Json = Any
Folded = tuple[dict[bytes, Node], frozenset[str], list[Node]]
"""Values by digest, the types that are named, and what is accounted for."""


def is_bare_type(node: Node) -> bool:
    """Tell whether a schema is nothing but a type."""
    return node.is_mapping and set(node.value) == {"type"}


def spread(said: Node) -> frozenset[str]:
    """Return the types that a keyword names; a number is also an integer."""
    known = frozenset(map(str, said.data if said.is_list else [said.data]))
    return known | {"integer"} if "number" in known else known


def is_values(node: Node) -> bool:
    """Tell whether a schema is nothing but values that it allows, with words on them."""
    if not node.is_mapping or not set(node.value) <= {"const", "enum", "type", *NOTES}:
        return False
    said, values = node.get("type"), list(listed_values(node))
    allowed = TYPES if said is None else spread(said)
    return bool(values) and all(kinds(value.value) & allowed for value in values)


def listed_values(node: Node) -> Iterator[Node]:
    """Go through the values that a schema lists; none where both keywords do."""
    const, listed = node.get("const"), node.get("enum")
    if listed is None:
        yield from () if const is None else (const,)
    elif const is None:
        yield from listed.elements()


def fold_values(node: Node) -> Folded:
    """Read forms of values as one list of values, with the types that they name."""
    values: dict[bytes, Node] = {}
    types: set[str] = set()
    seen: list[Node] = []
    for one in node.elements():
        said = one.get("type")
        types |= TYPES if said is None else spread(said)
        for value in listed_values(one):
            values.setdefault(value.digest, value)
        seen += [one.value[word] for word in ("const", "enum", "type") if word in one.value]
    return values, frozenset(types), seen


def kinds(value: Json) -> frozenset[str]:
    """Return the types that a value is of."""
    if value is None:
        return frozenset({"null"})
    if isinstance(value, bool):
        return frozenset({"boolean"})
    if isinstance(value, int | float):
        return frozenset({"integer", "number"} if value == int(value) else {"number"})
    return frozenset(
        {"string" if isinstance(value, str) else "object" if isinstance(value, dict) else "array"}
    )
