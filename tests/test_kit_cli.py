"""The command line: one sentence and a documented exit code for whatever goes wrong."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from conformance.contract import load_contract
from conformance.embedded import PROFILES
from conformance.failures import exit_of

ACKPROOF = str(Path(sys.executable).parent / "ackproof")
BOTH_LANES = ("--lane", "scenarios", "--lane", "generated")
ROOT = Path(__file__).parent.parent


def ackproof(
    *arguments: str, folder: Path | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ACKPROOF, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, **variables},
        timeout=120,
    )


def said_in_one_sentence(done: subprocess.CompletedProcess[str], sentence: str) -> bool:
    lines = done.stderr.splitlines()
    return (
        len(lines) == 1
        and lines[0].startswith("ackproof: ")
        and sentence in lines[0]
        and "Traceback" not in done.stdout
    )


@pytest.mark.parametrize("command", [("run",), ("plan",), ("explain", "RCP-01"), ("--version",)])
def test_a_malformed_contract_is_named(tmp_path: Path, command: tuple[str, ...]) -> None:
    spec = tmp_path / "spec"
    shutil.copytree(ROOT / "spec", spec)
    (spec / "openapi.yaml").write_text("openapi: [", encoding="utf-8")

    done = ackproof(*command, ACKPROOF_SPEC=str(spec))

    assert said_in_one_sentence(done, f"The contract file {spec}/openapi.yaml"), done
    assert done.returncode == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("explain", "RCP-O6"), "There is no requirement RCP-O6. Did you mean RCP-06?"),
        (("explain",), "Missing argument"),
        (("rnu",), "No such command"),
        (("faults", "no-such-fault"), "There is no fault no-such-fault."),
    ],
    ids=["unknown-id", "no-id", "unknown-command", "unknown-fault"],
)
def test_bad_input_to_the_other_commands_is_answered_with_one_sentence(
    arguments: tuple[str, ...], sentence: str
) -> None:
    done = ackproof(*arguments)

    assert said_in_one_sentence(done, sentence), done
    assert done.returncode == 2


def test_the_version_names_kit_and_contract_without_loading_the_judge() -> None:
    call = "from conformance.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", call, "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}

    assert done.stdout.startswith("ackproof 0.1.0 (contract 1.")
    assert not loaded & {"httpx", "jsonschema", "rich", "conformance.runner"}


def test_help_needs_no_contract(tmp_path: Path) -> None:
    done = ackproof("run", "--help", ACKPROOF_SPEC=str(tmp_path))

    assert done.returncode == 0
    assert "--report-dir" in done.stdout


def test_an_error_of_the_kit_is_told_with_what_to_do(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ACKPROOF_DEBUG", raising=False)

    assert exit_of(ZeroDivisionError("division by zero")) == 6

    said = capsys.readouterr().err
    assert "The kit itself erred: ZeroDivisionError: division by zero." in said
    assert "ACKPROOF_DEBUG=1" in said
    assert said.count("\n") == 1


def test_the_traceback_of_the_kit_is_shown_when_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACKPROOF_DEBUG", "1")

    exit_of(ZeroDivisionError("x"))

    assert "ZeroDivisionError: x\n" in capsys.readouterr().err


def test_a_plan_says_what_it_sends_and_leaves_without_sending_anything() -> None:
    done, kept = ackproof("plan"), ackproof("plan", "--set", "cleanup.keep=true")

    assert done.returncode == 0
    claimed = [r for r in load_contract().requirements.values() if set(r.profiles) & set(PROFILES)]
    assert f"{sum(not one.planned for one in claimed)} requirements by " in done.stdout
    assert " writes among them" in done.stdout
    assert ", and deletes the members where it can\n" in done.stdout
    assert "12 services of the legacy binding stay, which no operation removes\n" in done.stdout
    assert "legacy binding stay" not in kept.stdout
    assert "legacy binding stay" not in ackproof("plan", "--only", "RCP-06").stdout
    assert " behind\n" in kept.stdout
    assert "planned, not judged yet: " in done.stdout


def test_a_plan_names_what_the_write_limit_leaves_out() -> None:
    done = ackproof("plan", "--max-writes", "150")

    assert "beyond the write limit, left out: " in " ".join(done.stdout.split())


def test_a_plan_says_whether_generated_requests_come_on_top() -> None:
    plain, both = (ackproof("plan", *lanes) for lanes in ((), BOTH_LANES))

    assert "generated" not in plain.stdout
    assert re.search(r"generated requests to \d+ operations come on top", both.stdout)
    assert plain.stdout.split()[1] != both.stdout.split()[1]


def test_an_explanation_gives_text_source_checks_and_faults() -> None:
    done = ackproof("explain", "flr-01")

    assert done.returncode == 0
    assert done.stdout.startswith("FLR-01 MUST · core\n")
    for label in ("why ", "source ", "operations ", "judged by ", "closed by ", "broken by "):
        assert f"\n{label}" in done.stdout
    assert "unknown" not in done.stdout


def test_a_run_of_the_embedded_server_writes_a_report_that_keeps_its_schema(
    tmp_path: Path,
) -> None:
    done, planned = ackproof("run", "--report-dir", str(tmp_path / "out")), ackproof("plan")
    report = json.loads((tmp_path / "out/report.json").read_text(encoding="utf-8"))
    schema = json.loads(
        (ROOT / "conformance/schemas/report.schema.json").read_text(encoding="utf-8")
    )

    jsonschema.Draft202012Validator(schema).validate(report)
    assert done.returncode == report["exit_code"] == 0, done.stdout
    assert "core: " in done.stdout
    assert "not held yet" in done.stdout
    assert planned.stdout.startswith(f"plan {report['plan']['hash']} for ")
    assert not done.stderr
