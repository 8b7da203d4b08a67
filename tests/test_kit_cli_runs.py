"""Whole runs by the command line: by file, against liars, against faults."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ACKPROOF = str(Path(sys.executable).parent / "ackproof")
REFERENCE_SERVER = (sys.executable, "-m", "reference_server")
TOKEN = "canary-7f3a91"  # noqa: S105  # no real secret
Serve = Callable[..., str]
DEADLINE = ("--deadline", "2000")


def judged(*arguments: str, folder: Path) -> tuple[subprocess.CompletedProcess[str], Any]:
    """Run in the folder and return the process and its report.json, if it wrote one."""
    done = subprocess.run(
        [ACKPROOF, "run", "--report-dir", "out", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "ACKPROOF_TOKEN": TOKEN},
        timeout=120,
    )
    path = folder / "out/report.json"
    return done, json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def outcomes(report: Any) -> dict[str, str]:  # noqa: ANN401  # a JSON document
    return {verdict["id"]: verdict["outcome"] for verdict in report["verdicts"]}


def test_a_server_with_a_token_behind_a_prefix_is_judged_by_file(
    reference_server: Serve, tmp_path: Path
) -> None:
    principals = {TOKEN: {"principal": "p1", "scopes": ["s1", "s1--*"]}}
    (tmp_path / "tokens.json").write_text(json.dumps(principals), encoding="utf-8")
    url = reference_server(
        *DEADLINE, "--token-file", str(tmp_path / "tokens.json"), "--path-prefix", "/deep/er"
    )
    (tmp_path / "conformance.toml").write_text(
        f'[target]\nurl = "{url}"\nscope = "s1"\ntoken_env = "ACKPROOF_TOKEN"\n', encoding="utf-8"
    )

    done, report = judged("-c", "conformance.toml", folder=tmp_path)

    assert url.endswith("/deep/er")
    assert done.returncode == 0, done.stdout
    assert set(outcomes(report).values()) <= {"pass", "not_applicable"}
    assert TOKEN not in done.stdout + done.stderr + json.dumps(report)


def test_a_refused_token_is_told_without_telling_it(
    reference_server: Serve, tmp_path: Path
) -> None:
    (tmp_path / "tokens.json").write_text("{}", encoding="utf-8")
    url = reference_server(*DEADLINE, "--token-file", str(tmp_path / "tokens.json"))

    done, report = judged(url, "--scope", "s1", "--token-env", "ACKPROOF_TOKEN", folder=tmp_path)

    assert done.returncode == 3
    assert "refuses the credential" in done.stderr
    assert report is None
    assert TOKEN not in done.stdout + done.stderr


def test_every_curl_line_of_a_finding_shows_the_status_that_it_reports(
    reference_server: Serve, tmp_path: Path
) -> None:
    url = reference_server(*DEADLINE, "--fault", "answers-rename-without-body")

    done, report = judged(url, "--scope", "s1", folder=tmp_path)
    shown = [
        exchange
        for verdict in report["verdicts"]
        for finding in verdict["findings"]
        for exchange in finding["exchanges"]
    ]

    printed = [exchange for exchange in shown if f"{exchange['curl']}\n" in done.stdout]

    assert done.returncode == 1
    assert printed
    for exchange in printed:
        answer = subprocess.run(
            ["/bin/sh", "-c", exchange["curl"]], capture_output=True, text=True, check=True
        ).stdout
        assert answer.split()[1] == str(exchange["status"]), exchange["curl"]


BLIND = """
from dataclasses import replace
from conformance import plan

def blinded(script):
    return lambda api: (one for one in script(api) if getattr(one, "held", True))

plan.SCENARIOS = tuple(
    replace(one, script=blinded(one.script)) if one.requirement == "RES-03" else one
    for one in plan.SCENARIOS
)
from conformance.cli import main
main()
"""


def test_a_fault_that_nobody_catches_is_red_and_named(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BLIND, "faults", "invoke-resolves-to-bare-member-id"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        timeout=120,
    )

    assert "MISSED  invoke-resolves-to-bare-member-id: RES-03; missed RES-03 (" in done.stdout
    assert "1 fault: 0 caught, 1 missed" in done.stdout
    assert done.returncode == 1


def test_the_matrix_tells_a_caught_fault(tmp_path: Path) -> None:
    done = subprocess.run(
        [ACKPROOF, "faults", "invoke-resolves-to-bare-member-id", "--json", "matrix.json"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        timeout=120,
    )
    matrix = json.loads((tmp_path / "matrix.json").read_text(encoding="utf-8"))

    assert "clean   no fault\n" in done.stdout
    assert "caught  invoke-resolves-to-bare-member-id: RES-03\n" in done.stdout
    assert done.returncode == 0
    assert matrix["faults"][0]["missed"] == {}
