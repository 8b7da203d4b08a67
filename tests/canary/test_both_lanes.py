"""A run of both lanes that fails everywhere, on a terminal (`make canary`)."""

import json
from pathlib import Path

import pytest
from secret_spellings import files_in
from worst_target import ACKPROOF, FILE, MOST_HIDDEN, MUSTS, found_in, on_a_terminal, worst_target

from conformance.cli import outcome

LANES = ("--lane", "scenarios", "--lane", "generated", "--gate-generated", "--examples", "1")


def test_no_output_of_both_lanes_holds_a_secret_and_the_report_is_what_the_evidence_says(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with worst_target(tmp_path) as folder:
        code, drawn = on_a_terminal(ACKPROOF, "run", *FILE, *LANES, "--report-dir", "out")
    codes = [outcome([command, str(folder / "out")]) for command in ("verify-report", "rejudge")]

    outputs = {"terminal": drawn, "commands": capfd.readouterr().out, **files_in(folder / "out")}
    report = json.loads(outputs["report.json"])
    assert code == 1, drawn[-2000:]
    assert codes == [0, 0], outputs["commands"]
    assert len(MUSTS.keys() - set(report["failed"])) <= MOST_HIDDEN
    assert report["lane"]["findings"]
    assert found_in(outputs) == {}
