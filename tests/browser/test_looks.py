"""The page in both themes, on a phone, on paper and without its script."""

from pathlib import Path
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from hand_made_runs import RUNS
from playwright.sync_api import Page, expect

from browser.opened import PHONE, Draws, Opens, everything_open, seen
from conformance.run_result import RunResult

both_themes = pytest.mark.parametrize("theme", ["light", "dark"])
WIDE: Final = """() => [...document.querySelectorAll("body *")].filter((one) =>
  !one.closest(".wide") && one.getBoundingClientRect().right > innerWidth + 0.5
).map((one) => one.outerHTML.slice(0, 120))"""


def violations(page: Page) -> list[dict[str, Any]]:
    """What axe finds against WCAG 2 at level AA and good practice."""
    found = Axe().run(page).response["violations"]
    return [{"rule": one["id"], "at": [node["html"] for node in one["nodes"]]} for one in found]


@both_themes
def test_a_run_with_faults_is_accessible_folded_and_unfolded(
    opens: Opens, faulty: Path, theme: str
) -> None:
    page = opens(faulty / "report.html", color_scheme=theme)
    assert violations(page) == []

    everything_open(page)
    assert violations(page) == []


@both_themes
@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS.keys())
def test_any_run_is_accessible(opens: Opens, draws: Draws, run: RunResult, theme: str) -> None:
    page = opens(draws(run), color_scheme=theme)
    everything_open(page)

    assert violations(page) == []


@both_themes
def test_each_theme_has_colours_of_its_own(opens: Opens, faulty: Path, theme: str) -> None:
    page = opens(faulty / "report.html", color_scheme=theme)
    script = "getComputedStyle(document.body).backgroundColor"

    assert (
        page.evaluate(script) == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 23, 26)"}[theme]
    )


def test_a_phone_shows_everything_without_scrolling_sideways(opens: Opens, faulty: Path) -> None:
    page = opens(faulty / "report.html", **PHONE)
    everything_open(page)

    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.evaluate(WIDE) == []


def test_paper_shows_every_finding_with_its_exchanges(opens: Opens, faulty: Path) -> None:
    page = opens(faulty / "report.html")
    page.emulate_media(media="print")

    assert all(seen(page, ".finding .actual, .finding .sequence, details.exchange pre"))
    assert not any(seen(page, "select, button"))
    assert seen(page, "#shown") == [True]


def test_paper_is_light_in_the_dark_theme(opens: Opens, faulty: Path) -> None:
    page = opens(faulty / "report.html", color_scheme="dark")
    page.emulate_media(media="print")

    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"


def test_without_its_script_a_page_shows_and_opens_everything(opens: Opens, faulty: Path) -> None:
    page = opens(faulty / "report.html", java_script_enabled=False)
    cards = page.locator(".requirement[data-outcome]")

    expect(page.locator("#filters")).to_be_hidden()
    assert all(card.is_visible() for card in cards.all())
    cards.first.locator("summary").first.click()
    expect(cards.first.locator(".actual").first).to_be_visible()
