"""Which commits a review is about: a revision by its name, the merge base, the work tree."""

from pathlib import Path
from typing import Final

from conformance.review import git
from conformance.review.refused import RevisionUnreadable
from conformance.review.revisions import SHORT

DEFAULT_BRANCHES: Final = ("origin/HEAD", "origin/main", "origin/master", "main", "master")


def commit_of(repository: Path, revision: str) -> str:
    """Return the whole hash of the commit that a revision names.

    Raises:
        RevisionUnreadable: there is no git, no repository or no such commit.

    """
    _refuse_no_repository(repository)
    found = _commit(repository, revision)
    if found is None:
        raise RevisionUnreadable(
            f"{revision} is no revision of {_told(repository)}. Check its spelling; if it is a "
            "branch or a tag of a remote, fetch it first." + _shallow(repository)
        )
    return found


def merge_base(repository: Path, branch: str = "", tip: str = "HEAD") -> tuple[str, str]:
    """Return the commit where a tip left a branch, and the name of that branch.

    Args:
        repository: where to look.
        branch: its name, or another revision; empty for the default branch.
        tip: a revision.

    Raises:
        RevisionUnreadable: there is none, or it is not in this clone.

    """
    _refuse_no_repository(repository)
    if tip == "HEAD" and _commit(repository, tip) is None:
        raise RevisionUnreadable(
            f"{_told(repository)} has no commit yet, so there is nothing to review against."
        )
    other = branch or _default_branch(repository)
    found = git.ask(
        repository, "merge-base", commit_of(repository, tip), commit_of(repository, other)
    )
    if not found:
        advice = "Name both sides" if branch else "Name the base: --base REVISION"
        raise RevisionUnreadable(
            f"{tip} and {other} of {_told(repository)} have no commit in common. {advice}."
            + _shallow(repository)
        )
    return found.strip(), other


def _default_branch(repository: Path) -> str:
    branch = next((one for one in DEFAULT_BRANCHES if _commit(repository, one)), None)
    if branch is None:
        raise RevisionUnreadable(
            f"{_told(repository)} has no default branch ({', '.join(DEFAULT_BRANCHES)}). "
            "Name the base: --base REVISION." + _shallow(repository)
        )
    return branch


def uncommitted(repository: Path, path: str) -> tuple[str, ...]:
    """Return the files at or below a path of a work tree that differ from HEAD, sorted."""
    listed = git.ask(
        repository,
        "status",
        "--porcelain",
        "-z",
        "--no-renames",
        "--untracked-files=all",
        "--",
        path,
    )
    return tuple(sorted(entry[3:] for entry in (listed or "").split("\0") if entry))


def named(revision: str, commit: str) -> str:
    """Spell a commit for a reader, with the name it was asked for by."""
    short = commit[:SHORT]
    return short if commit.startswith(revision.lower()) else f"{short} ({revision})"


def _commit(repository: Path, revision: str) -> str | None:
    if revision.startswith("-") or not revision.isprintable():
        raise RevisionUnreadable(f"{revision!r} is no name of a revision.")
    found = git.ask(
        repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
    )
    return found.split()[-1] if found else None


def _refuse_no_repository(repository: Path) -> None:
    asked = git.run(repository, "rev-parse", "--git-dir")
    if asked.returncode != 0:
        said = next(iter(asked.stderr.splitlines()), "").removeprefix("fatal: ")
        raise RevisionUnreadable(
            f"{_told(repository)} cannot be used: {said}. "
            "Name the repository of the revisions: --repository PATH."
        )


def _told(repository: Path) -> str:
    return f"the git repository of {repository}" if repository.parts else "this git repository"


def _shallow(repository: Path) -> str:
    """Return a hint where the clone lacks its history."""
    if git.ask(repository, "rev-parse", "--is-shallow-repository") != "true\n":
        return ""
    return " This clone is shallow: fetch the history (actions/checkout: fetch-depth: 0)."
