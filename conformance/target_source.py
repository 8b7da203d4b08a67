"""The target file as it stands: its values, and the line of each."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, Self

from conformance.target_keys import TargetFileError
from conformance.toml_file import read_toml

COMMAND_LINE: Final = "the command line"


@dataclass(frozen=True, slots=True)
class Source:
    """A target file, or none.

    Attributes:
        path: the file; None without one.
        content: its tables as JSON values.
        text: what it is read from.

    """

    path: Path | None
    content: Mapping[str, Any]
    text: str = field(default="", repr=False)

    @classmethod
    def read(cls, path: Path | None) -> Self:
        """Read a file, or describe that there is none.

        Raises:
            TargetFileError: it cannot be read, or is not TOML in UTF-8.

        """
        if path is None:
            return cls(None, {})
        text, content = read_toml(path, TargetFileError)
        return cls(path, content, text)

    @property
    def name(self) -> str:
        """The file's path, or in words that there is none."""
        return str(self.path or COMMAND_LINE)

    @property
    def folder(self) -> Path:
        """Where the files lie that it names."""
        return self.path.parent if self.path else Path()

    def line(self, path: tuple[str, ...]) -> int | None:
        """Return the line that sets the value at a path, or else the table around it."""
        lines = _lines(self.text)
        while path:
            if path in lines:
                return lines[path]
            path = path[:-1]
        return None


@cache
def _lines(text: str) -> Mapping[tuple[str, ...], int]:
    """Return the line that first names each path.

    A statement of TOML is the fewest lines that can be read alone, and each can be.
    """
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    waiting: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        waiting.append(line)
        try:
            statement = tomllib.loads("\n".join(waiting))
        except tomllib.TOMLDecodeError:
            continue
        began, waiting = number - len(waiting) + 1, []
        paths = list(_paths(statement))
        if line.lstrip().startswith("[") and began == number:
            table = paths[-1]
        else:
            paths = [table + path for path in paths]
        for path in paths:
            lines.setdefault(path, began)
    return lines


def _paths(content: object) -> Iterator[tuple[str, ...]]:
    if isinstance(content, list) and content and isinstance(content[0], dict):
        content = content[0]
    for name, value in content.items() if isinstance(content, dict) else ():
        yield (name,)
        yield from ((name, *rest) for rest in _paths(value))
