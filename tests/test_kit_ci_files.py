"""The action, the job of GitLab and the hook as files: nothing from outside becomes code."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from ci_jobs import ACTION, INSTALL, JUDGE, ROOT, TEMPLATE, Job

from conformance.ci.outcome import REVIEW_WORDS, WORDS
from conformance.ci.reviewing import FILES

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
GITLAB, REVIEWED = TEMPLATE[".ackproof"], TEMPLATE[".ackproof-review"]
FETCHES = re.compile(r"\b(curl|wget|git|npm|npx|docker|source|eval|sh -c|bash -c)\b|\w+://")


def test_no_script_of_the_action_holds_an_expression() -> None:
    assert [step["name"] for step in ACTION["runs"]["steps"] if "${{" in step["run"]] == []
    assert not [one for one in ACTION["runs"]["steps"] if "eval" in one["run"]]


def test_neither_action_nor_job_runs_or_fetches_what_is_not_pinned() -> None:
    scripts = [step["run"] for step in ACTION["runs"]["steps"]] + GITLAB["script"]
    constraints = (ROOT / "constraints.txt").read_text("utf-8")
    installed = [line for line in "\n".join(scripts).splitlines() if " install " in line]

    assert [one for one in scripts if FETCHES.search(one)] == []
    assert re.search(r"^hatchling==", constraints, re.MULTILINE)
    assert [line.split()[-1] for line in installed] == [
        "hatchling",
        '"$GITHUB_ACTION_PATH"',
        '"$INPUT_PACKAGE"',
    ]


def test_the_action_uses_no_other_action_and_names_its_shell() -> None:
    steps = ACTION["runs"]["steps"]

    assert ACTION["runs"]["using"] == "composite"
    assert not [step for step in steps if "uses" in step]
    assert {step["shell"] for step in steps} == {"bash"}


def test_every_input_of_the_action_reaches_a_step_by_a_variable_of_its_name() -> None:
    said = {name: value for step in ACTION["runs"]["steps"] for name, value in step["env"].items()}

    assert said == {
        f"INPUT_{name.upper().replace('-', '_')}": f"${{{{ inputs.{name} }}}}"
        for name in ACTION["inputs"]
    }


def test_every_output_of_the_action_is_one_of_its_step() -> None:
    assert {name: one["value"] for name, one in ACTION["outputs"].items()} == {
        name: f"${{{{ steps.judge.outputs.{name} }}}}"
        for name in ("exit-code", "verdict", "report-dir")
    }


def stub(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o755)
    return path


def recorded(folder: Path) -> list[list[str]]:
    """What was called instead of Python, and with what."""
    calls = (folder / "calls").read_text("utf-8").split("--\n")
    return [call.splitlines() for call in calls if call]


RECORD = """printf '%s\\n' "$@" -- >> "$CALLS"
"""
MAKE_KIT = f"""{RECORD}
if [ "$3" = venv ]; then
  for kit in "$@"; do :; done
  mkdir -p "$kit/bin"
  cp "$STUB" "$kit/bin/python"
