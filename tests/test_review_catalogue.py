"""What becomes of a requirement, and of what proves it."""

import pytest
from edited_contract import (
    CATALOGUE,
    DOCUMENT,
    OPENAPI,
    PLAN,
    WHOLE,
    Edit,
    both_ways,
    edited,
    reviewed,
)

from conformance.review.changes import Change
from conformance.review.rules import RULES

FIRST = WHOLE[CATALOGUE].partition("ORD-02:")[0]
SECOND = "ORD-02:" + WHOLE[CATALOGUE].partition("ORD-02:")[2].partition("ORD-03:")[0]
THIRD = "ORD-03:" + WHOLE[CATALOGUE].partition("ORD-03:")[2]
LOCATION = "            Location: { required: true, schema: { type: string, format: uri } }\n"
ASKED = FIRST.partition("  profiles")[0]

WEAKENED: dict[str, tuple[str, list[Edit], str]] = {
    "a MUST is gone": ("must-removed", [(SECOND, "")], "-ORD-02"),
    "a MUST is withdrawn": (
        "must-removed",
        [(SECOND, SECOND.rstrip() + "\n  withdrawn: Nobody could keep it.\n\n")],
        "-ORD-02",
    ),
    "a MUST is a SHOULD": ("must-weakened", [(ASKED, "ORD-01:\n  level: SHOULD\n")], "~ORD-01"),
    "a profile asks no more": ("must-weakened", [("[core, shop]", "[core]")], "~ORD-01"),
    "an operation is no more spoken of": (
        "requirement-unlinked",
        [("[placeOrder, cancelOrder]", "[placeOrder]")],
        "@ORD-01",
    ),
    "a further branch may close it": (
        "proof-weakened",
        [("[synchronous_throughout]", "[synchronous_throughout, not_offered]")],
        "~ORD-01",
    ),
    "nothing judges it": (
        "proof-weakened",
        [(THIRD, THIRD + "  status: planned\n")],
        "~ORD-03",
    ),
}


def effects(changes: list[Change]) -> list[str]:
    return [str(effect) for one in changes for effect in one.requirements]


@pytest.mark.parametrize("name", WEAKENED)
def test_what_is_weakened_is_told_once_and_its_opposite_by_the_mirror(name: str) -> None:
    rule, edits, effect = WEAKENED[name]
    head = edited(WHOLE, CATALOGUE, *edits)
    opposite = effect.replace("-", "+", 1) if effect.startswith("-") else effect

    there = reviewed(WHOLE, head)
    back = reviewed(head, WHOLE)

    assert ([one.rule for one in there], effects(there)) == ([rule], [effect])
    assert ([one.rule for one in back], effects(back)) == ([RULES[rule].mirror], [opposite])
    assert RULES[rule].guarantee == "weakened"


BOTH_WAYS: dict[str, tuple[str, list[Edit], list[str]]] = {
    "never": ("must-negated", [("202 never names", "202 names")], ["~ORD-02"]),
    "not": ("must-negated", [("is stored before", "is not stored before")], ["~ORD-01"]),
    "other words": ("must-reworded", [("is stored before", "is kept before")], ["~ORD-01"]),
    "a guard": ("must-reworded", [("answer 503 instead", "answer 4xx instead")], ["~ORD-01"]),
    "other words of a SHOULD": ("requirement-changed", [("is sorted", "is in order")], ["~ORD-03"]),
    "a SHOULD is a MAY": ("requirement-changed", [("SHOULD", "MAY")], ["~ORD-03"]),
    "how it is checked": ("requirement-changed", [("at once.", "a second later.")], ["~ORD-01"]),
    "why": ("text-changed", [("nobody waits for.", "nobody misses.")], []),
    "why it changed": ("text-changed", [("seed 2", "seed 2\n  changed: Said so.")], []),
    "what nobody knows": ("not-judged", [("source: seed 2", "source: seed 2\n  colour: red")], []),
}  # fmt: skip


@pytest.mark.parametrize("name", BOTH_WAYS)
def test_what_has_no_direction_is_told_the_same_both_ways(name: str) -> None:
    rule, edits, effect = BOTH_WAYS[name]
    head = edited(WHOLE, CATALOGUE, *edits)

    told = reviewed(WHOLE, head)

    assert ([one.rule for one in told], effects(told)) == ([rule], effect)
    assert [one.rule for one in reviewed(head, WHOLE)] == [rule]


def test_a_requirement_below_must_comes_and_goes_without_a_guarantee() -> None:
    assert both_ways(WHOLE, edited(WHOLE, CATALOGUE, (THIRD, ""))) == (
        ["requirement-removed"],
        ["requirement-added"],
    )


@pytest.mark.parametrize(
    "edit",
    [
        ("text: An order is stored before", "text: >-\n    An order is stored\n    before"),
        (FIRST + SECOND, SECOND + FIRST),
    ],
    ids=["broken into lines", "in another order"],
)
def test_how_the_catalogue_is_written_is_no_change(edit: Edit) -> None:
    assert reviewed(WHOLE, edited(WHOLE, CATALOGUE, edit)) == []


def test_a_requirement_with_another_number_is_the_same_requirement() -> None:
    told = reviewed(WHOLE, edited(WHOLE, CATALOGUE, ("ORD-03:", "ORD-07:")))

    assert [one.rule for one in told] == ["requirement-changed"]
    assert effects(told) == ["-ORD-03", "+ORD-07"]


