"""What each view that is a file says, and that it keeps the schema of its readers."""

import json
from collections import Counter
from pathlib import Path

import pytest
from hand_made_runs import exchange, finding, run_of, verdict
from junitparser import Error, Failure, JUnitXml, Skipped, TestCase
from view_readers import JUNIT, REPORTS, SARIF, every_run, sarif, seen

from conformance.judge import Finding
from conformance.reports import cards, summary
from conformance.reports.model import Report
from conformance.reports.of_run import report_of
from conformance.reports.sorts import by_sort
from conformance.reports.views import VIEWS

SPEC = Path(__file__).parent.parent / "spec"


def cases(report: Report) -> dict[str, TestCase]:
    """By requirement: its test case as junitparser reads it."""
    suites = JUnitXml.fromstring(seen("junit.xml", report).encode())
    return {str(case.name)[:6]: case for suite in suites for case in suite}


@every_run
def test_junit_keeps_the_schema_of_ci_servers(report: Report) -> None:
    JUNIT.validate(seen("junit.xml", report))


@every_run
def test_junit_is_red_exactly_where_the_gate_is(report: Report) -> None:
    suites = JUnitXml.fromstring(seen("junit.xml", report).encode())

    assert bool(suites.failures or suites.errors) == bool(report.exit_code)


@every_run
def test_the_counts_of_junit_are_those_of_its_cases(report: Report) -> None:
    suites = JUnitXml.fromstring(seen("junit.xml", report).encode())

    for suite in suites:
        kinds = Counter(type(one) for case in suite for one in case.result)
        assert suite.tests == len(list(suite))
        assert (suite.failures, suite.errors) == (kinds[Failure], kinds[Error])
        assert suite.skipped == kinds[Skipped]


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("ACK-01", [Failure]),
        ("ACK-02", [Skipped]),
        ("RCP-01", []),
        ("RCP-02", [Skipped]),
        ("STA-01", [Error]),
        ("STA-02", [Error]),
    ],
)
def test_each_outcome_has_its_element_in_junit(name: str, kinds: list[type]) -> None:
    assert [type(one) for one in cases(REPORTS["several"])[name].result] == kinds


def test_a_broken_should_passes_in_junit_and_says_what_was_found() -> None:
    assert "actual     actual" in str(cases(REPORTS["advised"])["ACK-01"].system_out)


def test_a_must_whose_owner_accepts_that_it_is_not_verified_is_skipped_in_junit() -> None:
    (skipped,) = cases(REPORTS["accepted"])["FLR-01"].result

    assert (type(skipped), skipped.type) == (Skipped, "accepted")


def test_a_junit_case_is_named_by_the_requirement_and_placed_by_profile_and_area() -> None:
    case = cases(REPORTS["broken"])["ACK-01"]

    assert str(case.name).startswith("ACK-01 The text of ACK-01")
    assert case.classname == "core.ack"


def test_a_failure_in_junit_tells_what_the_console_tells() -> None:
    (failure,) = cases(REPORTS["broken"])["ACK-01"].result

    assert failure.message == "expected expected, met actual"
    assert "exchange   7 of 31, at 0.50 s   PUT /api/x → 202" in str(failure.text)


def test_a_waived_requirement_is_skipped_in_junit_with_its_reason_and_its_findings() -> None:
    (skipped,) = cases(REPORTS["waived"])["ACK-01"].result

    assert (type(skipped), skipped.type) == (Skipped, "waived")
    assert str(skipped.message).startswith("mended in 2.1, not $ACKPROOF_TOKEN (<gateway> team, h")
    assert "actual     actual" in str(skipped.text)
    assert REPORTS["waived"].exit_code == 0


def test_a_failure_in_junit_tells_first_what_is_not_waived() -> None:
    (failure,) = cases(REPORTS["waived-in-part"])["ACK-01"].result

    assert (type(failure), failure.message) == (Failure, "expected expected, met other")