fi"""


def test_the_action_installs_its_own_checkout_with_pinned_versions(tmp_path: Path) -> None:
    python = stub(tmp_path / "python", MAKE_KIT)
    own = Job(tmp_path / "work", {"python": str(python)})
    own.folder.mkdir()
    environment = own.environment(INSTALL) | {"CALLS": str(tmp_path / "calls")}
    environment |= {"STUB": str(python), "RUNNER_TEMP": str(tmp_path / "temp")}

    done = subprocess.run(own.command(INSTALL), check=False, env=environment, cwd=own.folder)

    pinned = ["-c", str(ROOT / "constraints.txt")]
    pip = ["-I", "-m", "pip", "--quiet", "--disable-pip-version-check", "install", *pinned]
    assert done.returncode == 0
    assert recorded(tmp_path)[1:] == [
        ["-I", "-m", "venv", "--clear", str(tmp_path / "temp/ackproof-kit")],
        [*pip, "hatchling"],
        [*pip, "--no-build-isolation", str(ROOT)],
    ]


def test_a_python_that_is_too_old_is_told(tmp_path: Path) -> None:
    old = stub(tmp_path / "python3.10", "exit 1")

    done = Job(tmp_path, {"python": str(old)}).run(INSTALL)

    assert done.returncode == 2
    assert "needs Python 3.11 or later" in done.stdout


def test_the_step_that_judges_reads_no_code_from_the_workspace(tmp_path: Path) -> None:
    shadow = tmp_path / "conformance"
    shadow.mkdir()
    (shadow / "__init__.py").write_text("raise SystemExit(0)", "utf-8")
    shutil.copytree(shadow, tmp_path / "click")

    done = Job(tmp_path, {}).run(JUDGE)

    assert done.returncode == 2
    assert "conformance.toml" in done.stderr + done.stdout


def test_the_job_of_gitlab_holds_neither_interpolation_nor_eval() -> None:
    text = "\n".join(GITLAB["script"])

    assert not re.search(r"\$\[\[|\beval\b", text)
    assert set(re.findall(r"\$\{?(INPUT_\w+)", text)) == {"INPUT_PACKAGE", "INPUT_CONSTRAINTS"}


def test_the_job_of_gitlab_keeps_the_report_where_it_is_written() -> None:
    folder = GITLAB["variables"]["INPUT_REPORT_DIR"]

    assert GITLAB["artifacts"] == {
        "when": "always",
        "paths": [f"{folder}/"],
        "reports": {"junit": f"{folder}/junit.xml"},
    }


def test_the_job_of_gitlab_installs_this_version() -> None:
    assert GITLAB["variables"]["INPUT_PACKAGE"] == f"ackproof=={VERSION}"


@pytest.mark.parametrize("constraints", ["", "$(touch x) y.txt"], ids=["free", "pinned"])
def test_the_job_of_gitlab_passes_what_it_is_given(tmp_path: Path, constraints: str) -> None:
    python = stub(
        tmp_path / "bin/python3",
        f'{MAKE_KIT}\nif [ "$3" = conformance.ci ]; then exec {sys.executable} "$@"; fi',
    )
    given = {"INPUT_CONSTRAINTS": constraints, "INPUT_ARGUMENTS": "--help\n$(touch x)"}
    environment: dict[str, Any] = GITLAB["variables"] | given | {"HOME": str(tmp_path)}
    environment |= {"CALLS": str(tmp_path / "calls"), "STUB": str(python)}
    environment |= {"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin", "TMPDIR": str(tmp_path)}

    done = subprocess.run(
        ["/bin/sh", "-e", "-c", "\n".join(GITLAB["script"])],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=environment,
        timeout=60,
    )

    install = recorded(tmp_path)[1][3:]
    quiet = ["install", "--quiet", "--disable-pip-version-check"]
    wanted = [*quiet, *(["-c", constraints] if constraints else []), f"ackproof=={VERSION}"]
    assert install == wanted
    assert done.returncode == 7, done.stdout + done.stderr
    assert "ackproof: The command ended with 0 and wrote no report" in done.stderr
    assert not (tmp_path / "x").exists()


def test_the_job_of_gitlab_that_reviews_takes_all_else_from_the_one_that_judges() -> None:
    named = set(GITLAB["variables"]) | set(REVIEWED["variables"]) - {"GIT_DEPTH"}
    known = {f"INPUT_{name.upper().replace('-', '_')}" for name in ACTION["inputs"]}
    only_there = {"INPUT_PACKAGE", "INPUT_CONSTRAINTS"}

    assert REVIEWED["extends"] == ".ackproof"
    assert "script" not in REVIEWED
    assert REVIEWED["variables"]["GIT_DEPTH"] == "0"
    assert named - only_there <= known
    junit = f"{GITLAB['variables']['INPUT_REPORT_DIR']}/{FILES['junit']}"
    assert REVIEWED["artifacts"] == {"reports": {"junit": junit}}


def codes_of(text: str) -> dict[int, str]:
    """Read a table of exit codes and their words."""
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \|", text, re.MULTILINE)
    return {int(code): word for code, word in rows}


def test_the_page_on_ci_names_every_input_output_word_and_code() -> None:
    page = (ROOT / "docs/ci.md").read_text("utf-8")
    of_runs, _, of_reviews = page.partition("\nOf a review:\n")
    names = [*ACTION["inputs"], *ACTION["outputs"]]

    assert codes_of(of_runs) == WORDS
    assert codes_of(of_reviews) == REVIEW_WORDS
    assert [name for name in names if f"\n| `{name}` |" not in page] == []
    words = {*WORDS.values(), *REVIEW_WORDS.values()}
    assert all(word in ACTION["outputs"]["verdict"]["description"] for word in words)
    assert [
        name for name in (*FILES.values(), *REVIEWED["variables"]) if f"`{name}" not in page
    ] == []
    assert f"ackproof=={VERSION}" in page


def test_the_hook_lints_the_contract_by_a_command_that_exists() -> None:
    (hook,) = HOOKS

    assert hook["entry"] == "ackproof lint"
    assert hook["args"] == ["spec"]
    assert not hook["pass_filenames"]


@pytest.mark.parametrize(
    "path", ["spec/openapi.yaml", "contract/frozen-ids.txt", "api/a.schema.json"]
)
def test_the_hook_runs_whatever_folder_holds_the_contract(path: str) -> None:
    assert re.search(HOOKS[0]["files"], path)
