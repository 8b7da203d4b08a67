"""Documents that are mutated step by step, and where each of their values was before."""

import copy
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from corpus_model import contracts

Json = Any
Steps = tuple[str | int, ...]
Names = tuple[str, ...]
"""Steps as a pointer has them."""

SPEC: Final = Path(__file__).parent.parent / "spec/openapi.yaml"
GONE: Final = object()
"""In place of a value that is not there."""


@cache
def documents() -> dict[str, Json]:
    """Give the valid documents that mutations start from. Not to be changed: they are kept."""
    courier = contracts()["courier"]["openapi.yaml"]
    return {
        "courier": _spelled(courier),
        "courier-3.0": _in_3_0(_spelled(courier)),
        "courier-3.2": _spelled(contracts()["courier-3.2"]["openapi.yaml"]),
        "spec": _bundled(_spelled(yaml.load(SPEC.read_text("utf-8"), yaml.CSafeLoader))),
    }


def _bundled(document: Json) -> Json:
    """Take the files that a document refers to into its components."""
    schemas = document["components"]["schemas"]
    own = {path.name: json.loads(path.read_text("utf-8"))
           for path in sorted((SPEC.parent / "schemas").glob("*.json"))}  # fmt: skip
    for name, schema in own.items():
        _refer(schema, name)
    _refer(document, "")
    schemas.update(own)
    return document


def _refer(value: Json, within: str) -> None:
    """Have references to files lead to the components that these became."""
    for _, node in holders(value):
        if isinstance(node, dict) and isinstance(node.get("$ref"), str):
            path, _, fragment = node["$ref"].partition("#")
            name = path.rpartition("/")[2] or within
            if name:
                node["$ref"] = f"#/components/schemas/{name}{fragment}"


def _spelled(value: Json) -> Json:
    return json.loads(json.dumps(value, default=str))


def _in_3_0(document: Json) -> Json:
    """Write a document of OpenAPI 3.1 as far as that goes in 3.0, which has `nullable`."""
    found = json.loads(json.dumps(document).replace('"type": ["string", "null"]', NULLABLE))
    for word in ("webhooks", "jsonSchemaDialect"):
        found.pop(word, None)
    found["openapi"] = "3.0.3"
    return found


NULLABLE: Final = '"type": "string", "nullable": true'


@dataclass(slots=True)
class Mutant:
    """A document that is mutated step by step.

    Attributes:
        base: as it was.
        head: as it is.
        touched: what was mutated: its holder and its key.

    """

    base: Json
    head: Json = None
    touched: list[tuple[Json, str | int]] = field(default_factory=list)
    _was: dict[int, tuple[Steps, Json]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with the same on both sides."""
        self.head = copy.deepcopy(self.base)
        self._was = {id(node): (steps, node) for steps, node in holders(self.head)}

    def touch(self, holder: Json, key: str | int) -> None:
        """Note what is about to be mutated."""
        self.touched.append((holder, key))

    def copied(self, value: Json) -> Json:
        """Copy a part of the head, which was where the original was."""
        copied = copy.deepcopy(value)
        for (_, one), (_, other) in zip(holders(value), holders(copied), strict=True):
            if id(one) in self._was:
                self._was[id(other)] = (self._was[id(one)][0], other)
        return copied

    def keeps(self, leaf: "Leaf") -> bool:
        """Tell whether a leaf of the base is still there, in a copy of what held it."""
        if leaf.steps is None or leaf.value is GONE:
            return False
        *above, key = leaf.steps
        return any(
            self._was.get(id(node), ((), None))[0] == tuple(above)
            and same(found_at(node, (key,)), leaf.value)
            for _, node in holders(self.head)
        )

    def differing(self) -> Iterator[tuple["Leaf", "Leaf"]]:
        """Go through the touched leaves that differ: as they were, and as they are."""
        now = {id(node): steps for steps, node in holders(self.head)}
        for holder, key in self.touched:
            if id(holder) not in now:
                continue  # what held it was mutated too
            sides = (self.base, self._was.get(id(holder), (None,))[0]), (self.head, now[id(holder)])
            ways = [None if way is None else (*way, key) for _, way in sides]
            here, there = (
                {} if way is None else dict(leaves(found_at(document, way)))
                for (document, _), way in zip(sides, ways, strict=True)
            )
            for steps in {**here, **there}:
                one, other = (
                    Leaf(document, None if way is None else (*way, *steps))
                    for (document, _), way in zip(sides, ways, strict=True)
                )
                if not (same(one.value, other.value) or _emptied(one.value, other.value)):
                    yield one, other


@dataclass(frozen=True, slots=True)
class Leaf:
    """What is found at the end of some steps into a document, if there are such steps."""

    document: Json
    steps: Steps | None

    @property
    def value(self) -> Json:
        """What is there; GONE if nothing is."""
        return GONE if self.steps is None else found_at(self.document, self.steps)

    @property
    def names(self) -> tuple[str, ...]:
        """The steps as a pointer has them."""
        return tuple(map(str, self.steps or ()))

    def beside(self) -> dict[str, Json]:
        """Return the members beside it."""
        found = GONE if self.steps is None else found_at(self.document, self.steps[:-1])
        return found if isinstance(found, dict) else {}

    def __str__(self) -> str:
        """Say where it is and what is there."""
        value = self.value
        return "(absent)" if value is GONE else f"/{'/'.join(self.names)} {json.dumps(value)}"


def _emptied(one: Json, other: Json) -> bool:
    """Tell whether a mapping or a list has lost or got its members, which are told one by one."""
    return type(one) is type(other) and isinstance(one, dict | list) and (not one or not other)


def same(one: Json, other: Json) -> bool:
    """Tell whether two values are equal and of one type."""
    return type(one) is type(other) and one == other


def holders(value: Json, steps: Steps = ()) -> Iterator[tuple[Steps, Json]]:
    """Go through all mappings and lists, each with the way to it."""
    if isinstance(value, dict | list):
        yield steps, value
        for key, child in members(value):
            yield from holders(child, (*steps, key))


def named(value: Json) -> Iterable[tuple[str, Json]]:
    """Go through the members of a mapping; none of anything else."""
    return value.items() if isinstance(value, dict) else ()


def members(value: Json) -> Iterable[tuple[str | int, Json]]:
    """Go through the members of a mapping, or the elements of a list."""
    return value.items() if isinstance(value, dict) else enumerate(value)


def leaves(value: Json, steps: Steps = ()) -> Iterator[tuple[Steps, Json]]:
    """Go through what holds nothing, each with the way to it."""
    if value is GONE:
        return
    if isinstance(value, dict | list) and value:
        for key, child in members(value):
            yield from leaves(child, (*steps, key))
    else:
        yield steps, value


def found_at(value: Json, steps: Steps) -> Json:
    """Return what some steps lead to; GONE if that is nothing."""
    for step in steps:
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and str(step).isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return GONE
    return value
