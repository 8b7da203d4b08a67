"""Git, asked without its network, hooks, pagers, prompts and locks."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from conformance.review.refused import RevisionUnreadable

SECONDS: Final = 120
SETTINGS: Final = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "protocol.allow=never",
)
REDIRECTING: Final = frozenset(
    {
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_PREFIX",
        "GIT_COMMON_DIR",
        "GIT_NAMESPACE",
    }
)
SAFE: Final = {
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


def command(repository: Path, *arguments: str) -> list[str]:
    """Return the command line of git for a repository."""
    settings = (word for one in SETTINGS for word in ("-c", one))
    return ["git", "-C", str(repository), *settings, *arguments]


def environment() -> Mapping[str, str]:
    """Return what git is started with: nothing that names another repository, nothing that asks."""
    kept = {name: value for name, value in os.environ.items() if name not in REDIRECTING}
    return kept | SAFE


def start(repository: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start git with pipes at both ends.

    Raises:
        RevisionUnreadable: there is no git, or no such folder.

    """
    try:
        return subprocess.Popen(  # noqa: S603  # a list of arguments, no shell
            command(repository, *arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(),
        )
    except OSError as problem:
        raise _no_git(problem) from problem


def ask(repository: Path, *arguments: str) -> str | None:
    """Return what git prints; None where it finds nothing or fails.

    Raises:
        RevisionUnreadable: there is no git, or it takes too long.

    """
    done = run(repository, *arguments)
    return done.stdout if done.returncode == 0 else None


def run(repository: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Let git do something.

    Raises:
        RevisionUnreadable: there is no git, or it takes too long.

    """
    try:
        return subprocess.run(  # noqa: S603  # a list of arguments, no shell
            command(repository, *arguments),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=environment(),
            timeout=SECONDS,
            check=False,
            encoding="utf-8",
            errors="surrogateescape",
        )
    except OSError as problem:
        raise _no_git(problem) from problem
    except subprocess.TimeoutExpired as problem:
        raise RevisionUnreadable(
            f"git {arguments[0]} took more than {SECONDS} seconds in {repository}."
        ) from problem


def _no_git(problem: OSError) -> RevisionUnreadable:
    return RevisionUnreadable(
        f"git cannot be started ({problem.strerror}). It is needed to read a revision; "
        "without it, give files or folders."
    )
