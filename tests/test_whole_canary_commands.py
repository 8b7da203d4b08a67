"""No terminal shows a secret that a server repeats, nor does pytest, nor a command beside a run."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from secret_spellings import TOLD, files_in
from worst_target import ACKPROOF, FILE, found_in, on_a_terminal, worst_target

from conformance.cli import outcome

SUITE: Final = ("-p", "conformance.pytest_plugin", "--pyargs", "conformance.suite")
ANSWERS: Final = ("--reason", "r", "--issue", "https://issues.example/7", "--owner", "o")
BY_TOKEN: Final = ("--scope", "s1", "--token-env", "CANARY_TOKEN")
COMMANDS: Final = {
    "verify-report": ("verify-report", "out"),
    "rejudge": ("rejudge", "out"),
    "plan": ("plan", *FILE),
    "config explain": ("config", "explain", *FILE),
    "config explain --json": ("config", "explain", "--json", *FILE),
    "config check": ("config", "check", *FILE),
    "probe": ("probe", *FILE),
    "run --mode smoke": ("run", *FILE, "--mode", "smoke"),
    "clean --dry-run": ("clean", "out/ledger.jsonl", *FILE, "--dry-run"),
    "clean": ("clean", "out/ledger.jsonl", *FILE),
}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """The working directory, with a target file of the worst server."""
    with worst_target(tmp_path) as here:
        yield here


def test_neither_a_terminal_nor_a_command_beside_a_run_shows_a_secret(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    def told(code: int, *arguments: str) -> str:
        assert outcome(arguments) == code
        said = capfd.readouterr()
        return said.out + said.err

    judging = ("run", *FILE, "--profile", "idempotency", "--report-dir", "out")
    code, drawn = on_a_terminal(ACKPROOF, *judging)
    outputs = {"terminal": drawn, **files_in(folder / "out")}
    report = json.loads(outputs["report.json"])
    soon = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    waived = ("waive", "out/report.json", report["failed"][0], *ANSWERS, "--expires", soon)
    asked = told(0, "probe", "--json", *FILE)
    member = f"existing.member={json.loads(asked)['members'][0]}"
    reading = told(1, "run", *FILE, "--mode", "read-only", "--set", member)
    outputs |= {"probe --json": asked, "run --mode read-only": reading, "waive": told(0, *waived)}
    outputs |= {name: told(0, *arguments) for name, arguments in COMMANDS.items()}
    outputs["the ledger, cleaned"] = (folder / "out/ledger.jsonl").read_text("utf-8")

    assert code == 1, drawn[-2000:]
    assert " scenarios done" in drawn
    assert len(report["failed"]) > 3
    assert found_in(outputs) == {}


def test_a_command_that_is_told_one_secret_shows_nothing_of_that(
    folder: Path, capfd: pytest.CaptureFixture[str], sick_server: Callable[..., str]
) -> None:
    refusing = sick_server("says", 401, json.dumps({"told": TOLD}).encode())
    url = (folder / "conformance.toml").read_text("utf-8").partition('url = "')[2].partition('"')[0]

    codes = (
        outcome(["init", url, *BY_TOKEN, "-o", "drafted.toml"]),
        outcome(["run", refusing, *BY_TOKEN]),
    )

    said = capfd.readouterr()
    outputs = {"stdout": said.out, "stderr": said.err, "file": files_in(folder)["drafted.toml"]}
    assert codes == (0, 3)
    assert found_in(outputs, "CANARY_TOKEN") == {}
    assert "$CANARY_TOKEN" in said.out
    assert "$CANARY_TOKEN" in said.err


def test_pytest_shows_no_secret_however_much_it_tells(folder: Path) -> None:
    told = ("-rA", "-vv", "--showlocals", "--log-level=DEBUG", "--junitxml=junit.xml")
    chosen = ("-k", "RCP-0 or ERR-0", "-p", "no:cacheprovider")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *SUITE, *told, *chosen, "--target-file", FILE[1]],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    failed = done.stdout.count("\nFAILED conformance.suite::")
    outputs = {"output": done.stdout + done.stderr, "junit.xml": files_in(folder)["junit.xml"]}
    assert done.returncode == 1, done.stdout[-2000:] + done.stderr
    assert failed > 10
    assert found_in(outputs) == {}
    assert all("$CANARY_TOKEN" in text for text in outputs.values())
