"""Every labelled change is told once, where it is, with its labels; every rewrite is silence."""

import re

import pytest
from corpus_model import Case, Rewrite
from review_corpus import (
    CASES,
    EVERYTHING,
    REWRITES,
    changes,
    line_of,
    wrong_of_case,
    wrong_of_rewrite,
)
from review_detection import DOCUMENT, document, figures

from conformance.review.rules import RULES

COUNT = re.compile(r'(count"?: ?{?\s*(?:"?type"?: "?integer"?,?\s*)?"?minimum"?: )1\b')
"""The least number of letters in a booking, however it is written."""
COURIER = [one for one in REWRITES if not one.name.startswith(("upgrade", "nullable", "exclusive"))]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_change_is_told_once_where_it_is_with_its_labels(case: Case) -> None:
    assert wrong_of_case(case) == []


@pytest.mark.parametrize("rewrite", REWRITES, ids=lambda rewrite: rewrite.name)
def test_a_rewrite_is_no_change(rewrite: Rewrite) -> None:
    assert wrong_of_rewrite(rewrite) == []


@pytest.mark.parametrize("rewrite", COURIER, ids=lambda rewrite: rewrite.name)
def test_a_change_is_told_once_through_a_rewrite(rewrite: Rewrite) -> None:
    base, head = rewrite.texts()

    told = changes(base, {name: COUNT.sub(r"\g<1>2", text) for name, text in head.items()})

    assert [one.rule for one in told] == ["bound-tightened"]
    assert [(one.clients, one.operations) for one in told] == [("breaks", ("POST /parcels",))]


def test_every_rule_has_a_case_and_so_every_mirror() -> None:
    assert sorted(set(RULES) - {case.rule for case in CASES}) == []


def test_every_rule_has_an_opposite_or_says_why_there_is_none() -> None:
    assert [one.id for one in RULES.values() if one.mirror not in RULES and not one.no_mirror] == []


def test_a_case_expects_what_its_rule_says_of_the_guarantee() -> None:
    assert [case.name for case in CASES if case.guarantee != RULES[case.rule].guarantee] == []


def test_both_sides_of_a_case_differ() -> None:
    assert [case.name for case in CASES if case.sides()[0] == case.sides()[1]] == []


def test_names_are_unique_and_can_be_typed() -> None:
    names = [one.name for one in EVERYTHING]

    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[\w.-]+", name) for name in names)


def test_the_corpus_is_as_large_as_was_asked_for() -> None:
    assert len(CASES) >= 120
    assert len(REWRITES) >= 25


def test_the_line_of_a_value_is_that_of_its_key() -> None:
    text = "a:\n  b/c:\n    - x\n    - d:\n        1\n"

    assert [line_of(text, pointer) for pointer in ("/a", "/a/b~1c/1", "/a/b~1c/1/d")] == [1, 4, 4]


def test_the_page_of_what_is_detected_is_current() -> None:
    everything = [one.name for one in CASES], [one.name for one in REWRITES]

    written = document(*everything, figures())

    assert DOCUMENT.read_text(encoding="utf-8") == written, "make review-detection"


def test_the_figures_of_other_tools_are_of_this_corpus() -> None:
    assert set(figures().told) == {one.name for one in EVERYTHING}, "make review-others"
