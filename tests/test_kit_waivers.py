"""A waiver excuses one kind of finding until a day, and is red when it has nothing to excuse."""

import io
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from conformance.checks import Invariant
from conformance.contract import Contract, Requirement
from conformance.exchange import Exchange, Request, Response
from conformance.judge import Exit, Finding, Outcome, Verdict, exit_code
from conformance.plan import Plan
from conformance.reports.console import print_report
from conformance.reports.model import Report
from conformance.reports.of_run import report_of
from conformance.run_result import RunResult, Timing
from conformance.target import Target
from conformance.waivers import Waiver, Waivers

SCHEMA = Path(__file__).parent.parent / "conformance/schemas/report.schema.json"
TODAY = date(2026, 3, 1)
PLANNED = "STR-01"
IDS = ("ACK-01", "ACK-02", "RCP-01", "STA-01", PLANNED)
KINDS = ("one way", "another way", "a third way")
TARGET = Target("http://127.0.0.1:8080", "s1", ("core",), None, None, None, waivers_file="w.toml")


def requirement(name: str, level: str = "MUST") -> Requirement:
    planned = name == PLANNED
    return Requirement(name, level, ("core",), f"The text of {name}.", "seed 003", planned=planned)


CATALOGUE = {name: requirement(name) for name in IDS}


def finding(name: str, actual: str = "one way") -> Finding:
    request = Request("GET", "http://127.0.0.1:8080/api/x")
    shown = Exchange(7, "scenarios", "c", "getMember", {}, request, Response(200), 0.5, 0.75)
    return Finding(name, "a_check", "expected", actual, (shown,), "")


def print_of(actual: str = "one way") -> str:
    return Waivers().fingerprint(finding("any", actual))


def verdict(name: str, outcome: Outcome, *kinds: str, level: str = "MUST") -> Verdict:
    found = tuple(finding(name, kind) for kind in kinds)
    return Verdict(requirement(name, level), outcome, 1, 0, 0, found)


def waiver(name: str = "ACK-01", actual: str = "one way", days: int = 30) -> Waiver:
    expires, issue = TODAY + timedelta(days=days), "https://issues.example/7"
    return Waiver(name, print_of(actual), expires, "the gateway team", issue, "mended in 2.1")


def reported(verdicts: Sequence[Verdict], *waivers: Waiver, **changes: Any) -> Report:  # noqa: ANN401
    judged = tuple(one.requirement for one in verdicts)
    result = RunResult(
        target=replace(TARGET, waivers=waivers),
        contract=Contract("1.0.0", "a" * 64, {}, CATALOGUE, {}, {}, {}),
        plan=Plan(("core",), judged, (), (), (), (), "a" * 64),
        verdicts=tuple(verdicts),
        exchanges=(),
        interrupted=False,
        timing=Timing(datetime(2026, 3, 1, 23, 59, tzinfo=UTC), 1, "", 0),
        control=None,
    )
    return report_of(replace(result, **changes), "0.1.0")


def printed(report: Report) -> str:
    out = io.StringIO()
    print_report(Console(file=out, width=100), report, None)
    return " ".join(out.getvalue().split())


PASSED = verdict("ACK-02", "pass")
BROKEN = verdict("ACK-01", "fail", "one way")
KEPT = verdict("ACK-01", "pass")

STATES = {
    "used": (BROKEN, waiver(), "used", Exit.FINE),
    "last-day": (BROKEN, waiver(days=0), "used", Exit.FINE),
    "expired": (BROKEN, waiver(days=-1), "expired", Exit.FAILED),
    "expired-and-mended": (KEPT, waiver(days=-1), "expired", Exit.WAIVER),
    "stale": (KEPT, waiver(), "stale", Exit.WAIVER),
    "stale-by-another-branch": (
        verdict("ACK-01", "not_applicable"),
        waiver(),
        "stale",
        Exit.WAIVER,
    ),
    "fails-differently": (
        verdict("ACK-01", "fail", "another way"),
        waiver(),
        "unmatched",
        Exit.FAILED,
    ),
    "of-a-should": (
        verdict("ACK-01", "warn", "one way", level="SHOULD"),
        waiver(),
        "used",
        Exit.FINE,
    ),
    "unknown": (KEPT, waiver("ACK-99"), "unknown", Exit.WAIVER),
    "planned": (KEPT, waiver(PLANNED), "planned", Exit.WAIVER),
    "not-selected": (KEPT, waiver("RCP-01"), "left_alone", Exit.FINE),
    "not-selected-and-expired": (KEPT, waiver("RCP-01", days=-9), "left_alone", Exit.FINE),
    "not-verified": (verdict("ACK-01", "not_verified"), waiver(), "left_alone", Exit.NOT_VERIFIED),
    "kit-error": (verdict("ACK-01", "harness_error"), waiver(), "left_alone", Exit.HARNESS),
}


