"""`ackproof waive`: an entry of the waivers file from a report, and never a made-up word in it."""

import subprocess
import sys
import tomllib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cli import outcome
from conformance.command_waive import Answers, NotWaivable, check_answers, entry, fingerprints_of
from conformance.waiver_file import load_waivers

ACKPROOF = str(Path(sys.executable).parent / "ackproof")
TODAY = date(2026, 3, 1)
F1, F2, F3 = "1" * 16, "2" * 16, "3" * 16
ANSWERS = {
    "reason": "mended in 2.1",
    "issue": "https://issues.example/7",
    "owner": "the gateway team",
    "expires": "2026-03-31",
}


def report(*used: str, outcome: str = "fail") -> dict[str, Any]:
    """As much of a report as matters: FLR-01 with three kinds of findings."""
    verdicts = [
        {"id": "FLR-01", "outcome": outcome, "fingerprints": [F1, F2, F3]},
        {"id": "ACK-01", "outcome": "pass", "fingerprints": []},
    ]
    entries = [{"requirement": "FLR-01", "fingerprint": one, "state": "used"} for one in used]
    return {"verdicts": verdicts, "waivers": {"entries": entries} if used else None}


def test_each_kind_of_finding_that_is_not_waived_yet_is_waived() -> None:
    assert fingerprints_of(report(), "FLR-01", None) == [F1, F2, F3]
    assert fingerprints_of(report(F2), "FLR-01", None) == [F1, F3]


def test_one_kind_may_be_chosen_even_if_it_is_waived() -> None:
    assert fingerprints_of(report(F2), "FLR-01", F2) == [F2]


REFUSED = {
    "passed": (
        report(),
        "ACK-01",
        None,
        "ACK-01 did not fail, its outcome is pass: nothing to wai",
    ),
    "warned": (report(outcome="warn"), "FLR-01", None, "did not fail, its outcome is warn"),
    "unverified": (report(outcome="not_verified"), "FLR-01", None, "outcome is not verified"),
    "not-judged": (report(), "FLR-02", None, "did not judge FLR-02. Did you mean FLR-01?"),
    "other-fingerprint": (
        report(),
        "FLR-01",
        "1" * 15 + "2",
        "FLR-01 has 1111111111111112. Did you",
    ),
    "all-waived": (report(F1, F2, F3), "FLR-01", None, "Every finding of FLR-01 is waived already"),
    "nothing-judged": ({"verdicts": [], "waivers": None}, "FLR-01", None, "did not judge FLR-01."),
}


@pytest.mark.parametrize(
    ("document", "requirement", "fingerprint", "sentence"), REFUSED.values(), ids=REFUSED.keys()
)
def test_what_did_not_fail_so_is_not_waived(
    document: dict[str, Any], requirement: str, fingerprint: str | None, sentence: str
) -> None:
    with pytest.raises(NotWaivable) as raised:
        fingerprints_of(document, requirement, fingerprint)

    assert sentence in str(raised.value)


BAD_ANSWERS = {
    "empty-reason": ({"reason": ""}, "--reason is empty; expected: why the defect may stay"),
    "blank-owner": ({"owner": "  "}, "--owner is empty; expected: who answers for it"),
    "no-link": ({"issue": "7"}, '--issue is "7"; expected: link to where'),
    "no-day": ({"expires": "soon"}, '--expires is "soon"; expected: last day on which'),
    "no-such-day": ({"expires": "2026-02-30"}, "--expires 2026-02-30 is no day of the calendar"),
    "yesterday": ({"expires": "2026-02-28"}, "--expires 2026-02-28 is past: today is 2026-03-01"),
    "too-far": (
        {"expires": "2027-03-03"},
        "more than 366 days ahead: choose a day up to 2027-03-02",
    ),
}


@pytest.mark.parametrize(("change", "sentence"), BAD_ANSWERS.values(), ids=BAD_ANSWERS.keys())
def test_an_answer_that_will_not_do_is_refused_by_its_option(
    change: dict[str, str], sentence: str
) -> None:
    with pytest.raises(NotWaivable) as raised:
        check_answers(Answers(**{**ANSWERS, **change}), TODAY)

    assert sentence in str(raised.value)


