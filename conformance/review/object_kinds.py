"""What stands where in an OpenAPI document: the kind of each object that can hold a reference.

In a row, `{kind` is a map of names to that kind, `~kind` one that may hold extensions too, `[kind`
a list of it. What no row names is data: examples, defaults, enumerations, extensions. A `$ref` in
data is data too.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from conformance.review.nodes import Node

SCHEMA: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas"), "{schema"
    ),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), "[schema"),
    **dict.fromkeys(
        (
            *("items", "additionalItems", "unevaluatedItems", "contains"),
            *("additionalProperties", "unevaluatedProperties", "propertyNames", "contentSchema"),
            *("not", "if", "then", "else"),
        ),
        "schema",
    ),
    "discriminator": "discriminator",
}
METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
PARAMETER: Final[Mapping[str, str]] = {
    "schema": "schema",
    "content": "{media-type",
    "examples": "{example",
}
MEMBERS: Final[Mapping[str, Mapping[str, str]]] = {
    "document": {"paths": "~path-item", "webhooks": "{path-item", "components": "components"},
    "components": {
        "schemas": "{schema",
        "responses": "{response",
        "parameters": "{parameter",
        "examples": "{example",
        "requestBodies": "{request-body",
        "headers": "{header",
        "securitySchemes": "{security-scheme",
        "links": "{link",
        "callbacks": "{callbacks",
        "pathItems": "{path-item",
        "mediaTypes": "{media-type",
    },
    "path-item": {
        **dict.fromkeys(METHODS, "operation"),
        "additionalOperations": "{operation",
        "parameters": "[parameter",
    },
    "operation": {
        "parameters": "[parameter",
        "requestBody": "request-body",
        "responses": "~response",
        "callbacks": "{callbacks",
    },
    "parameter": PARAMETER,
    "header": PARAMETER,
    "request-body": {"content": "{media-type"},
    "media-type": {
        "schema": "schema",
        "itemSchema": "schema",
        "examples": "{example",
        "encoding": "{encoding",
        "prefixEncoding": "[encoding",
        "itemEncoding": "encoding",
    },
    "encoding": {
        "headers": "{header",
        "encoding": "{encoding",
        "prefixEncoding": "[encoding",
        "itemEncoding": "encoding",
    },
    "response": {"headers": "{header", "content": "{media-type", "links": "{link"},
    "schema": SCHEMA,
}
NO_REFERENCE: Final = frozenset(
    {"document", "components", "operation", "encoding", "discriminator"}
)
"""Kinds whose `$ref` is no reference."""


def children(node: Node, kind: str) -> Iterator[tuple[Node, str]]:
    """Go through what a node of a kind holds, each with its kind."""
    if kind == "callbacks":
        yield from _members(node, "~path-item")
    row = MEMBERS.get(kind, {})
    for name, value in node.items():
        if name in row:
            yield from _members(value, row[name])


def _members(value: Node, inner: str) -> Iterator[tuple[Node, str]]:
    kind = inner.lstrip("{~[")
    if value.is_list:
        yield from ((child, kind) for child in value.elements())
    elif inner == kind:
        yield value, kind
    elif inner[0] in "{~":
        extended = inner[0] == "~"
        yield from (
            (child, kind)
            for name, child in value.items()
            if not (extended and name.startswith("x-"))
        )
