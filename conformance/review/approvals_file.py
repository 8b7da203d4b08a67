"""spec-approvals.yaml, read; and entries for it, to be filled in by a person."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, Final

from conformance.nearest import hint
from conformance.reports.counted import counted
from conformance.reports.printable import printable
from conformance.review.approvals import NAME
from conformance.review.changes import Approval, Change
from conformance.review.forms import Form, Steps
from conformance.review.nodes import Node
from conformance.review.reading import read_node
from conformance.review.refused import SideUnreadable
from conformance.review.rules import RULES
from conformance.review.views.entries import TO_FILL_IN, ready_entry

FEW_REACHED: Final = 3


class ApprovalsError(Exception):
    """The approvals file cannot be used; the message is one sentence."""


def load_approvals(path: Path | None, folder: Path = Path()) -> tuple[Approval, ...]:
    """Read an approvals file.

    Args:
        path: of the file; None for `spec-approvals.yaml` of the folder, or no approvals without it.
        folder: where the command runs.

    Raises:
        ApprovalsError: it cannot be read, or an entry is not whole.

    """
    if path is None and not (folder / NAME).exists():
        return ()
    source = _Source(path or folder / NAME)
    problem = Form("approvals", source.place, _holder).complaint(source.content)
    if problem:
        raise ApprovalsError(problem)
    approvals = tuple(_approval(number, source) for number in range(len(source.content)))
    _refuse_twins(approvals, source)
    return approvals


class _Source:
    """The file, so that a sentence can point into it; entries are counted from 0."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._root = _read(path)
        self.content: Any = [] if self._root is None else self._root.data

    def line(self, steps: Steps) -> int:
        """Return the line of a value, or of the entry around it."""
        node = self._root
        line = node.line if node else 1
        for step in steps:
            node = _inner(node, step) if node else None
            line = node.line if node else line
        return line

    def place(self, steps: Steps) -> str:
        """Return the path of the file with that line."""
        return f"{self.path} (line {self.line(steps)})"


def _inner(node: Node, step: str | int) -> Node | None:
    if isinstance(step, str):
        return node.get(step)
    return next((one for one in node.elements() if one.key == step), None)


def _read(path: Path) -> Node | None:
    try:
        content = path.read_bytes()
        told = (line.strip() for line in content.splitlines())
        if all(not line or line.startswith(b"#") for line in told):
            return None
        return read_node(content, str(path))
    except OSError as problem:
        raise ApprovalsError(
            f"{path} cannot be read: {problem.strerror}. Correct the path."
        ) from problem
    except SideUnreadable as problem:
        raise ApprovalsError(str(problem)) from problem


def _approval(number: int, source: _Source) -> Approval:
    row: dict[str, Any] = source.content[number]
    if row["rule"] not in RULES:
        place = source.place((number, "rule"))
        raise ApprovalsError(f"{place}: there is no rule {row['rule']}. {hint(row['rule'], RULES)}")
    for key, text in TO_FILL_IN.items():
        if row[key].strip() == text:
            place = source.place((number, key))
            raise ApprovalsError(f"{place}: {key} is {text} still. Fill in who, why and until.")
    try:
        date.fromisoformat(row["until"])
    except ValueError as problem:
        place = source.place((number, "until"))
        raise ApprovalsError(
            f"{place}: {row['until']} is no day of the calendar. Correct until."
        ) from problem
    texts = {key: str(value) for key, value in row.items()}
    return Approval(**texts, line=source.line((number,)))


def _refuse_twins(approvals: Iterable[Approval], source: _Source) -> None:
    seen: dict[tuple[str, str, str], int] = {}
    for number, one in enumerate(approvals):
        first = seen.setdefault((one.rule, one.pointer, one.values), one.line)
        if first != one.line:
            raise ApprovalsError(
                f"{source.place((number,))}: a second entry for the change that line {first} "
                "approves. Keep one of them."
            )


def _holder(steps: Steps) -> str:
    return "the entry" if steps else "the file"


def entries(changes: Iterable[Change]) -> str:
    """Spell an entry for each change, in which a person is to say who, why and until when."""
    found = list(changes)
    if not found:
        return "# Nothing wants an approval.\n"
    count = counted(len(found), "change wants", "changes want")
    head = f"# {count} an approval: say who, why and until, the last day on which it counts.\n"
    return head + "".join(f"# {_told(one)}\n{ready_entry(one)}" for one in found)


def _told(change: Change) -> str:
    reached = change.operations
    told = printable(f"{change.what} ({change.place})")
    if not reached:
        return told
    named = ", ".join(printable(one) for one in reached[:FEW_REACHED])
    more = len(reached) - FEW_REACHED
    return f"{told}, reaches {named}" + (f" and {counted(more, 'other')}" if more > 0 else "")
