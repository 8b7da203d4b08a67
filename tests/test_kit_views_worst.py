"""The views of a run that breaks everything: within the limits of those who read them."""

import gzip
import json
import re
from collections import Counter
from typing import Any, Final

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped
from view_readers import JUNIT, SARIF, Tags
from worst_run import worst_report

from conformance.reports.views import VIEWS

A_COMMENT: Final = 65_536
A_JOB_SUMMARY: Final = 1024 * 1024
A_PAGE: Final = 5_000_000


@pytest.fixture(scope="module")
def worst() -> dict[str, str]:
    """By the name of its file: each view."""
    return {name: view(worst_report()) for name, view in VIEWS.items()}


def test_a_summary_fits_into_a_comment_and_a_job_summary(worst: dict[str, str]) -> None:
    text = worst["summary.md"]

    assert len(text) < A_COMMENT
    assert len(text.encode()) < A_JOB_SUMMARY


def test_a_summary_names_every_broken_requirement_and_how_many_it_has_shortened(
    worst: dict[str, str],
) -> None:
    text = worst["summary.md"]
    whole, brief = text.count("<details>"), text.count("<div>")

    assert [one.id for one in worst_report().verdicts if f"<b>{one.id}</b>" not in text] == []
    assert whole > 0
    assert whole + brief == len(worst_report().verdicts) + 1  # the waits
    assert f"**Shortened** to fit into a comment: {brief} parts stand in a line each" in text
    assert "**Cut**" not in text


def test_a_summary_tells_musts_whole_before_advice(worst: dict[str, str]) -> None:
    text = worst["summary.md"]

    assert text.index("### Broken: ") < text.index("<details>") < text.index("### Broken advice: ")


def test_a_third_party_reads_junit_with_the_counts_of_the_report(worst: dict[str, str]) -> None:
    outcomes = Counter(one.outcome for one in worst_report().verdicts)
    suites = JUnitXml.fromstring(worst["junit.xml"].encode())
    kinds = Counter(type(one) for suite in suites for case in suite for one in case.result)

    JUNIT.validate(worst["junit.xml"])
    assert suites.tests == len(worst_report().verdicts)
    assert (suites.failures, suites.errors, suites.skipped) == (outcomes["fail"], 0, 0)
    assert (kinds[Failure], kinds[Error], kinds[Skipped]) == (outcomes["fail"], 0, 0)


def test_sarif_keeps_its_schema_and_the_limits_of_code_scanning(worst: dict[str, str]) -> None:
    document: Any = json.loads(worst["report.sarif"])
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]

    SARIF.validate(document)
    assert len(gzip.compress(worst["report.sarif"].encode())) < 10 * 1024 * 1024
    assert len(run["results"]) == sum(len(one.fingerprints) for one in worst_report().verdicts)
    assert len(run["results"]) < 5_000  # more are taken, and not shown
    assert len(rules) < 25_000
    assert max(len(one["properties"]["tags"]) for one in rules) <= 10


def test_a_page_is_below_its_size_and_shows_a_finding_of_every_requirement(
    worst: dict[str, str],
) -> None:
    tags = Tags(worst["report.html"]).found
    classes = Counter(told.get("class") for tag, told in tags if tag == "details")

    assert len(worst["report.html"].encode()) < A_PAGE
    assert classes["requirement"] == len(worst_report().verdicts)
    assert classes["finding"] >= len(worst_report().verdicts)


def test_a_page_says_how_much_of_the_report_it_has_no_room_for(worst: dict[str, str]) -> None:
    sorts = sum(len(one.fingerprints) for one in worst_report().verdicts)
    text = worst["report.html"]
    left = sum(map(int, re.findall(r"and (\d+) more sorts? of finding in report.json", text)))

    assert text.count('<details class="finding"') + left == sorts
    assert left > 0
