"""The documents, their blocks, and whether a command printed what a document shows."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCUMENTS = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in (
        *sorted(ROOT.glob("*.md")),
        *sorted(ROOT.glob("docs/*.md")),
        ROOT / "docs/changes/README.md",
        ROOT / "spec/README.md",
    )
}
WALKED = "\n<!-- run from top to bottom -->\n"
"""Stands alone on a line of a document whose commands need each other (test_docs_walked.py)."""
FENCE = re.compile(r"^([^\n]*)\n\n?```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
VOLATILE = re.compile(  # names of members, commands and plans; places in the trace; days; seconds
    r"\b(ap-[\w-]+|c-[0-9a-f]{32}|[0-9a-f]{12,16}|\d{4}-\d\d-\d\d|"
    r"exchange \d+ of \d+, at \d+\.\d+ s|\d+\.\d s)(?![\w-])"
)
LEFT_OUT = re.compile(r"\.\.\.$", re.MULTILINE)


def fences(language: str) -> Iterator[tuple[str, str, str]]:
    """Yield document, the line before and the content of each block in a language."""
    for name, text in DOCUMENTS.items():
        for before, found, content in FENCE.findall(text):
            if found == language:
                yield name, before, content


def alike(output: str) -> str:
    """Drop what differs from run to run, line breaks among it."""
    return VOLATILE.sub("#", " ".join(output.split()))


def missing(shown: str, output: str) -> str:
    """Give the first piece of what is shown that was not printed in its place; "" if none is."""
    printed, place = alike(output), 0
    for piece in map(alike, LEFT_OUT.split(shown)):
        if piece not in printed[place:]:
            return piece
        place = printed.index(piece, place) + len(piece)
    return ""
