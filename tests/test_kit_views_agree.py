"""The console and every view count alike."""

import re
from collections import Counter
from collections.abc import Callable
from itertools import takewhile
from typing import Any, get_args

import pytest
from hand_made_runs import RUNS, printed
from view_readers import JUNIT, REPORTS, Tags, every_run, rendered, sarif, seen

from conformance.reports import waits
from conformance.reports.model import Report
from conformance.run_result import RunResult
from conformance.waits import Kind


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


def rows_of(text: str, first: str) -> list[list[str]]:
    """The rows of the tables whose head begins with a word, without that head."""
    rows = Tags(text).rows
    heads = [place for place, row in enumerate(rows) if row[0] == first]
    return [
        row
        for place in heads
        for row in takewhile(lambda row: row[0] not in {"wait", "setting"}, rows[place + 1 :])
    ]


def numbers(word: str, one: dict[str, Any]) -> list[str]:
    return [
        word,
        str(one["count"]),
        *(waits.seconds_told(one[name]) for name in ("p50", "p95", "max")),
    ]


@every_run
def test_page_and_job_summary_show_every_wait_of_the_report(report: Report) -> None:
    timing = report.to_dict()["timing"]
    verdicts = timing["observed"].get(waits.VERDICT, {"operations": {}})["operations"]
    told = {
        waits.WORDS[kind]: numbers(waits.WORDS[kind], one)
        for kind, one in timing["observed"].items()
    }
    told |= {name: numbers(f"… of {name}", one) for name, one in verdicts.items()}
    used = {
        name: (f"{one['seconds']:g} s", one["above_cap"]) for name, one in timing["used"].items()
    }

    for text in (seen("report.html", report), rendered(report)):
        assert sorted(rows_of(text, "wait")) == sorted(told.values())
        allowed = {name: said.partition(",") for name, said, _ in rows_of(text, "setting")}
        assert {name: (said, bool(above)) for name, (said, _, above) in allowed.items()} == used


def test_console_page_and_job_summary_say_in_one_line_how_long_was_waited() -> None:
    report = REPORTS["waiting"]
    line = "writes accepted in p50 0.25 s, p95 0.25 s; verdict after p50 0.75 s, p95 0.75 s, at "

    assert line in printed(RUNS["waiting"])
    for text in (seen("report.html", report), seen("summary.md", report)):
        assert f"<summary>Waits: {line}most 0.75 s</summary>" in text


def test_where_nothing_was_answered_the_console_says_nothing_of_waits() -> None:
    assert "writes accepted in" in printed(RUNS["clean"])
    assert " in p50" not in printed(RUNS["unanswered"])
    assert "Waits: nothing was answered" in seen("report.html", REPORTS["unanswered"])


def test_every_kind_of_wait_has_its_words() -> None:
    assert tuple(waits.WORDS) == get_args(Kind)
