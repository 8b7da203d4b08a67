"""What a version does not score is judged and told, and decides nothing."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from hand_made_runs import RUNS, finding, printed, run_of, unscored, verdict, waiver, with_waivers
from hypothesis import given
from hypothesis import strategies as st
from view_readers import JUNIT, REPORTS, rendered, sarif, seen

from conformance.contract import Contract, ContractUnreadable, load_contract
from conformance.judge import Outcome, Verdict
from conformance.lint import lists_of_the_scored, read_sources
from conformance.reports.console import standing
from conformance.reports.model import Report
from conformance.reports.of_run import report_of

SPEC = Path(__file__).parent.parent / "spec"
ACKPROOF = str(Path(sys.executable).parent / "ackproof")
CONTRACT = load_contract()
IDS = tuple(CONTRACT.requirements)
JUDGED = [name for name, one in CONTRACT.requirements.items() if not one.planned]
REPORT = REPORTS["unscored"]


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A copy of the contract, to be given lists."""
    return Path(shutil.copytree(SPEC, tmp_path / "spec"))


def listed(spec: Path, version: str, *ids: str) -> Path:
    (spec / "scored").mkdir(exist_ok=True)
    (spec / f"scored/{version}.txt").write_text("".join(f"{one}\n" for one in ids), "utf-8")
    return spec


def released(spec: Path, version: str) -> Path:
    """Give the contract another version."""
    path = spec / "openapi.yaml"
    text = path.read_text("utf-8")
    path.write_text(re.sub(r"(?m)^  version: .*$", f"  version: {version}", text, count=1), "utf-8")
    return spec


def scored(contract: Contract) -> list[str]:
    return [name for name, one in contract.requirements.items() if one.scored]


def test_without_a_list_everything_is_scored(spec: Path) -> None:
    assert scored(load_contract(spec)) == list(IDS)
    assert scored(load_contract(listed(spec, "0.9.0", "ACK-01"))) == list(IDS)


def test_the_list_of_the_version_says_what_is_scored(spec: Path) -> None:
    listed(released(spec, "1.0.0"), "1.0.0", "ACK-01", "RCP-06")

    assert scored(load_contract(spec)) == ["ACK-01", "RCP-06"]
    assert load_contract(spec).hash != CONTRACT.hash


@pytest.mark.parametrize(
    ("ids", "sentence"),
    [
        (("ACK-01", "ACK-1O"), r"1\.0\.0\.txt names ACK-1O, which is no requirement"),
        ((), r"1\.0\.0\.txt names no requirement"),
        (("ACK-01 ",), "names ACK-01 , which is no requirement"),
    ],
    ids=["misspelt", "empty", "with a blank"],
)
def test_a_list_that_would_unscore_by_mistake_is_refused(
    spec: Path, ids: tuple[str, ...], sentence: str
) -> None:
    listed(released(spec, "1.0.0"), "1.0.0", *ids)

    with pytest.raises(ContractUnreadable, match=sentence):
        load_contract(spec)


def test_a_list_that_is_no_text_is_refused(spec: Path) -> None:
    listed(released(spec, "1.0.0"), "1.0.0")
    (spec / "scored/1.0.0.txt").write_bytes(b"ACK-01\n\xff\n")

    with pytest.raises(ContractUnreadable, match=r"1\.0\.0\.txt cannot be read"):
        load_contract(spec)


VERDICTS = st.lists(st.sampled_from(get_args(Outcome)), max_size=4)


def made(name: str, outcome: Outcome) -> Verdict:
    found = (finding(name),) if outcome in {"fail", "warn"} else ()
    level = "SHOULD" if outcome == "warn" else "MUST"
    return verdict(name, outcome, *found, level=level, reasons=("a reason",))


@given(VERDICTS, VERDICTS, st.sampled_from(["with waivers", "without"]))
def test_what_is_not_scored_decides_neither_the_code_nor_a_profile(
    counting: list[Outcome], others: list[Outcome], how: str
) -> None:
    mine = [made(f"ACK-{number:02}", one) for number, one in enumerate(counting)]
    more = [unscored(made(f"STA-{number:02}", one)) for number, one in enumerate(others)]
    names = [one.requirement.id for one in (*mine, *more)] if how == "with waivers" else []
    target = with_waivers(*map(waiver, names))
    catalogue = {one.requirement.id: one.requirement for one in (*mine, *more)}

    def reported(*verdicts: Verdict) -> Report:
        run = run_of(*verdicts, target=target)
        whole = replace(run.contract, requirements=catalogue)
        return report_of(replace(run, contract=whole), "0.1.0")

    alone, together = reported(*mine), reported(*mine, *more)

    before, after = alone.summary["core"], together.summary["core"]
    troubled = {one.requirement for one in together.waivers.entries if one.trouble}  # type: ignore[union-attr]
    musts = [one for one in catalogue.values() if one.level == "MUST" and not one.scored]
    assert together.exit_code == alone.exit_code
    assert (after.held, after.musts) == (before.held, before.musts)
    assert after.unscored == len(musts)
    assert not {one.id for one in catalogue.values() if not one.scored} & troubled
    assert not [one.id for one in together.verdicts if one.waived and not one.scored]


