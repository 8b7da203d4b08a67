"""The target file as it stands: its values, and the line of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from conformance.target_keys import TargetFileError
from conformance.toml_file import line_of, read_toml

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
        return line_of(self.text, path)
