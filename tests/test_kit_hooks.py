"""Hooks: commands of the owner's as real processes, and the sentence for each that fails."""

import json
import os
import sys
import time
from base64 import b64encode
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.cli import outcome
from conformance.hooks import Hook, HookFailed
from conformance.target import Target
from conformance.target_file import TargetFileError, load_target

SECRET = "correct-horse"  # noqa: S105  # no real secret
LEAST = '[target]\nurl = "http://127.0.0.1:9"\nscope = "s1"\n'
ENVIRON = {"PATH": os.environ["PATH"], "HOME": "/home/of/nobody", "MY_TOKEN": SECRET}
NO_SHELL = 'No shell reads it: give a list of words, such as ["docker", "compose", "restart", '


def hook(folder: Path, script: str, *, timeout: float = 20, **environ: str) -> Hook:
    """Make a hook of a Python script, as a target file would."""
    settings: dict[str, Any] = {
        "url": "http://127.0.0.1:9",
        "scope": "s1",
        "token_env": "MY_TOKEN",
        "hooks.restart": [sys.executable, "-c", script],
        "hooks.timeout": timeout,
        "hooks.env": list(environ),
    }
    path = folder / "conformance.toml"
    path.write_text("[target]\n", encoding="utf-8")
    made = load_target(path, settings, ENVIRON | environ).restart
    assert isinstance(made, Hook)
    return made


def failure(made: Hook) -> str:
    with pytest.raises(HookFailed) as failed:
        made()
    return str(failed.value)


