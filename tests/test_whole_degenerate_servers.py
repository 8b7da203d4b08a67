"""Servers that answer everything alike: nothing passes, and the exit code says what is wrong."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ACKPROOF = str(Path(sys.executable).parent / "ackproof")
NOT_FOUND = b'{"code": "STUDIO_MEMBER_NOT_FOUND", "message": "No.", "scopeId": "s1"}'


class Case(NamedTuple):
    told: str
    habit: tuple[object, ...]
    exit_code: int
    sentence: str


CLAIMS = [
    f"--profile={name}" for name in ("core", "member-first", "idempotency", "isolation", "http")
]
TRUST = Path(__file__).parent.parent / "docs/trust.md"

CASES = {
    "200-empty-object": Case(
        "200 and `{}` to everything",
        ("says", 200, b"{}"),
        1,
        "a receipt whose status is ready",
    ),
    "200-called-ready": Case(
        '200 and `{"status": "ready", "stage": "ready"}` to everything',
        ("says", 200, b'{"status": "ready", "stage": "ready"}'),
        1,
        "a receipt whose status is ready",
    ),
    "202-empty-object": Case(
        "202 and `{}` to everything",
        ("says", 202, b"{}"),
        1,
        "202 carries a receipt",
    ),
    "201-without-location": Case(
        "201 and `{}` to everything, without a Location",
        ("says", 201, b"{}"),
        1,
        "a receipt",
    ),
    "echo": Case(
        "200 and the request's own body to everything",
        ("echoes",),
        1,
        "a receipt whose status is ready",
    ),
    "404-typed": Case(
        "404 with `code` and `message` to everything",
        ("says", 404, NOT_FOUND),
        4,
        "no member can be created here",
    ),
    "404-bare": Case(
        "404 without a body to everything", ("says", 404), 3, "does not answer as this API"
    ),
    "401": Case("401 to everything", ("says", 401), 3, "refuses the credential"),
    "500": Case(
        "500 and `{}` to everything", ("says", 500, b"{}"), 3, "does not answer as this API"
    ),
    "503": Case("503 to everything", ("says", 503), 3, "is not ready"),
    "silence": Case("nothing at all, for as long as is waited", ("hangs",), 3, "timed out"),
    "204": Case("204 to everything", ("says", 204), 3, "does not answer as this API"),
}


def row(case: Case, outcomes: dict[str, str]) -> str:
    """Write the case as docs/trust.md shows it."""
    passed = sum(outcome == "pass" for outcome in outcomes.values())
    broken = ", ".join(one for one, outcome in outcomes.items() if outcome == "fail")
    return f"| {case.told} | {case.exit_code} | {passed} | {broken or 'nothing'} |"


def stated(case: Case) -> str:
    """Find the row of the case in docs/trust.md."""
    lines = TRUST.read_text("utf-8").splitlines()
    return next((line for line in lines if line.startswith(f"| {case.told} |")), "no such row")


def texts(verdicts: list[dict[str, Any]]) -> Iterator[str]:
    """Everything that is told of some verdicts in words."""
    for verdict in verdicts:
        yield from verdict["reasons"]
        for finding in verdict["findings"]:
            yield from (finding["expected"], finding["actual"])


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_server_that_answers_everything_alike_passes_nothing(
    sick_server: Callable[..., str], tmp_path: Path, case: Case
) -> None:
    url = sick_server(*case.habit)

    done = subprocess.run(
        [ACKPROOF, "run", url, "--scope", "s1", "--limit", "1", *CLAIMS, "--report-dir", tmp_path],
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
    assert row(case, outcomes) == stated(case)
    assert set(outcomes.values()) <= {"fail", "not_verified"}
    assert case.sentence in said
    assert "Traceback" not in said
    assert not re.findall(r"[^\"{]{0,30}\bNone\b", json.dumps([*texts(report["verdicts"])]))
