"""Whether a side is a valid OpenAPI document of a version that a review knows.

Judged by the JSON Schemas that the OpenAPI Initiative publishes, the root document whole and what
references lead to in other files. Not judged: what those schemas cannot say, such as path
parameters that no template names, or an operationId given twice.
"""

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import jsonschema_rs

from conformance.review.building import told
from conformance.review.nodes import Node
from conformance.review.refused import SideInvalid

VERSION: Final = re.compile(r"3\.([012])\.\d+(?:-.+)?")
ACCEPTED: Final = "3.0, 3.1 and 3.2"
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
VALUE: Final = "this"
Kind = jsonschema_rs.ValidationErrorKind
BRANCHES: Final = (Kind.AnyOf, Kind.OneOfNotValid)


def minor_version(root: Node) -> int:
    """Return the minor version of OpenAPI 3 that a document is written in.

    Raises:
        SideInvalid: it is no OpenAPI document, or of a version that no review knows.

    """
    if not root.is_mapping:
        raise SideInvalid(f"{root.file}:{root.line}: an OpenAPI document is a mapping.")
    written = root.get("openapi") or root.get("swagger")
    if written is None:
        raise SideInvalid(
            f"{root.file}:{root.line}: this is no OpenAPI document: it has no openapi, the version "
            f"of OpenAPI. Accepted: {ACCEPTED}."
        )
    found = VERSION.fullmatch(written.value) if isinstance(written.value, str) else None
    if found is None or written.key == "swagger":
        raise SideInvalid(
            f"{written.place}: {written.key} is {json.dumps(written.data)[:40]}. A review takes "
            f"OpenAPI {ACCEPTED}, written as a text such as 3.1.0."
        )
    return int(found.group(1))


def problems(
    root: Node, entries: Iterable[tuple[Node, str]], schemas: Iterable[Node]
) -> Iterator[str]:
    """Go through what is invalid, a sentence each, by place.

    Args:
        root: of the document.
        entries: what references lead to in other files, each with its kind.
        schemas: the outermost schemas; judged from OpenAPI 3.1 on, before by `root`.

    """
    minor = minor_version(root)
    found = set(_wrong(_validator(minor, ""), root))
    for node, kind in entries:
        if name := _definition(minor, kind):
            found |= set(_wrong(_validator(minor, name), node))
    if minor > 0:
        for schema in schemas if _is_usual(root) else ():
            if _is_usual(schema):
                found |= set(_wrong(_schema_validator(), schema))
    return (f"{file}:{line}: {sentence}" for file, line, sentence in sorted(found))


def _is_usual(node: Node) -> bool:
    """Whether schemas here are in the dialect of OpenAPI, which nothing else is said of."""
    return node.get("jsonSchemaDialect") is None and node.get("$schema") is None


def _definition(minor: int, kind: str) -> str:
    """Return the name of a kind in the schema of a version; empty if it has none."""
    if minor == 0:
        named = "".join(word.capitalize() for word in kind.split("-"))
        return named.replace("Callbacks", "Callback")
    return kind


@cache
def _published(minor: int) -> dict[str, Any]:
    """Return the schema of a version, without importing the package that carries it."""
    package = find_spec("openapi_spec_validator")
    if package is None or package.origin is None:
        raise SideInvalid("The schemas of OpenAPI are missing: install openapi-spec-validator.")
    path = Path(package.origin).parent / f"resources/schemas/v3.{minor}/schema.json"
    schema: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return schema


@cache
def _validator(minor: int, name: str) -> jsonschema_rs.Validator:
    """Compile the schema of a version, or one definition of it."""
    schema = _published(minor)
    if minor == 0:
        old = {**schema, "$ref": f"#/definitions/{name}"} if name else schema
        if name:
            old = {"definitions": schema["definitions"], "allOf": [{"$ref": old["$ref"]}]}
        return jsonschema_rs.Draft4Validator(old, validate_formats=False, offline=True, mask=VALUE)
    registry = jsonschema_rs.Registry([(schema["$id"], schema)])
    part = {"$ref": f"{schema['$id']}#/$defs/{name}"} if name else schema
    return jsonschema_rs.Draft202012Validator(
        part, registry=registry, validate_formats=False, offline=True, mask=VALUE
    )


@cache
def _schema_validator() -> jsonschema_rs.Validator:
    return jsonschema_rs.Draft202012Validator(
        {"$ref": DIALECT}, validate_formats=False, offline=True, mask=VALUE
    )


def _wrong(validator: jsonschema_rs.Validator, node: Node) -> Iterator[tuple[str, int, str]]:
    if validator.is_valid(node.data):
        return
    for error in validator.iter_errors(node.data):
        sharp = _sharpest(error)
        place = _at(node, sharp.instance_path)
        where = f" at {told(place.pointer)}" if place.pointer else ""
        yield place.file, place.line, f"{_sentence(sharp)}{where}."


def _sharpest(error: jsonschema_rs.ValidationError) -> jsonschema_rs.ValidationError:
    """Return the error that says most: of several forms, that of the one which fits best."""
    while isinstance(error.kind, BRANCHES):
        branches = [
            branch for branch in error.kind.context if branch and not _wants_reference(branch)
        ]
        if not branches:
            break
        best = max(branches, key=lambda branch: max(len(one.instance_path) for one in branch))
        deeper = max(best, key=lambda one: len(one.instance_path))
        if len(branches) > 1 and len(deeper.instance_path) == len(error.instance_path):
            break
        error = deeper
    return error


def _wants_reference(branch: list[jsonschema_rs.ValidationError]) -> bool:
    return any(
        isinstance(one.kind, Kind.Required) and one.kind.property == "$ref" for one in branch
    )


def _sentence(error: jsonschema_rs.ValidationError) -> str:
    kind = error.kind
    if isinstance(kind, Kind.Required):
        return f"lacks {kind.property}"
    if isinstance(kind, Kind.AdditionalProperties | Kind.UnevaluatedProperties):
        return f"has no place for {', '.join(sorted(map(str, kind.unexpected))[:3])}"
    return error.message


def _at(node: Node, steps: Iterable[str | int]) -> Node:
    for step in steps:
        inner = node.value[int(step)] if node.is_list else node.get(str(step))
        if inner is None:
            return node
        node = inner
    return node
