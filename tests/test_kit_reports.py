"""The report of a run that is built by hand: the model, report.json and the console."""

import json
from dataclasses import replace
from pathlib import Path
from typing import get_args

import jsonschema
import pytest
from hand_made_runs import (
    IDS,
    RUNS,
    TARGET,
    TOKEN,
    finding,
    lane,
    printed,
    run_of,
    unscored,
    verdict,
)

from conformance.generated.outcome import Generation
from conformance.reports import report_file, whole_files
from conformance.reports.console import profile_line
from conformance.reports.of_run import report_of
from conformance.reports.summary import summary
from conformance.reports.views import VIEWS
from conformance.run_result import RunResult
from conformance.waits import Kind

SCHEMA = Path(__file__).parent.parent / "conformance/schemas/report.schema.json"


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS.keys())
def test_every_report_keeps_its_published_schema(run: RunResult) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    document = json.loads(json.dumps(report_of(run, "0.1.0").to_dict()))

    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(
        document
    )


def test_the_schema_knows_every_member_of_a_report() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    document = report_of(RUNS["broken"], "0.1.0").to_dict()
    verdict_shown = document["verdicts"][0]

    verdict_schema = schema["$defs"]["verdict"]
    assert set(document) == {*schema["required"], "mode"}  # which older reports do not have
    assert set(verdict_shown) == {*verdict_schema["required"], "beyond_mode", "scored"}
    assert {"mode"} <= set(schema["properties"])
    assert {"beyond_mode", "scored"} <= set(verdict_schema["properties"])
    assert set(verdict_shown["findings"][0]) == set(schema["$defs"]["finding"]["required"])
    assert set(document["summary"]["core"]) == {*schema["$defs"]["profile"]["required"], "unscored"}
    assert {"unscored"} <= set(schema["$defs"]["profile"]["properties"])
    timing, timing_schema = document["timing"], schema["properties"]["timing"]
    assert set(timing) == {*timing_schema["required"], "used", "observed"}
    assert set(timing) == set(timing_schema["properties"])
    assert set(timing_schema["properties"]["observed"]["properties"]) == set(get_args(Kind))


@pytest.mark.parametrize(
    ("run", "code"),
    [
        ("nothing", 7),
        ("clean", 0),
        ("broken", 1),
        ("advised", 0),
        ("unverified", 4),
        ("closed", 7),
        ("kit-error", 6),
        ("interrupted", 130),
    ],
)
def test_the_report_carries_the_exit_code(run: str, code: int) -> None:
    assert report_of(RUNS[run], "0.1.0").exit_code == code


def test_the_summary_accounts_for_every_must() -> None:
    run = run_of(
        verdict("ACK-01", "pass"),
        verdict("ACK-02", "not_applicable"),
        verdict("RCP-01", "fail", finding("RCP-01")),
        verdict("RCP-02", "not_verified"),
        planned=("STA-01", "STA-02"),
    )
    summary = report_of(run, "0.1.0").summary["core"].to_dict()

    assert summary == {
        "musts": 7,
        "judged": 2,
        "pass": 1,
        "fail": 1,
        "warn": 0,
        "not_applicable": 1,
        "not_verified": 1,
        "harness_error": 0,
        "planned": 2,
        "not_selected": 1,
        "waived": 0,
        "unscored": 0,
        "held": False,
    }


def test_a_profile_with_a_planned_must_is_never_held() -> None:
    passed = [verdict(one, "pass") for one in IDS[:5]]
    run = run_of(*passed, planned=IDS[5:])
    report = report_of(run, "0.1.0")

    line = profile_line("core", report.summary["core"])

    assert line == "core: 5 of 7 MUSTs judged, 5 pass, 2 planned: not held yet"


def test_a_profile_whose_musts_all_pass_is_held() -> None:
    report = report_of(run_of(*(verdict(one, "pass") for one in IDS)), "0.1.0")

    assert profile_line("core", report.summary["core"]) == "core: 7 of 7 MUSTs judged, 7 pass: held"


