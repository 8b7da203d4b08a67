"""Git repositories of tests: what is in them is committed by one person of no machine."""

import os
import subprocess
from pathlib import Path

IDENTITY = {
    **dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), "Ada"),
    **dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), "ada@example.org"),
    "GIT_CONFIG_GLOBAL": os.devnull,
}


def git(folder: Path, *arguments: str) -> str:
    """Have git do something in a folder; give what it prints."""
    done = subprocess.run(
        ["git", *arguments],  # noqa: S607  # the git that is there
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | IDENTITY,
    )
    return done.stdout.strip()


def commit(folder: Path, text: str, path: str = "spec/openapi.yaml") -> str:
    """Write a file and commit all there is; give the commit."""
    (folder / path).parent.mkdir(exist_ok=True)
    (folder / path).write_text(text, encoding="utf-8")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "change")
    return git(folder, "rev-parse", "HEAD")
