"""Reads from each view of a review what it counts, as its readers would."""

import json
import re
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from itertools import takewhile
from typing import Any, Final

from ci_jobs import command_of
from markdown_it import MarkdownIt
from view_readers import JUNIT, Tags

from conformance.review.changes import Review
from conformance.review.views import VIEWS
from conformance.review.views.told import LABELS

Counts = Mapping[str, tuple[int, int]]
TITLES: Final = {title: label for label, (title, _) in LABELS.items()} | {"all changes": "changes"}


def rendered(markdown: str) -> str:
    return str(MarkdownIt("commonmark").enable("table").render(markdown))


def of_text(review: Review) -> Counts:
    row = r"^ {2}(\S.*?) {2,}(\d+) {2,}(\d+)(?: {2}|$)"
    found = re.findall(row, VIEWS["text"](review), re.MULTILINE)
    return {TITLES[title]: (int(one), int(other)) for title, one, other in found}


def of_json(review: Review) -> Counts:
    counts = json.loads(VIEWS["json"](review))["counts"]
    return {label: (one["open"], one["approved"]) for label, one in counts.items()}


def of_rows(text: str) -> dict[str, tuple[int, int]]:
    rows = Tags(text).rows
    body = takewhile(lambda row: row[0] in TITLES, rows[1:])
    return {TITLES[row[0]]: (int(row[1]), int(row[2])) for row in body}


def of_html(review: Review) -> Counts:
    return of_rows(VIEWS["html"](review))


def of_markdown(review: Review, view: str = "markdown") -> Counts:
    text = rendered(VIEWS[view](review))
    counts = of_rows(text)
    last = next((row[3] for row in Tags(text).rows if row[0] == "all changes"), "")
    for title, one, other in re.findall(r"(?:^| · )([^:]+): (\d+)(?: \+ (\d+) approved)?", last):
        counts[TITLES[title]] = (int(one), int(other or 0))
    return counts


def of_junit(review: Review) -> Counts:
    document: Any = JUNIT.to_dict(VIEWS["junit"](review))
    told = {
        one["@name"]: one["@value"] for one in document["testsuite"][0]["properties"][0]["property"]
    }
    return {
        label: (int(told[f"{label}.open"]), int(told[f"{label}.approved"]))
        for label in TITLES.values()
    }


def of_sarif(review: Review) -> Counts:
    counts = json.loads(VIEWS["sarif"](review))["runs"][0]["properties"]["counts"]
    return {label: (one["open"], one["approved"]) for label, one in counts.items()}


def of_github(review: Review) -> Counts:
    first = command_of(VIEWS["github"](review).splitlines()[0])
    assert first
    found = re.findall(r"^(.*): (\d+) open, (\d+) approved$", first[2], re.MULTILINE)
    return {TITLES[title]: (int(one), int(other)) for title, one, other in found}


READS: Final[Mapping[str, Callable[[Review], Counts]]] = {
    "text": of_text,
    "json": of_json,
    "markdown": of_markdown,
    "summary": lambda review: of_markdown(review, "summary"),
    "html": of_html,
    "junit": of_junit,
    "sarif": of_sarif,
    "github": of_github,
}


class Screen(HTMLParser):
    """What is seen of a rendered comment before anything is unfolded, a text for each line."""

    LINES: Final = frozenset({"h3", "p", "li", "tr", "summary"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.folded = 0
        self.seen: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        self.folded += tag == "details"
        if tag in self.LINES and (not self.folded or tag == "summary"):
            self.seen.append("")

    def handle_endtag(self, tag: str) -> None:
        self.folded -= tag == "details"

    def handle_data(self, data: str) -> None:
        if not self.folded and self.seen:
            self.seen[-1] += data
