"""Text from a server, made safe to print."""

from typing import Final

LONGEST: Final = 600


def printable(text: str, longest: int = LONGEST) -> str:
    """Return one line without control characters, cut at `longest` characters.

    A server under test chooses much of what a report prints; escape sequences, line breaks and
    direction marks would let it draw over the report.
    """
    shown = "".join(_shown(character) for character in text[:longest])
    return shown if len(text) <= longest else f"{shown} … ({len(text)} characters in all)"


def printable_lines(text: str) -> str:
    """Return the text without control characters other than line breaks and tabs."""
    return "\n".join(
        line if line.isprintable() else "".join(one if one == "\t" else _shown(one) for one in line)
        for line in text.split("\n")
    )


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(character, f"\\u{ord(character):04x}")