def test_a_requirement_follows_an_operation_that_has_another_id() -> None:
    named = edited(WHOLE, OPENAPI, ("operationId: listOrders", "operationId: showOrders"))
    head = edited(named, CATALOGUE, ("[listOrders]", "[showOrders]"))

    told = reviewed(WHOLE, head)

    assert [one.rule for one in told] == ["operation-id-changed", "requirement-changed"]
    assert effects(told) == ["@ORD-03"]


def test_a_requirement_reaches_the_operations_that_it_speaks_of() -> None:
    told = reviewed(WHOLE, edited(WHOLE, CATALOGUE, (FIRST, "")))

    assert told[0].operations == ("DELETE /orders/{orderId}", "POST /orders")


def test_a_contract_without_a_catalogue_is_reviewed_alone() -> None:
    alone = {OPENAPI: DOCUMENT}

    told = reviewed(alone, edited(alone, OPENAPI, (LOCATION, "")))

    assert [(one.rule, one.concerns) for one in told] == [("ack-locator-lost", ())]


LOST: dict[str, Edit] = {
    "a scenario": ('"scenarios": ["an_order_is_stored"]', '"scenarios": []'),
    "an invariant": ('"invariants": ["no_order_is_lost"]', '"invariants": []'),
    "a fault": ('"faults": ["forgets-orders"]', '"faults": []'),
}


@pytest.mark.parametrize("name", LOST)
def test_what_no_more_proves_a_requirement_weakens_its_proof(name: str) -> None:
    head = edited(WHOLE, PLAN, LOST[name])

    assert both_ways(WHOLE, head) == (["proof-weakened"], ["proof-strengthened"])


def test_a_proof_by_another_name_is_one_lost_until_a_person_says_otherwise() -> None:
    head = edited(WHOLE, PLAN, ("an_order_is_stored", "each_order_is_stored"))

    told = reviewed(WHOLE, head)

    assert [one.rule for one in told] == ["proof-weakened"]
    assert "lost scenario an_order_is_stored and gained scenario each" in told[0].what


def test_which_kit_exported_the_plan_is_no_change() -> None:
    head = edited(WHOLE, PLAN, ('"kit": "1"', '"kit": "2"'), ('"hash": "0"', '"hash": "1"'))

    assert reviewed(WHOLE, head) == []


def test_the_tests_of_a_requirement_that_is_gone_prove_nothing() -> None:
    told = reviewed(WHOLE, edited(WHOLE, CATALOGUE, (SECOND, "")))

    assert told[0].tests.prove_nothing == ("location_is_another", "names-the-order")
    assert told[0].tests.must_change == ()


def test_the_tests_of_a_requirement_that_changed_must_change() -> None:
    told = reviewed(WHOLE, edited(WHOLE, CATALOGUE, (ASKED, "ORD-01:\n  level: MAY\n")))

    assert told[0].tests.must_change == ("an_order_is_stored", "no_order_is_lost", "forgets-orders")


URL = "        statusUrl: { type: string, format: uri, minLength: 1 }"
READ = WHOLE[OPENAPI].partition("      operationId: listOrders")[2].partition("  /orders/{")[0]


@pytest.mark.parametrize(
    ("edit", "concerns"),
    [
        ((LOCATION, ""), ("ORD-02",)),
        ((URL, URL.replace("format: uri", "format: uri-reference")), ("ORD-01",)),
        (("        '503': { $ref: '#/components/responses/Refused' }\n", ""), ()),
        (("description: It is stored.", "description: It is noted."), ("ORD-01", "ORD-02")),
        (("[few, many]", "[few]"), ()),
        (("description: The order.", "description: An order."), ()),
    ],
    ids=["by a word of its text", "of its check", "of its guard", "202", "none", "a text"],
)
def test_a_change_concerns_what_speaks_of_it_on_an_operation_that_it_reaches(
    edit: Edit, concerns: tuple[str, ...]
) -> None:
    told = reviewed(WHOLE, edited(WHOLE, OPENAPI, edit))

    assert [one.concerns for one in told] == [concerns]
    assert bool(told[0].tests.must_change) == bool(concerns)
    assert effects(told) == []


def test_a_word_that_many_requirements_have_says_nothing() -> None:
    many = "".join(
        THIRD.replace("ORD-03", f"ORD-1{n}").replace("A list", "Location") for n in range(13)
    )
    base = edited(WHOLE, CATALOGUE, (THIRD, many.replace("listOrders", "placeOrder")))

    assert [one.concerns for one in reviewed(base, edited(base, OPENAPI, (LOCATION, "")))] == [()]


def test_the_tests_of_an_operation_that_is_gone_prove_nothing() -> None:
    listing = f"    get:\n      operationId: listOrders{READ}"

    told = reviewed(WHOLE, edited(WHOLE, OPENAPI, (listing, "")))

    assert [(one.rule, one.concerns) for one in told] == [("operation-removed", ("ORD-03",))]
    assert told[0].tests.prove_nothing == ("lists_are_sorted",)


def test_a_branch_of_a_schema_that_is_a_requirement_concerns_it() -> None:
    required = "      required: [statusUrl, stage]"
    branch = "      allOf: [{ x-requirement: ORD-02, required: [stage, status] }]\n"
    base = edited(WHOLE, OPENAPI, (required, branch + required))
    laxer = edited(base, OPENAPI, ("required: [stage, status]", "required: [stage]"))
    other = edited(base, OPENAPI, ("x-requirement: ORD-02", "x-requirement: ORD-01"))

    told = reviewed(base, laxer)
    linked = reviewed(base, other)

    assert [one.concerns for one in told] == [("ORD-02",)]
    assert [one.rule for one in linked] == ["requirement-unlinked"]
    assert effects(linked) == ["@ORD-02", "@ORD-01"]
