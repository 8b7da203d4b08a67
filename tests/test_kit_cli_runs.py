"""Whole runs by the command line: by file, against liars, against faults."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

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


def test_without_a_poison_the_gate_is_red_and_says_what_is_missing(
    reference_server: Serve, tmp_path: Path
) -> None:
    described = f'[target]\nurl = "{reference_server(*DEADLINE)}"\nscope = "s1"\n'
    (tmp_path / "conformance.toml").write_text(
        described + "[implementations]\npoison = false\n", encoding="utf-8"
    )

    done, report = judged("-c", "conformance.toml", folder=tmp_path)

    assert done.returncode == report["exit_code"] == 4
    assert outcomes(report)["FLR-01"] == "not_verified"
    assert "poison" in done.stdout
    assert "exit 4: a MUST could not be verified" in done.stdout


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


def test_ctrl_c_in_the_middle_of_a_run_still_reports_what_was_judged(tmp_path: Path) -> None:
    with subprocess.Popen(
        [ACKPROOF, "run", "--report-dir", "out"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("ackproof ")
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=60)
    report = json.loads((tmp_path / "out/report.json").read_text(encoding="utf-8"))

    assert process.returncode == report["exit_code"] == 130
    assert report["interrupted"]
    assert "exit 130: interrupted" in out
    assert not errors
    verified = subprocess.run([ACKPROOF, "verify-report", tmp_path / "out"], check=False)
    assert verified.returncode == 0


class Liar(BaseHTTPRequestHandler):
    """Answers the same to everything."""

    protocol_version = "HTTP/1.1"
    status = 200

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(self.status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815  # http.server's names

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  # its name there
        """Keep the test's output clean."""


@pytest.mark.parametrize(("status", "code"), [(200, 1), (404, 3)], ids=["200-to-all", "404-to-all"])
def test_a_server_that_answers_the_same_to_everything_passes_nothing(
    tmp_path: Path, status: int, code: int
) -> None:
    liar = type("LiarWithStatus", (Liar,), {"status": status})
    with ThreadingHTTPServer(("127.0.0.1", 0), liar) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        done, report = judged(url, "--scope", "s1", "--limit", "1", folder=tmp_path)
        server.shutdown()

    assert done.returncode == code
    assert report is None or "pass" not in outcomes(report).values()
    assert "Traceback" not in done.stdout + done.stderr
