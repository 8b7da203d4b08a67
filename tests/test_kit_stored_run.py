"""A stored run of an earlier kit, judged by this one."""

import shutil
from pathlib import Path
from typing import Final

import pytest

from conformance import invariants
from conformance.checks import Invariant, Judged, Judgements
from conformance.cli import outcome
from conformance.contract import load_contract, spec_folder
from conformance.evidence import rejudging
from conformance.evidence.rejudging import rejudge
from conformance.evidence.trace_file import read_report
from conformance.history import RouteHistory
from conformance.scored import Lists, scored_lists
from conformance.versions import kit_version

STORED: Final = Path(__file__).parent / "data/stored-run"
STORED_RUNS: Final = sorted(STORED.parent.glob("stored-run*"))
CONTRACT: Final = load_contract()


def nothing_is_good(route: RouteHistory) -> Judgements:
    for answer in route.answers[:1]:
        yield Judged(False, "something better", "this", (answer,))  # noqa: FBT003


SPOILT: Final = Invariant("nothing_is_good", "RCP-06", RouteHistory, nothing_is_good, ())


def test_this_kit_turns_no_verdict_of_the_stored_run() -> None:
    judged = rejudge(STORED, CONTRACT, kit_version())

    assert judged.verdicts > 40
    assert [(one.requirement, one.before, one.after) for one in judged.changed] == []


GREEN: Final = {"pass", "not_applicable", "warn"}


def reddened(folder: Path, lists: Lists) -> list[str]:
    """The requirements that were green in a stored run, were scored then, and are green no more."""
    version = read_report(folder)["contract"]["version"]
    scored = lists.get(version, tuple(CONTRACT.requirements))
    return [
        one.requirement
        for one in rejudge(folder, CONTRACT, kit_version()).changed
        if one.requirement in scored
        and one.before in GREEN
        and (one.after is None or one.after.outcome not in GREEN)
    ]


@pytest.mark.parametrize("folder", STORED_RUNS, ids=lambda folder: folder.name)
def test_this_kit_turns_nothing_red_that_was_scored(folder: Path) -> None:
    assert reddened(folder, scored_lists(spec_folder())) == []


@pytest.mark.parametrize(
    ("scored", "found"),
    [
        ({}, ["RCP-06"]),
        ({CONTRACT.version: ("RCP-06",)}, ["RCP-06"]),
        ({CONTRACT.version: ("ACK-01",)}, []),
        ({"0.9.0": ("ACK-01",)}, ["RCP-06"]),
    ],
    ids=["without a list", "scored", "not scored", "list of another version"],
)
def test_a_change_that_turns_a_stored_run_red_is_noticed_if_it_was_scored(
    monkeypatch: pytest.MonkeyPatch, scored: Lists, found: list[str]
) -> None:
    monkeypatch.setattr(rejudging, "INVARIANTS", (*invariants.INVARIANTS, SPOILT))

    assert reddened(STORED, scored) == found


def test_the_stored_run_is_small() -> None:
    assert sum(path.stat().st_size for path in STORED.iterdir()) < 200_000


def test_a_kit_that_judges_otherwise_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(rejudging, "INVARIANTS", (*invariants.INVARIANTS, SPOILT))

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
