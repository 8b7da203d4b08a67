"""Whatever a contract holds is text in every view of its review, however much of it there is."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

import pytest
import yaml
from ci_jobs import command_of
from hand_made_reviews import APPROVED, HOSTILE, largest, planted
from hypothesis import example, given, settings
from hypothesis import strategies as st
from junitparser import JUnitXml
from review_readers import rendered
from view_readers import JUNIT, SARIF, Tags

from conformance.published_schemas import validator_of
from conformance.review.changes import ABSENT, Review
from conformance.review.nodes import Place
from conformance.review.views import VIEWS
from conformance.review.views.entries import ready_entry
from conformance.review.views.markdown import LIMIT, markdown
from conformance.review.views.markup import code, prose
from conformance.review.views.side_by_side import pieces_of, pretty

HARMLESS: Final = planted("harmless")
TEXT: Final = st.text(
    alphabet=st.one_of(st.characters(codec=None), st.sampled_from("`*_[]()<>&@#~|\\:/\n"))
)


def structure(view: str, review: Review) -> list[Any]:
    """Everything of a view that makes it up, without what it says."""
    return STRUCTURES[view](VIEWS[view](review))


def tags(page: str) -> list[Any]:
    marks = {"code", "ins", "del"}
    return [(tag, sorted(told)) for tag, told in Tags(page).found if tag not in marks]


def suites(text: str) -> list[Any]:
    JUNIT.validate(text)
    return [(one.name, len(one)) for one in JUnitXml.fromstring(text.encode())]


def results(text: str) -> list[Any]:
    SARIF.validate(json.loads(text))
    return [one["ruleId"] for one in json.loads(text)["runs"][0]["results"]]


def changes(text: str) -> list[Any]:
    validator_of("review-report").validate(json.loads(text))
    return [one["rule"] for one in json.loads(text)["changes"]]


STRUCTURES: Final[Mapping[str, Callable[[str], list[Any]]]] = {
    "text": lambda text: re.findall(r"^ *\d+\. |^\S+: \d+", text, re.MULTILINE),
    "json": changes,
    "markdown": lambda text: tags(rendered(text)),
    "summary": lambda text: tags(rendered(text)),
    "html": tags,
    "junit": suites,
    "sarif": results,
    "github": lambda text: [
        one and (one[0], sorted(one[1])) for one in map(command_of, text.splitlines())
    ],
}


@pytest.mark.parametrize("view", VIEWS)
def test_a_contract_can_add_nothing_to_the_structure_of_a_view(view: str) -> None:
    assert structure(view, planted(HOSTILE)) == structure(view, HARMLESS)


@settings(max_examples=6, deadline=None)
@example("\ud800")
@example("`a``b`")
@given(st.text(min_size=1, alphabet=st.characters(codec=None)))
def test_whatever_a_contract_holds_is_text_in_every_view(text: str) -> None:
    for view in sorted(VIEWS.keys() - {"text"}):
        assert structure(view, planted(text)) == structure(view, HARMLESS), view


@pytest.mark.parametrize("view", VIEWS)
def test_no_control_or_direction_character_of_a_contract_is_in_a_view(view: str) -> None:
    text = VIEWS[view](planted(HOSTILE))

    assert [one for one in text if not one.isprintable() and one != "\n"] == []


@settings(deadline=None)
@example("`a``<img>`")
@example("```` `x` ``")
@example("# head")
@example("1. one")
@example("- one")
@example("+ one")
@example("`a | b`")
@given(TEXT)
def test_prose_and_code_are_markdown_without_any_markup_of_the_text(text: str) -> None:
    for spelled in (prose(text), code(text)):
        assert markup(spelled) <= {"p", "code"}
        assert markup(f"x {spelled} x") <= {"p", "code"}
        assert markup(f"- {spelled}") <= {"ul", "li", "code"}
    cells = Tags(rendered(f"| a | b |\n|---|---|\n| {prose(text)} | end |")).rows[1]
    assert cells[1] == "end"


def markup(text: str) -> set[str]:
    return {tag for tag, _ in Tags(rendered(text)).found}


@pytest.mark.parametrize(
    "text", ["@octocat", "#118", "o/r#3", "GH-7", "gh-7", "https://x.example", "www.x.example"]
)
def test_prose_calls_nobody_and_links_nothing(text: str) -> None:
    shown = prose(f"see {text}, please")

    assert text not in shown
    assert shown.replace("&#8203;", "") == f"see {text}, please"


def test_a_ready_entry_is_yaml_that_names_exactly_the_change() -> None:
    odd = replace(APPROVED, head=Place(HOSTILE, 3, f"/a~1b/{HOSTILE}"))

    (entry,) = yaml.safe_load(ready_entry(odd))
    assert (entry["rule"], entry["pointer"], entry["values"]) == (odd.rule, odd.pointer, odd.values)
    assert ready_entry(odd).isascii()


LARGE: Final = largest()


def test_500_changes_that_reach_1000_operations_each_make_a_page_below_5_mb() -> None:
    text = VIEWS["html"](LARGE)

    assert len(text.encode()) < 5_000_000
    assert text.count('class="requirement change"') == 500
    assert "more, in the JSON report" in text
    assert text.count('data-operation="0-498 500-999"') == 1
    assert len(set(re.findall('data-operation="[^"]*"', text))) == 500


def test_a_comment_leaves_out_whole_changes_from_the_end_and_says_how_many() -> None:
    small = replace(LARGE.changes[-1], before="x", after="y", means="", reaches=())
    uneven = replace(LARGE, changes=(*LARGE.changes[:-1], *[small] * 9))
    text = markdown(uneven, full="the job has all")

    shown = [int(one) for one in re.findall(r"^\*\*(\d+)\. ", text, re.MULTILINE)]
    assert shown == list(range(1, len(shown) + 1))
    assert f"**{508 - len(shown)} changes have no room here**; the job has all." in text
    assert 50_000 < len(text.encode()) <= LIMIT < 60_000
    assert text.count("<details>") == text.count("</details>")


def test_the_summary_of_a_job_has_room_for_all_of_them() -> None:
    text = VIEWS["summary"](LARGE)

    assert re.findall(r"^\*\*(\d+)\. ", text, re.MULTILINE) == [str(n) for n in range(1, 501)]
    assert len(text.encode()) < 1024 * 1024
    assert VIEWS["summary"](HARMLESS) == markdown(HARMLESS)


def test_a_value_is_shown_next_to_the_other_with_what_only_one_has() -> None:
    was, now = pieces_of(["a", "b", "c"], ["a", "c"])

    assert [one.text for one in was if one.differs] == ['"b",']
    assert [one.text for one in now if one.differs] == []
    assert "".join(one.text for one in was) == pretty(["a", "b", "c"])
    was, now = pieces_of("It MUST NOT lie.", "It SHOULD lie.")
    assert [one.text for one in (*was, *now) if one.differs] == ["MUST NOT", "SHOULD"]
    assert pieces_of(ABSENT, "x")[0] == ()


VALUES: Final = st.recursive(
    st.one_of(st.text(max_size=20), st.integers(), st.booleans()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=5), inner)
    ),
    max_leaves=8,
)


@given(VALUES, VALUES)
def test_the_pieces_of_a_short_value_are_all_of_it(before: object, after: object) -> None:
    was, now = pieces_of(before, after)

    assert "".join(one.text for one in was) == pretty(before)
    assert "".join(one.text for one in now) == pretty(after)
    if pretty(before) == pretty(after):
        assert not any(one.differs for one in (*was, *now))