def is_alive(pid: int) -> bool:
    """Whether a process is there, and not only waited for by whoever started it."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in {"Z", "X"}


def test_a_hook_is_run_beside_the_target_file_with_the_variables_that_are_named(
    tmp_path: Path,
) -> None:
    script = "import json, os; json.dump([os.getcwd(), dict(os.environ)], open('seen', 'w'))"

    hook(tmp_path, script, DATABASE="db-1")()

    folder, environment = json.loads((tmp_path / "seen").read_text("utf-8"))
    environment.pop("LC_CTYPE", None)  # of Python's own making
    assert folder == str(tmp_path)
    assert environment == {
        "PATH": ENVIRON["PATH"],
        "HOME": "/home/of/nobody",
        "DATABASE": "db-1",
    }


def test_a_hook_that_fails_says_how_and_its_last_words_in_one_line(tmp_path: Path) -> None:
    script = "import sys; print('no such\\n  container'); sys.exit(3)"

    told = failure(hook(tmp_path, script))

    assert told.startswith(f"the restart hook ({sys.executable} -c ")
    assert told.endswith(") ended with exit code 3; it said: no such container")


def test_a_hook_that_is_killed_says_by_which_signal(tmp_path: Path) -> None:
    told = failure(hook(tmp_path, "import os; os.kill(os.getpid(), 9)"))

    assert told.endswith(") ended with signal 9")


def test_a_hook_that_cannot_be_started_says_why() -> None:
    flags = {"url": "http://127.0.0.1:9", "scope": "s1", "hooks.restart": ["./no-such-program"]}
    made = load_target(None, flags, ENVIRON).restart
    assert isinstance(made, Hook)

    assert failure(made) == (
        "the restart hook (./no-such-program) cannot be started: No such file or directory"
    )


def test_a_hook_that_takes_too_long_is_killed_with_all_that_it_started(tmp_path: Path) -> None:
    script = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(child.pid, file=open('pid', 'w'), flush=True)\n"
        "print('still waiting', flush=True)\n"
        "time.sleep(60)\n"
    )
    began = time.monotonic()

    told = failure(hook(tmp_path, script, timeout=1.5))

    assert time.monotonic() - began < 10
    assert told.endswith("did not end within 1.5 s and was killed; it said: still waiting")
    pid = int((tmp_path / "pid").read_text("ascii"))
    deadline = time.monotonic() + 5
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_alive(pid)


def test_what_a_hook_leaves_running_stays_and_is_not_waited_for(tmp_path: Path) -> None:
    script = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(child.pid, file=open('pid', 'w'))\n"
    )
    began = time.monotonic()

    hook(tmp_path, script)()

    assert time.monotonic() - began < 10
    pid = int((tmp_path / "pid").read_text("ascii"))
    try:
        assert is_alive(pid)
    finally:
        os.kill(pid, 9)


def test_no_secret_that_a_hook_prints_is_shown(tmp_path: Path) -> None:
    password = "päßwort of the database"  # noqa: S105  # no real secret
    encoded = b64encode(SECRET.encode()).decode()
    said = [SECRET, f"x{encoded}y", password, "plain"]
    script = f"import sys; sys.stdout.buffer.write({' '.join(said)!r}.encode()); sys.exit(1)"

    told = failure(hook(tmp_path, script, DATABASE=f"user\n{password}"))

    assert "it said: $MY_TOKEN x$MY_TOKEN" in told
    assert told.endswith(" $DATABASE plain")
    for secret in (SECRET, password, encoded[:-4]):
        assert secret not in told


def test_of_endless_output_the_end_is_shown_and_no_part_of_a_secret(tmp_path: Path) -> None:
    script = f"print('{SECRET}' * 20000); print('y' * 1000); raise SystemExit(1)"

    told = failure(hook(tmp_path, script))

    said = told.partition("; it said: ")[2]
    assert said == "…" + "y" * 400
    assert SECRET[4:] not in said


@settings(deadline=None)
@given(before=st.text(max_size=40), after=st.text(max_size=40))
def test_a_secret_between_any_words_is_masked(before: str, after: str) -> None:
    made = Hook("restart", ("x",), 1, Path(), {}, {SECRET: "$MY_TOKEN"})
    printed = (before + SECRET + after).encode("utf-8", "replace")

    said = made._said(BytesIO(printed))  # noqa: SLF001  # without a process for each example

    assert SECRET not in said
    assert "$MY_TOKEN" in said


def written(folder: Path, text: str) -> Path:
    path = folder / "conformance.toml"
    path.write_text(LEAST + text, encoding="utf-8")
    return path


BAD = {
    "a-line-for-a-shell": (
        '[hooks]\nrestart = "docker compose restart api"\n',
        f"(line 5): hooks.restart is no list. {NO_SHELL}",
    ),
    "a-line-in-a-list": (
        '[hooks]\nreset = ["docker compose restart api"]\n',
        f"(line 5): hooks.reset is one word with spaces. {NO_SHELL}",
    ),
    "no-words": ("[hooks]\nrestart = []\n", "(line 5): hooks.restart: [] has less than 1 item"),
    "no-time": ("[hooks]\ntimeout = 0\n", "(line 5): hooks.timeout: 0 is less than or equal to"),
    "unset-variable": (
        '[hooks]\nrestart = ["x"]\nenv = ["NONE"]\n',
        "(line 6): hooks.env names the environment variable NONE, which is not set.",
    ),
    "a-value-for-a-name": (
        '[hooks]\nenv = ["A=b"]\n',
        "(line 5): hooks.env.0 is no name of an environment variable",
    ),
    "unknown-hook": ("[hooks]\nrestarts = []\n", "[hooks] has no key restarts. Did you mean rest"),
    "no-clock": ('[hooks]\nadvance_clock = ["x"]\n', "[hooks] has no key advance_clock."),
}


@pytest.mark.parametrize(("text", "sentence"), BAD.values(), ids=BAD.keys())
def test_a_bad_hook_is_told_before_anything_is_run(
    tmp_path: Path, text: str, sentence: str
) -> None:
    with pytest.raises(TargetFileError) as refused:
        load_target(written(tmp_path, text), {}, ENVIRON)

    assert sentence in str(refused.value)


def command(target: Target) -> tuple[str, ...]:
    assert isinstance(target.restart, Hook)
    return target.restart.command


def test_a_hook_is_overridden_as_every_setting(tmp_path: Path) -> None:
    path = written(tmp_path, '[hooks]\nrestart = ["one", "two words"]\n')
    variable = {"ACKPROOF_HOOKS_RESTART": "three,-t0"}

    assert command(load_target(path, {}, ENVIRON)) == ("one", "two words")
    assert command(load_target(path, {}, ENVIRON | variable)) == ("three", "-t0")
    flags = {"hooks.restart": ["four"]}
    assert command(load_target(path, flags, ENVIRON | variable)) == ("four",)


A, B = "http://127.0.0.1:9", "http://127.0.0.1:8"
FILE = f'[target]\nurl = "{A}"\nscope = "s1"\n[hooks]\nrestart = ["one"]\n'
URL, HOOK = "ACKPROOF_TARGET_URL", "ACKPROOF_HOOKS_RESTART"
WHOSE: dict[str, tuple[str, dict[str, str], dict[str, Any], bool]] = {
    "file, file": (FILE, {}, {}, True),
    "file, environment": (FILE, {URL: B}, {}, False),
    "file, flag": (FILE, {}, {"url": B}, False),
    "file, the same by environment": (FILE, {URL: f"{A}/"}, {}, True),
    "file without a url, environment": (FILE.replace("url", "version"), {URL: B}, {}, True),
    "environment, environment": (FILE, {URL: B, HOOK: "two"}, {}, True),
    "environment, flag": (FILE, {URL: A, HOOK: "two"}, {"url": B}, False),
    "environment without a url, flag": (FILE, {HOOK: "two"}, {"url": B}, False),
    "flag, file": (FILE, {}, {"hooks.restart": ["three"]}, True),
    "flag, flag": (FILE, {}, {"url": B, "hooks.restart": ["three"]}, True),
}


@pytest.mark.parametrize(("text", "environ", "flags", "runs"), WHOSE.values(), ids=WHOSE.keys())
def test_a_hook_is_run_only_for_the_server_that_its_own_place_names(
    tmp_path: Path, text: str, environ: dict[str, str], flags: dict[str, Any], *, runs: bool
) -> None:
    path = tmp_path / "conformance.toml"
    path.write_text(text, encoding="utf-8")

    target = load_target(path, flags, ENVIRON | environ)

    assert (target.restart is not None) is runs
    assert (not target.hooks_not_run) is runs


def test_a_hook_of_another_server_is_not_run_and_the_notice_names_both(
    tmp_path: Path,
    reference_server: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    touch = json.dumps([sys.executable, "-c", "open('touched', 'w')"])
    path = written(tmp_path, f"[hooks]\nrestart = {touch}\nreset = {touch}\n")
    url = reference_server()
    monkeypatch.setenv("COLUMNS", "500")
    monkeypatch.setenv(URL, url)

    command = ["-c", str(path), "--only", "DUR-02"]
    code = outcome(["run", *command, "--report-dir", str(tmp_path / "out")])
    outcome(["plan", *command])

    told = capsys.readouterr().out
    report = json.loads((tmp_path / "out/report.json").read_text("utf-8"))
    why = f"{path} (line 5) gives hooks.restart for {A}, and {url} is judged, as {URL} says"
    assert code == 4
    assert not (tmp_path / "touched").exists()
    assert [one["kind"] for one in report["notices"]] == ["hooks_not_run"]
    assert report["notices"][0]["text"].startswith(f"{why}; {path} (line 6) gives hooks.reset for")
    assert report["verdicts"][0]["reasons"] == [why]
    assert told.count("HOOKS NOT RUN: ") == 1
    assert f"at the end of the run: not verified, since {why}" in told
    assert outcome(["verify-report", str(tmp_path / "out")]) == 0


def test_a_variable_of_a_hook_may_begin_as_those_of_the_kit(tmp_path: Path) -> None:
    path = written(tmp_path, '[hooks]\nrestart = ["x"]\nenv = ["ACKPROOF_DATABASE"]\n')
    target = load_target(path, {}, ENVIRON | {"ACKPROOF_DATABASE": "db"})

    assert isinstance(target.restart, Hook)
    assert target.restart.environment["ACKPROOF_DATABASE"] == "db"


def test_config_explains_and_checks_hooks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    path = written(tmp_path, '[hooks]\nreset = ["./fresh.sh", "--now"]\n')

    assert outcome(["config", "explain", "-c", str(path)]) == 0
    assert outcome(["config", "check", "-c", str(path)]) == 0

    told = capsys.readouterr().out
    assert f'hooks.reset                  ["./fresh.sh", "--now"]   {path}:5' in told
    assert "hooks.restart                none, but for the embedded server" in told
    assert "hooks.timeout                60   default" in told


@pytest.mark.parametrize("name", ["restart", "reset"])
def test_the_embedded_server_takes_no_hooks(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(["plan", "--set", f"hooks.{name}=x"]) == 2
    assert "starts afresh and is restarted by the kit: leave [hooks] out" in capsys.readouterr().err
