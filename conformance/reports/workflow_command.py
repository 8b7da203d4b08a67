"""Lines that the runner of a GitHub job reads as commands."""

from collections.abc import Mapping
from typing import Final

IN_DATA: Final = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))
IN_PROPERTIES: Final = (*IN_DATA, (":", "%3A"), (",", "%2C"))
NOWHERE: Final[Mapping[str, str]] = {}


def annotation(kind: str, title: str, message: str, place: Mapping[str, str] = NOWHERE) -> str:
    """Spell the command that shows a message beside the job, or beside a line of a file.

    Args:
        kind: error, warning or notice.
        title: any text.
        message: any text; its line breaks are kept.
        place: `file` and `line`, or nothing.

    """
    properties = ",".join(
        f"{name}={_escaped(value, IN_PROPERTIES)}"
        for name, value in {**place, "title": title}.items()
    )
    return f"::{kind} {properties}::{_escaped(message, IN_DATA)}"


def _escaped(text: str, escapes: tuple[tuple[str, str], ...]) -> str:
    for one, escape in escapes:
        text = text.replace(one, escape)
    return text
