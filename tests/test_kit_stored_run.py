"""A stored run of an earlier kit, judged by this one."""

import shutil
from pathlib import Path
from typing import Final

import pytest

from conformance import invariants
from conformance.checks import Invariant, Judged, Judgements
from conformance.cli import outcome
from conformance.contract import load_contract
from conformance.evidence import rejudging
from conformance.evidence.rejudging import rejudge
from conformance.history import RouteHistory
from conformance.versions import kit_version

STORED: Final = Path(__file__).parent / "data/stored-run"
CONTRACT: Final = load_contract()


def test_this_kit_turns_no_verdict_of_the_stored_run() -> None:
    judged = rejudge(STORED, CONTRACT, kit_version())

    assert judged.verdicts > 40
    assert [(one.requirement, one.before, one.after) for one in judged.changed] == []


def test_the_stored_run_is_small() -> None:
    assert sum(path.stat().st_size for path in STORED.iterdir()) < 200_000


def test_a_kit_that_judges_otherwise_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nothing_is_good(route: RouteHistory) -> Judgements:
        for answer in route.answers[:1]:
            yield Judged(False, "something better", "this", (answer,))  # noqa: FBT003

    spoilt = Invariant("nothing_is_good", "RCP-06", RouteHistory, nothing_is_good, ())
    monkeypatch.setattr(rejudging, "INVARIANTS", (*invariants.INVARIANTS, spoilt))

    assert outcome(["rejudge", str(STORED)]) == 1
    printed = capsys.readouterr().out
    assert "RCP-06 pass → fail: expected something better, met this" in " ".join(printed.split())
    assert "1 of" in printed


def test_a_folder_without_evidence_is_told_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(STORED / "report.json", tmp_path)

    assert outcome(["rejudge", str(tmp_path)]) == 2
    assert "trace.jsonl.gz cannot be read: No such file" in capsys.readouterr().err
