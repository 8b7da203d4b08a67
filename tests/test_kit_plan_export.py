"""The plan export: what proves each requirement, kept beside the contract and outside its hash."""

import json
import shutil
from pathlib import Path

import pytest

from conformance.cli import outcome
from conformance.contract import contract_hash, load_contract, spec_folder
from conformance.plan_export import exported
from conformance.published_schemas import validator_of
from reference_server import contract as servers_reader

KEPT = spec_folder() / "plan.json"


def test_the_kept_export_is_current() -> None:
    current = KEPT.read_text("utf-8") == exported(load_contract())

    assert current, "spec/plan.json is out of date; `make plan-export` writes it anew."


def test_the_export_keeps_its_published_schema() -> None:
    validator_of("plan").validate(json.loads(KEPT.read_text("utf-8")))


def test_every_requirement_is_in_it_and_what_is_judged_has_a_proof() -> None:
    entries = json.loads(KEPT.read_text("utf-8"))["requirements"]

    assert list(entries) == list(load_contract().requirements)
    bare = [name for name, one in entries.items() if not one["scenarios"] + one["invariants"]]
    assert bare == [name for name, one in entries.items() if one["planned"]]


def test_the_export_is_no_part_of_the_contract_that_it_names(tmp_path: Path) -> None:
    folder = tmp_path / "spec"
    shutil.copytree(spec_folder(), folder)
    (folder / "plan.json").write_text("{}")

    assert contract_hash(folder) == load_contract().hash
    assert servers_reader.load(folder).hash == load_contract().hash
    shutil.copy(folder / "plan.json", folder / "requirements" / "plan.json")
    assert contract_hash(folder) != load_contract().hash
    assert contract_hash(folder) == servers_reader.load(folder).hash


def test_the_command_writes_what_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "new" / "plan.json"

    assert outcome(["plan", "--export", str(file)]) == 0
    assert file.read_bytes() == KEPT.read_bytes()


@pytest.mark.parametrize(
    "arguments", [["--only", "ACK-01"], ["--lane", "generated"], ["http://127.0.0.1:1"]]
)
def test_an_export_of_less_than_everything_is_refused(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert outcome(["plan", "--export", str(tmp_path / "plan.json"), *arguments]) == 2
    assert "give it alone" in capsys.readouterr().err
    assert not (tmp_path / "plan.json").exists()


def test_a_file_that_cannot_be_written_gets_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert outcome(["plan", "--export", str(tmp_path)]) == 2
    assert "is a folder" in capsys.readouterr().err
