"""The commands that ask a server what it is: `ackproof probe` and `ackproof init`."""

# ruff: noqa: PLC0415  # what only one command needs is imported there: --version must be quick

from pathlib import Path
from typing import Any

import click

from conformance.selection import Selection, selects


@click.command(short_help="Show what a server declares and answers.")
@selects
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def probe(selection: Selection, *, as_json: bool) -> int:
    """Show what the server at URL declares and answers, by harmless reads only.

    Exit codes: 0 it answered, whatever it said, 2 nothing says whom to ask, 3 it did not answer.
    """
    from conformance.command_probe import show_probe

    return show_probe(selection, as_json=as_json)


@click.command(short_help="Write a first target file.")
@click.argument("url")
@click.option(
    "-o",
    "path",
    default=Path("conformance.toml"),
    show_default=True,
    type=click.Path(path_type=Path),
    help="The file.",
)
@click.option("--scope", metavar="ID", help="Scope that a run may write to.")
@click.option("--token-env", metavar="NAME", help="Variable that holds the bearer token.")
@click.option("--ca-file", metavar="FILE", help="Certificate authorities to trust, as PEM.")
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
@click.option("--offline", is_flag=True, help="Ask nothing.")
def init(path: Path, *, force: bool, offline: bool, **said: Any) -> int:  # noqa: ANN401  # texts
    """Ask the server at URL what it can, by harmless reads only, and write a target file.

    What could not be found out stands in it as a comment that tells what to say. Exit codes: 0
    written, 2 the file is there already or cannot be written, 3 the server cannot be reached, is
    not ready or is not this API.
    """
    from conformance.command_init import Wanted, write_draft

    flags = {name: value for name, value in said.items() if value is not None}
    return write_draft(flags, Wanted(path, force, offline))
