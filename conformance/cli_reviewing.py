"""The command that reviews a change of a contract: `ackproof review`."""

# ruff: noqa: PLC0415  # what only one command needs is imported there: --version must be quick

from pathlib import Path
from typing import Final

import click

FORMATS: Final = ("text", "json", "markdown", "summary", "html", "junit", "sarif", "github")
of_file = click.Path(path_type=Path)


@click.command(short_help="Say what a change of a contract means.")
@click.argument("sides", nargs=-1, metavar="[[BASE] HEAD]")
@click.option(
    "--base",
    "branch",
    metavar="REV",
    help="Take for BASE where HEAD left this branch or tag; otherwise the default branch.",
)
@click.option(
    "--contract",
    default="spec",
    show_default=True,
    metavar="PATH",
    help="Folder or file of the contract in a revision that names none.",
)
@click.option(
    "--repository",
    default=Path(),
    type=of_file,
    metavar="PATH",
    help="Git repository of the revisions; otherwise the one around this folder.",
)
@click.option("--policy", type=of_file, metavar="FILE", help="Otherwise review.toml, if any.")
@click.option(
    "--approvals", type=of_file, metavar="FILE", help="Otherwise spec-approvals.yaml, if any."
)
@click.option("--format", "view", type=click.Choice(FORMATS), help="What to print; text if none.")
@click.option(
    "--out",
    "files",
    multiple=True,
    metavar="FORMAT=FILE",
    help="Write the review to a file, too; can be given several times.",
)
@click.option(
    "--print-approvals",
    "entries",
    is_flag=True,
    help="Print entries of spec-approvals.yaml, to be filled in, for what breaks the policy.",
)
@click.option(
    "--allow-external-references",
    "external",
    is_flag=True,
    help="Follow references to files outside of the contract; never to the network.",
)
@click.option(
    "--tolerate-invalid", is_flag=True, help="Review a document that is no valid OpenAPI, too."
)
def review(  # noqa: PLR0913  # the options of the command
    *,
    sides: tuple[str, ...],
    branch: str | None,
    contract: str,
    repository: Path,
    policy: Path | None,
    approvals: Path | None,
    view: str | None,
    files: tuple[str, ...],
    entries: bool,
    external: bool,
    tolerate_invalid: bool,
) -> int:
    """Say what the change from BASE to HEAD means for clients, servers, guarantees and tests.

    A side is an OpenAPI file, a folder that holds a contract, a revision of git, or REVISION:PATH.
    HEAD is otherwise the working tree, and BASE the commit where HEAD left the default branch.

    \b
      ackproof review
      ackproof review old.yaml new.yaml
      ackproof review v1.2.0 HEAD --contract api/openapi.yaml
      ackproof review --base v1.2.0 --format markdown --out html=review.html

    Nothing is sent. Exit codes: 0 the policy allows it, 1 it does not, 2 usage, policy or approvals
    cannot be used, or a file cannot be written, 3 a side cannot be read or is invalid, 5 an
    approval is stale or expired, 130 interrupted; of several the first in the order 2, 3, 1, 5.
    """  # noqa: D301  # click reads the sign itself: lines below it are not joined
    from conformance.command_review import Asked, review_contract
    from conformance.review.loading import Where

    if len(sides) > len(("BASE", "HEAD")):
        raise click.UsageError(f"{len(sides)} sides are given; there are two, BASE and HEAD.")
    if branch and len(sides) > 1:
        raise click.UsageError(f"The base is {sides[0]} or where --base says. Give one of them.")
    if entries and view:
        raise click.UsageError("--print-approvals and --format both say what to print.")
    where = Where(repository, contract, external=external, tolerate_invalid=tolerate_invalid)
    return review_contract(
        Asked(sides, branch or "", where, policy, approvals, view or "text", files, entries)
    )
