"""Markdown of the generated pages: texts taken as they are, code, links and tables."""

import re
from collections.abc import Iterable, Sequence

SPECIAL = re.compile(r"([\\`*_{}\[\]#|])")


def plain(text: str) -> str:
    """Spell a text on one line so that no character of it is markup."""
    line = " ".join(text.split())
    return SPECIAL.sub(r"\\\1", line).replace("&", "&amp;").replace("<", "&lt;")


def code(text: str) -> str:
    """Spell a text as code, in a table too."""
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{space}{text}{space}{ticks}"


def link(text: str, target: str) -> str:
    """Link a text that is Markdown already."""
    return f"[{text}]({target})"


def codes(texts: Iterable[str]) -> str:
    """Spell a list of code words; "none" if there are none."""
    return ", ".join(map(code, texts)) or "none"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table; without a row, nothing."""
    lines = [f"| {' | '.join(cells)} |" for cells in rows]
    rule = f"|{'---|' * len(heads)}"
    return "\n".join([f"| {' | '.join(heads)} |", rule, *lines, ""]) if lines else ""


def page(title: str, *parts: str) -> str:
    """Put a page together from its title and parts; empty parts are left out."""
    return "\n\n".join([f"# {title}", *(part.strip("\n") for part in parts if part)]) + "\n"
