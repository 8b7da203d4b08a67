"""Runs that only read: what they send, what they judge, what they never claim."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import closing, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, get_args

import jsonschema_rs
import pytest
from stocked import stocked_server

from conformance import reading
from conformance.api import Api
from conformance.cli import outcome
from conformance.client import Client
from conformance.command_run import check_meant
from conformance.contract import load_contract
from conformance.exchange import Request
from conformance.judge import Outcome
from conformance.modes import is_beyond
from conformance.plan import make_plan
from conformance.reports.console import standing
from conformance.reports.model import ProfileSummary
from conformance.target import Existing, Target
from conformance.target_file import TargetFileError
from conformance.target_fixtures import DEFAULTS
from conformance.trace import Trace
from conformance.wire import PLAIN, Connections, WroteInReadOnly

ROOT: Final = Path(__file__).parent.parent
SCHEMAS: Final = ROOT / "conformance/schemas"
READ_ONLY: Final = ("--mode", "read-only", "--profile", "member-first", "--profile", "http")
MEMBER: Final = ("--set", "existing.member=m1")
TARGET: Final = Target(
    "http://127.0.0.1:1",
    "s1",
    ("core", "member-first"),
    DEFAULTS["good"],
    DEFAULTS["poison"],
    DEFAULTS["slow"],
    mode="read-only",
    existing=Existing("m1"),
)


def outcomes(report: dict[str, Any]) -> dict[str, str]:
    return {one["id"]: one["outcome"] for one in report["verdicts"]}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with stocked_server() as url:
        yield url


@dataclass(frozen=True)
class ReadOnly:
    """One run that only read: what it ended with, what it printed, what it wrote."""

    code: int
    said: str
    folder: Path

    @property
    def report(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads((self.folder / "report.json").read_text("utf-8"))
        return report


@pytest.fixture(scope="module")
def done(server: str, tmp_path_factory: pytest.TempPathFactory) -> ReadOnly:
    folder, said = tmp_path_factory.mktemp("read-only"), io.StringIO()
    with redirect_stdout(said):
        code = judged(server, folder, *MEMBER)
    return ReadOnly(code, said.getvalue(), folder)


def judged(url: str, folder: Path, *more: str) -> int:
    return outcome(["run", url, "--scope", "s1", "--report-dir", str(folder), *READ_ONLY, *more])


def test_a_run_that_only_reads_judges_what_reads_show(done: ReadOnly) -> None:
    by_id = {one["id"]: one for one in done.report["verdicts"]}

    assert done.code == done.report["exit_code"] == 0, done.said
    assert {name for name, one in outcomes(done.report).items() if one == "pass"} >= {
        "EPC-01", "ERR-01", "ERR-04", "HTP-01", "HTP-02", "LFC-01", "LFC-04", "MBR-07", "MBR-10",
        "PAG-03", "PAG-07", "RDY-01", "RDY-07", "RES-01", "REV-07", "RUN-01", "RUN-04", "STA-01",
        "STA-02", "STA-03", "STA-05", "STA-10", "STA-13",
    }  # fmt: skip
    assert by_id["MBR-01"]["reasons"] == by_id["RCP-06"]["reasons"] == ["needs writes"]
    assert by_id["MBR-01"]["beyond_mode"]
    assert by_id["RDY-06"]["beyond_mode"]
    assert done.report["plan"]["writes"] == 0


def test_a_run_that_only_reads_claims_no_profile(done: ReadOnly) -> None:
    schema = json.loads((SCHEMAS / "report.schema.json").read_text("utf-8"))

    assert done.report["mode"] == "read-only"
    assert not any(one["held"] for one in done.report["summary"].values())
    assert [one["kind"] for one in done.report["notices"]] == ["lesser_mode"]
    assert "not claimed, mode read-only" in done.said
    assert "held" not in done.said
    assert "exit 0: nothing broken (mode read-only, no profile claimed)" in done.said
    assert jsonschema_rs.is_valid(schema, done.report)


def test_the_evidence_of_a_run_that_only_reads_bears_its_report_out(done: ReadOnly) -> None:
    assert outcome(["verify-report", str(done.folder)]) == 0


def test_every_view_names_the_mode_and_is_not_red_for_what_needs_writes(done: ReadOnly) -> None:
    junit = (done.folder / "junit.xml").read_text("utf-8")
    page = (done.folder / "report.html").read_text("utf-8")
    results = json.loads((done.folder / "report.sarif").read_text("utf-8"))["runs"][0]

    assert 'failures="0" errors="0"' in junit.split(">", 2)[1]
    assert '<property name="mode" value="read-only" />' in junit
    assert 'type="beyond_mode" message="needs writes' in junit
    assert "<dd>read-only: no profile is claimed" in page
    assert ", beyond the mode" in page
    assert "mode      read-only: no profile" in (done.folder / "summary.md").read_text("utf-8")
    assert results["properties"]["mode"] == "read-only"


@pytest.mark.parametrize(
    ("fault", "code", "kind", "broken"),
    [
        ("says-finished-in-place-of-completed", 1, "failed", "RUN-04"),
        ("is-ready-under-an-unknown-condition", 0, "warned", "RDY-07"),
    ],
)
def test_what_reads_can_show_is_found_by_a_run_that_only_reads(
    tmp_path: Path, fault: str, code: int, kind: str, broken: str
) -> None:
    with stocked_server("--fault", fault) as url:
        met = judged(url, tmp_path, *MEMBER)

    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert met == code
    assert broken in report[kind]


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ((), "name a member of its scope as member under [existing] (or --set existing.member=ID)"),
        (("existing.member=m9",), "existing.member is not there: GET /api/scopes/s1/members/m9"),
        (("existing.member=m9",), "Name a member of scope s1: its roster begins with m"),
        (("existing.member=a b",), "existing.member 'a b' is no memberId of the contract"),
        (("existing.member=m1", "existing.run=r9"), "existing.run is not there: GET "),
        (
            ("existing.member=m1", "existing.status_url=/api/scopes/s1/operations/c9"),
            "existing.status_url is not there: GET /api/scopes/s1/operations/c9",
        ),
        (
            ("existing.member=m1", "existing.status_url=https://elsewhere.example/c9"),
            "existing.status_url is at another origin",
        ),
    ],
)
def test_without_anything_to_read_a_run_says_what_to_supply(
    server: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    named: tuple[str, ...],
    sentence: str,
) -> None:
    given = [word for one in named for word in ("--set", one)]

    code = judged(server, tmp_path, *given)

    assert code == 2
    assert sentence in capsys.readouterr().err


def test_what_reads_could_judge_and_did_not_stays_red(server: str, tmp_path: Path) -> None:
    code = judged(server, tmp_path, *MEMBER, "--set", "target.other_scope=s1")

    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    red = [
        one["id"]
        for one in report["verdicts"]
        if one["outcome"] == "not_verified" and one["level"] == "MUST" and not one["beyond_mode"]
    ]
    assert code == 4
    assert red == ["PAG-05"]


def test_a_server_that_says_yes_to_everything_passes_nothing_by_reads(
    sick_server: Callable[..., str], tmp_path: Path
) -> None:
    url = sick_server("says", 200, b'{"summary": {"memberId": "m1"}, "members": []}')

    code = judged(url, tmp_path, *MEMBER)

    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert code in {1, 4}
    assert "pass" not in outcomes(report).values()
    assert "the control failed: expected a refusal" in report["control"]


def test_no_write_leaves_in_a_run_that_only_reads(sick_server: Callable[..., str]) -> None:
    url = sick_server("says", 202, b"{}")
    target = Target(url, "s1", ("core",), None, None, None, mode="read-only")
    with closing(Connections()) as connections:
        client = Client(load_contract(), target, Trace(), "a test", connections)
        read = client.list_members()
        writes: tuple[Callable[[], object], ...] = (
            lambda: client.create_member({"displayName": "M", "implementationKind": "script"}),
            lambda: client.post_to("/x", read, {}),
            lambda: client.sent("DELETE", url, None, PLAIN),
            lambda: client.sent_as_is(Request("PUT", url), None),
        )
        for write in writes:
            with pytest.raises(WroteInReadOnly, match="a test was about to send "):
                write()

        assert [one.request.method for one in client.trace] == ["GET"]


def test_a_write_that_the_kit_tries_all_the_same_is_its_own_error(
    server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def writes(api: Api, _unknown: str) -> None:
        api.create()

    monkeypatch.setattr(reading, "_read_commands", writes)

    code = judged(server, tmp_path, *MEMBER)

    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert code == 6
    assert report["control"] == "the control what_is_there_is_read could not be run"


@pytest.mark.parametrize(
    "arguments",
    [("--mode", "read-only", "--lane", "generated"), ("--mode", "smoke", "--lane", "generated")],
    ids=" ".join,
)
def test_the_generated_lane_is_refused_where_nothing_may_be_written(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    code = outcome(["run", "http://127.0.0.1:9", "--scope", "s1", *MEMBER, *arguments])

    assert code == 2
    assert "The generated lane writes" in capsys.readouterr().err


def test_a_server_that_is_not_here_may_be_read_unasked_and_not_written_to() -> None:
    elsewhere = replace(TARGET, url="https://elsewhere.example")

    check_meant(load_contract(), elsewhere, meant=False)
    with pytest.raises(TargetFileError, match="is not on this machine and a run writes to it"):
        check_meant(load_contract(), replace(elsewhere, mode="full"), meant=False)


def test_a_plan_of_reads_leaves_every_write_out_and_says_so() -> None:
    contract = load_contract()
    plan, whole = make_plan(contract, TARGET), make_plan(contract, TARGET, ("ACK-01",))

    assert plan.writes == whole.writes == 0
    assert {"a_created_member_is_readable"} <= {one.name for one in plan.withheld}
    assert plan.is_thin("MBR-01")
    assert whole.is_thin("ACK-01")
    assert not {one.name for one in plan.scenarios} & {one.name for one in plan.withheld}


@pytest.mark.parametrize(
    ("mode", "outcome_met", "reasons", "beyond"),
    [
        ("read-only", "not_verified", ("needs writes",), True),
        ("read-only", "not_verified", ("needs writes", "the scope is closed"), False),
        ("read-only", "not_verified", ("the run was interrupted",), False),
        ("read-only", "fail", (), False),
        ("full", "not_verified", ("needs writes",), False),
    ],
)
def test_only_the_want_of_writes_lets_a_requirement_be(
    *, mode: str, outcome_met: str, reasons: tuple[str, ...], beyond: bool
) -> None:
    assert is_beyond(mode, outcome_met, reasons) == beyond


def test_a_profile_whose_every_must_is_kept_is_not_held_by_a_lesser_run() -> None:
    kept = dict.fromkeys(get_args(Outcome), 0) | {"pass": 3}
    full, lesser = (ProfileSummary(3, kept, 0, 0, mode=mode) for mode in ("full", "read-only"))

    assert (full.held, lesser.held) == (True, False)
    assert (standing(full), standing(lesser)) == ("held", "not claimed, mode read-only")


def test_a_mode_is_a_setting_as_every_other(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "conformance.toml"
    file.write_text(
        '[target]\nurl = "http://127.0.0.1:9"\nscope = "s1"\n[run]\nmode = "smoke"\n', "utf-8"
    )

    def mode(*arguments: str) -> str:
        outcome(["config", "explain", "-c", str(file), "--json", *arguments])
        rows = json.loads(capsys.readouterr().out)["settings"]
        return str(next(one["value"] for one in rows if one["key"] == "run.mode"))

    assert mode() == "smoke"
    monkeypatch.setenv("ACKPROOF_RUN_MODE", "full")
    assert mode() == "full"
    assert mode("--set", "run.mode=smoke") == "smoke"
    assert mode("--mode", "read-only") == "read-only"
    monkeypatch.setenv("ACKPROOF_RUN_MODE", "fast")
    assert outcome(["config", "check", "-c", str(file)]) == 2
    assert "ACKPROOF_RUN_MODE: run.mode: " in capsys.readouterr().err
