"""A document as it is written: values that know their file, line and JSON Pointer."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

Json = Any


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a value is written.

    Attributes:
        file: as the reader of the review knows it, `/` between its steps.
        line: from 1.
        pointer: JSON Pointer within the file; empty for the whole of it.

    """

    file: str
    line: int
    pointer: str

    def __str__(self) -> str:
        """Spell it as editors do."""
        return f"{self.file}:{self.line}"


class Node:
    """A value of a YAML or JSON document, where it is written.

    Attributes:
        value: a dict of nodes by key, in the order of writing; a list of nodes; or a scalar.
        file: of the document.
        line: from 1; of a member of a mapping, that of its key.
        parent: the node that holds it; None at the root.
        key: its key or index in there.

    """

    __slots__ = ("_data", "_digest", "file", "key", "line", "parent", "value")

    def __init__(
        self, value: Json, file: str, line: int, parent: "Node | None" = None, key: str | int = ""
    ) -> None:
        """Keep what it is given."""
        self.value = value
        self.file = file
        self.line = line
        self.parent = parent
        self.key = key
        self._data: Json = None
        self._digest: bytes | None = None

    @property
    def is_mapping(self) -> bool:
        """Whether it has members."""
        return isinstance(self.value, dict)

    @property
    def is_list(self) -> bool:
        """Whether it has elements."""
        return isinstance(self.value, list)

    def get(self, key: str) -> "Node | None":
        """Return a member; None where there is none or this is no mapping."""
        found: Node | None = self.value.get(key) if isinstance(self.value, dict) else None
        return found

    def items(self) -> Iterator[tuple[str, "Node"]]:
        """Go through the members; none if this is no mapping."""
        yield from self.value.items() if isinstance(self.value, dict) else ()

    def elements(self) -> Iterator["Node"]:
        """Go through the elements; none if this is no list."""
        yield from self.value if isinstance(self.value, list) else ()

    @property
    def pointer(self) -> str:
        """JSON Pointer within its file."""
        steps: list[str] = []
        node = self
        while node.parent is not None:
            steps.append(str(node.key).replace("~", "~0").replace("/", "~1"))
            node = node.parent
        return "".join(f"/{step}" for step in reversed(steps))

    @property
    def place(self) -> Place:
        """Where it is written."""
        return Place(self.file, self.line, self.pointer)

    @property
    def data(self) -> Json:
        """The same as plain values of JSON. Not to be changed: it is kept."""
        if self._data is None:
            if isinstance(self.value, dict):
                self._data = {key: child.data for key, child in self.value.items()}
            elif isinstance(self.value, list):
                self._data = [child.data for child in self.value]
            else:
                return self.value
        return self._data

    @property
    def digest(self) -> bytes:
        """Equal for equal values: the order of members is left out, that of elements is not."""
        if self._digest is None:
            self._digest = digest_of(self.value)
        return self._digest

    def named_again(self, line: int, parent: "Node", key: str | int) -> "Node":
        """Return the same value where an alias names it."""
        same = Node(self.value, self.file, line, parent, key)
        same._data, same._digest = self._data, self._digest
        return same

    def settle(self) -> None:
        """Make data and digest while the children have theirs, so that nothing recurses."""
        self._data, self._digest = self.data, self.digest

    def __repr__(self) -> str:
        """Say where it is."""
        return f"Node({self.file}:{self.line} {self.pointer})"


def digest_of(value: Json) -> bytes:
    """Return a digest that is equal for equal values; mappings hold nodes, or plain values."""
    if isinstance(value, Node):
        return value.digest
    if isinstance(value, dict):
        parts = sorted(
            (key.encode("utf-8", "surrogatepass"), digest_of(child)) for key, child in value.items()
        )
        text = b"{" + b"".join(len(key).to_bytes(4) + key + child for key, child in parts)
    elif isinstance(value, list | tuple):
        text = b"[" + b"".join(digest_of(child) for child in value)
    else:
        return _digest_of_scalar(value)
    return hashlib.blake2b(text, digest_size=16).digest()


@lru_cache(maxsize=20_000, typed=True)
def _digest_of_scalar(value: Json) -> bytes:
    if isinstance(value, bool) or value is None:
        text = f"!{value}".encode()
    elif isinstance(value, int | float):
        text = f"#{value + 0.0!r}".encode() if abs(value) < EXACT else f"#{value!r}".encode()
    else:
        text = b'"' + str(value).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=16).digest()


EXACT: Final = 2**53
