"""Files of a contract on the disk."""

import os
import stat
from pathlib import Path
from typing import BinaryIO

from conformance.review.reading import MOST_BYTES, too_large
from conformance.review.refused import ReferenceRefused, SideUnreadable


def repository_of(path: Path) -> Path | None:
    """Return the root of the git repository that a path lies in; None if it lies in none."""
    whole = whole_path(path)
    return next((one for one in (whole, *whole.parents) if (one / ".git").exists()), None)


def whole_path(path: Path) -> Path:
    """Return the absolute path without `..`; links are not followed, they may lead out of it."""
    return Path(os.path.abspath(path))  # noqa: PTH100  # resolve() follows them


class Disk:
    """Files below a folder.

    Attributes:
        start: what shown paths are relative to.
        within: what a file must lie in, unless files outside are allowed.

    """

    def __init__(self, start: Path, within: Path, *, outside: bool = False) -> None:
        """Look at nothing yet."""
        self.start = start
        self.within = within.resolve()
        self.outside = outside

    def read(self, path: str) -> bytes | None:
        """Return the content of a file; None where there is none.

        Raises:
            ReferenceRefused: it lies outside.
            SideUnreadable: it cannot be read, is no plain file, or is too large.

        """
        place = self._place(path)
        try:
            with open(place, "rb", opener=_without_waiting) as file:  # opener
                return _content(file, path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as problem:
            raise SideUnreadable(f"{path} cannot be read: {problem.strerror}.") from problem

    def names(self, folder: str) -> tuple[str, ...] | None:
        """Return the names in a folder, sorted; None where there is no such folder.

        Raises:
            ReferenceRefused: it lies outside.
            SideUnreadable: it cannot be read.

        """
        try:
            return tuple(sorted(os.listdir(self._place(folder))))  # noqa: PTH208  # names only
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as problem:
            raise SideUnreadable(f"{folder} cannot be read: {problem.strerror}.") from problem

    def _place(self, path: str) -> Path:
        try:
            place = (self.start / path).resolve()
        except (OSError, RuntimeError, ValueError) as problem:
            raise SideUnreadable(f"{path} is no path that leads anywhere.") from problem
        if not self.outside and not place.is_relative_to(self.within):
            raise ReferenceRefused(
                f"{path} lies outside of {self.within.name or self.within}, which holds the "
                "contract. Move it there, or allow external references."
            )
        if ".git" in place.relative_to(place.anchor).parts:
            raise ReferenceRefused(f"{path} is a file of git itself, and no part of a contract.")
        return place


def _without_waiting(path: str, flags: int) -> int:
    """Open a file; a pipe that nobody writes to is opened too, and refused afterwards."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _content(file: BinaryIO, path: str) -> bytes:
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode):
        raise SideUnreadable(f"{path} is no plain file.")
    if status.st_size > MOST_BYTES:
        raise too_large(path, status.st_size)
    return file.read(MOST_BYTES + 1)
