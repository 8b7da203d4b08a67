"""Mutations of a contract, chosen by chance."""

import copy
from collections.abc import Callable, Sequence
from typing import Any, Final

from review_mutants import Mutant, found_at, holders, members, named

Json = Any
Pick = Callable[[Sequence[Any]], Any]
"""Chooses one of several by chance."""
Mutate = Callable[[Mutant, Pick], None]

WORDS: Final[dict[str, Json]] = {
    "x-new": "new",
    "unheard-of": {"of": 1},
    "minLength": 3,
    "maxItems": "many",
    "multipleOf": 0.1,
    "maximum": 7,
    "exclusiveMinimum": 2,
    "nullable": True,
    "deprecated": True,
    "required": True,
    "readOnly": True,
    "uniqueItems": True,
    "enum": ["a", "b"],
    "const": "a",
    "type": "string",
    "format": "uuid",
    "pattern": "^a",
    "items": {"type": "string"},
    "additionalProperties": False,
    "properties": {"fresh": {"type": "string"}},
    "not": {"type": "string"},
    "allOf": [{"maxLength": 1}],
    "oneOf": [{"type": "string"}, {"type": "object", "maxProperties": 1}],
    "default": 5,
    "example": "shown",
    "description": "new words",
    "summary": "new words",
    "style": "simple",
    "$comment": "new words",
    "$id": "https://elsewhere.example/",
    "$dynamicRef": "#dynamic",
    "servers": [{"url": "https://elsewhere.example"}],
    "security": [{"unknown": []}],
    "parameters": [{"name": "fresh", "in": "query", "schema": {"type": "string"}}],
    "headers": {"X-Fresh": {"schema": {"type": "string"}}},
    "links": {"fresh": {"operationRef": "#/paths/~1fresh/get"}},
    "tags": ["fresh"],
}
OTHERS: Final[tuple[Json, ...]] = (None, 1, 10**300, "x", True, [], {}, ["x"], {"x": 1})
SCHEMA_HOLDERS: Final = ("schema", "items", "additionalProperties")


def change(mutant: Mutant, pick: Pick) -> None:
    """Make a leaf another one of its type."""
    holder, key = _member(mutant, pick)
    value = holder[key]
    if isinstance(value, dict | list):
        return
    mutant.touch(holder, key)
    if isinstance(value, bool):
        holder[key] = not value
    elif isinstance(value, int | float):
        holder[key] = value + 1
    elif key == "$ref" and isinstance(value, str):
        holder[key] = _elsewhere(mutant, value, pick)
    else:
        holder[key] = f"{value or ''}x"


def _elsewhere(mutant: Mutant, reference: str, pick: Pick) -> str:
    section, _, _ = reference.rpartition("/")
    known = found_at(mutant.head, tuple(section.split("/")[1:]))
    return f"{section}/{pick(sorted(known) if isinstance(known, dict) else ['nowhere'])}"


def retype(mutant: Mutant, pick: Pick) -> None:
    """Make a value one of another type."""
    holder, key = _member(mutant, pick)
    mutant.touch(holder, key)
    holder[key] = copy.deepcopy(pick(OTHERS))


def drop(mutant: Mutant, pick: Pick) -> None:
    """Take a member out, with all that it holds; of a list the last one only."""
    holder, key = _member(mutant, pick)
    key = len(holder) - 1 if isinstance(holder, list) else key
    if holder is not mutant.head:
        mutant.touch(holder, key)
        del holder[key]


def add(mutant: Mutant, pick: Pick) -> None:
    """Add a keyword to a mapping, whether it belongs there or not."""
    holder = pick([node for _, node in holders(mutant.head) if isinstance(node, dict)])
    word = pick(sorted(WORDS.keys() - holder.keys()))
    mutant.touch(holder, word)
    holder[word] = copy.deepcopy(WORDS[word])


def _member(mutant: Mutant, pick: Pick) -> tuple[Json, str | int]:
    """Choose a member: of any mapping or list as likely as of any other, so that all are met."""
    holder = pick([node for _, node in holders(mutant.head) if node])
    return holder, pick(list(holder) if isinstance(holder, dict) else range(len(holder)))


def rename_component(mutant: Mutant, pick: Pick) -> None:
    """Give a component another name, and change something in it."""
    components = mutant.head.get("components")
    sections = [name for name, held in named(components) if held and isinstance(held, dict)]
    if not sections:
        return
    section = pick(sections)
    name = pick(list(components[section]))
    _change_within(mutant, components[section][name], pick)
    components[section][f"{name}Renamed"] = components[section].pop(name)
    old, new = (f"#/components/{section}/{one}" for one in (name, f"{name}Renamed"))
    for _, node in holders(mutant.head):
        for key, value in members(node):
            if isinstance(value, str) and value == old:
                node[key] = new


def inline(mutant: Mutant, pick: Pick) -> None:
    """Write what a reference leads to in its place, and change something in it."""
    places = [(node, key, child) for _, node in holders(mutant.head)
              for key, child in members(node) if isinstance(child, dict)
              and set(child) == {"$ref"} and isinstance(child["$ref"], str)]  # fmt: skip
    if not places:
        return
    holder, key, reference = pick(places)
    steps = tuple(reference["$ref"].replace("~1", "/").split("/")[1:])
    target = found_at(mutant.head, steps)
    if isinstance(target, dict):
        holder[key] = mutant.copied(target)
        _change_within(mutant, holder[key], pick)


def extract(mutant: Mutant, pick: Pick) -> None:
    """Make a component of a schema, and change something in it."""
    holder, key = _inline_schema(mutant, pick)
    if key and isinstance(found_at(mutant.head, ("components", "schemas")), dict):
        schemas = mutant.head["components"]["schemas"]
        name = f"Extracted{len(schemas)}"
        schemas[name] = holder[key]
        holder[key] = {"$ref": f"#/components/schemas/{name}"}
        _change_within(mutant, schemas[name], pick)


def wrap(mutant: Mutant, pick: Pick) -> None:
    """Make a schema the only member of an `allOf`, and change something in it."""
    holder, key = _inline_schema(mutant, pick)
    if key:
        _change_within(mutant, holder[key], pick)
        holder[key] = {"allOf": [holder[key]]}


def _inline_schema(mutant: Mutant, pick: Pick) -> tuple[Json, str]:
    places = [
        (node, key)
        for _, node in holders(mutant.head)
        if isinstance(node, dict)
        for key in SCHEMA_HOLDERS
        if isinstance(node.get(key), dict) and "$ref" not in node[key]
    ]
    found: tuple[Json, str] = pick(places) if places else ({}, "")
    return found


def _change_within(mutant: Mutant, within: Json, pick: Pick) -> None:
    if not within or not isinstance(within, dict):
        return
    whole, mutant.head = mutant.head, within
    pick([change, retype, add])(mutant, pick)
    mutant.head = whole


SIMPLE: Final[tuple[Mutate, ...]] = (change, retype, drop, add)
MOVES: Final[tuple[Mutate, ...]] = (rename_component, inline, extract, wrap)