@pytest.mark.parametrize(("met", "entry", "state", "code"), STATES.values(), ids=STATES.keys())
def test_a_waiver_has_a_state_and_the_run_its_code(
    met: Verdict, entry: Waiver, state: str, code: Exit
) -> None:
    report = reported([met, PASSED], entry)

    assert report.waivers is not None
    assert [one.state for one in report.waivers.entries] == [state]
    assert report.exit_code == code


def test_a_requirement_with_a_finding_beside_the_waived_one_is_red() -> None:
    both = verdict("ACK-01", "fail", "one way", "another way")
    report = reported([both, PASSED], waiver())

    assert [one.waived for one in report.verdicts[0].findings] == [True, False]
    assert (report.verdicts[0].waived, report.exit_code) == (False, Exit.FAILED)
    assert reported([both, PASSED], waiver(), waiver(actual="another way")).exit_code == Exit.FINE


def test_an_entry_for_a_kind_that_is_gone_is_red_though_the_other_kind_is_waived() -> None:
    report = reported([BROKEN, PASSED], waiver(), waiver(actual="another way"))

    assert report.verdicts[0].waived
    assert report.exit_code == Exit.WAIVER


def test_a_requirement_that_fails_differently_is_told_with_both_fingerprints() -> None:
    out = printed(reported([verdict("ACK-01", "fail", "another way"), PASSED], waiver()))

    assert f"the entry has {print_of()}, this run met {print_of('another way')}" in out


def test_a_waived_requirement_keeps_its_outcome_and_holds_no_profile() -> None:
    report = reported([BROKEN, PASSED], waiver())
    document = report.to_dict()

    assert document["failed"] == ["ACK-01"]
    assert document["verdicts"][0]["outcome"] == "fail"
    assert (document["summary"]["core"]["held"], document["summary"]["core"]["waived"]) == (
        False,
        1,
    )
    assert document["meaning"] == "nothing broken that is not waived"
    assert "not held, 1 waived" in printed(report)


def test_a_finding_shows_its_fingerprint_and_that_it_is_waived() -> None:
    assert f"fingerprint {print_of()} (waived) " in printed(reported([BROKEN, PASSED], waiver()))
    assert f"fingerprint {print_of()} longest" not in printed(reported([BROKEN], waiver()))
    assert f"fingerprint {print_of()} (waived)" not in printed(reported([BROKEN, PASSED]))


def test_the_report_tells_who_answers_for_a_waiver_and_until_when() -> None:
    out = printed(reported([BROKEN, PASSED], waiver(), waiver("RCP-01")))

    assert "w.toml on 2026-03-01: 2 waivers, 1 used, 0 in trouble" in out
    assert f"waived ACK-01 {print_of()} until 2026-03-31" in out
    assert "the gateway team: mended in 2.1 https://issues.example/7" in out
    assert "left alone RCP-01" in out


def test_an_unknown_id_names_the_nearest() -> None:
    out = printed(reported([KEPT], waiver("ACK-03")))

    assert "There is no requirement ACK-03. Did you mean ACK-0" in out


def test_a_report_with_waivers_keeps_its_published_schema() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    entries = [entry for _, entry, _, _ in STATES.values() if entry.requirement != "RCP-01"]
    document = json.loads(json.dumps(reported([BROKEN, PASSED], *set(entries)).to_dict()))

    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(
        document
    )
    assert set(document["waivers"]) == set(schema["$defs"]["waivers"]["required"])
    assert set(document["waivers"]["entries"][0]) == set(schema["$defs"]["waiver"]["required"])


def test_all_kinds_of_a_requirement_are_listed_though_the_report_holds_fifty_findings() -> None:
    many = verdict("ACK-01", "fail", *["one way"] * 60, "another way")
    shown = reported([many]).verdicts[0]

    assert len(shown.findings) == 50
    assert shown.fingerprints == (print_of(), print_of("another way"))


def test_an_entry_does_not_hide_what_lies_beyond_the_findings_of_the_report() -> None:
    many = verdict("ACK-01", "fail", *["one way"] * 60, "another way")

    assert reported([many, PASSED], waiver()).exit_code == Exit.FAILED


def test_an_interrupted_run_calls_no_entry_stale_or_unmatched() -> None:
    report = reported(
        [BROKEN, verdict("ACK-02", "pass")], waiver(), waiver("ACK-02"), interrupted=True
    )

    assert report.waivers is not None
    assert [one.state for one in report.waivers.entries] == ["used", "left_alone"]
    assert report.exit_code == Exit.INTERRUPTED


@pytest.mark.parametrize("met", [KEPT, verdict("ACK-01", "fail", "another way")])
def test_a_run_that_left_out_some_traffic_calls_no_entry_stale_or_unmatched(met: Verdict) -> None:
    fed = Invariant("rule", "ACK-01", object, lambda _: iter(()), ("a_scenario",))
    thin = Plan(("core",), (met.requirement,), (), (), (fed,), (), "a" * 64)
    report = reported([met, PASSED], waiver(), plan=thin)

    assert report.waivers is not None
    assert [one.state for one in report.waivers.entries] == ["left_alone"]
    assert report.exit_code == (Exit.FINE if met is KEPT else Exit.FAILED)