def test_a_planned_must_still_keeps_a_profile_from_being_held() -> None:
    run = run_of(verdict("ACK-01", "pass"), planned=("FLR-01",))
    known = run.contract.requirements
    catalogue = {"ACK-01": known["ACK-01"], "FLR-01": replace(known["FLR-01"], scored=False)}
    contract = replace(run.contract, requirements=catalogue)

    summary = report_of(replace(run, contract=contract), "0.1.0").summary["core"]

    assert (summary.musts, summary.planned, summary.unscored, summary.held) == (2, 1, 0, False)


def test_a_profile_of_which_nothing_is_scored_is_not_held() -> None:
    broken = unscored(verdict("ACK-01", "fail", finding("ACK-01")))
    run = run_of(broken)
    catalogue = {"ACK-01": broken.requirement}

    own = report_of(replace(run, contract=replace(run.contract, requirements=catalogue)), "0.1.0")

    summary = own.summary["core"]
    assert (summary.musts, summary.unscored, summary.held) == (0, 1, False)
    assert standing(summary) == "not held yet, 1 not scored"


def test_the_report_tells_of_each_verdict_whether_it_is_scored() -> None:
    told = {one["id"]: one["scored"] for one in REPORT.to_dict()["verdicts"]}

    assert told == {name: name == "ACK-01" for name in told}
    assert REPORT.to_dict()["summary"]["core"]["unscored"] == 4
    assert REPORT.exit_code == 0
    assert REPORT.meaning == "nothing broken that is scored"
    assert REPORT.waivers
    assert REPORT.waivers.entries[0].why == "ACK-02 is not scored: it wants no waiver."


def test_a_run_of_nothing_that_is_scored_is_no_pass() -> None:
    alone = REPORTS["unscored-alone"]

    assert (alone.exit_code, alone.meaning) == (7, "nothing that is scored was judged")


def test_a_green_run_names_all_that_it_leaves_out() -> None:
    waived = verdict("ACK-01", "fail", finding("ACK-01"))
    new = unscored(verdict("ACK-02", "fail", finding("ACK-02")))
    run = run_of(waived, new, verdict("STA-01", "pass"), target=with_waivers(waiver("ACK-01")))

    report = report_of(run, "0.1.0")

    assert report.meaning == "nothing broken that is scored and is not waived"


def test_the_console_tells_what_is_not_scored() -> None:
    said = " ".join(printed(RUNS["unscored"], 200).split())

    assert "held yet, 4 not scored" in said
    assert "ACK-02 MUST fail, not scored The text" in said
    assert "not verified, not scored: RCP-01" in said
    assert "STA-02 MUST kit error, not scored KeyError: 1" in said
    assert "Give the run what is missing" not in said


def test_the_job_summary_tells_what_is_not_scored() -> None:
    text = rendered(REPORT)

    assert "<h3>Broken, not scored: 1 requirement, 1 finding</h3>" in text
    assert "<b>fail, not scored</b>" in text
    assert "Not verified, not scored: 1 requirement" in text
    assert "<h3>Broken: " not in text


def test_junit_skips_what_is_not_scored() -> None:
    document: Any = JUNIT.to_dict(seen("junit.xml", REPORT))
    (suite,) = document["testsuite"]
    skipped = {
        case["@name"].partition(" ")[0]: case["skipped"][0]["@message"]
        for case in suite["testcase"]
        if "skipped" in case
    }
    properties = {one["@name"]: one["@value"] for one in suite["properties"][0]["property"]}

    assert (suite["@failures"], suite["@errors"]) == ("0", "0")
    assert skipped == {
        "ACK-02": "fail, not scored",
        "RCP-01": "not verified, not scored",
        "STA-02": "harness error, not scored",
    }
    assert properties["STA-01.scored"] == "false"
    assert "ACK-01.scored" not in properties


def test_sarif_notes_what_is_not_scored() -> None:
    run = sarif(REPORT)
    rules = {one["id"]: one for one in run["tool"]["driver"]["rules"]}

    assert [(one["ruleId"], one["level"]) for one in run["results"]] == [("ACK-02", "note")]
    assert rules["ACK-02"]["properties"]["scored"] is False
    assert rules["ACK-01"]["properties"]["scored"] is True
    told = run["invocations"][0]["toolExecutionNotifications"]
    assert [one["level"] for one in told] == ["note", "note"]


def test_the_page_tells_what_is_not_scored() -> None:
    page = seen("report.html", REPORT)

    assert page.count(", not scored</span>") == 4


