"""The worst server as a target: served, described in a file, and its secrets in the environment."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import pytest
from secret_spellings import SECRETS, leaks

from conformance.contract import load_contract

TESTS: Final = Path(__file__).parent
ACKPROOF: Final = str(Path(sys.executable).parent / "ackproof")
FILE: Final = ("-c", "conformance.toml")
MUSTS: Final = {
    one.id: one
    for one in load_contract().requirements.values()
    if one.level == "MUST" and not one.planned
}
MOST_HIDDEN: Final = (
    8  # all are seen broken in most runs, but on a busy machine a race may hide one
)
PROFILES: Final = sorted({name for one in MUSTS.values() for name in one.profiles})
GRANTS: Final = {
    SECRETS["CANARY_TOKEN"]: {"principal": "p1", "scopes": ["s1*"]},
    SECRETS["CANARY_OTHER"]: {"principal": "p2", "scopes": ["s2"]},
}
DESCRIBED: Final = """
[target]
url = "{url}"
scope = "s1"
token_env = "CANARY_TOKEN"
profiles = {profiles}
completion_limit = 2
concurrency = 12

[target.headers]
X-Tenant = {{ env = "CANARY_TENANT" }}

[principals.other]
scope = "s2"
token_env = "CANARY_OTHER"

[timing]
restart_limit = 20

[hooks]
restart = ["kill", "-HUP", "{pid}"]
"""


@contextmanager
def worst_target(beside: Path) -> Iterator[Path]:
    """Serve the worst; give a folder to judge it from, which is the working directory meanwhile."""
    home, folder = beside / "server", beside / "job"
    home.mkdir()
    folder.mkdir()
    (home / "tokens.json").write_text(json.dumps(GRANTS), "utf-8")
    command = [sys.executable, str(TESTS / "worst_server.py"), str(home)]
    with (
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process,
        pytest.MonkeyPatch.context() as patch,
    ):
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        described = DESCRIBED.format(url=url, pid=process.pid, profiles=json.dumps(PROFILES))
        (folder / "conformance.toml").write_text(described, "utf-8")
        for name, secret in SECRETS.items():
            patch.setenv(name, secret)
        patch.setenv("PYTHONPATH", str(TESTS / "told_causes"))
        patch.setenv("ACKPROOF_DEBUG", "1")
        patch.chdir(folder)
        try:
            yield folder
        finally:
            process.kill()


def found_in(outputs: Mapping[str, str], *secrets: str) -> dict[str, set[str]]:
    """Return what of the secrets is found, by the name of the output; no output may be empty."""
    assert [name for name, text in outputs.items() if not text.strip()] == []
    searched = {name: leaks(text, *secrets) for name, text in outputs.items()}
    return {name: found for name, found in searched.items() if found}


def on_a_terminal(*command: str) -> tuple[int, str]:
    """Run a command on a terminal; return its exit code, and all that was drawn there."""
    shown, terminal = pty.openpty()
    drawn = bytearray()
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=terminal,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"},
    ) as process:
        os.close(terminal)
        with suppress(OSError):  # Linux says so that nobody holds the terminal any more
            while part := os.read(shown, 65536):
                drawn += part
    os.close(shown)
    return process.returncode, drawn.decode(errors="replace")