@pytest.mark.parametrize("days", [0, 1, 366])
def test_a_day_from_today_to_a_year_ahead_will_do(days: int) -> None:
    check_answers(Answers(**{**ANSWERS, "expires": str(TODAY + timedelta(days=days))}), TODAY)


SAID = st.text(min_size=1).filter(str.strip)


@given(SAID, SAID)
def test_an_entry_says_what_was_given_and_is_read_back(reason: str, owner: str) -> None:
    text = entry("FLR-01", F1, Answers(reason, ANSWERS["issue"], owner, "2026-03-31"))

    assert tomllib.loads(text)["waiver"] == [
        {
            "requirement": "FLR-01",
            "fingerprint": F1,
            "reason": reason.strip(),
            "issue": ANSWERS["issue"],
            "owner": owner.strip(),
            "expires": date(2026, 3, 31),
        }
    ]


def options(**changes: str | None) -> list[str]:
    tomorrow = str(datetime.now(UTC).date() + timedelta(days=1))
    given = {**ANSWERS, "expires": tomorrow, **changes}
    return [word for key, value in given.items() if value for word in (f"--{key}", value)]


@pytest.mark.parametrize("key", ANSWERS)
def test_what_is_not_given_is_asked_for_by_its_option(
    key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert outcome(["waive", "report.json", "FLR-01", *options(**{key: None})]) == 2

    said = capsys.readouterr()
    assert f"Missing option '--{key}'" in said.err
    assert (said.out, len(said.err.splitlines())) == ("", 1)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "report.json cannot be read: No such file"),
        ("{", "report.json is not JSON. Give a report.json of ackproof run."),
        ("{}", "report.json is no report.json of this version: the document: "),
        ('{"report_version": 2}', "is no report.json of this version"),
        ("[]", "is no report.json of this version"),
    ],
    ids=["absent", "no-json", "empty", "another-version", "a-list"],
)
def test_what_is_no_report_is_named(
    text: str | None, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "report.json"
    if text is not None:
        file.write_text(text, encoding="utf-8")

    assert outcome(["waive", str(file), "flr-01", *options()]) == 2

    said = capsys.readouterr()
    assert sentence in said.err
    assert (said.out, len(said.err.splitlines())) == ("", 1)


def test_a_defect_is_waived_stays_told_and_its_waiver_is_red_once_it_is_mended(
    tmp_path: Path, reference_server: Callable[..., str]
) -> None:
    waivers, target = tmp_path / "waivers.toml", tmp_path / "conformance.toml"
    waivers.touch()
    url = reference_server("--fault", "calls-an-unbound-binding-missing")
    target.write_text(
        f'[target]\nurl = "{url}"\nscope = "s1"\n[gate]\nwaivers = "waivers.toml"\n', "utf-8"
    )

    def ackproof(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [ACKPROOF, *arguments]
        return subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120
        )

    run = ("run", "-c", "conformance.toml", "--only", "BND-01", "--only", "BND-02")
    assert ackproof(*run, "--report-dir", "out").returncode == 1

    waived = ackproof("waive", "out/report.json", "bnd-01", *options())
    waivers.write_text(waived.stdout, encoding="utf-8")
    green = ackproof(*run)

    assert waived.returncode == 0, waived.stderr
    assert len(load_waivers(waivers)) == 1
    assert green.returncode == 0, green.stdout
    assert "exit 0: nothing broken that is not waived" in green.stdout
    assert "BND-01 MUST  fail" in green.stdout

    stale = ackproof(*run, reference_server(), "--scope", "s1")

    assert stale.returncode == 5, stale.stdout
    assert "exit 5: a waiver is stale, expired or unmatched" in stale.stdout
    assert "BND-01 is no longer broken, it passes. Remove the entry." in stale.stdout
