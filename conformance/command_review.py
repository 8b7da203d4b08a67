"""`ackproof review`: what a change of a contract means, and whether the policy allows it."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
from rich.console import Console

from conformance.nearest import hint
from conformance.reports.whole_files import replace_all
from conformance.review.approvals import NAME
from conformance.review.approvals_file import entries, load_approvals
from conformance.review.asked import sides_asked
from conformance.review.changes import Change, Review
from conformance.review.loading import Where, changed_since
from conformance.review.policy import Policy, load_policy
from conformance.review.reviewing import Approvals, review
from conformance.review.sides import Side
from conformance.review.views import VIEWS
from conformance.review.views.text import print_review

TEXT: Final = "text"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command line asks for.

    Attributes:
        sides: base and head; the head alone; or nothing, for the working tree.
        branch: what the head left, where no base is given; empty for the default branch.
        where: what is the same for both sides.
        policy: file; None for the one that is there, if any.
        approvals: the same.
        view: printed on stdout.
        files: a view each, as FORMAT=FILE.
        entries: whether entries of the approvals file are printed in place of the view.

    """

    sides: tuple[str, ...]
    branch: str
    where: Where
    policy: Path | None
    approvals: Path | None
    view: str
    files: tuple[str, ...]
    entries: bool


def review_contract(asked: Asked) -> int:
    """Review two sides, write and print the views, and return the exit code.

    Raises:
        UsageError: a file to write has no known format, or is no file.
        PolicyError: the policy file cannot be used.
        ApprovalsError: the approvals file cannot be used.
        SideRefused: a side cannot be read, or is no valid contract.
        ReportUnwritable: a file cannot be written; then none is.

    """
    files = files_asked(asked.files)
    policy, approved = load_policy(asked.policy), load_approvals(asked.approvals)
    base, head = sides_asked(asked.sides, asked.branch, asked.where)
    approvals = Approvals(datetime.now(UTC).date(), approved, str(asked.approvals or NAME))
    notices = (*base.notices, *head.notices, *_of_the_change(policy, base))
    made = review(base, head, policy, approvals, notices)
    views = {name: VIEWS[name](made) for name in {*files.values(), asked.view} - {TEXT}}
    if TEXT in files.values():
        views[TEXT] = VIEWS[TEXT](made)
    replace_all({path: _encoded(views[name]) for path, name in files.items()})
    if asked.entries:
        sys.stdout.write(entries(_closing(made)))
    elif asked.view == TEXT:
        print_review(Console(), made)
    else:
        sys.stdout.write(views[asked.view])
    return made.exit_code


def _of_the_change(policy: Policy, base: Side) -> Iterable[str]:
    """Say that the policy is not the base's: a change must not loosen it for itself unseen."""
    if policy.name and changed_since(Path(policy.name), base):
        yield (
            f"{policy.name} is not what it is in the base: this change comes with the policy that "
            "it is judged by. Somebody who owns the policy should agree."
        )


def files_asked(written: Iterable[str]) -> Mapping[Path, str]:
    """Read FORMAT=FILE; return the format by the file.

    Raises:
        UsageError: there is no such format, the file is no file, or it is named twice.

    """
    files: dict[Path, str] = {}
    for one in written:
        name, _, place = one.partition("=")
        if name not in VIEWS:
            raise click.UsageError(f"--out {one}: there is no format {name}. {hint(name, VIEWS)}")
        path = Path(place)
        if not place or (path.exists() and not path.is_file()):
            met = f"{place} is no file" if place else "no file is named"
            raise click.UsageError(f"--out {one}: {met}; expected FORMAT=FILE.")
        if path in files:
            raise click.UsageError(f"--out {one}: {place} is {files[path]} already.")
        files[path] = name
    return files


def _closing(made: Review) -> Iterable[Change]:
    """Go through the changes that close the gate."""
    closing = {one for violation in made.violations for one in violation.fingerprints}
    return [one for one in made.changes if one.fingerprint in closing]


def _encoded(text: str) -> bytes:
    return text.encode(errors="backslashreplace")
