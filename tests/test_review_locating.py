"""Whether a 202 says where to look, however its body is put together."""

import time
from typing import Any

import pytest
from corpus_guarantees import CASES
from corpus_model import Case
from review_corpus import changes
from review_small import TEXT, contract, rules

from conformance.review.annotations import Annotations

Json = Any


def accepting(content: Json, **headers: Json) -> Json:
    answer = {"description": "It is taken.", "content": content, "headers": headers}
    return contract({"post": {"responses": {"202": answer}}})


JSON = "application/json"
MANY: Json = {"type": "array"}
NUMBERED: Json = {"schema": TEXT}
PLAIN: Json = {"type": "object", "properties": {"statusUrl": TEXT}}
RECEIPT: Json = PLAIN | {"required": ["statusUrl"]}
LOCATED: Json = {"schema": RECEIPT}
UNSENT: Json = RECEIPT | {"properties": {"statusUrl": TEXT | {"writeOnly": True}}}
ASKED: Json = {"required": ["statusUrl", "a"]}, {"required": ["statusUrl", "b"]}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({JSON: LOCATED}, {JSON: {}}),
        ({JSON: LOCATED}, {JSON: NUMBERED}),
        ({JSON: LOCATED}, {"*/*": {}}),
        ({JSON: LOCATED}, {"application/*": NUMBERED}),
        ({JSON: LOCATED}, {"application/json;charset=utf-8": NUMBERED}),
        ({JSON: LOCATED}, {"text/plain": NUMBERED}),
        ({"application/*": LOCATED}, {JSON: NUMBERED}),
        ({"*/*": LOCATED}, {"*/*": LOCATED, "text/plain": NUMBERED}),
        ({JSON: LOCATED, "application/xml": LOCATED}, {}),
        ({JSON: LOCATED, "text/plain": NUMBERED}, {"text/plain": NUMBERED}),
        ({JSON: LOCATED, "*/*": {}, "a/b": LOCATED}, {"*/*": {}, "a/b": LOCATED}),
        ({JSON: LOCATED, "a/b": LOCATED, "a/c": {}}, {JSON.upper(): {}, "a/b": LOCATED, "a/c": {}}),
    ],
)
def test_an_acknowledgement_loses_its_locator_with_a_form_of_its_body(
    before: Json, after: Json
) -> None:
    found = rules(accepting(before), accepting(after))

    assert ("ack-locator-lost", "breaks", "weakened") in found
    assert "ack-locator-gained" not in {rule for rule, _, _ in found}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (RECEIPT, RECEIPT | {"type": ["object", "null"]}),
        (RECEIPT, UNSENT),
        (PLAIN | {"oneOf": [*ASKED]}, PLAIN),
        (PLAIN | {"allOf": [{"anyOf": [*ASKED]}]}, PLAIN | {"allOf": [{}]}),
        ({"type": "object", "required": ["statusUrl"]}, {"type": "object"}),
        (PLAIN | {"if": {"required": ["a"]}, "then": ASKED[0], "else": ASKED[1]}, PLAIN),
        (MANY | {"items": RECEIPT}, MANY),
        (MANY | {"items": RECEIPT}, MANY | {"items": {"anyOf": [RECEIPT, TEXT]}}),
        ({"oneOf": [RECEIPT] * 101}, {"oneOf": [*[RECEIPT] * 101, TEXT]}),
    ],
)
def test_an_acknowledgement_loses_its_locator_with_what_asked_for_it(
    before: Json, after: Json
) -> None:
    base, head = (accepting({JSON: {"schema": one}}) for one in (before, after))

    assert ("ack-locator-lost", "breaks", "weakened") in rules(base, head)
    assert ("ack-locator-gained", "ok", "strengthened") in rules(head, base)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({JSON: {"schema": {}}}, {JSON: {}}),
        ({"text/plain": NUMBERED}, {}),
        ({JSON: {"schema": True}}, {JSON: {}}),
        ({"text/plain": NUMBERED}, {"text/plain": {}}),
        ({"text/plain": NUMBERED}, {"text/csv": NUMBERED}),
        ({"text/csv": LOCATED, "text/plain": NUMBERED}, {"text/csv": LOCATED, "text/plain": {}}),
        ({JSON: LOCATED, "application/xml": LOCATED}, {JSON: LOCATED}),
    ],
)
def test_what_never_held_a_locator_loses_none(before: Json, after: Json) -> None:
    for base, head in ((before, after), (after, before)):
        found = rules(accepting(base), accepting(head))

        assert not {rule for rule, _, _ in found} & {"ack-locator-lost", "ack-locator-gained"}


