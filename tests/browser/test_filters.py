"""The filters show what report.json says, and say how much of it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Page

from browser.opened import Opens, ids_shown

Verdicts = list[dict[str, Any]]
READS: Final[dict[str, Callable[[dict[str, Any]], str]]] = {
    "area": lambda one: one["id"].partition("-")[0].lower(),
    "level": lambda one: one["level"],
    "outcome": lambda one: one["outcome"],
}


@pytest.fixture
def page(opens: Opens, faulty: Path) -> Page:
    return opens(faulty / "report.html")


@pytest.fixture
def verdicts(faulty: Path) -> Verdicts:
    return list(json.loads((faulty / "report.json").read_text("utf-8"))["verdicts"])


def choices(page: Page, by: str) -> list[str]:
    options = page.locator(f"select[data-by={by}] option")
    return [str(one.get_attribute("value")) for one in options.all()][1:]


def status(page: Page) -> str:
    return str(page.get_by_role("status").inner_text())


@pytest.mark.parametrize("by", READS)
def test_a_filter_shows_each_of_its_values_as_the_report_counts_them(
    page: Page, verdicts: Verdicts, by: str
) -> None:
    read = READS[by]

    assert sorted(choices(page, by)) == sorted({read(one) for one in verdicts})
    for value in choices(page, by):
        page.select_option(f"select[data-by={by}]", value)
        wanted = {one["id"] for one in verdicts if read(one) == value}
        assert set(ids_shown(page)) == wanted
        label = value.replace("_", " ")
        assert status(page) == f"{len(wanted)} of {len(verdicts)} shown, {by} {label}"


def test_filters_narrow_each_other_and_give_everything_back(page: Page, verdicts: Verdicts) -> None:
    page.select_option("select[data-by=level]", "MUST")
    page.select_option("select[data-by=outcome]", "fail")
    broken = {one["id"] for one in verdicts if (one["level"], one["outcome"]) == ("MUST", "fail")}
    assert set(ids_shown(page)) == broken
    whole = min({one["id"][:3] for one in verdicts} - {name[:3] for name in broken}).lower()
    page.select_option("select[data-by=area]", whole)
    assert ids_shown(page) == []
    assert status(page) == f"0 of {len(verdicts)} shown, area {whole}, level MUST, outcome fail"

    for by in READS:
        page.select_option(f"select[data-by={by}]", "")
    assert len(ids_shown(page)) == len(verdicts)


def test_a_filter_is_worked_by_keyboard_alone(page: Page, verdicts: Verdicts) -> None:
    for key in ("Tab", "Tab", "Tab", "Tab"):
        page.keyboard.press(key)
    page.keyboard.type("fail")

    assert set(ids_shown(page)) == {one["id"] for one in verdicts if one["outcome"] == "fail"}


def test_the_counts_above_the_filters_are_those_of_the_report(
    page: Page, verdicts: Verdicts
) -> None:
    said = page.locator("#requirements + p").inner_text()

    assert said.startswith(f"{len(verdicts)} in this run: ")
    for outcome in choices(page, "outcome"):
        number = sum(one["outcome"] == outcome for one in verdicts)
        assert f"{number} {outcome.replace('_', ' ')}" in said


def test_what_is_filtered_away_is_shown_again_to_whoever_follows_a_link_to_it(
    page: Page, verdicts: Verdicts
) -> None:
    broken = next(one["id"] for one in verdicts if one["outcome"] == "fail")
    page.select_option("select[data-by=outcome]", "pass")
    page.evaluate(f"location.hash = '{broken}'")
    page.wait_for_function(f"document.getElementById('{broken}').open")

    assert len(ids_shown(page)) == len(verdicts)
