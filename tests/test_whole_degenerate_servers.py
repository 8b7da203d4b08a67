"""Servers that answer everything alike: nothing passes, and the exit code says what is wrong."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

ACKPROOF = str(Path(sys.executable).parent / "ackproof")
NOT_FOUND = b'{"code": "STUDIO_MEMBER_NOT_FOUND", "message": "No.", "scopeId": "s1"}'


class Case(NamedTuple):
    habit: tuple[object, ...]
    exit_code: int
    broken: tuple[str, ...]
    sentence: str


CASES = {
    "200-empty-object": Case(
        ("says", 200, b"{}"), 1, ("ACK-03", "MBR-01"), "a receipt whose status is ready"
    ),
    "200-called-ready": Case(
        ("says", 200, b'{"status": "ready", "stage": "ready"}'),
        1,
        ("ACK-03", "MBR-01"),
        "a receipt whose status is ready",
    ),
    "202-empty-object": Case(
        ("says", 202, b"{}"), 1, ("ACK-01", "RCP-01", "MBR-01"), "202 carries a receipt"
    ),
    "201-without-location": Case(("says", 201, b"{}"), 1, ("ACK-03", "MBR-01"), "a receipt"),
    "echo": Case(("echoes",), 1, ("ACK-03", "MBR-01"), "a receipt whose status is ready"),
    "404-typed": Case(("says", 404, NOT_FOUND), 4, (), "no member can be created here"),
    "404-bare": Case(("says", 404), 3, (), "does not answer as this API"),
    "401": Case(("says", 401), 3, (), "refuses the credential"),
    "500": Case(("says", 500, b"{}"), 3, (), "does not answer as this API"),
    "503": Case(("says", 503), 3, (), "is not ready"),
    "204": Case(("says", 204), 3, (), "does not answer as this API"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_server_that_answers_everything_alike_passes_nothing(
    sick_server: Callable[..., str], tmp_path: Path, case: Case
) -> None:
    url = sick_server(*case.habit)

    done = subprocess.run(
        [ACKPROOF, "run", url, "--scope", "s1", "--limit", "1", "--report-dir", tmp_path],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    written = tmp_path / "report.json"
    report = json.loads(written.read_text("utf-8")) if written.exists() else {"verdicts": []}
    outcomes = {verdict["id"]: verdict["outcome"] for verdict in report["verdicts"]}
    said = " ".join((done.stdout + done.stderr).split())
    assert done.returncode == case.exit_code, said
    assert written.exists() == (case.exit_code != 3)
    assert {one for one, outcome in outcomes.items() if outcome == "fail"} == set(case.broken)
    assert set(outcomes.values()) <= {"fail", "not_verified"}
    assert case.sentence in said
    assert "Traceback" not in said