def test_a_waiver_in_trouble_is_an_error_of_the_gate_in_junit() -> None:
    suites = JUnitXml.fromstring(seen("junit.xml", REPORTS["waived-and-stale"]).encode())
    (gate,) = (suite for suite in suites if suite.name == "gate")
    ((error,),) = (case.result for case in gate)

    assert (type(error), error.type) == (Error, "stale")
    assert error.message == "ACK-02 is no longer broken, it passes. Remove the entry."
    assert (suites.failures, suites.errors, suites.skipped) == (0, 1, 1)


@every_run
def test_sarif_keeps_its_published_schema(report: Report) -> None:
    SARIF.validate(json.loads(seen("report.sarif", report)))


def test_a_sarif_result_stands_where_the_contract_states_the_requirement() -> None:
    location = sarif(REPORTS["broken"])["results"][0]["locations"][0]

    uri = location["physicalLocation"]["artifactLocation"]["uri"]
    assert "ACK-01" in (SPEC / uri).read_text("utf-8")
    assert location["logicalLocations"] == [{"name": "bindMember"}]


def fingerprints(*actuals: str) -> list[str]:
    findings = [finding("ACK-01", actual=actual) for actual in actuals]
    run = sarif(report_of(run_of(verdict("ACK-01", "fail", *findings)), "0.1.0"))
    return [one["partialFingerprints"]["ackproofFinding/v1"] for one in run["results"]]


def test_a_fingerprint_outlives_the_ids_and_numbers_of_a_run() -> None:
    assert fingerprints("ap-1f2 at 3") == fingerprints("ap-99c at 47") != fingerprints("none at 3")


def test_findings_of_one_sort_are_one_sarif_result_that_counts_them() -> None:
    findings = [finding("ACK-01", actual=f"ap-{number}f") for number in range(5)]
    run = sarif(report_of(run_of(verdict("ACK-01", "fail", *findings)), "0.1.0"))

    assert [one["occurrenceCount"] for one in run["results"]] == [5]


@every_run
def test_report_and_sarif_name_a_kind_of_finding_alike(report: Report) -> None:
    named = [
        (one["ruleId"], one["partialFingerprints"]["ackproofFinding/v1"])
        for one in sarif(report)["results"]
        if not one["ruleId"].startswith("generated/")
    ]

    assert named == [(one.id, print_of) for one in report.verdicts for print_of in one.fingerprints]


def test_sarif_says_of_each_result_whether_it_is_waived_once_one_may_be() -> None:
    told = {
        name: [one.get("suppressions") for one in sarif(REPORTS[name])["results"]]
        for name in ("waived", "waived-in-part", "broken")
    }
    suppressed = {
        "kind": "external",
        "status": "accepted",
        "justification": "mended in 2.1, not $ACKPROOF_TOKEN (<gateway> team, "
        "https://issues.example/7, until 2026-03-01)",
    }

    assert told["waived"] == [[suppressed], [suppressed], []]
    assert told["waived-in-part"] == [[suppressed], []]
    assert told["broken"] == [None]


def test_sarif_tells_of_a_waiver_in_trouble_as_a_matter_of_configuration() -> None:
    (invocation,) = sarif(REPORTS["waived-and-stale"])["invocations"]

    (told,) = invocation["toolConfigurationNotifications"]
    assert (told["level"], told["properties"]["state"]) == ("error", "stale")
    assert invocation["exitCode"] == 5


@pytest.mark.parametrize("view", ["summary.md", "report.html"])
def test_people_see_what_is_waived_who_answers_for_it_and_what_is_in_trouble(view: str) -> None:
    text = " ".join(seen(view, REPORTS["waived-and-stale"]).split())

    assert "waivers.toml" in text
    assert "not held, 1 waived" in text
    assert "&lt;gateway&gt; team" in text
    assert "mended in 2.1, not $ACKPROOF_TOKEN" in text
    assert "ACK-02 is no longer broken, it passes. Remove the entry." in text


