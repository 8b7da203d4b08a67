"""What the fixtures of these tests are, and what is read off an open page."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from playwright.sync_api import Page

from conformance.run_result import RunResult

Opens = Callable[..., Page]
Draws = Callable[[RunResult], Path]
PHONE: Final = {"viewport": {"width": 390, "height": 844}}


def everything_open(page: Page) -> None:
    """Open every fold, those of the exchanges too."""
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")


def ids_shown(page: Page) -> list[str]:
    """The requirements that are to be seen, as they stand."""
    return [
        str(one)
        for one in page.evaluate(
            "[...document.querySelectorAll('.requirement[data-outcome]')]"
            ".filter((one) => one.checkVisibility()).map((one) => one.id)"
        )
    ]


def seen(page: Page, selector: str) -> list[bool]:
    """Of each element, whether it is to be seen."""
    script = "(all) => all.map((one) => one.checkVisibility())"
    return [bool(one) for one in page.eval_on_selector_all(selector, script)]
