"""The published schemas of the kit's own files: target, report, review, plan and the others."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema_rs


@cache
def schema_of(kind: str) -> dict[str, Any]:
    """Return the schema of a kind of file, such as `report`."""
    text = files("conformance").joinpath(f"schemas/{kind}.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def validator_of(kind: str) -> jsonschema_rs.Validator:
    """Return the compiled schema of a kind of file."""
    return jsonschema_rs.Draft202012Validator(schema_of(kind))
