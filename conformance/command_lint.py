"""`ackproof lint`: what is wrong with a contract, a line each."""

from pathlib import Path

from rich.console import Console
from rich.text import Text

from conformance.contract import spec_folder
from conformance.judge import Exit
from conformance.lint import breaches, read_sources
from conformance.reports.counted import counted
from conformance.reports.hanging import print_hanging
from conformance.reports.printable import printable


def lint_contract(folder: Path | None) -> int:
    """Print each breach of a contract and return the exit code.

    Args:
        folder: of the contract; None for the one that this kit judges by.

    Raises:
        ContractUnreadable: it cannot be read.

    """
    console = Console()
    sources = read_sources(folder or spec_folder())
    found = list(breaches(sources))
    for one in found:
        print_hanging(console, Text("  breach     ", "bold red"), printable(one))
    what = f"{sources.folder}: contract {sources.contract.version}, "
    what += counted(len(sources.entries), "requirement")
    count = counted(len(found), "breach", "breaches")
    console.print(Text(f"{count} in {what}" if found else f"{what}: fine"), soft_wrap=True)
    return Exit.FAILED if found else Exit.FINE
