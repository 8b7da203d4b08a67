"""Whatever a server says is text in every view, and a token is in none."""

import base64
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hand_made_runs import HOSTILE, TOKEN, planted
from hypothesis import example, given, settings
from hypothesis import strategies as st
from junitparser import JUnitXml
from view_readers import JUNIT, Tags, rendered, seen

from conformance.reports import report_file
from conformance.reports.model import Report
from conformance.reports.of_run import report_of
from conformance.reports.views import VIEWS


def structure(view: str, report: Report) -> list[Any]:
    """Everything of a view but its text."""
    match view:
        case "junit.xml":
            JUNIT.validate(seen(view, report))
            suites = JUnitXml.fromstring(seen(view, report).encode())
            return [(one.name, [str(case.classname) for case in one]) for one in suites]
        case "summary.md":
            return Tags(rendered(report)).found
        case "report.html":
            return Tags(seen(view, report)).found
        case _:
            return list(shape(json.loads(seen(view, report))))


def shape(document: Any) -> Iterator[Any]:  # noqa: ANN401  # any JSON value
    if isinstance(document, Mapping):
        for name, value in document.items():
            yield name
            yield from shape(value)
    elif isinstance(document, list):
        for value in document:
            yield from shape(value)


@pytest.mark.parametrize("view", VIEWS)
def test_a_server_can_add_nothing_to_the_structure_of_a_view(view: str) -> None:
    hostile = report_of(planted(HOSTILE), "0.1.0")

    assert structure(view, hostile) == structure(view, report_of(planted("harmless"), "0.1.0"))


@settings(max_examples=40, deadline=None)
@example("\ud800")
@given(st.text(min_size=1, alphabet=st.characters(codec=None)))
def test_whatever_a_server_says_is_text_in_every_view(text: str) -> None:
    report = report_of(planted(text), "0.1.0")

    for view in VIEWS:
        assert structure(view, report) == structure(view, HARMLESS)


HARMLESS = report_of(planted("harmless"), "0.1.0")


@pytest.mark.parametrize("view", VIEWS)
def test_no_control_or_direction_character_of_a_server_is_in_a_view(view: str) -> None:
    text = seen(view, report_of(planted(HOSTILE), "0.1.0"))

    assert "\u202e" not in text
    assert [one for one in text if not one.isprintable() and one != "\n"] == []


def spelt(token: str) -> list[str]:
    """The token, and the middle of its base64 wherever it may stand in a longer text."""
    shifted = [base64.b64encode(b"x" * shift + token.encode()).decode() for shift in range(3)]
    return [token, *(one.rstrip("=")[4:-2] for one in shifted)]


@pytest.mark.parametrize("name", ["report.json", *VIEWS])
def test_a_token_that_was_sent_and_echoed_is_in_no_file(tmp_path: Path, name: str) -> None:
    report_file.write(report_of(planted(f"before {TOKEN} after"), "0.1.0"), tmp_path)

    text = (tmp_path / name).read_text("utf-8")
    assert "$ACKPROOF_TOKEN" in text
    assert [one for one in spelt(TOKEN) if one in text] == []