def test_a_header_that_always_says_where_to_look_is_enough_beside_any_body() -> None:
    always = {"Location": {"required": True, "schema": TEXT}}
    base, head = (accepting({JSON: one}, **always) for one in (LOCATED, NUMBERED))

    assert rules(base, head) == [("type-changed", "breaks", "same")]


def of_locator(schema: Json) -> Json:
    return accepting({JSON: {"schema": RECEIPT | {"properties": {"statusUrl": schema}}}})


def test_a_locator_is_lost_that_is_no_text_or_can_be_empty() -> None:
    url = TEXT | {"minLength": 1}
    for schema in ({"type": "integer"}, {"type": "object"}, TEXT):
        found = rules(of_locator(url), of_locator(schema))

        assert ("ack-locator-lost", "breaks", "weakened") in found


def test_a_longer_locator_is_none_that_is_lost() -> None:
    base, head = (of_locator(TEXT | {"maxLength": longest}) for longest in (99, 100))

    assert rules(base, head) == [("bound-loosened", "may-break", "same")]
    assert rules(head, base) == [("bound-tightened", "ok", "same")]


def test_schemas_that_are_called_as_keywords_are_no_keywords() -> None:
    words = ("type", "required", "properties", "allOf", "enum", "items", "then", "anyOf", "not")
    named = {word: {"type": "object"} for word in words}
    content = {JSON: {"schema": {"$ref": "#/components/schemas/Receipt"}}}
    base, head = (
        accepting(content) | {"components": {"schemas": {"Receipt": one, **named}}}
        for one in (RECEIPT, TEXT)
    )

    assert ("ack-locator-lost", "breaks", "weakened") in rules(base, head)


@pytest.mark.parametrize("word", ["allOf", "oneOf"])
def test_a_receipt_thousands_of_schemas_away_is_found(word: str) -> None:
    links = {f"S{n}": {word: [{"$ref": f"#/components/schemas/S{n + 1}"}]} for n in range(3_000)}
    content = {JSON: {"schema": {"$ref": "#/components/schemas/S0"}}}
    base, head = (
        accepting(content) | {"components": {"schemas": {**links, "S3000": one}}}
        for one in (RECEIPT, TEXT)
    )

    assert ("ack-locator-lost", "breaks", "weakened") in rules(base, head)


def test_the_loss_of_one_form_is_not_that_of_another() -> None:
    base, head = (
        accepting(content)
        for content in ({JSON: LOCATED}, {JSON: {"schema": PLAIN}, "text/csv": LOCATED})
    )

    assert rules(base, head) == [
        ("ack-locator-lost", "breaks", "weakened"),
        ("media-type-added", "may-break", "same"),
    ]


def test_many_operations_with_many_forms_are_reviewed_in_seconds() -> None:
    def answered(count: int) -> Json:
        forms = {f"text/x{number}": {"schema": RECEIPT | {"title": "x"}} for number in range(count)}
        answer = {"description": "It is taken.", "content": forms}
        shared: Json = {"responses": {"202": {"$ref": "#/components/responses/Taken"}}}
        whole = contract({}, components={"responses": {"Taken": answer}})
        return whole | {"paths": {f"/a{number}": {"post": shared} for number in range(100)}}

    began = time.monotonic()

    assert {rule for rule, _, _ in rules(answered(50), answered(100))} == {"media-type-added"}
    assert time.monotonic() - began < 20


def accepted(*schemas: Json, headers: Json = None) -> Json:
    content = {"application/json": {"schema": {"oneOf": list(schemas)}}}
    answer = {"description": "It is taken.", "content": content, "headers": headers or {}}
    return contract({"post": {"responses": {"202": answer}}})


def test_a_further_form_of_an_acknowledgement_that_locates_nothing_is_told() -> None:
    url = {"type": "string", "format": "uri"}
    receipt = {"type": "object", "required": ["statusUrl"], "properties": {"statusUrl": url}}
    other = {"allOf": [receipt, {"type": "object", "required": ["stage"]}]}
    silent = {"type": "object", "required": ["done"]}
    always = {"Location": {"required": True, "schema": url}}

    assert rules(accepted(receipt, other), accepted(receipt, other, silent)) == [
        ("ack-locator-lost", "breaks", "weakened")
    ]
    located = (accepted(receipt, headers=always), accepted(receipt, silent, headers=always))
    for base, head in (located, (accepted(receipt), accepted(receipt, other))):
        assert rules(base, head) == [("alternative-added", "may-break", "same")]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_a_policy_names_nothing_for_is_looked_for_nowhere(case: Case) -> None:
    nowhere = Annotations(locator_headers=(), locator_properties=(), retry_headers=())

    found = {change.rule for change in changes(*case.texts(), nowhere)}

    assert not {rule for rule in found if rule.startswith(("ack-locator", "ack-retry"))}
