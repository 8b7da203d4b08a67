"""Labelled values whose further lines begin below the first."""

from typing import Final

from rich.console import Console
from rich.text import Text

NARROWEST: Final = 20


def print_hanging(console: Console, label: Text, value: str) -> None:
    """Print the label once and the value beside it, broken into lines at the console's width."""
    width = max(console.width - label.cell_len, NARROWEST)
    for line in Text(value).wrap(console, width, overflow="fold") or [Text()]:
        line.rstrip()
        console.print(Text.assemble(label, line), soft_wrap=True)
        label = Text(" " * label.cell_len)
