"""A schema as one: references followed, `allOf` merged where merging says the same."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from conformance.review.bare_forms import fold_values, is_bare_type, is_values, spread
from conformance.review.nodes import Node
from conformance.review.schema_words import (
    AT_LEAST,
    AT_MOST,
    EXAMPLES,
    LOWER,
    NOTES,
    SWITCHES,
    TYPES,
    UPPER,
)

if TYPE_CHECKING:
    from conformance.review.pairs import Schema
    from conformance.review.sides import Side

Json = Any
# fmt: off
MERGED: Final = frozenset({
    "type", "nullable", "enum", "const", "required", "properties", "pattern", "format",
    "dependentRequired", "uniqueItems", "default", *LOWER, *UPPER, *AT_LEAST, *AT_MOST, *NOTES,
    *EXAMPLES, *SWITCHES,
})
GROUPS: Final = (
    frozenset({"properties", "patternProperties", "additionalProperties"}),
    frozenset({"items", "prefixItems", "unevaluatedItems"}),
    frozenset({"contains", "minContains", "maxContains"}),
    frozenset({"if", "then", "else"}),
)
# fmt: on


@dataclass(slots=True)
class View:
    """What a schema says, wherever it says it.

    Attributes:
        home: the schema itself.
        parts: the mappings that it is merged of, outermost first.
        words: by keyword, the values of the parts that have it.
        apart: members of `allOf` that cannot be merged.
        never: the `false` of it; None if something is valid.
        null: where null is allowed beside everything else; None if it is not.
        type_choices: types that stand as alternatives of nothing but a type.
        value_choices: values that stand as alternatives of nothing but values, by digest.
        alternatives: of anyOf and oneOf, those left after that; word and schemas.
        seen: values that are accounted for by the merging.
        met: ids of what references led to; a schema that holds twice holds once.

    """

    home: Node
    parts: list[Node] = field(default_factory=list)
    words: dict[str, list[Node]] = field(default_factory=dict)
    apart: list["Schema"] = field(default_factory=list)
    never: Node | None = None
    null: Node | None = None
    type_choices: list[tuple[Node, frozenset[str]]] = field(default_factory=list)
    value_choices: list[tuple[Node, dict[bytes, Node]]] = field(default_factory=list)
    alternatives: list[tuple[str, Node, list["Schema"]]] = field(default_factory=list)
    seen: list[Node] = field(default_factory=list)
    met: set[int] = field(default_factory=set)

    def first(self, word: str) -> Node | None:
        """Return what the outermost part says; None if none says it."""
        return self.words[word][0] if word in self.words else None

    def all(self, word: str) -> list[Node]:
        """Return what every part says."""
        return self.words.get(word, [])

    @property
    def says_nothing(self) -> bool:
        """Whether everything is valid."""
        asks = [word for word in self.words if word not in NOTES + EXAMPLES + SWITCHES]
        return not (
            asks
            or self.apart
            or self.never
            or self.type_choices
            or self.value_choices
            or self.alternatives
        )

    def properties(self) -> dict[str, "Schema"]:
        """Return the schemas of each property that has a name."""
        found: dict[str, list[Node]] = {}
        for node in self.all("properties"):
            for name, schema in node.items():
                found.setdefault(name, []).append(schema)
        return {name: tuple(schemas) for name, schemas in found.items()}

    def required(self) -> dict[str, Node]:
        """Return the names that are asked for, each with where."""
        found: dict[str, Node] = {}
        for names in self.all("required"):
            for name in names.elements():
                found.setdefault(str(name.value), name)
        return found

    def types(self) -> frozenset[str]:
        """Return the types that are allowed; a number is also an integer."""
        allowed = TYPES
        for part in self.parts:
            said = part.get("type")
            if said is not None:
                nullable = part.get("nullable")
                null = nullable is not None and nullable.value is True
                allowed &= spread(said) | ({"null"} if null else frozenset())
        for _, types in self.type_choices:
            allowed &= types
        if self.null is not None or any(one.value is True for one in self.all("nullable")):
            allowed |= {"null"}
        return allowed


def view(side: "Side", schema: "Schema") -> View:
    """Merge a schema with what it refers to and what it consists of."""
    found = View(schema[0])
    for node in schema:
        _gather(side, node, found)
    _fold_alternatives(side, found)
    return found


def _gather(side: "Side", node: Node, found: View) -> None:
    if not node.is_mapping:
        found.seen.append(node)
        if node.value is False:
            found.never = node
        return
    if not node.value:
        found.seen.append(node)
    reference = node.get("$ref")
    if reference is not None and isinstance(reference.value, str):
        target = side.follow(node)
        if not side.openapi.startswith("3.0") and len(node.value) > 1:
            _own(side, node, found)
        if id(target) not in found.met:
            found.met.add(id(target))
            _gather(side, target, found)
        return
    _own(side, node, found)


def _own(side: "Side", node: Node, found: View) -> None:
    words = {word: value for word, value in node.items() if word not in {"$ref", "allOf"}}
    if found.parts and _clash(words, found):
        found.apart.append((node,))
        return
    if words:
        found.parts.append(node)
    for word, value in words.items():
        found.words.setdefault(word, []).append(value)
    members = node.get("allOf")
    if members is not None:
        if members.value in ([], {}):
            found.seen.append(members)
        for member in members.elements():
            _gather(side, member, found)


def _clash(words: dict[str, Node], found: View) -> bool:
    for word, value in words.items():
        if word in found.words and word not in MERGED and not word.startswith("x-"):
            return True
        if word == "unevaluatedProperties" and value.value is not True:
            return True
    return any(_clashing(group, words, found) for group in GROUPS)


def _clashing(group: frozenset[str], words: dict[str, Node], found: View) -> bool:
    here, there = group & words.keys(), group & found.words.keys()
    if not here or not there or (here == {"properties"} == there):
        return False
    both = [words[word] for word in here] + [one for word in there for one in found.words[word]]
    extras = [one for one in both if one.key == "additionalProperties"]
    if "properties" in group and "patternProperties" not in here | there:
        return any(one.value is not True and one.value != {} for one in extras)
    return True


def _fold_alternatives(side: "Side", found: View) -> None:
    for word in ("anyOf", "oneOf"):
        for node in found.words.pop(word, []):
            _fold(side, found, word, node)


def _fold(side: "Side", found: View, word: str, node: Node) -> None:
    """Read alternatives of bare types as types, of values as values, and one as what must hold."""
    if not node.is_list or not node.value:
        found.seen += [node] if node.value in ([], {}) else []
        return
    if all(is_values(one) for one in node.elements()):
        values, types, seen = fold_values(node)
        found.value_choices.append((node, values))
        found.type_choices += [(node, types)] if types != TYPES else []
        found.seen += seen
        return
    bare = [one for one in node.elements() if is_bare_type(one)]
    rest = [one for one in node.elements() if not is_bare_type(one)]
    if not rest:
        types = frozenset[str]().union(*(spread(one.value["type"]) for one in bare))
        found.type_choices.append((node, types))
        found.seen.append(node)
        return
    if len(bare) == 1 and spread(bare[0].value["type"]) == {"null"}:
        found.null = bare[0]
        found.seen.append(bare[0])
        bare = []
    if len(rest) == 1 and not bare and found.null is not None and _only_notes(found):
        _gather(side, rest[0], found)
        _fold_alternatives(side, found)
        return
    if len(rest) == 1 and not bare and found.null is None:
        inner = View(rest[0])
        _gather(side, rest[0], inner)
        if not _clash_of(inner, found):
            _gather(side, rest[0], found)
            _fold_alternatives(side, found)
            return
    found.alternatives.append((word, node, [(one,) for one in [*rest, *bare]]))


def _clash_of(inner: View, found: View) -> bool:
    if inner.apart or inner.never is not None:
        return True
    words = {word: nodes[0] for word, nodes in inner.words.items()}
    return _clash(words, found)


def _only_notes(found: View) -> bool:
    return not (found.words.keys() - {*NOTES, *EXAMPLES, *SWITCHES, "anyOf", "oneOf"}) and not (
        found.apart or found.alternatives or found.type_choices or found.value_choices
    )
