"""A change that touches a guarantee is told once, under the rule that knows what it means."""

import pytest
from edited_contract import DOCUMENT, OPENAPI, WHOLE, Edit, both_ways, edited, reviewed

from conformance.review.annotations import Annotations
from conformance.review.changes import ABSENT
from conformance.review.rules import RULES

STORED = "        '202':\n          description: It is"
LOCATION = "            Location: { required: true, schema: { type: string, format: uri } }\n"
HINT = "            Retry-After: { required: true, schema: { type: integer } }\n          content"
COUNTED = "            Retry-After: { required: true, schema: { type: integer } }\n  /orders/{"
STATUS_URL = "        statusUrl: { type: string, format: uri, minLength: 1 }"
FAILING = "        '503': { $ref: '#/components/responses/Refused' }\n"
CODES = """\
      x-error-codes:
        '409': [ORDER_EXISTS, KEY_REUSED]
        '503': [NOT_STORED]
"""
EXAMPLE = "{ statusUrl: /commands/1, stage: accepted, status: pending }"
RECEIPT = "        resourceType: order\n        completionStage: observed\n"
COMMANDED = "      x-legacy-write: false\n      responses:\n        '202'"
WEAKENED: dict[str, tuple[str, list[Edit]]] = {
    "202 of a write with a receipt is 200": (
        "ack-status-changed",
        [(STORED, STORED.replace("202", "200"))],
    ),
    "202 of any write is 303": (
        "ack-status-changed",
        [(COMMANDED, COMMANDED.replace("202", "303"))],
    ),
    "Location has another name": (
        "ack-locator-lost",
        [(LOCATION, LOCATION.replace("Location", "X-Location"))],
    ),
    "Location can be relative": (
        "ack-locator-lost",
        [(LOCATION, LOCATION.replace("uri", "uri-reference"))],
    ),
    "Location has no format that locates": (
        "ack-locator-lost",
        [(LOCATION, LOCATION.replace("uri", "uuid"))],
    ),
    "statusUrl can be empty": (
        "ack-locator-lost",
        [(STATUS_URL, STATUS_URL.replace(", minLength: 1", ""))],
    ),
    "statusUrl can be null": (
        "ack-locator-lost",
        [(STATUS_URL, STATUS_URL.replace("string", "[string, 'null']"))],
    ),
    "Retry-After has another name": (
        "ack-retry-hint-lost",
        [(HINT, HINT.replace("Retry-After", "X-Wait"))],
    ),
    "Retry-After of a write can be missing": (
        "ack-retry-hint-lost",
        [(HINT, HINT.replace("required: true, ", ""))],
    ),
    "Retry-After of a read that is not done can be missing": (
        "ack-retry-hint-lost",
        [(COUNTED, COUNTED.replace("required: true, ", ""))],
    ),
    "503 is gone": ("failure-became-unsayable", [(FAILING, "")]),
    "a value of an answer says failed no more": (
        "failure-became-unsayable",
        [("paid, failed]", "paid]")],
    ),
    "a code of a failure in a 200 is gone": (
        "failure-became-unsayable",
        [("[SOLD_OUT, LATE]", "[SOLD_OUT]")],
    ),
    "a code of Problem is gone": (
        "failure-became-unsayable",
        [("[ORDER_EXISTS, KEY_REUSED, NOT_STORED]", "[ORDER_EXISTS, NOT_STORED]")],
    ),
    "a value that only refusals have is gone": (
        "failure-became-unsayable",
        [("[never, later]", "[never]")],
    ),
    "a code comes with a status no more": (
        "failure-became-unsayable",
        [("'409': [ORDER_EXISTS, KEY_REUSED]", "'409': [ORDER_EXISTS]")],
    ),
    "an accepted command ends with a code no more": (
        "failure-became-unsayable",
        [("[SOLD_OUT, NOT_STORED]", "[SOLD_OUT]")],
    ),
    "the annotation of codes is gone": (
        "guarantee-annotation-lowered",
        [(CODES, "")],
    ),
    "the stage of completion is a lower one": (
        "guarantee-annotation-lowered",
        [("completionStage: observed", "completionStage: committed")],
    ),
    "no stage of completion is said": (
        "guarantee-annotation-lowered",
        [(RECEIPT, "        resourceType: order\n")],
    ),
    "an ordered annotation is lower": (
        "guarantee-annotation-lowered",
        [("x-ack-guarantee: durable", "x-ack-guarantee: memory")],
    ),
    "an ordered annotation is gone": (
        "guarantee-annotation-lowered",
        [("      x-ack-guarantee: durable\n", "")],
    ),
    "an exemption holds": (
        "guarantee-annotation-lowered",
        [("x-legacy-write: false", "x-legacy-write: true")],
    ),
    "an example says what is not yet": (
        "example-contradicts",
        [(EXAMPLE, EXAMPLE.replace("pending", "delivered"))],
    ),
    "an example is at the stage of completion": (
        "example-contradicts",
        [(EXAMPLE, EXAMPLE.replace("stage: accepted", "stage: observed"))],
    ),
    "an example lacks the locator": (
        "example-contradicts",
        [(EXAMPLE, EXAMPLE.replace("statusUrl", "url"))],
    ),
    "an example claims success": (
        "example-contradicts",
        [(EXAMPLE, EXAMPLE.replace("pending", "pending, succeeded: true"))],
    ),
    "an operation names a requirement no more": (
        "requirement-unlinked",
        [("[ORD-01, ORD-02]", "[ORD-01]")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WEAKENED)
def test_what_is_weakened_is_told_once_and_its_opposite_by_the_mirror(name: str) -> None:
    rule, edits = WEAKENED[name]
    head = edited(WHOLE, OPENAPI, *edits)

    there, back = both_ways(WHOLE, head)

    assert there == [rule]
    assert back == [RULES[rule].mirror]
    assert RULES[rule].guarantee == "weakened"


NO_GUARANTEE: dict[str, tuple[str, list[Edit]]] = {
    "a read owes no acknowledgement": (
        "header-removed",
        [("            Location: { schema: { type: string, format: uri } }\n", "")],
    ),
    "a webhook's answer comes from the client": (
        "response-removed",
        [("        '410': { description: Nobody listens. }\n", "")],
    ),
    "a value that tells no failure": ("enum-value-removed", [("[few, many]", "[few]")]),
    "what a read answers is said in other words": (
        "text-changed",
        [("description: The order.", "description: An order.")],
    ),
    "an example that agrees is another": (
        "example-changed",
        [(EXAMPLE, EXAMPLE.replace("commands/1", "commands/2"))],
    ),
    "a summary of an example": ("text-changed", [("summary: As usual", "summary: Usual")]),
    "an ordered annotation with a value that has no place": (
        "not-judged",
        [("x-ack-guarantee: durable", "x-ack-guarantee: eternal")],
    ),
    "another member of the receipt": (
        "not-judged",
        [("operation: order.place", "operation: order.create")],
    ),
}


@pytest.mark.parametrize("name", NO_GUARANTEE)
def test_what_carries_no_guarantee_stays_as_it_is(name: str) -> None:
    rule, edits = NO_GUARANTEE[name]

    there, back = both_ways(WHOLE, edited(WHOLE, OPENAPI, *edits))

    assert there == [rule]
    assert RULES[there[0]].guarantee == RULES[back[0]].guarantee == "same"


def test_the_order_of_codes_says_nothing() -> None:
    swapped = edited(
        WHOLE, OPENAPI, ("[ORDER_EXISTS, KEY_REUSED]\n", "[KEY_REUSED, ORDER_EXISTS]\n")
    )

    assert reviewed(WHOLE, swapped) == []


def test_a_code_that_comes_with_another_status_is_lost_and_won() -> None:
    head = edited(
        WHOLE,
        OPENAPI,
        ("'409': [ORDER_EXISTS, KEY_REUSED]", "'409': [ORDER_EXISTS]"),
        ("'503': [NOT_STORED]", "'503': [NOT_STORED, KEY_REUSED]"),
    )

    told = reviewed(WHOLE, head)

    assert [(one.rule, one.before, one.after) for one in told] == [
        ("failure-became-unsayable", "KEY_REUSED", ABSENT),
        ("failure-became-sayable", ABSENT, "KEY_REUSED"),
    ]
    assert [one.pointer.rpartition("/x-error-codes")[2] for one in told] == ["/409/1", "/503/1"]


def test_a_failure_with_another_status_can_no_more_be_told_by_the_old_one() -> None:
    head = edited(WHOLE, OPENAPI, (FAILING, FAILING.replace("503", "507")))

    assert both_ways(WHOLE, head) == (
        ["failure-became-unsayable"],
        ["failure-became-unsayable"],
    )


def test_a_failure_that_became_an_acknowledgement_can_no_more_be_told() -> None:
    kept = "      responses:\n        '202':\n          description: It will be"
    base = edited(WHOLE, OPENAPI, (kept, kept.replace("202", "503")))

    assert both_ways(base, WHOLE) == (["failure-became-unsayable"], ["ack-status-changed"])


def test_other_words_for_what_an_acknowledgement_means_ask_for_a_person() -> None:
    head = edited(WHOLE, OPENAPI, ("description: It is stored.", "description: It is noted."))

    told = reviewed(WHOLE, head)

    assert [one.rule for one in told] == ["ack-meaning-changed"]
    assert told[0].guarantee == "weakened"
    assert RULES["ack-meaning-changed"].no_mirror


def test_white_space_in_what_an_acknowledgement_means_is_no_change() -> None:
    head = edited(WHOLE, OPENAPI, ("description: It is stored.", "description: 'It  is stored. '"))

    assert reviewed(WHOLE, head) == []


def test_the_stages_are_ordered_as_the_vocabulary_of_the_contract_says() -> None:
    vocabulary = '{"$defs": {"stage": {"enum": ["observed", "committed", "ready"]}}}'
    base = {**WHOLE, "schemas/vocabulary.schema.json": vocabulary}
    head = edited(base, OPENAPI, ("completionStage: observed", "completionStage: committed"))

    assert both_ways(base, head) == (
        ["guarantee-annotation-raised"],
        ["guarantee-annotation-lowered"],
    )


def test_the_annotations_have_the_names_that_the_policy_gives_them() -> None:
    document = DOCUMENT.replace("x-operation-receipt", "x-receipt")
    document = document.replace("x-ack-guarantee: durable", "x-store: disk")
    base = {OPENAPI: document}
    lower = edited(base, OPENAPI, ("x-store: disk", "x-store: cache"))
    receipt = document[document.index("      x-receipt") :].split("      x-error")[0]
    gone = edited(base, OPENAPI, (receipt, ""))
    annotations = Annotations(receipt="x-receipt", ordered={"x-store": ("cache", "disk")})

    for head in (lower, gone):
        told = reviewed(base, head, annotations)
        assert [one.rule for one in told] == ["guarantee-annotation-lowered"]


def test_what_clients_send_keeps_its_own_labels() -> None:
    schema = "{ schema: { $ref: '#/components/schemas/Problem' } }"
    body = f"      requestBody: {{ content: {{ application/json: {schema} }} }}\n"
    base = edited(WHOLE, OPENAPI, ("      x-legacy-write: false\n", body))
    head = edited(base, OPENAPI, ("_EXISTS, KEY_REUSED, NOT_STORED]", "_EXISTS, NOT_STORED]"))

    told = reviewed(base, head)

    assert [(one.rule, one.clients, one.servers) for one in told] == [
        ("failure-became-unsayable", "breaks", "relaxed")
    ]


def test_a_lost_receipt_that_came_with_an_exemption_is_two_facts() -> None:
    receipt = DOCUMENT[DOCUMENT.index("      x-operation-receipt") :].split("      x-error")[0]
    head = edited(WHOLE, OPENAPI, (receipt, "      x-legacy-write: true\n"))

    assert both_ways(WHOLE, head) == (
        ["guarantee-annotation-lowered"] * 2,
        ["guarantee-annotation-raised"] * 2,
    )
