"""The page of a review: filters, both sides, both themes, a phone, paper, and 500 changes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from hand_made_reviews import HOSTILE, PULL_REQUEST, REVIEWS, largest, planted
from playwright.sync_api import Page, expect

from browser.opened import PHONE, Opens, everything_open, seen
from conformance.review.changes import Review
from conformance.review.views.page import page as page_of
from conformance.review.views.told import LABELS, told_of

Reviews = Callable[[Review], Path]
FETCHED: Final = "performance.getEntriesByType('resource').length"
SHOWN: Final = "[...document.querySelectorAll('.change:not([hidden])')].map((one) => one.id)"
WIDE: Final = """() => [...document.querySelectorAll("body *")].filter((one) =>
  !one.closest(".wide") && one.getBoundingClientRect().right > innerWidth + 0.5
).map((one) => one.outerHTML.slice(0, 120))"""
LOADED: Final = "performance.getEntriesByType('navigation')[0].loadEventEnd"
both_themes = pytest.mark.parametrize("theme", ["light", "dark"])


@pytest.fixture
def draws_review(tmp_path: Path) -> Reviews:
    def drawn(review: Review) -> Path:
        file = tmp_path / "review.html"
        file.write_text(page_of(review), encoding="utf-8")
        return file

    return drawn


@pytest.fixture
def page(opens: Opens, draws_review: Reviews) -> Page:
    return opens(draws_review(PULL_REQUEST))


def shown(page: Page) -> list[int]:
    return [int(str(one)[1:]) for one in page.evaluate(SHOWN)]


def numbers(has: Callable[[Any], bool]) -> list[int]:
    return [one.number for one in told_of(PULL_REQUEST).shown if has(one)]


@pytest.mark.parametrize("review", REVIEWS.values(), ids=REVIEWS.keys())
def test_a_page_of_any_review_opens_and_fetches_nothing(
    opens: Opens, draws_review: Reviews, review: Review
) -> None:
    page = opens(draws_review(review))
    everything_open(page)

    assert page.evaluate(FETCHED) == 0
    assert page.locator("h1").inner_text() == f"Contract review: {told_of(review).verdict}"


@pytest.mark.parametrize("label", LABELS)
def test_a_label_shows_the_changes_that_have_it(page: Page, label: str) -> None:
    _, has = LABELS[label]
    wanted = numbers(lambda one: has(one.change))
    options = page.locator("select[data-by=label] option").all()

    assert (label in [one.get_attribute("value") for one in options]) == bool(wanted)
    if wanted:
        page.select_option("select[data-by=label]", label)
        assert shown(page) == wanted
        told = page.get_by_role("status").inner_text()
        assert told.startswith(f"{len(wanted)} of 10 shown, label ")


def test_a_rule_and_an_operation_narrow_each_other_and_give_everything_back(page: Page) -> None:
    page.select_option("select[data-by=operation]", label="GET /orders")
    reaches = numbers(lambda one: "GET /orders" in one.change.operations)
    assert shown(page) == reaches
    page.select_option("select[data-by=rule]", "enum-value-removed")
    assert shown(page) == numbers(lambda one: one.change.rule == "enum-value-removed")
    assert seen(page, ".group.weakened h2") == [False]

    for by in ("rule", "operation"):
        page.select_option(f"select[data-by={by}]", "")
    assert len(shown(page)) == 10


def test_what_the_policy_forbids_and_what_is_approved_are_labels_too(page: Page) -> None:
    page.select_option("select[data-by=label]", "policy")
    assert shown(page) == numbers(lambda one: one.violates != ())

    page.select_option("select[data-by=label]", "approved")
    assert shown(page) == numbers(lambda one: one.approval is not None)


def test_both_sides_stand_next_to_each_other_with_what_only_one_has(page: Page) -> None:
    lost = page.locator(".change", has_text="ORDER_NOT_STORED is gone")
    boxes = [one.bounding_box() for one in lost.locator(".side").all()]

    assert [one.inner_text() for one in lost.locator("del").all()] == ['"ORDER_NOT_STORED"']
    assert lost.locator("ins").count() == 0
    assert len({box["y"] for box in boxes if box}) == 1
    assert all(boxes)
    assert "spec/openapi.yaml:412" in lost.locator(".side").first.inner_text()
    assert "spec/openapi.yaml:410" in lost.locator(".side").last.inner_text()


def test_the_filters_and_a_change_are_worked_by_keyboard_alone(page: Page) -> None:
    page.locator("select[data-by=label]").focus()
    page.keyboard.type("approved")
    assert shown(page) == [10]
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
    page.keyboard.press("Enter")

    expect(page.locator("#c10 .sides")).to_be_visible()


def test_a_link_to_a_change_that_is_filtered_away_shows_it(page: Page) -> None:
    page.select_option("select[data-by=label]", "approved")
    page.evaluate("location.hash = 'c2'")
    page.wait_for_function("document.getElementById('c2').open")

    assert len(shown(page)) == 10


@both_themes
@pytest.mark.parametrize("review", REVIEWS.values(), ids=REVIEWS.keys())
def test_a_page_is_accessible_in_both_themes(
    opens: Opens, draws_review: Reviews, review: Review, theme: str
) -> None:
    page = opens(draws_review(review), color_scheme=theme)
    everything_open(page)
    found = Axe().run(page).response["violations"]

    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
    colour = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 23, 26)"}[theme]
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == colour


@pytest.mark.parametrize("review", [PULL_REQUEST, planted(HOSTILE)], ids=["plain", "hostile"])
def test_a_phone_shows_everything_without_scrolling_sideways(
    opens: Opens, draws_review: Reviews, review: Review
) -> None:
    page = opens(draws_review(review), **PHONE)
    everything_open(page)

    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.evaluate(WIDE) == []
    assert page.locator("img").count() == 0


def test_paper_shows_every_change_with_both_sides_and_no_controls(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = false; })")
    page.emulate_media(media="print")

    assert all(seen(page, ".side, .reached li"))
    assert not any(seen(page, "select, button"))


def test_without_its_script_a_page_shows_every_change(opens: Opens, draws_review: Reviews) -> None:
    page = opens(draws_review(PULL_REQUEST), java_script_enabled=False)

    expect(page.locator("#filters")).to_be_hidden()
    assert all(one.is_visible() for one in page.locator(".change").all())


def test_500_changes_that_reach_1000_operations_are_loaded_and_filtered_in_two_seconds(
    opens: Opens, draws_review: Reviews
) -> None:
    page = opens(draws_review(largest()))
    loaded = page.evaluate(LOADED)
    began = page.evaluate("performance.now()")
    page.select_option("select[data-by=operation]", "7")
    filtered = page.evaluate("performance.now()") - began

    assert len(shown(page)) == 499
    assert loaded + filtered < 2_000
