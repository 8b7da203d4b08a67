"""Lint of the examples and of the names that schemas require."""

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

SPEC = Path(__file__).parent.parent / "spec"
Json = Any
BASE = "https://ackproof.example/spec/"
SCHEMAS: dict[str, Any] = {
    path.name: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((SPEC / "schemas").glob("*.schema.json"))
}
Document = dict[str, Any]
Reference = Callable[[str], Any]


def registry(document: Document) -> Registry[Any]:
    named = {f"{BASE}schemas/{name}": schema for name, schema in SCHEMAS.items()}
    named |= {schema["$id"]: schema for schema in SCHEMAS.values()}
    named[f"{BASE}openapi.yaml"] = document
    return Registry().with_resources(
        (uri, Resource.from_contents(content, default_specification=DRAFT202012))
        for uri, content in named.items()
    )


def examples(value: Json, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the pointer of each object that has a schema and examples, and each example value."""
    if isinstance(value, list):
        for index, child in enumerate(value):
            yield from examples(child, f"{pointer}/{index}")
    if not isinstance(value, dict):
        return
    if "schema" in value and "example" in value:
        yield pointer, value["example"]
    if "schema" in value and "examples" in value:
        yield from ((pointer, example["value"]) for example in value["examples"].values())
    for key, child in value.items():
        if key not in {"example", "examples"}:
            yield from examples(child, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")


def contradicting_examples(document: Document) -> Iterator[str]:
    known = registry(document)
    for pointer, value in examples(document):
        validator = Draft202012Validator(
            {"$ref": f"{BASE}openapi.yaml#{quote(pointer)}/schema"},
            registry=known,
            format_checker=Draft202012Validator.FORMAT_CHECKER,
        )
        yield from (f"{pointer}: {error.message}" for error in validator.iter_errors(value))


def bodies_without_example(document: Document) -> Iterator[str]:
    for path, item in document["paths"].items():
        for operation in (entry for key, entry in item.items() if key != "parameters"):
            answers = [operation.get("requestBody", {}), *operation["responses"].values()]
            for content in (one["content"] for one in answers if "content" in one):
                for kind, media in content.items():
                    if not media.get("example", media.get("examples")):
                        yield f"{path} {operation['operationId']} {kind}: no example"


def unknown_required_names(
    schema: Json, reference: Reference, inherited: frozenset[str] = frozenset(), at: str = ""
) -> Iterator[str]:
    """Walk a schema; `reference` gives the schema that a $ref names."""
    if not isinstance(schema, dict):
        return
    known = inherited | property_names(schema, reference)
    for name in schema.get("required", ()):
        if name not in known:
            yield f"{at}: requires {name!r}, which is no property"
    for key in ("not", "if", "then", "else"):
        yield from unknown_required_names(schema.get(key), reference, known, f"{at}/{key}")
    for key in ("allOf", "anyOf", "oneOf"):
        for index, one in enumerate(schema.get(key, ())):
            yield from unknown_required_names(one, reference, known, f"{at}/{key}/{index}")
    for name, one in schema.get("properties", {}).items():
        own = property_names(reference_of(schema, name, reference), reference)
        yield from unknown_required_names(one, reference, own, f"{at}/properties/{name}")
    for key in ("items", "additionalProperties"):
        yield from unknown_required_names(schema.get(key), reference, frozenset(), f"{at}/{key}")
    for name, one in schema.get("$defs", {}).items():
        yield from unknown_required_names(one, reference, frozenset(), f"{at}/$defs/{name}")


def property_names(schema: Json, reference: Reference) -> frozenset[str]:
    if not isinstance(schema, dict):
        return frozenset()
    names = frozenset(schema.get("properties", {}))
    if "$ref" in schema:
        names |= property_names(reference(schema["$ref"]), reference)
    for one in schema.get("allOf", ()):
        names |= property_names(one, reference)
    return names


def reference_of(schema: dict[str, Any], name: str, reference: Reference) -> Json:
    """Return what is known of a property: where a rule narrows `target`, that is the target."""
    if name == "target":
        return reference("vocabulary.schema.json#/$defs/target")
    return schema["properties"][name]


def follow(uri: str) -> Json:
    name, _, pointer = uri.partition("#")
    found: Any = SCHEMAS[name.rpartition("/")[2]]
    for step in pointer.split("/")[1:]:
        found = found[step]
    return found


def unknown_names_of_components(document: Document) -> Iterator[str]:
    components = document["components"]["schemas"]

    def reference(uri: str) -> Json:
        return components[uri.rpartition("/")[2]] if uri.startswith("#") else follow(uri)

    for name, schema in components.items():
        yield from unknown_required_names(schema, reference, at=name)


@pytest.fixture(scope="module")
def document() -> Document:
    loaded: Document = yaml.safe_load((SPEC / "openapi.yaml").read_text(encoding="utf-8"))
    return loaded


def test_no_example_contradicts_its_schema(document: Document) -> None:
    assert list(contradicting_examples(document)) == []


def test_every_body_has_an_example(document: Document) -> None:
    assert list(bodies_without_example(document)) == []


def test_required_names_of_the_components_are_properties(document: Document) -> None:
    assert list(unknown_names_of_components(document)) == []


@pytest.mark.parametrize("name", SCHEMAS)
def test_required_names_of_a_schema_file_are_properties(name: str) -> None:
    def reference(uri: str) -> Json:
        return follow(f"{name}{uri}" if uri.startswith("#") else uri)

    assert list(unknown_required_names(SCHEMAS[name], reference, at=name)) == []


def test_an_example_of_a_request_that_breaks_a_limit_is_reported(document: Document) -> None:
    broken = copy.deepcopy(document)
    post = broken["paths"]["/api/scopes/{scopeId}/members"]["post"]
    smallest = post["requestBody"]["content"]["application/json"]["examples"]["smallest"]
    smallest["value"]["displayName"] = "a" * 257
    assert len(list(contradicting_examples(broken))) == 1


def test_an_example_of_a_receipt_that_breaks_a_rule_is_reported(document: Document) -> None:
    broken = copy.deepcopy(document)
    completed = broken["components"]["responses"]["Completed"]["content"]["application/json"]
    completed["examples"]["ready"]["value"]["stage"] = "accepted"
    assert len(list(contradicting_examples(broken))) >= 1


def test_an_example_of_a_header_that_breaks_its_pattern_is_reported(document: Document) -> None:
    broken = copy.deepcopy(document)
    broken["components"]["headers"]["ETag"]["example"] = "3"
    assert len(list(contradicting_examples(broken))) == 1


def test_a_body_without_an_example_is_reported(document: Document) -> None:
    broken = copy.deepcopy(document)
    get = broken["paths"]["/health/live"]["get"]
    get["responses"]["200"]["content"]["application/json"]["examples"] = {}
    assert len(list(bodies_without_example(broken))) == 1


def test_a_required_name_that_is_no_property_is_reported(document: Document) -> None:
    broken = copy.deepcopy(document)
    broken["components"]["schemas"]["Run"]["required"].append("runWord")
    assert list(unknown_names_of_components(broken)) == [
        "Run: requires 'runWord', which is no property"
    ]


def test_a_rule_about_a_name_that_is_no_property_is_reported() -> None:
    broken = copy.deepcopy(SCHEMAS["identity.schema.json"])
    broken["allOf"][0]["then"]["required"] = ["stateVersoin"]
    assert len(list(unknown_required_names(broken, follow))) == 1
