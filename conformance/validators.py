"""Compiled schemas: what breaks a document, and which requirement that is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import jsonschema_rs

BASE: Final = "https://ackproof.example/spec/"
Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Violation:
    """What is wrong in a document: JSON Pointer ("" is the whole) and a sentence."""

    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.pointer or 'the body'}: {self.message}"


class Validators:
    """One compiled validator per document kind and per annotated rule.

    A branch of a schema's top-level `allOf` with `x-requirement` is that requirement's rule; the
    schema without such branches is the document's shape.
    """

    def __init__(self, document: Schema, schemas: Mapping[str, Schema]) -> None:
        rules, shapes = _split(schemas)
        resources: list[tuple[str, Any]] = [(f"{BASE}openapi.yaml", dict(document))]
        for name, schema in schemas.items():
            shape = shapes[name]
            resources += [(schema["$id"], shape), (f"{BASE}schemas/{name}.schema.json", shape)]
        self._registry = jsonschema_rs.Registry(resources)
        self._shapes = {
            name: self._compile({"$ref": shape["$id"]}) for name, shape in shapes.items()
        }
        self._rules = {
            (name, requirement): self._compile(
                {"$id": schemas[name]["$id"] + f"-{requirement}", "allOf": branches}
            )
            for (name, requirement), branches in rules.items()
        }
        self._members = {name: _members(schemas, name) for name in schemas}
        self._parts: dict[str, jsonschema_rs.Validator] = {}

    def _compile(self, schema: Schema) -> jsonschema_rs.Validator:
        return jsonschema_rs.Draft202012Validator(
            dict(schema), registry=self._registry, validate_formats=True
        )

    def members(self, kind: str) -> tuple[str, ...]:
        """Return the names of the members that a kind of document knows."""
        return self._members[kind]

    def shape(self, kind: str, document: object) -> list[Violation]:
        """Return what breaks the shape of a receipt, status, failure, readiness or problem."""
        return _violations(self._shapes[kind], document)

    def rule(self, requirement: str, kind: str, document: object) -> list[Violation]:
        """Return what breaks the requirement's own branch of the schema `kind`."""
        return _violations(self._rules[kind, requirement], document)

    def part(self, pointer: str, document: object) -> list[Violation]:
        """Return what breaks the schema at a JSON Pointer of the OpenAPI document."""
        if pointer not in self._parts:
            self._parts[pointer] = self._compile({"$ref": f"{BASE}openapi.yaml#{pointer}"})
        return _violations(self._parts[pointer], document)


def _violations(validator: jsonschema_rs.Validator, document: object) -> list[Violation]:
    try:
        if validator.is_valid(document):
            return []
        return [
            Violation("".join(f"/{step}" for step in error.instance_path), error.message)
            for error in validator.iter_errors(document)
        ]
    except ValueError as problem:  # half a surrogate pair, or nested deeper than 255
        return [Violation("", f"no validator reads it: {problem}")]


def _split(
    schemas: Mapping[str, Schema],
) -> tuple[dict[tuple[str, str], list[Schema]], dict[str, dict[str, Any]]]:
    """Take the annotated branches out; a schema that includes another has its rules too."""
    own: dict[str, dict[str, list[Schema]]] = {}
    shapes: dict[str, dict[str, Any]] = {}
    for name, schema in schemas.items():
        branches = schema.get("allOf", [])
        own[name] = {}
        for branch in branches:
            if "x-requirement" in branch:
                own[name].setdefault(branch["x-requirement"], []).append(branch)
        shapes[name] = dict(schema)
        if own[name]:
            shapes[name]["allOf"] = [one for one in branches if "x-requirement" not in one] or [{}]
    rules = {
        (name, requirement): list(branches)
        for name in schemas
        for requirement, branches in own[name].items()
    }
    for name, schema in schemas.items():
        for included in _included(schema):
            for requirement, branches in own[included].items():
                rules.setdefault((name, requirement), []).extend(branches)
    return rules, shapes


def _included(schema: Schema) -> list[str]:
    references = [branch.get("$ref", "") for branch in schema.get("allOf", [])]
    return [
        reference.removesuffix(".schema.json")
        for reference in references
        if reference.endswith(".schema.json")
    ]


def _members(schemas: Mapping[str, Schema], name: str) -> tuple[str, ...]:
    own = tuple(schemas[name].get("properties", {}))
    return own + tuple(one for part in _included(schemas[name]) for one in _members(schemas, part))
