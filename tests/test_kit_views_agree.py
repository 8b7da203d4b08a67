"""The console and every view count alike."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hand_made_runs import RUNS, printed
from view_readers import JUNIT, REPORTS, Tags, every_run, rendered, sarif, seen

from conformance.reports.model import Report
from conformance.runner import RunResult


def from_junit(report: Report) -> Counter[str]:
    document: Any = JUNIT.to_dict(seen("junit.xml", report))
    suites = document.get("testsuite", ())
    told = [one for suite in suites for one in suite["properties"][0]["property"]]
    return Counter(one["@value"] for one in told if one["@name"].endswith(".outcome"))


def from_page(report: Report) -> Counter[str]:
    tags = Tags(seen("report.html", report)).found
    return Counter(str(told["data-outcome"]) for _, told in tags if "data-outcome" in told)


@every_run
@pytest.mark.parametrize("counted", [from_junit, from_page])
def test_a_view_shows_every_requirement_with_its_outcome(
    report: Report, counted: Callable[[Report], Counter[str]]
) -> None:
    assert counted(report) == Counter(one.outcome for one in report.verdicts)


@every_run
def test_sarif_tells_what_is_broken_and_how_often(report: Report) -> None:
    found: Counter[str] = Counter()
    for one in sarif(report)["results"]:
        found[one["ruleId"]] += one["occurrenceCount"]

    broken = {one.id: len(one.findings) for one in report.verdicts}
    generated = report.lane.findings if report.lane else ()
    assert +found == +Counter(broken | {f"generated/{one.check}": one.count for one in generated})


COLUMNS = ("musts", "pass", "fail", "not_applicable", "not_verified", "harness_error")
LAST = ("planned", "not_selected", "warn")
WORDS = {
    "pass": r"(\d+) pass",
    "fail": r"(\d+) fail",
    "not_applicable": r"(\d+) not applicable",
    "not_verified": r"(\d+) not verified",
    "harness_error": r"(\d+) lost to errors of the kit",
    "planned": r"(\d+) planned",
    "not_selected": r"(\d+) not selected",
    "warn": r"(\d+) SHOULDs? or MAYs? broken",
    "musts": r"of (\d+) MUSTs? judged",
}


def from_console(run: RunResult) -> dict[str, int]:
    line = next(one for one in printed(run).splitlines() if one.startswith("core: "))
    found = {name: re.search(pattern, line) for name, pattern in WORDS.items()}
    return {name: int(match[1]) if match else 0 for name, match in found.items()}


def from_table(text: str) -> dict[str, int]:
    head, row = Tags(text).rows[:2]
    assert (head[0], row[0]) == ("profile", "core")
    return dict(zip((*COLUMNS, *LAST), map(int, row[2:]), strict=True))


@pytest.mark.parametrize("name", RUNS)
def test_console_page_and_job_summary_count_alike(name: str) -> None:
    report = REPORTS[name]
    counts = {one: report.summary["core"].to_dict()[one] for one in (*COLUMNS, *LAST)}

    assert from_console(RUNS[name]) == counts
    assert from_table(seen("report.html", report)) == counts
    assert from_table(rendered(report)) == counts
