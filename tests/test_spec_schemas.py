"""The receipt vocabulary: good and bad documents, two validators, one verdict."""

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, validators
from referencing import Registry
from referencing.jsonschema import DRAFT202012

SPEC = Path(__file__).parent.parent / "spec"
SCHEMAS: dict[str, Any] = {
    path.name.removesuffix(".schema.json"): json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((SPEC / "schemas").glob("*.schema.json"))
}
EXAMPLES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "data/receipt-examples.json").read_text(encoding="utf-8")
)
FILES = {
    "OperationReceipt": "receipt",
    "OperationStatus": "status",
    "Failure": "failure",
    "ReadinessDocument": "readiness",
    "BackfillOutcome": "backfill",
    "Problem": "problem",
}


def ecma_pattern(
    _validator: object, pattern: str, instance: object, _schema: object
) -> Iterator[jsonschema.ValidationError]:
    """Match as JSON Schema says: unlike in Python, `$` does not pass over a last line feed."""
    if isinstance(instance, str) and not re.search(re.sub(r"\$$", r"\\Z", pattern), instance):
        yield jsonschema.ValidationError(f"{instance!r} does not match {pattern!r}")


def formats() -> jsonschema.FormatChecker:
    """Check the formats of the vocabulary; the plain checkers let a last line feed pass."""
    plain, strict = Draft202012Validator.FORMAT_CHECKER, jsonschema.FormatChecker(())
    for name in ("date-time", "uri-reference"):
        strict.checks(name)(
            lambda value, name=name: (
                not isinstance(value, str)
                or (not value.endswith("\n") and plain.conforms(value, name))
            )
        )
    return strict


def without(document: dict[str, Any], *members: str) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in members}


FORMATS = formats()
EcmaValidator = validators.extend(  # type: ignore[no-untyped-call]
    Draft202012Validator, {"pattern": ecma_pattern}
)
REGISTRY: Registry[Any] = Registry().with_resources(
    # Without $schema, which would call back the validator that is not extended.
    (schema["$id"], DRAFT202012.create_resource(without(schema, "$schema")))
    for schema in SCHEMAS.values()
)
FAST_REGISTRY = jsonschema_rs.Registry([(schema["$id"], schema) for schema in SCHEMAS.values()])


def slow_verdict(name: str, document: object) -> bool:
    validator = EcmaValidator(
        without(SCHEMAS[FILES[name]], "$schema"),
        registry=REGISTRY,
        format_checker=FORMATS,
    )
    return bool(validator.is_valid(document))


FAST = {
    name: jsonschema_rs.Draft202012Validator(
        SCHEMAS[file], registry=FAST_REGISTRY, validate_formats=True
    )
    for name, file in FILES.items()
}


def broken_requirements(name: str, document: object) -> set[str]:
    """Return the requirements whose annotated branches, each on its own, refuse the document."""
    return {
        branch["x-requirement"]
        for file in (FILES[name], "identity")
        for branch in SCHEMAS[file].get("allOf", ())
        if "x-requirement" in branch
        and not EcmaValidator(
            {"$id": SCHEMAS[file]["$id"], **branch},
            registry=REGISTRY,
            format_checker=FORMATS,
        ).is_valid(document)
    }


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_file_is_valid_and_named_by_its_id(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name]["$id"] == f"https://ackproof.example/schema/1/{name}.schema.json"


@pytest.mark.parametrize(
    "example", EXAMPLES, ids=lambda example: f"{example['schema']}: {example['why']}"
)
def test_both_validators_reach_the_verdict_of_the_example(example: dict[str, Any]) -> None:
    name, document = example["schema"], example["document"]
    verdicts = (slow_verdict(name, document), FAST[name].is_valid(document))
    assert verdicts == (example["valid"], example["valid"])


@pytest.mark.parametrize("name", FILES)
def test_each_schema_has_good_and_bad_examples(name: str) -> None:
    verdicts = [example["valid"] for example in EXAMPLES if example["schema"] == name]
    assert {True, False} == set(verdicts)


