"""Sentences with a keyword of RFC 2119 are matched wherever they stand."""

import pytest
from edited_contract import DOCUMENT, OPENAPI, both_ways, edited, reviewed
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.review.changes import Change
from conformance.review.nodes import Node
from conformance.review.normative import normative
from conformance.review.rules import RULES
from conformance.review.sentences import sentences
from conformance.review.sides import Side

NOTED = "description: Writes an order down."
READ = "description: Reads an order."


def with_texts(writing: str, reading: str = "Reads an order.") -> dict[str, str]:
    """The contract, with texts in place of those of two operations."""
    edits = ((NOTED, f"description: >-\n        {writing}"), (READ, f"description: {reading}"))
    return edited({OPENAPI: DOCUMENT}, OPENAPI, *edits)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It MUST hold. It SHOULD NOT wait.", ["It MUST hold.", "It SHOULD NOT wait."]),
        ("It MUST hold, e.g. here, cf. 9110. So.", ["It MUST hold, e.g. here, cf. 9110.", "So."]),
        ("It **MUST\n  NOT** use `v1.5` of a.b/c.", ["It MUST NOT use v1.5 of a.b/c."]),
        ("(It MAY.) `code` is set.", ["(It MAY.)", "code is set."]),
        ("All MUST:\n\n- store it;\n- answer.\n", ["All MUST: store it;", "All MUST: answer."]),
        ("It MUST:\n\n1. do\n   - this\n\nThen.", ["It MUST: do", "It MUST: this", "Then."]),
        ("| a | b |\n|---|---|\n| MUST x | MAY y |\n", ["a", "b", "MUST x", "MAY y"]),
        ("Before.\n\n```\nIt MUST not count.\n```\n\n# It MUST\n", ["Before.", "It MUST"]),
        ("It MUST:", ["It MUST:"]),
        ("", []),
    ],
)  # fmt: skip
def test_a_text_is_split_into_its_sentences(text: str, expected: list[str]) -> None:
    assert [one.text for one in sentences(text)] == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It MUST hold and MUST NOT fall.", [(3, False), (3, True)]),
        ("SHALL NOT, REQUIRED, MUST never.", [(3, True), (3, False), (3, True)]),
        ("NOT RECOMMENDED, SHOULD.", [(2, True), (2, False)]),
        ("MAY, OPTIONAL.", [(1, False), (1, False)]),
        ("It must, MUSTN, aMUST.", []),
    ],
)
def test_keywords_have_a_strength_and_a_not(text: str, words: list[tuple[int, bool]]) -> None:
    assert [word for one in sentences(text) for word in one.words] == words


REWORDED = {
    "must to should": ("It MUST hold.", "It SHOULD hold.", "must-weakened"),
    "must to may": ("It MUST hold.", "It MAY hold.", "must-weakened"),
    "required to optional": ("It is REQUIRED.", "It is OPTIONAL.", "must-weakened"),
    "must not to should not": ("It MUST NOT.", "It SHOULD NOT.", "must-weakened"),
    "should to may": ("It SHOULD hold.", "It MAY hold.", "must-weakened"),
    "other words and a weaker one": (
        "Each server MUST keep orders.",
        "Each server SHOULD keep all orders.",
        "must-weakened",
    ),
    "a weaker one of two": (
        "It MUST hold and MUST end.",
        "It MUST hold and MAY end.",
        "must-weakened",
    ),
    "gone": ("It MUST hold. It ends.", "It ends.", "must-removed"),
    "one of a list is gone": ("It MUST hold. It MUST end.", "It MUST end.", "must-removed"),
    "one of two that are the same": (
        "It MUST hold. It MUST hold.",
        "It MUST hold.",
        "must-removed",
    ),
}


@pytest.mark.parametrize("name", REWORDED)
def test_what_a_sentence_became_is_told_once_and_its_opposite_by_the_mirror(name: str) -> None:
    before, after, rule = REWORDED[name]

    there, back = both_ways(with_texts(before), with_texts(after))

    assert there == [rule]
    assert back == [RULES[rule].mirror]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("It MUST hold.", "It MUST NOT hold."),
        ("It MUST hold.", "It SHOULD NOT hold."),
        ("It is RECOMMENDED.", "It is NOT RECOMMENDED."),
        ("It MAY hold.", "It MUST NOT hold."),
    ],
)
def test_a_not_that_comes_or_goes_is_weakened_both_ways(before: str, after: str) -> None:
    assert both_ways(with_texts(before), with_texts(after)) == (
        ["must-negated"],
        ["must-negated"],
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("A write MUST be stored within 5 s.", "A write MUST be stored within 50 s."),
        ("The order MUST be kept for a day.", "The command MUST be kept for a day."),
        ("It MUST hold and MUST end by noon.", "It MUST hold and end by noon."),
    ],
)
def test_a_must_in_other_words_is_one_fact_that_a_person_must_judge(
    before: str, after: str
) -> None:
    assert both_ways(with_texts(before), with_texts(after)) == (
        ["must-reworded"],
        ["must-reworded"],
    )
    assert RULES["must-reworded"].guarantee == "weakened"
    assert RULES["must-reworded"].no_mirror


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("It SHOULD hold today.", "It SHOULD hold now."),
        ("It SHOULD hold.", "It holds."),
        ("It ends. It MUST hold.", "It ends now. It MUST hold."),
        ("It MUST hold. It MAY end.", "It MAY end. It MUST hold."),
    ],
    ids=["reworded", "gone", "beside a must", "another order"],
)
def test_where_no_must_is_concerned_a_text_has_changed(before: str, after: str) -> None:
    assert both_ways(with_texts(before), with_texts(after)) == (
        ["text-changed"],
        ["text-changed"],
    )


