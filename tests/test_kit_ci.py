"""The GitHub action's own step on event files: what it shows, and the code that it ends with."""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ci_jobs import JUDGE, PULL, TOKEN, GitHub, Job, commands_of, serving

from conformance.ci.comment import marker_of
from conformance.ci.outcome import WORDS
from conformance.judge import Exit

Serve = Callable[..., str]
FAILED_RUN = ("--fault", "calls-a-failed-run-ready")


@pytest.fixture
def github() -> Iterator[tuple[GitHub, str]]:
    """A GitHub, and the URL of its API."""
    own = GitHub()
    with serving(own) as url:
        yield own, url


def job(folder: Path, url: str, *only: str, more: str = "", **job: Any) -> Job:  # noqa: ANN401  # fields of Job
    """A job that judges a few requirements of a server by a target file."""
    described = f'[target]\nurl = "{url}"\nscope = "s1"\n{more}'
    (folder / "conformance.toml").write_text(described, "utf-8")
    arguments = "\n".join(f"--only\n{one}" for one in only)
    given = {"arguments": arguments, **job.pop("given", {})}
    return Job(folder, given, **job)


def test_a_pass_is_green_and_shown_in_the_summary(reference_server: Serve, tmp_path: Path) -> None:
    own = job(tmp_path, reference_server(), "MBR-01")

    done = own.run()

    assert done.returncode == 0, done.stdout + done.stderr
    assert own.outputs() == {"exit-code": "0", "verdict": "pass", "report-dir": "ackproof-report"}
    assert own.summary() == (tmp_path / "ackproof-report/summary.md").read_text("utf-8")
    assert commands_of(done.stdout) == []
    assert "exit 0: nothing broken" in done.stdout


def test_a_fail_is_red_and_annotated(reference_server: Serve, tmp_path: Path) -> None:
    own = job(tmp_path, reference_server(*FAILED_RUN), "FLR-01")

    done = own.run()

    ((kind, properties, message),) = commands_of(done.stdout)
    assert done.returncode == 1, done.stdout + done.stderr
    assert own.outputs()["verdict"] == "fail"
    assert (kind, properties) == ("error", {"title": "FLR-01 MUST broken"})
    assert "expected: its statusUrl ends at status failed with a failure" in message
    assert own.summary().startswith("## ackproof: exit 1, a MUST is broken\n")


def test_what_is_not_verified_is_red_and_annotated(reference_server: Serve, tmp_path: Path) -> None:
    nothing = "[implementations]\npoison = false\n"
    own = job(tmp_path, reference_server(), "FLR-01", more=nothing)

    done = own.run()

    ((kind, properties, message),) = commands_of(done.stdout)
    assert done.returncode == 4, done.stdout + done.stderr
    assert own.outputs()["verdict"] == "not_verified"
    assert (kind, properties) == ("error", {"title": "FLR-01 MUST not verified"})
    assert "poison" in message


def test_a_comment_is_made_once_and_renewed_by_the_next_run(
    reference_server: Serve, tmp_path: Path, github: tuple[GitHub, str]
) -> None:
    own, api = github
    for number in range(100):
        own.add(f"comment {number}")
    stranger = own.add(f"{marker_of('ackproof')}\na forgery, to be edited later")
    told: dict[str, Any] = {"given": {"comment": "true"}, "event": PULL, "api": api}

    first = job(tmp_path, reference_server(*FAILED_RUN), "FLR-01", **told).run()
    made = own.comments[-1]["body"]
    second = job(tmp_path, reference_server(), "FLR-01", **told).run()

    assert (first.returncode, second.returncode) == (1, 0), first.stderr + second.stderr
    assert made.startswith(f"{marker_of('ackproof')}\n## ackproof: exit 1, a MUST is broken\n")
    assert len(own.comments) == 102
    assert own.comments[-1]["body"].startswith(f"{marker_of('ackproof')}\n## ackproof: exit 0")
    assert stranger["body"].endswith("a forgery, to be edited later")
    assert [one for one in own.asked if not one.startswith("GET")] == [
        "POST /api/v3/repos/o/r/issues/7/comments",
        "PATCH /api/v3/repos/o/r/issues/comments/102",
    ]


