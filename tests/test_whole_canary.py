"""A server repeats every secret in every spelling and breaks everything; no output holds one."""

import gzip
import json
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from ci_jobs import PULL, GitHub, GitHubApi, Job
from ci_jobs import TOKEN as GITHUB_TOKEN
from conftest import Quiet
from secret_spellings import SECRETS, SPELLINGS, files_in, leaks
from worst_target import MOST_HIDDEN, MUSTS, found_in, worst_target

REPORT: Final = "ackproof-report"


@contextmanager
def github() -> Iterator[tuple[GitHub, str]]:
    """A GitHub, and the URL of its API."""
    own = GitHub()
    handler = type("OwnApi", (GitHubApi,), {"github": own})
    with Quiet(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield own, f"http://127.0.0.1:{server.server_port}/api/v3"
        server.shutdown()


def judged_by_a_job(folder: Path) -> dict[str, str]:
    """Judge by the step of a CI job; return all that the step shows and the folder it writes."""
    with github() as (own, api):
        job = Job(folder, {"comment": "true"}, event=PULL, api=api, timeout=300)
        done = job.run()
        assert done.returncode == 1, done.stdout[-2000:] + done.stderr
        return {
            "output": done.stdout + done.stderr,
            "outputs": json.dumps(job.outputs()),
            "summary": job.summary(),
            "comment": own.comments[0]["body"],
            **files_in(folder / REPORT),
        }


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS.keys())
@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS.keys())
def test_the_search_finds_a_secret_in_each_spelling(
    secret: str, spell: Callable[[str], str]
) -> None:
    spelt = spell(secret)

    assert leaks(f"before {spelt} after")
    assert leaks(f"\x1b[1m{spelt[:9]}\x1b[0m\n      {spelt[9:]} after")


def test_the_search_finds_a_secret_in_whatever_file_of_a_run_it_stands(tmp_path: Path) -> None:
    secret = SECRETS["CANARY_OTHER"]
    body = b64encode(b"\xff " + secret.encode().hex().encode()).decode()
    line = json.dumps({"response": {"status": 500, "body_base64": body}})
    (tmp_path / "out").mkdir()
    (tmp_path / "out/trace.jsonl.gz").write_bytes(gzip.compress(line.encode()))
    (tmp_path / "out/report.html").write_text(f"<td>{secret}</td>", "utf-8")
    (tmp_path / "out/summary.md").write_text("nothing", "utf-8")

    assert found_in(files_in(tmp_path)).keys() == {"out/trace.jsonl.gz", "out/report.html"}


def test_no_output_of_a_run_that_fails_everywhere_holds_a_secret(
    tmp_path: Path,
) -> None:
    with worst_target(tmp_path) as folder:
        outputs = judged_by_a_job(folder)

    report = json.loads(outputs["report.json"])
    failed = set(report["failed"])
    assert {one["id"] for one in report["verdicts"]} > MUSTS.keys()
    assert len(MUSTS.keys() - failed) <= MOST_HIDDEN, MUSTS.keys() - failed
    assert {one[:3] for one in failed} == {one[:3] for one in MUSTS}
    assert found_in(outputs) == {}
    assert GITHUB_TOKEN not in "".join(outputs.values())
    masked = {name for name, text in outputs.items() if "$CANARY_TOKEN" in text}
    assert outputs.keys() - masked == {"outputs", "ledger.jsonl"}
