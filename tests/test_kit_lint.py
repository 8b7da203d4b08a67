"""`ackproof lint`: a line for each breach, and the exit code."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.cli import outcome
from conformance.lint import broken_references, read_sources

SPEC = Path(__file__).parent.parent / "spec"
Change = Callable[[Path], object]


def edited(name: str, before: str, after: str) -> Change:
    def change(spec: Path) -> None:
        text = (spec / name).read_text("utf-8")
        assert before in text
        (spec / name).write_text(text.replace(before, after, 1), "utf-8")

    return change


def added(name: str, text: str) -> Change:
    def change(spec: Path) -> None:
        path = spec / name
        path.parent.mkdir(exist_ok=True)
        before = path.read_text("utf-8") if path.exists() else ""
        path.write_text(before + text, "utf-8", "surrogateescape")

    return change


def test_our_own_contract_is_fine(capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(["lint"]) == 0
    assert "226 requirements: fine" in capsys.readouterr().out


BREACHES: dict[str, tuple[Change, str]] = {
    "an operation that is none": (
        edited("requirements/ack.yaml", "operations: [", "operations: [makeMember, "),
        "no operation makeMember",
    ),
    "an id that was published": (
        edited("requirements/str.yaml", "STR-05:", "STR-55:"),
        "STR-05 was published and has no entry",
    ),
    "a key said twice": (
        edited("profiles.yaml", "core:\n", "core:\n  includes: []\n"),
        "profiles.yaml: ['includes'] said twice",
    ),
    "a file beside them that is no YAML": (added("examples/a.yaml", "{"), "examples/a.yaml: while"),
    "a file beside them that is no text": (
        added("examples/a.yaml", "\udcff"),
        "breach examples/a.yaml: ",
    ),
    "keys said twice of two kinds": (
        added("examples/a.yaml", "{1: a, 1: a, b: a, b: a}"),
        "examples/a.yaml: [1, 'b'] said twice",
    ),
    "a reference that leads nowhere": (
        edited("openapi.yaml", "schemas/receipt.schema.json", "schemas/recipe.schema.json"),
        "leads nowhere",
    ),
    "a schema that is none": (
        edited("schemas/receipt.schema.json", '"type": "object"', '"type": "thing"'),
        "schemas/receipt.schema.json: ",
    ),
    "a schema of another name": (
        edited("schemas/receipt.schema.json", "receipt.schema.json", "note.schema.json"),
        "schemas/receipt.schema.json: its $id ends in another name",
    ),
    "a file of no area": (added("requirements/xyz.yaml", "{}"), "is the file of no area"),
    "an id in another area": (
        added(
            "requirements/ack.yaml",
            "XYZ-01:\n  level: MUST\n  profiles: [core]\n"
            "  text: A text that is long enough.\n  source: none\n  status: planned\n",
        ),
        "XYZ-01 stands in requirements/ack.yaml",
    ),
    "a list that names what nothing judges": (
        added("scored/1.0.0.txt", "STR-01\n"),
        "scored/1.0.0 names STR-01, which nothing judges yet",
    ),
}


@pytest.mark.parametrize(("change", "sentence"), BREACHES.values(), ids=BREACHES.keys())
def test_a_breach_is_told(
    change: Change, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = Path(shutil.copytree(SPEC, tmp_path / "spec"))
    change(spec)

    code = outcome(["lint", str(spec)])

    printed = " ".join(capsys.readouterr().out.split())
    assert code == 1
    assert sentence in printed
    assert " in " + str(spec) in printed


UNREADABLE: dict[str, tuple[Change, str]] = {
    "no contract": (shutil.rmtree, "cannot be read: No such file"),
    "no frozen ids": (lambda spec: (spec / "frozen-ids.txt").unlink(), "frozen-ids.txt cannot be"),
    "no YAML": (added("profiles.yaml", "{"), "profiles.yaml is malformed"),
    "a list that is no text": (added("scored/1.0.0.txt", "\udcff"), "1.0.0.txt cannot be read"),
}


@pytest.mark.parametrize(("change", "sentence"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_contract_that_cannot_be_read_is_told_in_a_sentence(
    change: Change, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = Path(shutil.copytree(SPEC, tmp_path / "spec"))
    change(spec)

    assert outcome(["lint", str(spec)]) == 2
    assert sentence in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    "reference",
    ["#/paths/~1health~1live/get", "#/tags/0/name", "#/paths/%7E1health%7E1live"],
    ids=["of a path", "into a list", "escaped as in a URL"],
)
def test_a_reference_is_read_as_a_json_pointer(reference: str) -> None:
    own = read_sources(SPEC)
    document = {"paths": {"/health/live": {"get": {}}}, "tags": [{"name": "a"}]}
    document |= {"there": {"$ref": reference}, "nowhere": {"$ref": "#/tags/1"}}
    read = replace(own, contract=replace(own.contract, document=document))

    assert list(broken_references(read)) == ["/nowhere: #/tags/1 leads nowhere"]
