"""A finding is opened by mouse and by keyboard, and shows everything that it holds."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.opened import Opens, seen

FOCUSED: Final = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  return {
    tag: one.tagName, name: one.className, text: one.textContent.trim(),
    ring: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
  };
}"""
MOST_STOPS: Final = 40


@pytest.fixture
def page(opens: Opens, faulty: Path) -> Page:
    return opens(faulty / "report.html")


@pytest.fixture
def broken(faulty: Path) -> dict[str, Any]:
    """The verdict that the page shows first, of those with a finding whose reads differ."""
    report = json.loads((faulty / "report.json").read_text("utf-8"))
    return next(
        one
        for one in report["verdicts"]
        if one["outcome"] == "fail" and one["findings"][0]["differs"]
    )


def card_of(page: Page, verdict: dict[str, Any]) -> Locator:
    return page.locator(f"#{verdict['id']}")


def stops(page: Page, until: str) -> list[dict[str, Any]]:
    """Press Tab until something with this text has the focus, and return every stop."""
    found: list[dict[str, Any]] = []
    while not found or not found[-1]["text"].startswith(until):
        assert len(found) < MOST_STOPS, [one["text"][:40] for one in found]
        page.keyboard.press("Tab")
        found.append(page.evaluate(FOCUSED))
    return found


def test_a_click_opens_a_requirement_and_its_finding(page: Page, broken: dict[str, Any]) -> None:
    card = card_of(page, broken)
    assert not any(seen(page, ".finding"))

    card.locator("summary").first.click()

    finding, shown = broken["findings"][0], card.locator(".finding").first
    assert shown.locator(".expected").inner_text() == finding["expected"]
    assert shown.locator(".actual").inner_text() == finding["actual"]
    assert " ".join(broken["why"].split()) in " ".join(card.inner_text().split())
    assert finding["fingerprint"] in shown.inner_text()


def test_a_finding_shows_what_changed_between_two_reads(page: Page, broken: dict[str, Any]) -> None:
    card_of(page, broken).locator("summary").first.click()

    said = card_of(page, broken).locator(".finding").first.inner_text()
    for line in broken["findings"][0]["differs"]:
        assert " ".join(line.split()) in " ".join(said.split())


def test_the_exchanges_are_drawn_as_arrows_between_kit_and_server(
    page: Page, broken: dict[str, Any]
) -> None:
    card = card_of(page, broken)
    card.locator("summary").first.click()
    drawn = card.locator(".finding").first.locator(".sequence")
    exchanges = broken["findings"][0]["exchanges"][-12:]
    arrows = drawn.locator(".arrow")

    assert arrows.count() == 2 * len(exchanges)
    boxes = [one.bounding_box() for one in arrows.all()]
    assert all(box and box["width"] > 300 for box in boxes)
    tops = [box["y"] for box in boxes if box]
    assert tops == sorted(set(tops))
    for exchange in exchanges:
        assert exchange["line"].partition(" → ")[0] in drawn.inner_text()


def test_an_exchange_opens_to_both_bodies_and_a_curl_line_that_is_copied(
    opens: Opens, faulty: Path, broken: dict[str, Any]
) -> None:
    page = opens(faulty / "report.html", permissions=["clipboard-read", "clipboard-write"])
    card = card_of(page, broken)
    card.locator("summary").first.click()
    last = broken["findings"][0]["exchanges"][-1]
    shown = page.locator(f"#x{last['number']}")
    shown.locator("summary").click()
    shown.get_by_role("button", name="Copy").click()

    assert last["response"]["body"] in shown.inner_text()
    expect(shown.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == last["curl"]


def test_where_nothing_may_be_copied_the_line_is_selected(
    page: Page, broken: dict[str, Any]
) -> None:
    card_of(page, broken).locator("summary").first.click()
    last = broken["findings"][0]["exchanges"][-1]
    shown = page.locator(f"#x{last['number']}")
    shown.locator("summary").click()
    page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error('no')); 0")
    shown.get_by_role("button", name="Copy").click()

    expect(shown.get_by_role("button", name="Selected: press Ctrl+C")).to_be_visible()
    assert page.evaluate("getSelection().toString()") == last["curl"]


def test_a_finding_is_reached_and_opened_by_keyboard_alone_and_the_focus_is_seen(
    page: Page, broken: dict[str, Any]
) -> None:
    walked = stops(page, broken["id"])
    page.keyboard.press("Enter")
    expect(card_of(page, broken).locator(".finding").first).to_be_visible()
    last = broken["findings"][0]["exchanges"][-1]
    walked += stops(page, f"{last['number']} of")
    page.keyboard.press("Enter")
    walked += stops(page, "Copy")

    expect(page.locator(f"#x{last['number']} pre").first).to_be_visible()
    assert [one for one in walked if one["ring"] < 2] == []


def test_everything_is_opened_and_closed_at_once(page: Page) -> None:
    page.get_by_role("button", name="Open all").click()
    assert all(seen(page, ".finding .actual"))

    page.get_by_role("button", name="Close all").click()
    assert not any(seen(page, ".finding"))


def test_a_link_leads_to_the_exchange_where_it_is_shown(page: Page) -> None:
    page.get_by_role("button", name="Open all").click()
    link = page.locator("a[href^='#x']").first
    target = str(link.get_attribute("href"))
    link.click()

    expect(page.locator(f"{target} pre").first).to_be_visible()
    assert page.evaluate("document.activeElement.parentElement.id") == target[1:]
