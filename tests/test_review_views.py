"""What each view of a review says, that it keeps its schema, and that all of them count alike."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from ci_jobs import command_of
from hand_made_reviews import (
    APPROVED,
    CHANGES,
    NO_CHANGE,
    PULL_REQUEST,
    READY,
    REVIEWS,
    STALE,
    WITH_PROBLEMS,
    any_review,
)
from hypothesis import example, given, settings
from junitparser import Failure, JUnitXml, Skipped
from review_readers import READS, TITLES, Counts, Screen, rendered
from view_readers import JUNIT, SARIF, Tags

from conformance.published_schemas import validator_of
from conformance.review.changes import ABSENT, Review
from conformance.review.rules import RULES
from conformance.review.views import VIEWS
from conformance.review.views.annotated import MOST
from conformance.review.views.markdown import FIRST_SCREEN, markdown
from conformance.review.views.told import GROUPS, told_of

GOLDEN: Final = Path(__file__).parent / "data/review-comment.md"


def of_any_review(test: Callable[[Review], None]) -> Callable[[], None]:
    """Run a test on the reviews made by hand, and on others."""
    for one in REVIEWS.values():
        test = example(one)(test)
    return settings(max_examples=12, deadline=None)(given(any_review())(test))


def test_the_comment_of_a_pull_request_is_the_one_on_file() -> None:
    """When it shall be another one, `python tests/test_review_views.py` writes it anew."""
    assert markdown(PULL_REQUEST) == GOLDEN.read_text("utf-8")


@of_any_review
def test_all_views_count_alike(review: Review) -> None:
    counts = {name: read(review) for name, read in READS.items()}

    assert set(counts) == set(VIEWS)
    if review.changes:
        whole = {
            name: {**dict.fromkeys(TITLES.values(), (0, 0)), **one} for name, one in counts.items()
        }
        assert whole == dict.fromkeys(VIEWS, whole["json"])
    assert dict(counts["json"]) == counted_here(review)


def counted_here(review: Review) -> Counts:
    has = {
        "changes": lambda _: True,
        "guarantee=weakened": lambda one: one.guarantee == "weakened",
        "clients=breaks": lambda one: one.clients == "breaks",
        "clients=may-break": lambda one: one.clients == "may-break",
        "servers=new-duty": lambda one: one.servers == "new-duty",
        "requirements": lambda one: one.requirements != (),
        "tests": lambda one: one.tests.must_change + one.tests.prove_nothing != (),
        "servers=relaxed": lambda one: one.servers == "relaxed",
        "guarantee=strengthened": lambda one: one.guarantee == "strengthened",
        "not-judged": lambda one: not one.judged,
    }
    approved = [one for one in review.changes if one.fingerprint in review.approved]
    return {
        label: (sum(map(test, review.open())), sum(map(test, approved)))
        for label, test in has.items()
    }


@of_any_review
def test_every_view_that_shows_all_shows_every_change_in_its_group(review: Review) -> None:
    groups = {name: len(shown) for name, shown in told_of(review).groups.items()}
    shown = json.loads(VIEWS["json"](review))["changes"]
    results = json.loads(VIEWS["sarif"](review))["runs"][0]["results"]
    cards = [told for _, told in Tags(VIEWS["html"](review)).found if "data-label" in told]
    suites = JUnitXml.fromstring(VIEWS["junit"](review).encode())

    assert sum(groups.values()) == len(review.changes) == len(cards)
    assert Counter(one["group"] for one in shown) == groups
    assert Counter(one["properties"]["group"] for one in results) == groups
    assert {
        suite.name[7:]: suite.tests for suite in suites if suite.name != "review.gate"
    } == groups
    for name, number in groups.items():
        for view in ("text", "html", "markdown"):
            assert f"{GROUPS[name]}: {number}" in VIEWS[view](review)


def test_an_approved_change_leaves_its_group_and_keeps_its_labels() -> None:
    told = told_of(PULL_REQUEST)

    assert {name: len(shown) for name, shown in told.groups.items()} == {
        "weakened": 4,
        "breaks": 3,
        "other": 1,
        "not-judged": 1,
        "approved": 1,
    }
    assert [one.number for one in told.shown] == list(range(1, 11))
    assert (told.counts["clients=breaks"].open, told.counts["clients=breaks"].approved) == (4, 1)
    assert told.heading("breaks") == "Clients break: 3 (and 1 in other groups)"


@of_any_review
def test_the_json_keeps_its_published_schema(review: Review) -> None:
    validator_of("review-report").validate(json.loads(VIEWS["json"](review)))


def test_the_json_holds_every_reach_and_leaves_out_what_is_absent() -> None:
    shown = {one["rule"]: one for one in json.loads(VIEWS["json"](PULL_REQUEST))["changes"]}

    lost = shown["failure-became-unsayable"]
    assert lost["operations"] == [name for name, _ in WITH_PROBLEMS]
    assert {one["at"] for one in lost["reaches"]} == {"body /code"}
    assert "before" not in shown["required-property-added"]
    assert shown["property-became-optional"]["approval"]["who"] == "Ada Park"


@of_any_review
def test_junit_keeps_its_schema_and_is_red_exactly_where_the_gate_is(review: Review) -> None:
    JUNIT.validate(VIEWS["junit"](review))
    suites = JUnitXml.fromstring(VIEWS["junit"](review).encode())

    assert bool(suites.failures or suites.errors) == bool(review.exit_code)


def test_what_the_policy_forbids_fails_in_junit_and_what_is_approved_is_skipped() -> None:
    suites = JUnitXml.fromstring(VIEWS["junit"](PULL_REQUEST).encode())
    kinds = {suite.name: [[type(one) for one in case.result] for case in suite] for suite in suites}

    assert kinds == {
        "review.weakened": [[Failure]] * 4,
        "review.breaks": [[Failure]] * 3,
        "review.other": [[]],
        "review.not-judged": [[]],
        "review.approved": [[Skipped]],
    }


def results(review: Review) -> dict[str, Any]:
    run = json.loads(VIEWS["sarif"](review))["runs"][0]
    return {one["ruleId"]: one for one in run["results"]}


@of_any_review
def test_sarif_keeps_its_published_schema(review: Review) -> None:
    SARIF.validate(json.loads(VIEWS["sarif"](review)))


def test_sarif_says_where_how_bad_and_whether_it_is_approved() -> None:
    found = results(PULL_REQUEST)
    place = found["failure-became-unsayable"]["locations"][0]["physicalLocation"]
    gone = found["operation-removed"]

    assert place == {"artifactLocation": {"uri": "spec/openapi.yaml"}, "region": {"startLine": 410}}
    assert "region" not in gone["locations"][0]["physicalLocation"]
    assert gone["relatedLocations"][0]["physicalLocation"]["region"] == {"startLine": 140}
    assert {one["level"] for one in found.values()} == {"error", "note"}
    assert found["text-changed"]["level"] == "note"
    (yes,) = found[APPROVED.rule]["suppressions"]
    assert yes["justification"] == "by Ada Park until 2027-03-31: no client reads it (#118)"
    assert found["must-removed"]["suppressions"] == []


def test_sarif_names_every_rule_and_each_result_by_its_fingerprint() -> None:
    run = json.loads(VIEWS["sarif"](PULL_REQUEST))["runs"][0]

    rules = [one["id"] for one in run["tool"]["driver"]["rules"]]
    assert rules == list(RULES)
    assert all(rules[one["ruleIndex"]] == one["ruleId"] for one in run["results"])
    prints = {one["partialFingerprints"]["ackproofReview/v1"] for one in run["results"]}
    assert prints == {one.fingerprint for one in CHANGES}


def commands(review: Review) -> list[tuple[str, dict[str, str], str]]:
    read = [command_of(line) for line in VIEWS["github"](review).splitlines()]
    return [one for one in read if one]


def test_annotations_stand_at_the_head_and_say_the_line_of_what_is_gone() -> None:
    told = {place.get("line", ""): message for _, place, message in commands(PULL_REQUEST)[1:]}

    assert set(told) == {"", "33", "58", "63", "188", "305", "410"}
    assert "spec/openapi.yaml:140 in the base" in told[""]
    assert {one[1]["file"] for one in commands(PULL_REQUEST)[1:]} == {"spec/openapi.yaml"}


def test_ten_causes_are_annotated_and_the_rest_is_counted() -> None:
    lost = CHANGES[1]
    many = [replace(lost, before=[f"CODE_{number}"]) for number in range(25)]
    review = replace(PULL_REQUEST, changes=tuple(many), violations=(), exit_code=0)

    assert len(commands(review)) == 1 + MOST == 11
    assert "15 more changes are not annotated" in commands(review)[0][2]


def test_a_stale_approval_is_an_error_in_every_view() -> None:
    sentence = STALE.bad_approvals[0].sentence

    assert [one[0] for one in commands(STALE)] == ["notice", "error"]
    for view in VIEWS:
        text = " ".join(VIEWS[view](STALE).split())
        assert sentence in text or sentence in text.replace("%3A", ":"), view


@pytest.mark.parametrize("view", ["text", "markdown", "html"])
def test_people_are_told_plainly_that_nothing_changed(view: str) -> None:
    assert "nothing changed" in VIEWS[view](NO_CHANGE)


def test_a_comment_says_that_what_it_told_of_before_is_gone() -> None:
    text = markdown(NO_CHANGE)

    assert "Whatever an earlier version of this comment told of is gone." in text
    assert "<details>" not in text


def test_a_sentence_that_a_comment_quotes_ends_with_one_full_stop() -> None:
    quoted = replace(CHANGES[1], what="a weaker word than before: It SHOULD be stored.")

    text = markdown(replace(PULL_REQUEST, changes=(quoted,)))

    assert text.count("It SHOULD be stored.** ") == 2


def test_a_comment_is_found_again_by_its_name_alone() -> None:
    first = markdown(PULL_REQUEST, "orders").partition("\n")[0]

    assert first == markdown(NO_CHANGE, "orders").partition("\n")[0]
    assert first == "<!-- ackproof review: orders -->"
    assert markdown(NO_CHANGE, "a --> b").startswith("<!-- ackproof review: a ___ b -->\n")


@of_any_review
def test_the_first_screen_of_a_comment_has_at_most_25_lines(review: Review) -> None:
    seen = Screen(rendered(markdown(review))).seen
    causes = sum(line.endswith("matters.") for line in seen)

    assert len(seen) + causes <= FIRST_SCREEN == 25


def test_the_first_screen_shows_the_verdict_the_version_and_every_weakened_guarantee() -> None:
    seen = Screen(rendered(markdown(PULL_REQUEST))).seen

    assert seen[0].startswith("Contract review: not ready, since 4 changes weaken a guarantee")
    assert seen[1].startswith("This needs 2.0.0 or more after 1.4.0, since clients break")
    weakened = told_of(PULL_REQUEST).groups["weakened"]
    assert [one.change.what in "\n".join(seen) for one in weakened] == [True] * 4
    assert len(seen) + 4 <= FIRST_SCREEN


@pytest.mark.parametrize("view", ["text", "markdown", "html"])
def test_people_see_who_approved_what_until_when_and_why(view: str) -> None:
    text = " ".join(VIEWS[view](READY).split()).replace("&#8203;", "")

    assert "by Ada Park until 2027-03-31: no client reads it (#118)" in text
    assert "(1 approved)" in text


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_the_same_each_time(view: str) -> None:
    assert VIEWS[view](PULL_REQUEST) == VIEWS[view](PULL_REQUEST)


def test_the_text_fits_into_80_columns_and_names_what_it_does_not_list() -> None:
    text = VIEWS["text"](PULL_REQUEST)

    assert max(map(len, text.splitlines())) <= 80
    named = "7 operations, in their responses: DELETE /orders/{orderId}, GET /orders and 5 more"
    assert f"{named} (--format json has all)" in " ".join(text.split())
    assert ABSENT in text


if __name__ == "__main__":
    GOLDEN.write_text(markdown(PULL_REQUEST), "utf-8")