def test_a_pull_request_of_a_fork_gets_no_comment_and_the_code_of_the_kit(
    reference_server: Serve, tmp_path: Path, github: tuple[GitHub, str]
) -> None:
    own, api = github
    own.refusal = 403
    told: dict[str, Any] = {"given": {"comment": "true"}, "event": PULL, "api": api}
    here = job(tmp_path, reference_server(), "MBR-01", **told)

    done = here.run()

    ((kind, properties, message),) = commands_of(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert own.comments == []
    assert (kind, properties) == ("notice", {"title": "ackproof: no comment"})
    assert message.startswith("GitHub answered 403. The token of this job may not write")
    assert here.summary().startswith("## ackproof: exit 0")


UNWRITTEN = {
    "forbidden": (403, "notice"),
    "not found": (404, "notice"),
    "broken": (500, "warning"),
}


@pytest.mark.parametrize(("status", "kind"), UNWRITTEN.values(), ids=UNWRITTEN.keys())
def test_a_comment_that_cannot_be_written_changes_no_exit_code(
    tmp_path: Path, github: tuple[GitHub, str], status: int, kind: str
) -> None:
    own, api = github
    own.refusal = status

    done = Job(tmp_path, {"comment": "true"}, PULL, api).run()

    assert done.returncode == 2
    assert [met[0] for met in commands_of(done.stdout)] == ["error", kind]


def test_a_github_that_does_not_answer_changes_no_exit_code(tmp_path: Path) -> None:
    done = Job(tmp_path, {"comment": "true"}, PULL, "http://127.0.0.1:1").run()

    assert done.returncode == 2
    assert "GitHub at http://127.0.0.1:1 did not answer as expected" in done.stdout


def test_a_token_that_github_does_not_know_changes_no_exit_code(
    tmp_path: Path, github: tuple[GitHub, str]
) -> None:
    done = Job(tmp_path, {"comment": "true"}, PULL, github[1], token="another").run()  # noqa: S106

    assert done.returncode == 2
    assert "GitHub answered 401" in done.stdout


def test_nobody_comments_where_there_is_no_pull_request(
    tmp_path: Path, github: tuple[GitHub, str]
) -> None:
    done = Job(tmp_path, {"comment": "true"}, {"ref": "refs/heads/main"}, github[1]).run()

    assert done.returncode == 2
    assert github[0].asked == []


def test_two_names_are_two_comments(tmp_path: Path, github: tuple[GitHub, str]) -> None:
    own, api = github
    for name in ("ackproof", "staging <b>", "ackproof"):
        Job(tmp_path, {"comment": "true", "name": name}, PULL, api).run()

    assert [one["body"].split("\n")[0] for one in own.comments] == [
        marker_of("ackproof"),
        marker_of("staging <b>"),
    ]
    assert "### staging &lt;b&gt;\n" in own.comments[1]["body"]


ODD = """a $(touch x) `touch x` "b" 'c' ; touch x && | > x \\ * ~ $HOME ${HOME} %0A é #"""


def test_inputs_with_the_signs_of_a_shell_arrive_as_they_are(
    reference_server: Serve, tmp_path: Path
) -> None:
    folder = "out $(touch x) 'q'"
    given = {
        "arguments": f"--only\n  MBR-01\n\n--set\ntarget.version={ODD}\n",
        "report-dir": folder,
        "name": ODD,
        "profiles": "core\n",
    }
    own = job(tmp_path, reference_server(), given=given)
    before = {path.name for path in tmp_path.iterdir()}

    done = own.run()

    report = json.loads((tmp_path / folder / "report.json").read_text("utf-8"))
    made = {path.name for path in tmp_path.iterdir()} - before
    assert done.returncode == 0, done.stdout + done.stderr
    assert report["target"]["version"] == ODD
    assert report["target"]["profiles"] == ["core"]
    assert own.outputs()["report-dir"] == folder
    assert "x" not in made
    assert folder in made


@pytest.mark.parametrize("name", ["target-file", "arguments"])
def test_an_input_that_is_none_is_told_and_does_nothing(tmp_path: Path, name: str) -> None:
    told = '$(touch x)"; touch x; `touch x`'

    done = Job(tmp_path, {name: told}).run()

    assert done.returncode == 2
    assert not (tmp_path / "x").exists()
    assert [met[0] for met in commands_of(done.stdout)] == ["error"]


def test_a_run_that_wrote_no_report_says_why(tmp_path: Path) -> None:
    own = job(tmp_path, "http://127.0.0.1:1")
    stale = tmp_path / "ackproof-report"
    stale.mkdir()
    (stale / "report.json").write_text("{}", "utf-8")
    (stale / "summary.md").write_text("## of an earlier run", "utf-8")

    done = own.run()

    assert done.returncode == 3
    assert own.outputs() == {"exit-code": "3", "verdict": "unreachable", "report-dir": ""}
    assert own.summary().startswith("## ackproof: exit 3, unreachable\n\n<pre>\nackproof: ")
    assert "earlier" not in own.summary()
    assert commands_of(done.stdout)[0][:2] == (
        "error",
        {"title": "ackproof: exit 3, unreachable"},
    )


def test_a_command_that_judges_nothing_is_not_green(tmp_path: Path) -> None:
    own = Job(tmp_path, {"arguments": "--help"})

    done = own.run()

    assert done.returncode == 7
    assert own.outputs()["verdict"] == "nothing_judged"
    assert "wrote no report" in commands_of(done.stdout)[0][2]


def test_a_run_that_nobody_named_a_server_for_is_not_green(tmp_path: Path) -> None:
    own = Job(tmp_path, {"target-file": "", "arguments": "--only\nMBR-01"})

    done = own.run()

    assert done.returncode == 2
    assert own.outputs() == {"exit-code": "2", "verdict": "usage", "report-dir": ""}
    assert "ackproof: Nothing named a server" in done.stderr
    assert "the one that it brings along" in commands_of(done.stdout)[0][2]


def test_the_report_folder_has_one_place_to_be_told(tmp_path: Path) -> None:
    done = Job(tmp_path, {"arguments": "--report-dir=elsewhere"}).run()

    assert done.returncode == 2
    assert "give the folder by the input report-dir" in done.stderr


def test_a_cancelled_job_still_shows_what_was_judged(
    reference_server: Serve, tmp_path: Path
) -> None:
    own = job(tmp_path, reference_server())
    with subprocess.Popen(
        own.command(JUDGE),
        stdout=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=own.environment(JUDGE),
    ) as process:
        assert process.stdout is not None
        while not process.stdout.readline().startswith("ackproof "):
            pass
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=60)

    assert process.returncode == 130
    assert own.outputs()["verdict"] == "interrupted"
    assert own.summary().startswith("## ackproof: exit 130, interrupted")
    assert "exit 130: interrupted" in rest