def test_a_profile_of_which_nothing_was_kept_is_not_held() -> None:
    report = report_of(run_of(*(verdict(one, "not_applicable") for one in IDS)), "0.1.0")
    unjudged = report_of(run_of(*(unscored(verdict(one, "pass")) for one in IDS)), "0.1.0")

    lines = [profile_line("core", one.summary["core"]) for one in (report, unjudged)]

    assert lines == [
        "core: 0 of 7 MUSTs judged, 0 pass, 7 not applicable: not held yet",
        "core: 0 of 0 MUSTs judged, 0 pass: not held yet, 7 not scored",
    ]


def test_a_profile_with_a_broken_must_is_not_held() -> None:
    report = report_of(
        run_of(verdict("ACK-01", "fail", finding("ACK-01")), planned=IDS[1:]), "0.1.0"
    )

    assert profile_line("core", report.summary["core"]).endswith(
        "0 pass, 1 fail, 6 planned: not held"
    )


def test_a_finding_names_requirement_expected_actual_exchange_and_meaning() -> None:
    out = printed(RUNS["broken"])

    assert "ACK-01 MUST  fail  The text of ACK-01" in out
    assert "  expected   expected\n" in out
    assert "  actual     actual\n" in out
    assert "  exchange   7 of 31, at 0.50 s   PUT /api/x → 202\n" in out
    assert "  answer     a: 1\n" in out
    assert "curl -sS -i --path-as-is --globoff -X PUT" in out
    assert "  means      why ACK-01\n" in out
    assert "exit 1: a MUST is broken · 8.2 s · no report.json" in out


def test_the_report_lists_what_failed_and_what_warned() -> None:
    run = run_of(
        verdict("ACK-01", "warn", finding("ACK-01"), level="SHOULD"),
        verdict("RCP-01", "fail", finding("RCP-01")),
        verdict("STA-01", "pass"),
    )
    document = report_of(run, "0.1.0").to_dict()

    assert (document["failed"], document["warned"]) == (["RCP-01"], ["ACK-01"])


def test_a_curl_line_is_never_broken() -> None:
    run = run_of(verdict("ACK-01", "fail", finding("ACK-01", path="/api/" + "x" * 300)))
    line = report_of(run, "0.1.0").verdicts[0].findings[0].exchanges[0].curl

    assert f"{line}\n" in printed(run)


def test_findings_and_reasons_fit_a_narrow_terminal() -> None:
    run = run_of(
        verdict("ACK-01", "fail", finding("ACK-01", actual="y" * 500, path="/api/" + "x" * 300)),
        verdict("FLR-01", "not_verified", reasons=("the reason " * 30,)),
    )
    copied = ("curl", "exchange")
    lines = [
        line
        for line in printed(run).splitlines()
        if line[:2] == "  " and not any(word in line for word in copied)
    ]

    assert max(map(len, lines)) <= 80


def test_one_cause_has_one_headline_with_its_ids() -> None:
    run = run_of(
        verdict("ACK-01", "fail", finding("ACK-01", cause="bindMember answers without a receipt")),
        verdict("RCP-01", "fail", finding("RCP-01", cause="bindMember answers without a receipt")),
        verdict("STA-01", "fail", finding("STA-01")),
    )
    out = printed(run)

    assert "one cause, 2 requirements: bindMember answers without a receipt" in out
    assert "ACK-01 fail, RCP-01 fail" in out
    assert out.count("MUST  fail") == 2


def test_at_most_three_findings_of_a_requirement_are_printed_in_full() -> None:
    words = ("one", "two", "three", "four") * 15
    findings = [finding("ACK-01", actual=f"number {word}") for word in words]
    out = printed(run_of(verdict("ACK-01", "fail", *findings)))

    assert out.count("  actual     number") == 3
    assert out.count("MUST  fail") == 1
    assert "and 57 more findings of ACK-01" in out
    assert "; the first 50 of 60: " in out
    assert "1 MUST broken: ACK-01\n" in out


def test_findings_that_differ_only_in_ids_and_numbers_are_printed_once() -> None:
    findings = [finding("ACK-01", actual=f"ap-1f{number} at {number}") for number in range(5)]
    out = printed(run_of(verdict("ACK-01", "fail", *findings)))

    assert out.count("  actual ") == 1
    assert "and 4 more findings of ACK-01 like these" in out