def test_a_list_of_a_copied_contract_decides_a_whole_run(
    spec: Path, tmp_path: Path, reference_server: Callable[..., str]
) -> None:
    listed(spec, CONTRACT.version, *(one for one in JUDGED if one != "FLR-01"))
    url = reference_server("--fault", "calls-a-failed-run-ready")

    def ran(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [ACKPROOF, *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            cwd=tmp_path,
            env={**os.environ, "ACKPROOF_SPEC": str(spec)},
        )

    judged = (url, "--scope", "s1", "--only", "FLR-01", "--only", "MBR-01")
    run = ran("run", *judged, "--report-dir", "out")
    verified = ran("verify-report", "out")
    planned = ran("plan", *judged)
    day = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()
    answers = ("--reason", "a", "--issue", "https://e.example", "--owner", "b", "--expires", day)
    waive = ran("waive", "out/report.json", "FLR-01", *answers)

    report = json.loads((tmp_path / "out/report.json").read_text("utf-8"))
    told = {one["id"]: (one["outcome"], one["scored"]) for one in report["verdicts"]}
    assert told == {"FLR-01": ("fail", False), "MBR-01": ("pass", True)}
    assert run.returncode == 0, run.stdout + run.stderr
    assert "exit 0: nothing broken that is scored" in run.stdout
    assert verified.returncode == 0, verified.stdout
    assert "1 not scored, judged and told alone: FLR-01" in planned.stdout
    assert waive.returncode == 2
    assert "FLR-01 is not scored" in waive.stderr


def test_under_pytest_what_is_not_scored_fails_nothing(
    spec: Path, reference_server: Callable[..., str]
) -> None:
    listed(spec, CONTRACT.version, *(one for one in JUDGED if one not in {"FLR-01", "ISO-02"}))
    url = reference_server("--fault", "calls-a-failed-run-ready")
    described = f'[target]\nurl = "{url}"\nscope = "s1"\nprofiles = ["member-first", "isolation"]\n'
    (spec.parent / "conformance.toml").write_text(described, "utf-8")

    plugin = ("-p", "conformance.pytest_plugin", "--pyargs", "conformance.suite")
    chosen = ("--target-file=conformance.toml", "-k", "FLR-01 or ISO-02 or MBR-03")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *plugin, *chosen],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=spec.parent,
        env={**os.environ, "ACKPROOF_SPEC": str(spec)},
    )

    assert done.returncode == 0, done.stdout
    assert "1 skipped" in done.stdout
    assert "1 passed" in done.stdout
    assert "1 xfailed" in done.stdout


FIRST = JUDGED[:5]
LISTS: dict[str, tuple[dict[str, list[str]], str, str]] = {
    "another name": ({"1.0": FIRST}, "1.0.0-alpha.1", "scored/1.0: not MAJOR.MINOR.PATCH.txt"),
    "no list for a release": ({"1.0.0": FIRST}, "1.0.1", "scored/ has no list for 1.0.1"),
    "an id never published": (
        {"1.0.0": ["ACK-99"]},
        "1.0.1-beta",
        "scored/1.0.0 names ACK-99, which was never published",
    ),
    "an id that nothing judges": (
        {"1.0.0": ["STR-01"]},
        "1.0.0-beta",
        "scored/1.0.0 names STR-01, which nothing judges yet",
    ),
    "another order": ({"1.0.0": FIRST[::-1]}, "1.0.0", "scored/1.0.0 is not in the order"),
    "an id twice": ({"1.0.0": FIRST[:1] * 2}, "1.0.0", "scored/1.0.0 is not in the order"),
    "an id left out later": (
        {"1.0.0": FIRST, "1.1.0": FIRST[1:]},
        "1.1.0",
        f"scored/1.1.0 leaves out {FIRST[0]}, which 1.0.0 scores",
    ),
    "an id left out much later": (
        {"1.9.0": FIRST, "1.10.0": FIRST[1:]},
        "1.10.0",
        f"scored/1.10.0 leaves out {FIRST[0]}, which 1.9.0 scores",
    ),
    "an id added by a patch": (
        {"1.0.0": FIRST[1:], "1.0.1": FIRST},
        "1.0.1",
        f"scored/1.0.1 adds {FIRST[0]}; a patch of 1.0.0 adds none",
    ),
}


@pytest.mark.parametrize(("lists", "version", "sentence"), LISTS.values(), ids=LISTS.keys())
def test_a_list_that_breaks_what_was_promised_is_told(
    lists: dict[str, list[str]], version: str, sentence: str
) -> None:
    own = read_sources(SPEC)
    contract = replace(own.contract, version=version)
    as_read = {name: tuple(ids) for name, ids in lists.items()}

    found = list(lists_of_the_scored(replace(own, contract=contract, scored=as_read)))

    assert [one for one in found if one.startswith(sentence)], found


def test_lists_that_grow_with_minor_releases_are_fine(spec: Path) -> None:
    for version, ids in {"1.0.0": FIRST[1:], "1.0.1": FIRST[1:], "1.1.0": JUDGED}.items():
        listed(spec, version, *ids)

    assert list(lists_of_the_scored(read_sources(released(spec, "1.1.0")))) == []


def test_what_is_withdrawn_may_leave_the_lists(spec: Path) -> None:
    for version, ids in {"1.0.0": FIRST, "2.0.0": FIRST[1:]}.items():
        listed(released(spec, "2.0.0"), version, *ids)
    own = read_sources(spec)
    entries = dict(own.entries) | {FIRST[0]: {"withdrawn": "It was about another API."}}

    assert list(lists_of_the_scored(replace(own, entries=entries))) == []
