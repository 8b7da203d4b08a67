"""A server repeats every secret in every spelling; no output of a job holds one.

`make canary` judges the same server by everything there is.
"""

import gzip
import json
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
from ci_jobs import TOKEN as GITHUB_TOKEN
from secret_spellings import SECRETS, SPELLINGS, files_in, leaks
from worst_job import judged_by_a_job
from worst_target import found_in, worst_target


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


def test_no_output_of_a_job_that_fails_holds_a_secret(tmp_path: Path) -> None:
    with worst_target(tmp_path) as folder:
        outputs = judged_by_a_job(folder, profiles="idempotency")

    failed = json.loads(outputs["report.json"])["failed"]
    assert failed
    assert found_in(outputs) == {}
    assert GITHUB_TOKEN not in "".join(outputs.values())
    masked = {name for name, text in outputs.items() if "$CANARY_TOKEN" in text}
    assert outputs.keys() - masked <= {"outputs", "ledger.jsonl", "report.sarif"}