@pytest.mark.parametrize(
    ("findings", "gates", "said"),
    [
        (0, False, ""),
        (1, False, "which does not gate"),
        (2, False, "which do not gate"),
        (1, True, "which gates"),
        (2, True, "which gate"),
    ],
)
def test_findings_of_the_generated_lane_and_what_they_do_agree_in_number(
    findings: int, said: str, *, gates: bool
) -> None:
    found = lane().findings * findings
    run = run_of(
        verdict("ACK-01", "pass"), lane=lane(findings=found, generation=Generation(gates=gates))
    )

    (on_console,) = (one for one in printed(run, 200).split("\n") if "generated lane" in one)
    (in_summary,) = (
        one for one in summary(report_of(run, "0.1.0")).split("\n") if "Generated lane" in one
    )

    assert on_console.endswith(said if findings else "0 findings of Schemathesis")
    assert in_summary.endswith(said if findings else "0 findings")


def test_equal_reasons_are_one_line() -> None:
    reason = "The target file gives no poison implementation."
    out = printed(
        run_of(
            verdict("FLR-01", "not_verified", reasons=(reason,)),
            verdict("STA-01", "not_verified", reasons=(reason,)),
        )
    )

    assert "not verified: FLR-01, STA-01" in out
    assert out.count(reason) == 1
    assert "[implementations.*]" in out
    assert "accept_not_verified." in out


def test_a_server_cannot_draw_over_the_report() -> None:
    hostile = "\x1b[2J[bold]x[/bold]\r\n\u202egnp"
    out = printed(run_of(verdict("ACK-01", "fail", finding("ACK-01", actual=hostile))))

    assert "\x1b" not in out
    assert "\\u001b[2J[bold]x[/bold]\\r\\n\\u202egnp" in out


def test_the_token_is_in_no_view() -> None:
    run = run_of(
        verdict(
            "ACK-01",
            "fail",
            finding("ACK-01", actual=f"echoed {TOKEN}", body=f'"{TOKEN}"'.encode()),
        ),
        control=f"refused {TOKEN}",
    )

    assert TOKEN not in printed(run)
    assert TOKEN not in json.dumps(report_of(run, "0.1.0").to_dict())
    assert "echoed $ACKPROOF_TOKEN" in printed(run)


def test_a_long_body_is_cut_at_the_stated_size() -> None:
    run = run_of(verdict("ACK-01", "fail", finding("ACK-01", body=b"x" * 10000)))
    response = report_of(run, "0.1.0").verdicts[0].findings[0].exchanges[0].response

    assert response is not None
    assert (len(response.body), response.body_bytes, response.body_cut) == (8192, 10000, True)


def test_accepted_ids_are_told_apart() -> None:
    accepting = replace(TARGET, accept_not_verified=("FLR-01",))
    run = run_of(
        verdict("ACK-01", "pass"),
        verdict("FLR-01", "not_verified", reasons=("no poison",)),
        target=accepting,
    )

    assert report_of(run, "0.1.0").exit_code == 0
    assert "not verified, accepted: FLR-01" in printed(run)


def test_the_report_file_is_written_whole(tmp_path: Path) -> None:
    report = report_of(
        run_of(verdict("ACK-01", "fail", finding("ACK-01", actual="\udc80"))), "0.1.0"
    )
    report_file.prepare(tmp_path / "new")

    path = report_file.write(report, tmp_path / "new")

    assert json.loads(path.read_text(encoding="utf-8"))["exit_code"] == 1
    assert {one.name for one in path.parent.iterdir()} == {"report.json", *VIEWS}


def test_a_folder_that_cannot_be_made_is_refused_before_the_run(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(whole_files.ReportUnwritable, match="cannot be written to: Not a directory"):
        report_file.prepare(tmp_path / "file" / "deep")


@pytest.mark.parametrize("name", ["report.json", *VIEWS])
def test_a_folder_in_the_place_of_a_file_is_refused_before_the_run(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / name).mkdir()

    with pytest.raises(whole_files.ReportUnwritable, match="is a folder"):
        report_file.prepare(tmp_path)