def test_a_job_summary_parts_what_is_waived_from_what_is_broken() -> None:
    assert "### Broken, waived: 1 requirement, 2 findings" in seen("summary.md", REPORTS["waived"])
    assert "### Broken: " not in seen("summary.md", REPORTS["waived"])
    assert "### Broken: 1 " in seen("summary.md", REPORTS["waived-in-part"])


def test_the_page_marks_the_requirement_and_each_finding_that_is_waived() -> None:
    text = seen("report.html", REPORTS["waived-in-part"])

    assert text.count('<span class="mark">waived</span>') == 1
    assert "fail, waived" not in text
    assert "fail, waived" in seen("report.html", REPORTS["waived"])


def test_sarif_says_what_was_not_judged_beside_its_results() -> None:
    (invocation,) = sarif(REPORTS["several"])["invocations"]
    said = {
        one["associatedRule"]["id"]: one["level"]
        for one in invocation["toolExecutionNotifications"]
    }

    assert said == {"RCP-02": "warning", "STA-01": "warning", "STA-02": "error"}
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 6)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_says_what_makes_a_run_prove_less(view: str) -> None:
    text = seen(view, REPORTS["lesser"])

    assert "verify = false: nobody checked" in text
    assert "The waits are longer than a conforming run allows." in text


@pytest.mark.parametrize("view", ["summary.md", "report.html"])
@pytest.mark.parametrize(
    ("name", "said"),
    [("lesser", "the run was stopped before its end"), ("no-control", "the control failed")],
)
def test_people_see_that_a_run_ended_early(view: str, name: str, said: str) -> None:
    assert said in seen(view, REPORTS[name]).lower()


@every_run
def test_equal_models_make_equal_views(report: Report) -> None:
    for view in VIEWS:
        assert seen(view, report) == seen(view, report)


def worst(requirements: int, findings: int, exchanges: int, body: int) -> Report:
    """A report in which everything is broken, at length, and in as many ways."""
    text = '{"' * (body // 2)
    numbers = iter(range(1, requirements * findings * exchanges + 1))
    words = ["".join(chr(97 + int(digit)) for digit in str(one)) for one in range(findings)]
    return report_of(
        run_of(
            *(
                verdict(
                    f"ACK-{one:02}",
                    "fail",
                    *(
                        Finding(
                            f"ACK-{one:02}",
                            "a_check",
                            "e" * 3000,
                            f"{word} " * 500,
                            tuple(exchange(next(numbers), text.encode()) for _ in range(exchanges)),
                            "",
                        )
                        for word in words
                    ),
                )
                for one in range(requirements)
            )
        ),
        "0.1.0",
    )


def test_a_summary_is_cut_below_its_limit_and_says_what_was_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(summary, "LIMIT", 3_000)
    text = seen("summary.md", worst(30, 2, 1, 100))

    assert len(text.encode()) < 3_500
    assert text.rstrip().endswith("ACK-29, waits.")
    assert "**Cut** to fit into a comment; `report.json` has the rest: ACK-" in text


def test_many_findings_with_many_exchanges_take_no_more_room_than_there_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    empty = len(seen("report.html", worst(8, 0, 0, 0)).encode())
    monkeypatch.setattr(cards, "ROOM", 400_000)
    text = seen("report.html", worst(8, 20, 12, 10))

    assert empty + 250_000 < len(text.encode()) < empty + 400_000
    assert text.count('<details class="finding"') > 8


def test_fifty_findings_of_one_requirement_are_on_the_page_with_their_bodies() -> None:
    text = seen("report.html", worst(1, 50, 2, 1000))

    assert text.count('<details class="finding"') == 50
    assert text.count('<details class="exchange"') == 100


def test_findings_of_one_sort_are_put_together_in_the_order_of_meeting() -> None:
    words = ("b 1", "a 1", "b 2")
    report = report_of(
        run_of(verdict("ACK-01", "fail", *(finding("ACK-01", actual=one) for one in words))), "0"
    )
    sorts = by_sort(report.verdicts[0].findings)

    assert [[one.actual for one in alike] for alike in sorts] == [["b 1", "b 2"], ["a 1"]]
