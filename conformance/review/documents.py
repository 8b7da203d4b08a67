"""The files of one side: read when they are named, each once, within a limit for all."""

from typing import Protocol

from conformance.review.building import Builder
from conformance.review.nodes import Node
from conformance.review.reading import MOST_BYTES, grow
from conformance.review.refused import SideUnreadable


class Source(Protocol):
    """Where the files are: a folder on the disk, or a revision."""

    def read(self, path: str) -> bytes | None:
        """Return the content of a file; None where there is none."""

    def names(self, folder: str) -> tuple[str, ...] | None:
        """Return the names in a folder, sorted; None where there is no such folder."""


class Documents:
    """Reads the files of a source."""

    def __init__(self, source: Source) -> None:
        """Read nothing yet."""
        self.source = source
        self._read: dict[str, Node | None] = {}
        self._bytes = self._values = 0

    def find(self, path: str) -> Node | None:
        """Return the document of a file; None where there is no file.

        Raises:
            SideRefused: it cannot be read, or all files together are too large.

        """
        if path not in self._read:
            content = self.source.read(path)
            self._read[path] = None if content is None else self._grown(content, path)
        return self._read[path]

    def found(self) -> dict[str, Node]:
        """Return what was read so far by shown path, sorted."""
        return {path: node for path in sorted(self._read) if (node := self._read[path])}

    def _grown(self, content: bytes, path: str) -> Node:
        self._bytes += len(content)
        if self._bytes > MOST_BYTES:
            raise SideUnreadable(
                f"The files of this side have more than {MOST_BYTES // 10**6} MB together; "
                f"{path} is the one too many."
            )
        builder = Builder(path, self._values)
        node = grow(content, builder)
        self._values += builder.written
        return node