RECEIPT = next(one["document"] for one in EXAMPLES if one["schema"] == "OperationReceipt")
STATUS = next(one["document"] for one in EXAMPLES if one["schema"] == "OperationStatus")
FAILURE = {
    "code": "RUN_FAILED",
    "message": "no",
    "stage": "accepted",
    "retryable": False,
    "effect": "none",
    "occurredAt": "2026-01-01T00:00:00Z",
}
COMMITTED = {"stage": "committed", "stateVersion": 2}
ATTRIBUTED: dict[str, tuple[dict[str, Any], tuple[str, ...], set[str]]] = {
    "nothing": ({}, (), set()),
    "committed without a version": ({"stage": "committed"}, (), {"STA-10"}),
    "accepted with a version": ({"stateVersion": 1}, (), {"STA-10"}),
    "ready too early": ({"status": "ready"}, (), {"STA-05"}),
    "pending too late": ({"stage": "ready", "stateVersion": 1}, (), {"STA-05"}),
    "no read model": (COMMITTED, ("readModelUrl",), {"RCP-08"}),
    "no readiness": (COMMITTED, ("readinessUrl",), {"RCP-08"}),
    "failed without a failure": ({"status": "failed"}, (), {"FLR-01"}),
    "pending with a failure": ({"failure": FAILURE}, (), {"FLR-01"}),
    "a failure without effect": (
        {"status": "failed", "failure": {**FAILURE, "effect": None}},
        (),
        {"FLR-02"},
    ),
    "a shape that no requirement owns": ({"commandId": "a/b"}, (), set()),
    "an unknown stage": ({"stage": "done"}, (), set()),
    "no stage at all": ({"stateVersion": 3}, ("stage",), set()),
}


@pytest.mark.parametrize(
    ("changes", "dropped", "requirements"), ATTRIBUTED.values(), ids=ATTRIBUTED.keys()
)
@pytest.mark.parametrize("name", ["OperationReceipt", "OperationStatus"])
def test_a_breach_is_attributed_to_its_own_requirement(
    name: str, changes: dict[str, Any], dropped: tuple[str, ...], requirements: set[str]
) -> None:
    whole = {"OperationReceipt": RECEIPT, "OperationStatus": STATUS}[name] | changes
    assert broken_requirements(name, without(whole, *dropped)) == requirements


MEMBERS = sorted({member for example in EXAMPLES for member in example["document"]})
TEXT = st.text(max_size=40) | st.from_regex(r"[A-Za-z0-9._~:/?#%-]{0,12}\n?", fullmatch=True)
CODES = st.from_regex(r"[A-Z]{1,3}(_[A-Z0-9]{1,3}){0,2}\n?", fullmatch=True)
WORDS = st.sampled_from(
    [
        "accepted",
        "committed",
        "observed",
        "ready",
        "pending",
        "failed",
        "timed_out",
        "none",
        "partial",
        "unknown",
        "true",
        "false",
        "skipped",
        "verified",
        "rejected",
    ]
)
# Seconds end at 59: of the two validators only jsonschema-rs, which judges, knows leap seconds.
INSTANTS = st.datetimes().map(lambda at: f"{at.isoformat()}Z") | st.from_regex(
    r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9](\.[0-9]{1,9})?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?",
    fullmatch=True,
)
NUMBERS = st.integers(-2, 2**53 + 2) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT | CODES | WORDS | INSTANTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(MEMBERS) | TEXT, inner, max_size=4)
    ),
    max_leaves=6,
)


@st.composite
def mutants(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """Draw a valid example and change up to three of its members, at the top or one below."""
    example = draw(st.sampled_from([one for one in EXAMPLES if one["valid"]]))
    document = copy.deepcopy(example["document"])
    for _ in range(draw(st.integers(1, 3))):
        nested = [value for value in document.values() if isinstance(value, dict)]
        place = draw(st.sampled_from([document, *nested]))
        member = draw(st.sampled_from(sorted(place)) if place else TEXT)
        if draw(st.booleans()):
            place.pop(member, None)
        else:
            place[draw(st.sampled_from([member, *MEMBERS]))] = draw(VALUES)
    return example["schema"], document


@settings(max_examples=400, deadline=None)
@given(mutants())
def test_both_validators_agree_on_mutated_documents(mutant: tuple[str, dict[str, Any]]) -> None:
    name, document = mutant
    assert slow_verdict(name, document) == FAST[name].is_valid(document)