def test_a_must_that_moves_to_another_operation_is_lost_to_the_one_it_leaves() -> None:
    base = with_texts("It MUST be\n        kept. Written.", "Read.")
    head = with_texts("Written.", "Read. It MUST be kept.")

    lost = [one for one in reviewed(base, head) if one.rule != "text-changed"]

    assert [(one.rule, one.operations) for one in lost] == [("must-removed", ("POST /orders",))]


def test_a_must_goes_beside_other_words_and_both_are_told() -> None:
    base, head = with_texts("It is kept. It MUST stay."), with_texts("It is held.")

    told = reviewed(base, head)

    assert [one.rule for one in told] == ["text-changed", "must-removed"]
    assert {one.pointer for one in told} == {"openapi.yaml#/paths/~1orders/post/description"}
    assert {one.operations for one in told} == {("POST /orders",)}
    assert told[1].before == "It MUST stay."


def test_a_must_that_goes_with_its_operation_is_told_by_that() -> None:
    base = with_texts("Written.", "It MUST be read.")
    start = base[OPENAPI].index("    get:\n      operationId: getOrder")
    operation = base[OPENAPI][start : base[OPENAPI].index("webhooks:")]
    head = edited(base, OPENAPI, (operation, ""))

    assert both_ways(base, head) == (["operation-removed"], ["operation-added"])


def test_what_stands_in_an_example_or_under_a_name_is_no_text() -> None:
    base = edited(
        {OPENAPI: DOCUMENT},
        OPENAPI,
        ("stage: accepted,", "stage: accepted, description: It MUST hold.,"),
        ("        stage: { type: string }", "        description: { type: string }"),
        ("[statusUrl, stage]", "[statusUrl]"),
    )
    head = edited(base, OPENAPI, ("It MUST hold.,", "It MAY hold.,"))

    assert [one.rule for one in reviewed(base, head)] == ["example-changed"]


def test_the_text_of_a_property_counts_whatever_its_name() -> None:
    stage = "        stage: { type: string }"
    named = "        default: { type: string, description: It MUST hold. }"
    base = edited({OPENAPI: DOCUMENT}, OPENAPI, (stage, f"{named}\n{stage}"))

    head = edited(base, OPENAPI, ("It MUST hold. }", "It MAY hold. }"))

    assert both_ways(base, head) == (["must-weakened"], ["must-strengthened"])


CLAUSES = ("keep orders", "answer at once", "say why", "tell everything", "wait for a day")
said = st.lists(st.sampled_from([f"It MUST {clause}." for clause in CLAUSES]), unique=True)
prose = st.lists(st.sampled_from(["So it is.", "Read on.", "It may be so."]), max_size=3)


def side(texts: list[list[str]]) -> Side:
    """A document of nothing but texts, each of these sentences."""
    root = Node({}, "a.yaml", 1)
    for place, text in enumerate(texts):
        tag = Node({}, "a.yaml", place + 2, root, f"x-{place}")
        tag.value["description"] = Node(" ".join(text), "a.yaml", place + 2, tag, "description")
        root.value[f"x-{place}"] = tag
    return Side("a", root, {"a.yaml": root})


def told(before: list[list[str]], after: list[list[str]]) -> list[Change]:
    return normative([], side(before), side(after))


@settings(max_examples=40)
@given(said, prose, st.data())
def test_sentences_may_stand_in_any_order_and_any_text(
    musts: list[str], others: list[str], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations([*musts, *others]))
    cut = data.draw(st.integers(0, len(shuffled)))

    assert told([[*musts, *others], []], [shuffled[:cut], shuffled[cut:]]) == []


@settings(max_examples=40)
@given(said, said, prose)
def test_each_must_that_goes_and_each_that_comes_is_told_once(
    before: list[str], after: list[str], others: list[str]
) -> None:
    found = told([[*before, *others]], [[*others, *after]])

    gone = sorted({*before} - {*after})
    new = sorted({*after} - {*before})
    assert sorted(str(one.before) for one in found if one.rule != "must-added") == gone
    assert sorted(str(one.after) for one in found if one.rule != "must-removed") == new
