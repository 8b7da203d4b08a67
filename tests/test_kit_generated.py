"""The generated lane: repeatable, sent by the kit alone, judged like any other traffic."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from conformance.contract import load_contract
from conformance.exchange import Exchange, Request, Response
from conformance.generated.disputed import why_allowed
from conformance.generated.outcome import Generation, LaneFinding, LaneOutcome
from conformance.judge import Exit, exit_code
from conformance.plan import make_plan
from conformance.reports.of_run import report_of
from conformance.runner import RunResult, Silent, run
from conformance.target_file import load_target

CONTRACT = load_contract()
FEW = Generation(seed=11, examples=2)
MADE_BY_THE_SERVER = ("/operations/c-", "/runs/run-", "/members/m-")


def judged(url: str, generation: Generation = FEW, **flags: object) -> RunResult:
    """Judge by the lane alone, on three operations."""
    target = load_target(None, {"url": url, "scope": "s1", **flags})
    plan = make_plan(CONTRACT, target, lanes=["generated"])
    few = replace(plan, generated=("createMember", "getMember", "bindMember"))
    return run(CONTRACT, target, few, Silent(), generation)


def asked(result: RunResult) -> list[tuple[Any, ...]]:
    """Every generated request, but those to URLs that the server made."""
    sent = [one.request for one in result.exchanges if one.lane == "generated"]
    return [
        (one.method, one.url.partition("/api/")[2], one.headers[1:], one.body)
        for one in sent
        if not any(part in one.url for part in MADE_BY_THE_SERVER)
    ]


def test_nothing_is_found_in_an_honest_server_and_its_traffic_is_judged(
    reference_server: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a request went out by another way than the kit's own wire")

    monkeypatch.setattr(requests.Session, "send", refuse)
    target = load_target(None, {"url": reference_server("--deadline", "2000"), "scope": "s1"})
    plan = make_plan(CONTRACT, target, lanes=["generated"])
    result = run(CONTRACT, target, plan, Silent(), FEW)

    assert result.lane is not None
    assert result.lane.errors == ()
    assert [(one.check, one.operation, one.message) for one in result.lane.findings] == []
    assert [one.requirement.id for one in result.verdicts if one.findings] == []
    assert {one.lane for one in result.exchanges} == {"scenarios", "generated"}
    assert "DELETE" not in {one.request.method for one in result.exchanges}
    outcomes = {one.requirement.id: one for one in result.verdicts}
    assert outcomes["RCP-01"].judged > 10
    assert outcomes["ERR-01"].judged > 100


def test_the_same_seed_sends_the_same_requests_and_another_seed_others(
    reference_server: Callable[..., str],
) -> None:
    first, second = (judged(reference_server("--deadline", "2000")) for _ in range(2))
    other = judged(reference_server("--deadline", "2000"), replace(FEW, seed=12))

    assert len(asked(first)) > 50
    assert asked(first) == asked(second)
    assert asked(first) != asked(other)


def test_a_users_own_configuration_changes_nothing(
    reference_server: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = judged(reference_server("--deadline", "2000"))
    (tmp_path / "schemathesis.toml").write_text('seed = 99\n[generation]\nmodes = ["positive"]\n')
    monkeypatch.chdir(tmp_path)

    after = judged(reference_server("--deadline", "2000"))

    assert asked(after) == asked(before)


def test_a_broken_invariant_is_found_by_generated_traffic_alone(
    reference_server: Callable[..., str],
) -> None:
    result = judged(reference_server("--fault", "points-location-at-the-member"))

    assert "RCP-06" in {one.requirement.id for one in result.verdicts if one.findings}


def test_the_write_limit_stops_the_lane_and_the_report_says_so(
    reference_server: Callable[..., str],
) -> None:
    result = judged(reference_server(), max_writes=30)

    assert result.lane is not None
    assert "write limit" in result.lane.stopped


def finding(check: str, code: str = "") -> LaneFinding:
    answer = Response(400, {}, b'{"code": "%s"}' % code.encode())
    exchange = Exchange(1, "generated", "", None, {}, Request("GET", "http://x/"), answer, 0, 0)
    return LaneFinding(check, "GET /", "wrong", "it is", exchange, 1)


def test_a_refusal_for_a_condition_is_set_aside_and_one_for_the_form_is_not() -> None:
    assert why_allowed(finding("positive_data_acceptance", "IDEMPOTENCY_KEY_REUSED"))
    assert why_allowed(finding("positive_data_acceptance", "INVALID_PAGE_TOKEN"))
    for code in ("INVALID_STUDIO_MEMBER_REQUEST", "INVALID_REQUEST_BODY", ""):
        assert why_allowed(finding("positive_data_acceptance", code)) is None
    assert why_allowed(finding("not_a_server_error", "IDEMPOTENCY_KEY_REUSED")) is None


@pytest.mark.parametrize(
    ("lane", "code"),
    [
        (LaneOutcome(Generation(gates=True), (), findings=(finding("any"),)), Exit.FAILED),
        (LaneOutcome(Generation(), (), findings=(finding("any"),)), Exit.FINE),
        (LaneOutcome(Generation(gates=True), ()), Exit.FINE),
        (LaneOutcome(Generation(), (), errors=("it broke",)), Exit.HARNESS),
    ],
    ids=["gates", "does not gate", "found nothing", "erred"],
)
def test_what_schemathesis_finds_decides_only_where_it_is_asked_to(
    lane: LaneOutcome, code: Exit, reference_server: Callable[..., str]
) -> None:
    target = load_target(None, {"url": reference_server(), "scope": "s1"})
    plan = make_plan(CONTRACT, target, ["BND-01"])
    result = run(CONTRACT, target, plan, Silent())

    report = report_of(replace(result, lane=lane), "0")

    assert report.exit_code == code
    assert report.lane is not None
    assert report.lane.replay.endswith("--lane generated --seed 1 --examples 20")


def test_an_interrupted_run_stays_interrupted_whatever_the_lane_found() -> None:
    assert exit_code((), interrupted=True, gated=True, erred=True) == Exit.INTERRUPTED
