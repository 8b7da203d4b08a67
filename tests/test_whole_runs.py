"""Whole runs against real processes: repeatable, fair, honest about costs, silent on secrets."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.checks import Scenario
from conformance.contract import load_contract
from conformance.embedded import embedded_server
from conformance.exchange import Exchange
from conformance.histories_judged import END
from conformance.plan import make_plan
from conformance.progress import Silent
from conformance.reports.of_run import report_of
from conformance.restarting import RESTART
from conformance.run_result import RunResult
from conformance.runner import run
from conformance.scenarios import SCENARIOS
from conformance.scopes import DURABLE

ACKPROOF = str(Path(sys.executable).parent / "ackproof")
TOKEN = "canary-5c1e80"  # noqa: S105  # no real secret
Serve = Callable[..., str]
Report = dict[str, Any]


def judged(folder: Path, *arguments: str, code: int) -> tuple[str, Report]:
    """Run in the folder and return what was printed and report.json."""
    done = subprocess.run(
        [ACKPROOF, "run", "--report-dir", "out", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "ACKPROOF_TOKEN": TOKEN},
        timeout=120,
    )
    assert done.returncode == code, done.stdout + done.stderr
    report: Report = json.loads((folder / "out/report.json").read_text("utf-8"))
    assert report["exit_code"] == code
    return done.stdout + done.stderr, report


def verdicts(report: Report) -> list[tuple[str, str, list[Any]]]:
    return [(one["id"], one["outcome"], one["findings"]) for one in report["verdicts"]]


def exchanges(report: Report) -> Iterator[Report]:
    for verdict in report["verdicts"]:
        for finding in verdict["findings"]:
            yield from finding["exchanges"]


def test_two_runs_on_one_server_give_equal_verdicts(
    reference_server: Serve, tmp_path: Path
) -> None:
    url = reference_server("--deadline", "2000")

    _, first = judged(tmp_path, url, "--scope", "s1", code=0)
    _, second = judged(tmp_path, url, "--scope", "s1", code=0)

    assert verdicts(first) == verdicts(second)
    assert first["plan"]["hash"] == second["plan"]["hash"]
    assert {one["outcome"] for one in first["verdicts"]} <= {"pass", "not_applicable"}


def test_a_server_without_any_202_breaks_nothing(reference_server: Serve, tmp_path: Path) -> None:
    url = reference_server("--variant", "synchronous", "--deadline", "2000")

    _, report = judged(tmp_path, url, "--scope", "s1", "--concurrency", "24", code=0)

    outcomes = {one["id"]: one["outcome"] for one in report["verdicts"]}
    assert [one for one in verdicts(report) if one[2]] == []
    assert set(outcomes.values()) == {"pass", "not_applicable"}
    assert outcomes["ACK-01"] == "not_applicable"


def test_a_run_says_which_chain_of_waits_was_the_longest(
    reference_server: Serve, tmp_path: Path
) -> None:
    url = reference_server("--deadline", "2000")

    said, report = judged(tmp_path, url, "--scope", "s1", "--only", "STA-06", code=0)

    longest = report["timing"]["longest_wait_scenario"]
    assert f"{report['timing']['longest_wait_seconds']:.1f} s: {longest.replace('_', ' ')}" in said
    assert 0 < report["timing"]["longest_wait_seconds"] <= report["timing"]["seconds"]


def test_a_run_says_how_soon_writes_were_answered_and_decided(
    reference_server: Serve, tmp_path: Path
) -> None:
    url = reference_server("--lag", "300")

    said, report = judged(tmp_path, url, "--scope", "s1", "--only", "RCP-06", code=0)

    observed = report["timing"]["observed"]
    assert observed["write_accepted"]["p50"] > 0
    assert observed["observed_after_202"]["p50"] >= 0.3
    assert observed["observed_after_202"]["p50"] <= observed["verdict_after_202"]["max"]
    assert set(observed["verdict_after_202"]["operations"]) >= {"createMember", "bindMember"}
    assert re.search(r"\nwrites accepted in p50 .*; verdict after p50 .*, at most ", said)


def test_a_write_limit_is_kept_and_what_it_leaves_out_is_not_verified(
    reference_server: Serve, tmp_path: Path
) -> None:
    said, report = judged(
        tmp_path, reference_server(), "--scope", "s1", "--max-writes", "2", code=4
    )
    outcomes = {one["id"]: one["outcome"] for one in report["verdicts"]}

    assert outcomes["INV-01"] == "not_verified"
    assert "the write limit is too small" in " ".join(said.split())


FAULTS = (
    "calls-a-bind-of-nobody-malformed",
    "answers-an-unknown-run-bare",
    "calls-an-unbound-binding-missing",
    "points-location-at-the-member",
    "forgets-who-is-invoked",
)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_printed_curl_shows_the_reported_status_and_no_output_shows_the_token(
    reference_server: Serve, tmp_path: Path, fault: str
) -> None:
    principals = {TOKEN: {"principal": "p1", "scopes": ["*"]}}
    (tmp_path / "tokens.json").write_text(json.dumps(principals), "utf-8")
    url = reference_server(
        *("--token-file", str(tmp_path / "tokens.json"), "--path-prefix", "/gateway/v1"),
        *("--scoped-faults", "--deadline", "2000"),
    )
    (tmp_path / "conformance.toml").write_text(
        f'[target]\nurl = "{url}"\nscope = "fault-{fault}"\ntoken_env = "ACKPROOF_TOKEN"\n', "utf-8"
    )
    broken = _breaks(fault)

    said, report = judged(tmp_path, "-c", "conformance.toml", "--only", broken, code=1)

    assert url.endswith("/gateway/v1")
    assert [one["id"] for one in report["verdicts"] if one["outcome"] == "fail"] == [broken]
    assert TOKEN not in said
    assert TOKEN not in (tmp_path / "out/report.json").read_text("utf-8")
    printed = [one for one in exchanges(report) if f" {one['curl']}\n" in said]
    assert printed
    for one in printed:
        assert _status_by_shell(one["curl"]) == one["status"], one["curl"]


def _breaks(fault: str) -> str:
    listed = subprocess.run(
        [sys.executable, "-m", "reference_server", "--list-faults", "--json"],
        capture_output=True,
        check=True,
    )
    return next(str(one["breaks"][0]) for one in json.loads(listed.stdout) if one["name"] == fault)


def _status_by_shell(curl: str) -> int:
    answered = subprocess.run(
        ["/bin/sh", "-c", curl],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "ACKPROOF_TOKEN": TOKEN},
    )
    return int(answered.stdout.split()[1])


@pytest.fixture(scope="module")
def whole_run() -> Iterator[RunResult]:
    """Judge the reference server once, without lag, so that polls are fewest."""
    with embedded_server("--lag", "0") as served:
        target, contract = served.target({"profiles": list(DURABLE)}), load_contract()
        yield run(contract, target, make_plan(contract, target), Silent())


def sent_by(result: RunResult, scenario: Scenario) -> list[Exchange]:
    return [one for one in result.exchanges if one.cause == scenario.name]


def is_write(result: RunResult, one: Exchange) -> bool:
    operation = result.contract.operations.get(one.operation_id or "")
    return operation is not None and operation.is_write


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_scenario_sends_exactly_the_writes_that_it_declares(
    whole_run: RunResult, scenario: Scenario
) -> None:
    sent = sent_by(whole_run, scenario)
    writes = sum(is_write(whole_run, one) for one in sent)

    assert writes == scenario.writes or (scenario.restarts and writes < scenario.writes)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_scenario_sends_at_least_the_requests_that_it_declares(
    whole_run: RunResult, scenario: Scenario
) -> None:
    assert len(sent_by(whole_run, scenario)) >= scenario.requests


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_scenario_leaves_behind_what_it_declares(
    whole_run: RunResult, scenario: Scenario
) -> None:
    made = {
        (
            one.operation_id,
            one.parameters["scopeId"],
            one.given.get("serviceId") or one.members.get("target", {}).get("memberId"),
        )
        for one in sent_by(whole_run, scenario)
        if one.ok and one.operation_id in {"createMember", "putScopeBinding"}
    }

    assert len(made) == scenario.leaves
    assert sum(name == "putScopeBinding" for name, *_ in made) == scenario.services


def test_every_request_is_sent_by_a_scenario_or_the_preflight(whole_run: RunResult) -> None:
    causes = Counter(one.cause for one in whole_run.exchanges)

    ends = {"preflight", END, RESTART}
    assert set(causes) == {*ends, *(one.name for one in SCENARIOS)}
    assert causes["preflight"] == 1


def test_a_run_as_two_principals_keeps_both_tokens_to_itself(whole_run: RunResult) -> None:
    tokens, report = whole_run.target.secrets, report_of(whole_run, "0")
    sent = {value for one in whole_run.exchanges for value in dict(one.request.headers).values()}

    assert sorted(tokens.values()) == ["$ACKPROOF_OTHER_TOKEN", "$ACKPROOF_TOKEN"]
    assert {f"Bearer {variable}" for variable in tokens.values()} <= sent
    said = str(report) + str(whole_run)
    assert [token for token in tokens if token in said] == []


def test_the_last_reads_of_a_run_keep_to_the_scope_of_its_own_token(whole_run: RunResult) -> None:
    scopes = {one.parameters["scopeId"] for one in whole_run.exchanges if one.cause == END}

    assert scopes == {whole_run.target.scope}


def test_a_run_breaks_the_contract_only_where_it_says_so(whole_run: RunResult) -> None:
    declared = {one.violates for one in whole_run.exchanges if one.violates}

    assert all(": " in what for what in declared)
    assert declared
