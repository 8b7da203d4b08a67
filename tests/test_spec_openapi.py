"""Lint of the OpenAPI document as a document: grammar, references, duplicate keys."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_spec_validator import OpenAPIV32SpecValidator

from conformance.lint import broken_references, duplicate_keys, read_sources

SPEC = Path(__file__).parent.parent / "spec"
Json = Any
SOURCES = read_sources(SPEC)
TEXT = (SPEC / "openapi.yaml").read_text(encoding="utf-8")
Document = dict[str, Any]

ANNOTATIONS = {
    "x-operation-receipt",
    "x-error-codes",
    "x-legacy-write",
    "x-optional",
    "x-requirement",
}

# What each object may hold: None a plain value, "kind" an object, ["kind"] a list of such objects,
# {"*": "kind"} a map to them. Only the part of OpenAPI 3.2 that the contract allows itself.
GRAMMAR: dict[str, dict[str, Any]] = {
    "document": {
        "openapi": None,
        "info": "info",
        "servers": ["server"],
        "paths": {"*": "path item"},
        "components": "components",
        "security": None,
        "tags": ["tag"],
    },
    "info": dict.fromkeys(("title", "summary", "description", "version")) | {"license": "license"},
    "license": dict.fromkeys(("name", "identifier", "url")),
    "server": dict.fromkeys(("url", "description", "name")),
    "tag": dict.fromkeys(("name", "summary", "description", "parent", "kind")),
    "path item": dict.fromkeys(("get", "put", "post", "patch", "delete"), "operation")
    | {"summary": None, "description": None, "parameters": ["parameter"]},
    "operation": {
        **dict.fromkeys(("tags", "summary", "description", "operationId", "deprecated")),
        "parameters": ["parameter"],
        "requestBody": "request body",
        "responses": {"*": "response"},
        "security": None,
    },
    "parameter": {
        **dict.fromkeys(("$ref", "name", "in", "description", "required", "deprecated")),
        **dict.fromkeys(("style", "explode", "example")),
        "schema": "schema",
        "examples": {"*": "example"},
    },
    "request body": {"$ref": None, "description": None, "required": None}
    | {"content": {"*": "media type"}},
    "media type": {"schema": "schema", "itemSchema": "schema", "example": None}
    | {"examples": {"*": "example"}},
    "response": {
        **dict.fromkeys(("$ref", "summary", "description")),
        "headers": {"*": "header"},
        "content": {"*": "media type"},
        "links": {"*": "link"},
    },
    "header": dict.fromkeys(("$ref", "description", "required", "deprecated", "example"))
    | {"schema": "schema"},
    "example": dict.fromkeys(("$ref", "summary", "description", "value")),
    "link": dict.fromkeys(("$ref", "operationId", "parameters", "description")),
    "security scheme": dict.fromkeys(("type", "description", "scheme", "bearerFormat")),
    "components": {
        "schemas": {"*": "schema"},
        "responses": {"*": "response"},
        "parameters": {"*": "parameter"},
        "headers": {"*": "header"},
        "links": {"*": "link"},
        "securitySchemes": {"*": "security scheme"},
    },
    "schema": {
        **dict.fromkeys(("$schema", "$id", "$ref", "$comment", "title", "description")),
        **dict.fromkeys(("type", "enum", "const", "default", "format", "pattern", "required")),
        **dict.fromkeys(("minLength", "maxLength", "minimum", "maximum", "contentEncoding")),
        **dict.fromkeys(("minItems", "maxItems", "uniqueItems", "dependentRequired")),
        **dict.fromkeys(("items", "not", "if", "then", "else", "additionalProperties"), "schema"),
        "allOf": ["schema"],
        "anyOf": ["schema"],
        "oneOf": ["schema"],
        "properties": {"*": "schema"},
        "$defs": {"*": "schema"},
    },
}


def misspelt_keywords(value: Json, kind: str = "document", at: str = "") -> Iterator[str]:
    if not isinstance(value, dict):
        return
    for key, child in value.items():
        if key in ANNOTATIONS:
            continue
        if key not in GRAMMAR[kind]:
            yield f"{at or 'the document'}: {kind} has no {key!r}"
            continue
        wanted = GRAMMAR[kind][key]
        if isinstance(wanted, str):
            yield from misspelt_keywords(child, wanted, f"{at}/{key}")
        elif isinstance(wanted, list):
            for index, one in enumerate(child):
                yield from misspelt_keywords(one, wanted[0], f"{at}/{key}/{index}")
        elif isinstance(wanted, dict):
            for name, one in child.items():
                yield from misspelt_keywords(one, wanted["*"], f"{at}/{key}/{name}")


def invalid_openapi(document: Document) -> list[str]:
    base = (SPEC / "openapi.yaml").as_uri()
    return [error.message for error in OpenAPIV32SpecValidator(document, base).iter_errors()]


@pytest.fixture(scope="module")
def document() -> Document:
    loaded: Document = yaml.safe_load(TEXT)
    return loaded


def test_the_document_is_valid_openapi(document: Document) -> None:
    assert invalid_openapi(document) == []


def test_no_keyword_is_misspelt(document: Document) -> None:
    assert list(misspelt_keywords(document)) == []


def test_no_keyword_of_a_schema_file_is_misspelt() -> None:
    for path in sorted((SPEC / "schemas").glob("*.json")):
        schema = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert list(misspelt_keywords(schema, "schema", path.name)) == []


def test_a_key_said_twice_is_reported() -> None:
    assert "['title'] said twice" in duplicate_keys("info:\n  title: a\n  title: b\n")[0]


def _rename(path: str, to: str) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        *steps, last = path.split(" ")
        for step in steps:
            document = document[step]
        document[to] = document.pop(last)

    return change


MISSPELT = {
    "operation": _rename("paths /health/live get summary", "sumary"),
    "annotation": _rename(
        "paths /api/scopes/{scopeId}/members post x-operation-receipt", "x-operation-reciept"
    ),
    "schema": _rename("components schemas DisplayName maxLength", "maxLenght"),
    "nested schema": _rename("components schemas Run properties runId $ref", "ref"),
    "parameter": _rename("components parameters PageSize in", "where"),
    "header": _rename("components headers ETag example", "sample"),
    "component": _rename("components links", "link"),
}


@pytest.mark.parametrize("change", MISSPELT.values(), ids=MISSPELT.keys())
def test_a_misspelt_keyword_is_reported(
    document: Document, change: Callable[[Document], None]
) -> None:
    broken = copy.deepcopy(document)
    change(broken)
    assert len(list(misspelt_keywords(broken))) == 1


@pytest.mark.parametrize(
    "reference",
    [
        "#/components/schemas/Nothing",
        "schemas/nothing.schema.json",
        "schemas/vocabulary.schema.json#/$defs/nothing",
    ],
)
def test_a_reference_that_leads_nowhere_is_reported(document: Document, reference: str) -> None:
    broken = copy.deepcopy(document)
    broken["components"]["schemas"]["Run"]["properties"]["runId"] = {"$ref": reference}
    contract = replace(SOURCES.contract, document=broken)
    told = list(broken_references(replace(SOURCES, contract=contract)))
    assert [reference in one for one in told] == [True]


def test_an_invalid_document_is_reported(document: Document) -> None:
    broken = copy.deepcopy(document)
    del broken["info"]["title"]
    assert invalid_openapi(broken) != []
