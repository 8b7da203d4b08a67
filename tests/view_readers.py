"""The views of the hand-made runs, and what reads them as others do."""

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import xmlschema
from hand_made_runs import RUNS
from markdown_it import MarkdownIt

from conformance.reports.model import Report
from conformance.reports.of_run import report_of
from conformance.reports.views import VIEWS

DATA = Path(__file__).parent / "data"
SARIF = jsonschema.Draft7Validator(
    json.loads((DATA / "sarif-schema-2.1.0.json").read_text("utf-8")),
    format_checker=jsonschema.FormatChecker(),
)
JUNIT = xmlschema.XMLSchema(DATA / "junit-10.xsd")
REPORTS = {name: report_of(run, "0.1.0") for name, run in RUNS.items()}
every_run = pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS.keys())


def seen(view: str, report: Report) -> str:
    return VIEWS[view](report)


def sarif(report: Report) -> Any:  # noqa: ANN401  # a JSON document
    return json.loads(seen("report.sarif", report))["runs"][0]


class Tags(HTMLParser):
    """The tags of a page with what they say, and the text of its table cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.in_cell = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self.rows[-1].append("")
            self.in_cell = True

    def handle_endtag(self, tag: str) -> None:
        self.in_cell = self.in_cell and tag not in {"td", "th"}

    def handle_data(self, data: str) -> None:
        if self.in_cell:
            self.rows[-1][-1] += data


def rendered(report: Report) -> str:
    return str(MarkdownIt("commonmark").enable("table").render(seen("summary.md", report)))