def test_a_run_that_judged_nothing_says_so_before_its_waivers() -> None:
    assert reported([], waiver("ACK-99")).exit_code == Exit.NOTHING_RAN
    closed = verdict("ACK-01", "not_applicable")
    assert reported([closed], waiver()).exit_code == Exit.NOTHING_RAN


def test_a_waiver_in_trouble_comes_before_what_is_not_verified() -> None:
    unverified = verdict("ACK-02", "not_verified")

    assert reported([KEPT, unverified], waiver()).exit_code == Exit.WAIVER


def test_no_waiver_excuses_what_the_generated_lane_was_asked_to_gate() -> None:
    assert exit_code([BROKEN, PASSED], excused=["ACK-01"], gated=True) == Exit.FAILED
    assert exit_code([BROKEN, PASSED], excused=["ACK-01"]) == Exit.FINE


def test_a_token_in_the_waivers_file_is_in_no_view() -> None:
    target = replace(
        TARGET,
        token_env="T",  # noqa: S106  # a variable's name
        token="s3cr3t-token",  # noqa: S106  # no real secret
        waivers=(replace(waiver(), reason="see s3cr3t-token"),),
    )
    report = reported([BROKEN, PASSED], target=target)

    assert "s3cr3t" not in printed(report) + json.dumps(report.to_dict())
    assert "see $T" in printed(report)


OUTCOMES: list[Outcome] = ["pass", "not_applicable", "not_verified", "harness_error"]
NAMES = st.sampled_from([*IDS[:4], PLANNED, "ACK-99"])
ENTRIES = st.builds(waiver, NAMES, st.sampled_from(KINDS), st.integers(-3, 3))
FILES = st.lists(ENTRIES, max_size=6, unique_by=lambda one: (one.requirement, one.fingerprint))
SEVERITY = [Exit.FINE, Exit.NOT_VERIFIED, Exit.WAIVER, Exit.FAILED, Exit.NOTHING_RAN, Exit.HARNESS]


@st.composite
def runs(draw: st.DrawFn) -> list[Verdict]:
    """Verdicts of some requirements, with the findings that their outcome needs."""
    chosen = draw(st.lists(st.sampled_from(IDS[:4]), unique=True, max_size=4))
    kinds = st.lists(st.sampled_from(KINDS), min_size=1, max_size=3)
    return [
        verdict(name, "fail", *draw(kinds))
        if draw(st.booleans())
        else verdict(name, draw(st.sampled_from(OUTCOMES)))
        for name in chosen
    ]


def worse(report: Report) -> int:
    return SEVERITY.index(Exit(report.exit_code))


@given(runs(), FILES, st.randoms(use_true_random=False))
def test_the_order_of_entries_and_verdicts_changes_nothing(
    run: list[Verdict], entries: list[Waiver], chance: Random
) -> None:
    first = reported(run, *entries)
    second = reported(run, *chance.sample(entries, len(entries)))
    turned = reported(chance.sample(run, len(run)), *entries)

    assert first == reported(run, *entries)
    assert first == second
    assert first.waivers == turned.waivers
    assert first.exit_code == turned.exit_code


@given(runs(), FILES, ENTRIES)
def test_an_entry_that_excuses_nothing_never_makes_a_run_greener(
    run: list[Verdict], entries: list[Waiver], more: Waiver
) -> None:
    before = reported(run, *entries)
    after = reported(run, *entries, more)
    assert after.waivers is not None
    states = {one.state for one in after.waivers.entries if one.fingerprint == more.fingerprint}
    excusing = any(
        one.state == "used" and one.requirement == more.requirement for one in after.waivers.entries
    )

    assert states
    if not excusing:
        assert worse(after) >= worse(before)


@given(runs(), FILES)
def test_a_green_run_has_no_trouble_and_no_finding_of_a_must_without_a_waiver(
    run: list[Verdict], entries: list[Waiver]
) -> None:
    report = reported(run, *entries)

    if report.exit_code == Exit.FINE:
        assert report.waivers is not None
        assert not any(one.trouble for one in report.waivers.entries)
        assert all(found.waived for one in report.verdicts for found in one.findings)


@given(runs(), FILES, ENTRIES)
def test_a_waiver_changes_no_other_requirement_and_no_outcome(
    run: list[Verdict], entries: list[Waiver], more: Waiver
) -> None:
    before = {one.id: one for one in reported(run, *entries).verdicts}
    after = {one.id: one for one in reported(run, *entries, more).verdicts}

    assert {name: one.outcome for name, one in before.items()} == {
        name: one.outcome for name, one in after.items()
    }
    assert all(one == after[name] for name, one in before.items() if name != more.requirement)


@given(runs(), FILES, st.integers(0, 5))
def test_the_next_day_is_never_greener(run: list[Verdict], entries: list[Waiver], day: int) -> None:
    start = datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(days=day)
    earlier = reported(run, *entries, timing=Timing(start, 1, "", 0))
    later = reported(run, *entries, timing=Timing(start + timedelta(days=1), 1, "", 0))

    assert worse(later) >= worse(earlier)
