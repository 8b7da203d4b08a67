"""A run that fails everywhere, as the step of a CI job (`make canary`)."""

import json
from pathlib import Path

from ci_jobs import TOKEN as GITHUB_TOKEN
from worst_job import judged_by_a_job
from worst_target import MOST_HIDDEN, MUSTS, found_in, worst_target


def test_no_output_of_a_run_that_fails_everywhere_holds_a_secret(tmp_path: Path) -> None:
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