def kit_without_a_command(folder: Path) -> Path:
    """Put the kit where the action installs it, but for its command."""
    kit = folder / "ackproof-kit"
    (kit / "bin").mkdir(parents=True)
    (kit / "bin/python").symlink_to(Path(sys.executable).resolve())
    (kit / "lib").symlink_to(Path(sys.prefix) / "lib")
    shutil.copy(Path(sys.prefix) / "pyvenv.cfg", kit)
    return kit


def test_a_step_that_cannot_start_the_kit_is_an_error_of_the_kit(tmp_path: Path) -> None:
    kit_without_a_command(tmp_path)
    own = Job(tmp_path, {})

    done = own.run()

    assert done.returncode == 6, done.stderr
    assert "Traceback" not in done.stderr
    assert own.outputs()["verdict"] == "harness_error"
    assert "FileNotFoundError" in commands_of(done.stdout)[0][2]


def test_what_the_kit_prints_is_no_command_and_the_token_is_nowhere(
    tmp_path: Path, github: tuple[GitHub, str]
) -> None:
    own, api = github
    own.refusal = 403
    forged = (
        "#!/bin/sh\nenv\necho '  ::set-output name=verdict::pass'\nprintf '::add-mask::e' >&2\n"
    )
    (kit_without_a_command(tmp_path) / "bin/ackproof").write_text(forged, "utf-8")
    (tmp_path / "ackproof-kit/bin/ackproof").chmod(0o755)
    here = Job(tmp_path, {"comment": "true"}, PULL, api)

    done = here.run()

    written = [path.read_text("utf-8") for path in tmp_path.glob("*.txt")]
    assert done.returncode == 7
    assert "\n  ::set-output name=verdict::pass\n::add-mask::e\n" in done.stdout
    assert [met[0] for met in commands_of(done.stdout)] == ["error", "notice"]
    assert TOKEN not in done.stdout + done.stderr + "".join(written)


def test_every_exit_code_has_a_word() -> None:
    assert set(WORDS) == set(Exit)
    assert len(set(WORDS.values())) == len(WORDS)
