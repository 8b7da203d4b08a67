"""Nodes grow from the steps of a reader, within limits; nothing here recurses."""

from dataclasses import dataclass, field
from typing import Final, NoReturn

from conformance.review.nodes import Json, Node
from conformance.review.refused import SideUnreadable

DEEPEST: Final = 200
"""Levels of a file; the compiled validators of JSON Schema end at 255."""

MOST_VALUES: Final = 500_000
"""Values of all files of a side, each as often as aliases name it."""

LONGEST_NUMBER: Final = 1_000
"""Characters of a number."""

MERGE: Final = "<<"


@dataclass(slots=True)
class _Open:
    """A mapping or list that has no end yet.

    Attributes:
        key: of the member whose value comes next; None before it.
        line: of that key.
        merging: whether that member is a merge key.
        merges: the values of merge keys, in order.
        size: how many values it holds so far, itself among them.

    """

    node: Node
    key: str | None = None
    line: int = 0
    merging: bool = False
    merges: list[Node] = field(default_factory=list)
    size: int = 1


class Builder:
    """Grows the nodes of one file.

    Attributes:
        root: the outermost value, once it began.
        written: how many values stand in the file.

    """

    def __init__(self, file: str, before: int = 0) -> None:
        """Begin with nothing; `before` counts the values of files that were read before."""
        self.file = file
        self.root: Node | None = None
        self.written = 0
        self._before = before
        self._open: list[_Open] = []
        self._sizes: dict[int, int] = {}

    def refuse(self, line: int, column: int, sentence: str) -> NoReturn:
        """Refuse the file at a place; line and column are counted from 1."""
        raise SideUnreadable(f"{self.file}:{line}:{column}: {sentence}")

    @property
    def awaits_key(self) -> bool:
        """Whether a mapping is open, and what comes next is a key of it."""
        return bool(self._open) and self._open[-1].node.is_mapping and self._open[-1].key is None

    def key(self, text: str, line: int, column: int) -> None:
        """Begin a member of the open mapping.

        Raises:
            SideUnreadable: it has that key already.

        """
        here = self._open[-1]
        if text in here.node.value:
            first = here.node.value[text].line
            self.refuse(line, column, f"the key {told(text)} was given in line {first} already.")
        here.key, here.line = text, line

    def merge_key(self, line: int) -> None:
        """Begin the value of a merge key of the open mapping."""
        here = self._open[-1]
        here.key, here.line, here.merging = MERGE, line, True

    def scalar(self, value: Json, line: int) -> Node:
        """Add a value that holds no others."""
        return self._add(value, line)

    def open(self, value: Json, line: int, column: int) -> Node:
        """Begin a mapping or a list, which is given empty.

        Raises:
            SideUnreadable: it lies too deep.

        """
        if len(self._open) >= DEEPEST:
            self.refuse(line, column, f"more than {DEEPEST} levels lie within each other.")
        node = self._add(value, line)
        self._open.append(_Open(node))
        return node

    def close(self) -> None:
        """End the mapping or list that is open."""
        done = self._open.pop()
        for merged in done.merges:
            self._merge(done, merged)
        done.node.settle()
        self._sizes[id(done.node)] = done.size
        if self._open:
            self._grow(done.size - 1, done.node.line)

    def alias(self, node: Node, line: int, column: int) -> None:
        """Add a value that stands elsewhere in the file.

        Raises:
            SideUnreadable: it holds the place where it is named, or there are too many values.

        """
        if any(one.node is node for one in self._open):
            self.refuse(
                line, column, "an alias names the value that it stands in: that has no end."
            )
        here = self._open[-1]
        self._place(node if here.merging else _again(node, here, line), here)
        self._grow(self._sizes.get(id(node), 1), line)

    def _add(self, value: Json, line: int) -> Node:
        self.written += 1
        if not self._open:
            self.root = Node(value, self.file, line)
            return self.root
        here = self._open[-1]
        if here.key is not None:
            node = Node(value, self.file, here.line, here.node, here.key)
        else:
            node = Node(value, self.file, line, here.node, len(here.node.value))
        self._place(node, here)
        self._grow(1, line)
        return node

    def _place(self, node: Node, here: _Open) -> None:
        if here.key is None:
            here.node.value.append(node)
        elif here.merging:
            here.merges.append(node)
        else:
            here.node.value[here.key] = node
        here.key, here.merging = None, False

    def _grow(self, by: int, line: int) -> None:
        here = self._open[-1]
        here.size += by
        if self._before + max(here.size, self.written) > MOST_VALUES:
            self.refuse(line, 1, f"more than {MOST_VALUES:,} values, with every alias written out.")

    def _merge(self, done: _Open, merged: Node) -> None:
        for one in merged.elements() if merged.is_list else (merged,):
            if not one.is_mapping:
                self.refuse(one.line, 1, f"{MERGE} takes an alias of a mapping, or a list of them.")
            for name, child in one.items():
                done.node.value.setdefault(name, child)


def _again(node: Node, here: _Open, line: int) -> Node:
    """Return a value as it stands where an alias names it; what it holds stands at the anchor."""
    key = len(here.node.value) if here.key is None else here.key
    return node.named_again(line if here.key is None else here.line, here.node, key)


def told(text: str) -> str:
    """Spell a text of a document within a sentence: one short line."""
    line = " ".join(text.split())
    return f'"{line[:57]}..."' if len(line) > 60 else f'"{line}"'  # noqa: PLR2004  # a width
