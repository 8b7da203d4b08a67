"""`ackproof review` as it is typed: which sides it takes, what it writes, what it prints."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from committed import commit, git

from conformance.cli import outcome
from conformance.cli_reviewing import FORMATS
from conformance.review.views import VIEWS

ACKPROOF = str(Path(sys.executable).parent / "ackproof")
OLD = """openapi: 3.1.0
info: {title: letters, version: 1.0.0}
paths:
  /letters: {get: {operationId: listLetters, responses: {'200': {description: All.}}}}
"""
GONE = OLD.replace("/letters:", "/notes:")
Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Ask:
    """Run the command in a folder of its own; give exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "1000")

    def asked(*arguments: str) -> tuple[int, str, str]:
        code = outcome(["review", *arguments])
        return code, *capfd.readouterr()

    return asked


@pytest.fixture
def both(tmp_path: Path) -> tuple[str, str]:
    """Lay two sides there, the second of which lacks an operation."""
    (tmp_path / "old.yaml").write_text(OLD, encoding="utf-8")
    (tmp_path / "new.yaml").write_text(GONE, encoding="utf-8")
    return "old.yaml", "new.yaml"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Make a repository whose branch `work` left `main` at the tag v1, and whose `main` went on."""
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    commit(tmp_path, OLD)
    git(tmp_path, "tag", "v1")
    commit(tmp_path, OLD.replace("All.", "All of them."))
    git(tmp_path, "checkout", "--quiet", "-b", "work", "v1")
    commit(tmp_path, OLD.replace("title: letters", "title: post"))
    return tmp_path


def changes(out: str) -> list[str]:
    return [one["what"] for one in json.loads(out)["changes"]]


def test_the_formats_of_the_command_are_the_views() -> None:
    assert list(FORMATS) == list(VIEWS)


def test_the_help_shows_each_example_on_a_line(ask: Ask) -> None:
    code, out, _ = ask("--help")

    assert code == 0
    assert "\\b" not in out
    assert "\n    ackproof review old.yaml new.yaml\n" in out


def test_a_contract_beside_itself_is_fine(ask: Ask, both: tuple[str, str]) -> None:
    code, out, errors = ask(both[0], both[0])

    assert (code, errors) == (0, "")
    assert "nothing changed" in out


def test_without_sides_the_working_tree_is_reviewed_against_where_it_left_main(
    ask: Ask, repository: Path
) -> None:
    text = (repository / "spec/openapi.yaml").read_text(encoding="utf-8")
    (repository / "spec/openapi.yaml").write_text(text.replace("All.", "Each."), encoding="utf-8")

    code, out, _ = ask("--format", "json")

    told = json.loads(out)
    assert code == 0
    assert len(changes(out)) == 2
    assert "merge-base with main" in told["base"]["name"]
    assert told["head"]["name"] == "working tree, not all committed"
    assert any("spec/openapi.yaml" in one for one in told["notices"])


SIDES = [
    (("work",), 1),
    (("work:spec",), 1),
    (("work:spec/openapi.yaml",), 1),
    (("spec",), 1),
    (("spec/openapi.yaml",), 1),
    (("--base", "main"), 1),
    (("--base", "main", "work"), 1),
    (("--base", "v1"), 1),
    (("--base", "work"), 0),
    (("main", "work"), 2),
    (("v1", "main"), 1),
    (("v1", "spec/openapi.yaml"), 1),
    (("main",), 0),
]


@pytest.mark.parametrize(("sides", "count"), SIDES, ids=[" ".join(one) for one, _ in SIDES])
def test_a_head_that_is_given_alone_is_reviewed_against_where_it_left_the_base(
    ask: Ask, repository: Path, sides: tuple[str, ...], count: int
) -> None:
    code, out, errors = ask(*sides, "--format", "json")

    assert (repository.is_dir(), code, errors) == (True, 0, "")
    assert len(changes(out)) == count


def test_a_file_alone_is_reviewed_against_its_own_past_wherever_it_lies(
    ask: Ask, repository: Path
) -> None:
    git(repository, "checkout", "--quiet", "main")
    commit(repository, OLD, "api/letters.yaml")
    (repository / "api/letters.yaml").write_text(GONE, encoding="utf-8")

    code, out, _ = ask("api/letters.yaml", "--format", "json")

    assert code == 1
    assert changes(out) == ["GET /letters is gone", "GET /notes is new"]


def test_all_that_is_asked_for_is_written_in_one_run(
    ask: Ask, both: tuple[str, str], tmp_path: Path
) -> None:
    files = {name: tmp_path / f"review.{name}" for name in VIEWS}

    asked = [word for name, path in files.items() for word in ("--out", f"{name}={path}")]
    code, out, _ = ask(*both, *asked, "--format", "github")

    assert code == 1
    assert all(path.read_text(encoding="utf-8") for path in files.values())
    assert files["github"].read_text(encoding="utf-8") == out
    assert json.loads(files["json"].read_text(encoding="utf-8"))["exit_code"] == 1
    assert ask(*both)[1].split() == files["text"].read_text(encoding="utf-8").split()


def test_an_output_that_cannot_be_written_leaves_no_other(
    ask: Ask, both: tuple[str, str], tmp_path: Path
) -> None:
    (tmp_path / "review.json").write_text("of an earlier review", encoding="utf-8")

    code, out, errors = ask(*both, "--out", "json=review.json", "--out", "html=none/review.html")

    assert (code, out) == (2, "")
    assert errors.startswith("ackproof: none/review.html cannot be written: No such file or dir")
    assert (tmp_path / "review.json").read_text(encoding="utf-8") == "of an earlier review"
    assert {one.name for one in tmp_path.iterdir()} == {"old.yaml", "new.yaml", "review.json"}


def test_a_side_that_cannot_be_read_leaves_an_earlier_output_alone(
    ask: Ask, both: tuple[str, str], tmp_path: Path
) -> None:
    (tmp_path / "review.json").write_text("of an earlier review", encoding="utf-8")
    (tmp_path / "new.yaml").write_text("openapi: 3.1.0\n", encoding="utf-8")

    code, out, errors = ask(*both, "--out", "json=review.json")

    assert (code, out) == (3, "")
    assert [line.split(":")[0] for line in errors.splitlines()] == ["ackproof", "ackproof"]
    assert (tmp_path / "review.json").read_text(encoding="utf-8") == "of an earlier review"


def test_what_is_printed_for_approval_approves_once_a_person_filled_it_in(
    ask: Ask, both: tuple[str, str], tmp_path: Path
) -> None:
    code, out, _ = ask(*both, "--print-approvals", "--out", "json=review.json")
    assert code == 1
    assert (tmp_path / "review.json").exists()
    approvals = tmp_path / "spec-approvals.yaml"
    approvals.write_text(out, encoding="utf-8")
    assert ask(*both)[0] == 2

    filled = out.replace("YOUR NAME", "Ada").replace("YOUR REASON", "nobody lists letters")
    approvals.write_text(filled.replace("YYYY-MM-DD", "2199-12-31"), encoding="utf-8")

    code, out, _ = ask(*both)
    assert code == 0
    assert "nobody lists letters" in out
    assert ask(*both, "--print-approvals")[:2] == (0, "# Nothing wants an approval.\n")
    approvals.rename(tmp_path / "ours.yaml")
    assert ask(*both)[0] == 1
    assert ask(*both, "--approvals", "ours.yaml")[0] == 0
    code, out, _ = ask(both[0], both[0], "--approvals", "ours.yaml")
    assert code == 5
    assert "ours.yaml (line 3): nothing at old.yaml#/paths/~1letters/get is a change of" in out


def test_the_policy_beside_the_command_decides(
    ask: Ask, both: tuple[str, str], tmp_path: Path
) -> None:
    (tmp_path / "review.toml").write_text("[gate]\nfail-on = []\n", encoding="utf-8")
    (tmp_path / "strict.toml").write_text('[gate]\nfail-on = ["servers=new-duty"]\n', "utf-8")

    code, out, _ = ask(*both)
    assert code == 0
    assert "review.toml does not fail on clients=breaks without major" in out
    code, out, _ = ask(*both, "--policy", "strict.toml")
    assert code == 1
    assert "servers=new-duty" in out


USAGE = [
    (("--base", "main", "a", "b"), "The base is a or where --base says. Give one of them."),
    (("--format", "json", "--print-approvals"), "--print-approvals and --format both say what to"),
    (("--out", "json"), "--out json: no file is named; expected FORMAT=FILE."),
    (("--out", "=review.json"), "--out =review.json: there is no format . There are: text, json"),
    (("--out", "json=."), "--out json=.: . is no file; expected FORMAT=FILE."),
    (("--out", "json=/dev/null"), "--out json=/dev/null: /dev/null is no file; expected FORMAT"),
    (("--out", "json=a", "--out", "html=./a"), "--out html=./a: ./a is json already."),
]


@pytest.mark.parametrize(("arguments", "sentence"), USAGE, ids=[" ".join(one) for one, _ in USAGE])
def test_what_makes_no_sense_is_told_before_anything_is_read(
    ask: Ask, arguments: tuple[str, ...], sentence: str
) -> None:
    code, out, errors = ask(*arguments)

    assert (code, out) == (2, "")
    assert errors.startswith(f"ackproof: {sentence}")


def test_ctrl_c_ends_a_review_at_once(tmp_path: Path) -> None:
    waits, mark = tmp_path / "git", tmp_path / "asked"
    waits.write_text(f"#!/bin/sh\ntouch {mark}\nexec sleep 30\n", encoding="utf-8")
    waits.chmod(0o755)
    variables = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}

    with subprocess.Popen(
        [ACKPROOF, "review", "--out", "json=review.json"],
        cwd=tmp_path,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while not mark.exists():
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=20)

    assert (process.returncode, out, errors.strip()) == (130, "", "ackproof: Interrupted.")
    assert not (tmp_path / "review.json").exists()


@pytest.mark.parametrize(
    ("before", "told"),
    [(None, 1), ("[gate]\nfail-on = ['not-judged']\n", 1), ("[gate]\nfail-on = []\n", 0)],
    ids=["new", "another", "the same"],
)
def test_a_policy_that_comes_with_the_change_is_told(
    before: str | None, told: int, ask: Ask, tmp_path: Path
) -> None:
    if before:
        (tmp_path / "review.toml").write_text(before)
    git(tmp_path, "init", "--quiet")
    commit(tmp_path, OLD, "api.yaml")
    (tmp_path / "review.toml").write_text("[gate]\nfail-on = []\n")

    _, stdout, _ = ask("HEAD:api.yaml", "api.yaml", "--format", "json")

    assert len([one for one in json.loads(stdout)["notices"] if "judged by" in one]) == told
