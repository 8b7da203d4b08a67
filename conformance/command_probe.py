"""`ackproof probe`: what a server declares and answers, by harmless reads only."""

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.contract import load_contract
from conformance.modes import FULL
from conformance.probing import SELF_DESCRIPTION, Answered, Probed, probe
from conformance.reports.hanging import print_hanging
from conformance.reports.printable import printable
from conformance.selection import Selection
from conformance.target import Target
from conformance.target_check import check_target
from conformance.target_file import load_target, read_settings

GUESSED: Final = "ackproof"
LONGEST: Final = 120
MOST_MEMBERS: Final = 10
DECLARED: Final = {True: "yes", False: "no", None: ""}


def show_probe(selection: Selection, *, as_json: bool) -> int:
    """Ask the server and print what it said.

    Raises:
        TargetFileError: nothing says whom to ask.
        TargetUnusable: it does not answer at all.

    """
    contract = load_contract()
    target, guessed = described(selection.file, selection.flags)
    check_target(contract, replace(target, mode=FULL))
    probed = probe(contract, target)
    if as_json:
        text = json.dumps(document(probed), indent=2)
        print(target.masked(text))  # noqa: T201  # data
        return 0
    console = Console()
    for label, said in facts(probed, guessed=guessed).items():
        said_safely = printable(target.masked(said))
        print_hanging(console, Text(f"{label:<17}", "dim"), said_safely)
    console.print(_table(probed.operations))
    return 0


def described(file: Path | None, flags: Mapping[str, Any]) -> tuple[Target, bool]:
    """Return the target to ask, and whether its scope is only guessed, since nobody names one.

    Raises:
        TargetFileError: they do not describe a target.

    """
    guess = {"target.scope": GUESSED}
    settings = read_settings(file, flags, os.environ, guess)
    target = load_target(file, flags, os.environ, guess)
    return target, settings.by_name["target.scope"].origin == "default"


def facts(probed: Probed, *, guessed: bool) -> dict[str, str]:
    """Say what was found out, a label and a line each."""
    members = ", ".join(probed.members[:MOST_MEMBERS]) or "none shown"
    described = json.dumps(probed.described, ensure_ascii=False) if probed.described else ""
    return {
        "target": probed.target.url,
        "scope": probed.target.scope + (" (a guess: --scope ID names one)" if guessed else ""),
        "server": probed.server or "says no name",
        "members": f"{probed.roster.line}: {members}",
        "kinds": ", ".join(probed.kinds) or "no member shows one",
        "openapi": probed.document or "found at none of the usual paths",
        "describes itself": described[:LONGEST] or f"nothing at {SELF_DESCRIPTION}",
        "origins": ", ".join(probed.origins) or "its own",
    }


def _table(operations: tuple[Answered, ...]) -> Table:
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold")
    for column in ("operation", "declared", "answers", "by"):
        table.add_column(column, overflow="fold")
    for one in operations:
        answer = one.told.rpartition("→ ")[2]
        told = printable(answer, LONGEST) or ("it writes" if one.operation.is_write else "")
        cells = (one.operation.operation_id, DECLARED[one.declared], one.word, told)
        table.add_row(*map(Text, cells))
    return table


def document(probed: Probed) -> dict[str, Any]:
    """Return what was found out as JSON values."""
    return {
        "url": probed.target.url,
        "scope": probed.target.scope,
        "server": probed.server,
        "members": list(probed.members),
        "kinds": list(probed.kinds),
        "run": probed.run,
        "status_url": probed.status_url,
        "openapi": probed.document,
        "conformance": probed.described,
        "origins": list(probed.origins),
        "operations": [
            {
                "operation": one.operation.operation_id,
                "method": one.operation.method,
                "path": one.operation.path,
                "declared": one.declared,
                "answers": one.word.replace(" ", "_"),
                "told": one.told,
            }
            for one in probed.operations
        ],
    }
