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
OPENAPI_DIALECTS: Final = "https://spec.openapis.org/oas/3."
VALUE: Final = "it"
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
        if kind == "schema" and minor > 0:
            found |= set(_wrong(_schema_validator(), node)) if _is_usual(node) else set()
        elif node.get("$schema") is None and (kind == "path-item" or node.get("$ref") is None):
            found |= set(_wrong(_validator(minor, _definition(minor, kind)), node))
    if minor > 0 and _is_usual(root):
        for schema in filter(_is_usual, schemas):
            found |= set(_wrong(_schema_validator(), schema))
    return (f"{file}:{line}: {sentence}" for file, line, sentence in sorted(found))


def _is_usual(node: Node) -> bool:
    """Whether schemas here are in the dialect of OpenAPI, which is that of JSON Schema 2020-12."""
    named = node.get("jsonSchemaDialect") or node.get("$schema")
    return named is None or named.value == DIALECT or str(named.value).startswith(OPENAPI_DIALECTS)


def _definition(minor: int, kind: str) -> str:
    """Return the name of a kind in the schema of a version."""
    if minor > 0:
        return kind
    return "".join(word.capitalize() for word in kind.removesuffix("s").split("-"))


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
        definitions = {"definitions": schema["definitions"]}
        part = definitions | {"allOf": [{"$ref": f"#/definitions/{name}"}]} if name else schema
        return jsonschema_rs.Draft4Validator(part, validate_formats=False, offline=True, mask=VALUE)
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
        place = _at(node, sharp.instance_path).place
        where = " ".join(place.pointer.split()) or "the top"
        yield place.file, place.line, f"at {where}: {_sentence(sharp)}."


def _sharpest(error: jsonschema_rs.ValidationError) -> jsonschema_rs.ValidationError:
    """Return the error that says most: of several forms, that of the one which fits best."""
    while isinstance(error.kind, BRANCHES):
        forms = _likely(error)
        deepest = [max(form, key=lambda one: len(one.instance_path)) for form in forms]
        best = max(deepest, key=lambda one: len(one.instance_path))
        if len(forms) > 1 and len(best.instance_path) == len(error.instance_path):
            return error
        error = best
    return error


def _likely(error: jsonschema_rs.ValidationError) -> list[list[jsonschema_rs.ValidationError]]:
    """Return the errors of each form that may be meant: no reference, nothing of another type."""
    kind: Any = error.kind
    forms: list[list[jsonschema_rs.ValidationError]] = [form for form in kind.context if form]
    likely = [form for form in forms if not any(_is_other(one, error) for one in form)]
    return likely or forms


def _is_other(inner: jsonschema_rs.ValidationError, outer: jsonschema_rs.ValidationError) -> bool:
    if inner.instance_path != outer.instance_path:
        return False
    wants_reference = isinstance(inner.kind, Kind.Required) and inner.kind.property == "$ref"
    return wants_reference or isinstance(inner.kind, Kind.Type)


def _sentence(error: jsonschema_rs.ValidationError) -> str:
    kind: Any = error.kind
    if isinstance(kind, Kind.Required):
        return f"it lacks {kind.property}"
    if isinstance(kind, Kind.AdditionalProperties | Kind.UnevaluatedProperties):
        return f"it has no place for {told(', '.join(sorted(map(str, kind.unexpected))))}"
    if isinstance(kind, BRANCHES):
        kinds: list[Any] = [one.kind for form in _likely(error) for one in form]
        lacked = [one.property for one in kinds if isinstance(one, Kind.Required)]
        if lacked:
            return f"it lacks one of {', '.join(dict.fromkeys(lacked))}"
    return error.message


def _at(node: Node, steps: Iterable[str | int]) -> Node:
    for step in steps:
        inner = node.value[int(step)] if node.is_list else node.get(str(step))
        if inner is None:
            return node
        node = inner
    return node
