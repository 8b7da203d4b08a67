"""Text from a contract or a person, made safe in the Markdown of GitHub: it stays text there."""

import re
from typing import Final

from conformance.reports.printable import LONGEST, printable

MEANS_SOMETHING: Final = re.compile(r"[\\`*_\[\]|~$]")
LINKS_BY_ITSELF: Final = (
    re.compile(r"(#)(?=\d)"),
    re.compile(r"(@)(?=\w)"),
    re.compile(r"(\bGH-)(?=\d)", re.IGNORECASE),
    re.compile(r"(:)(?=//)"),
    re.compile(r"(\bwww)(?=\.)", re.IGNORECASE),
)
BEGINS_A_BLOCK: Final = re.compile(r"^(\d*)([#+=.)-])")
APART: Final = "&#8203;"
SPANS: Final = re.compile(r"((?<!`)`[^`|]+`(?!`))")
TICKS: Final = re.compile("`+")


def prose(text: str, longest: int = LONGEST) -> str:
    """Return a text for a sentence: no markup, nobody named, no link.

    A space without width stands where GitHub would make a link of itself: after the @ of a name,
    the # of a number, and inside of addresses. What stands between two backticks is code.
    """
    parts = SPANS.split(printable(text, longest).strip())
    shown = "".join(
        code(one[1:-1]) if place % 2 else _escaped(one) for place, one in enumerate(parts)
    )
    return BEGINS_A_BLOCK.sub(r"\1\\\2", shown)


def _escaped(shown: str) -> str:
    shown = shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    shown = MEANS_SOMETHING.sub(lambda found: f"\\{found[0]}", shown)
    for one in LINKS_BY_ITSELF:
        shown = one.sub(lambda found: f"{found[1]}{APART}", shown)
    return shown


def code(text: str, longest: int = LONGEST) -> str:
    """Return a text as a span of code."""
    shown = printable(text, longest)
    fence = "`" * (_longest_run(shown) + 1)
    gap = " " if "`" in (shown[:1], shown[-1:]) or not shown.strip() else ""
    return f"{fence}{gap}{shown}{gap}{fence}"


def fenced(lines: list[str], language: str) -> str:
    """Return lines, each without control characters, as a block of code."""
    fence = "`" * max(3, _longest_run("\n".join(lines)) + 1)
    return "\n".join([f"{fence}{language}", *lines, fence])


def _longest_run(text: str) -> int:
    return max(map(len, TICKS.findall(text)), default=0)
