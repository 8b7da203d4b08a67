"""What a labelled change is: a base, an edit of it, and what a review has to say of the two."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import yaml

Json = Any
Contract = dict[str, Json]
"""Documents by file name, `openapi.yaml` among them, as plain values."""
Edit = Callable[[Contract], None]
Place = Literal["request", "response", "webhook", "callback"]
Texts = Mapping[str, str]
"""The same, written out."""
Labels = tuple[str, str]
"""For clients and for servers."""

DATA: Final = Path(__file__).parent / "data"
FINE: Final[Labels] = ("ok", "ok")
OTHER: Final[Labels] = ("breaks", "new-duty")
PERHAPS_OTHER: Final[Labels] = ("may-break", "new-duty")
BREAKS: Final[Labels] = ("breaks", "relaxed")
MAY_BREAK: Final[Labels] = ("may-break", "relaxed")
DUTY: Final[Labels] = ("ok", "new-duty")
RELAXED: Final[Labels] = ("ok", "relaxed")


def untouched(_: Contract) -> None:
    """Edit nothing."""


@dataclass(frozen=True, slots=True)
class Case:
    """A single change, and what is right to say of it.

    Attributes:
        name: unique, to be typed after `-k`.
        group: heading of it in the table.
        rule: that fires, once.
        labels: for clients and servers.
        at: file and JSON Pointer; the change is found there or below.
        edit: makes the head from the base.
        operations: that it reaches, sorted.
        operations_checked: False where OpenAPI leaves open which it reaches.
        directions: of these, sorted.
        guarantee: its label.
        requirements: what becomes of them, spelled `+ID`, `-ID`, `~ID`, `@ID`.
        before: makes the base from the document on file.
        place: where a keyword stands, for the table.
        base: name of the contract that it starts from.

    """

    name: str
    group: str
    rule: str
    labels: Labels
    at: str
    edit: Edit
    operations: tuple[str, ...] = ()
    operations_checked: bool = True
    directions: tuple[str, ...] = ()
    guarantee: str = "same"
    requirements: tuple[str, ...] = ()
    before: Edit = untouched
    place: Place | None = None
    base: str = "courier"

    def sides(self) -> tuple[Contract, Contract]:
        """Make both sides."""
        base = copied(contracts()[self.base])
        self.before(base)
        head = copied(base)
        self.edit(head)
        return base, head

    def texts(self) -> tuple[Texts, Texts]:
        """Write both sides out."""
        base, head = self.sides()
        as_on_file = self.before is untouched
        return _on_file(self.base) if as_on_file else texts(base), texts(head)

    def reversed(self, name: str, rule: str, labels: Labels, **other: Json) -> "Case":
        """Make the case of the opposite change."""

        def undone(contract: Contract) -> None:
            replace_all(contract, self.sides()[0])

        def done(contract: Contract) -> None:
            replace_all(contract, self.sides()[1])

        return replace(self, name=name, rule=rule, labels=labels, before=done, edit=undone, **other)


@dataclass(frozen=True, slots=True)
class Rewrite:
    """The same contract, written another way.

    Attributes:
        name: unique, to be typed after `-k`.
        texts: makes both sides.
        told: rules of what is another value all the same, and no finding: another version of
            OpenAPI is one.

    """

    name: str
    texts: Callable[[], tuple[Texts, Texts]]
    told: tuple[str, ...] = ()


@cache
def contracts() -> dict[str, Contract]:
    """Read the contracts on file that cases start from. Not to be changed: they are kept."""
    folders = sorted(path for path in DATA.glob("courier*") if path.is_dir())
    return {folder.name: dict(_documents(folder)) for folder in folders}


def _documents(folder: Path) -> Iterator[tuple[str, Json]]:
    for path in sorted(folder.rglob("*.yaml")):
        yield path.relative_to(folder).as_posix(), yaml.load(path.read_text(), yaml.CSafeLoader)
    for path in sorted(folder.rglob("*.json")):
        yield path.relative_to(folder).as_posix(), json.loads(path.read_text())


def copied(value: Json) -> Json:
    """Copy plain values of JSON; copy.deepcopy takes several times as long."""
    return json.loads(json.dumps(value))


def replace_all(contract: Contract, by: Contract) -> None:
    """Have a contract be another one."""
    contract.clear()
    contract.update(by)


@cache
def _on_file(name: str) -> Texts:
    return texts(contracts()[name])


def texts(contract: Contract) -> Texts:
    """Write the documents out."""
    return {name: _text(name, document) for name, document in contract.items()}


def _text(name: str, document: Json) -> str:
    if name.endswith(".json"):
        return json.dumps(document, indent=2) + "\n"
    return yaml.dump(document, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True)


def write(files: Texts, folder: Path) -> Path:
    """Write texts into a folder; return it."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def place(pointer: str) -> str:
    """Give a pointer with its file: that of the OpenAPI document where none is named."""
    return f"openapi.yaml#{pointer}" if pointer.startswith("/") else pointer


def found(contract: Contract, pointer: str) -> tuple[Json, Json]:
    """Find what holds a value, and the value's key in it; `-` is behind the last of a list."""
    file, _, path = place(pointer).partition("#")
    if not path:
        return contract, file
    *steps, last = [step.replace("~1", "/").replace("~0", "~") for step in path[1:].split("/")]
    node = contract[file]
    for step in steps:
        node = node[int(step)] if isinstance(node, list) else node[step]
    if isinstance(node, list):
        return node, len(node) if last == "-" else int(last)
    return node, last


def put(pointer: str, value: Json) -> Edit:
    """Set a value, or add it."""

    def edit(contract: Contract) -> None:
        holder, key = found(contract, pointer)
        if isinstance(holder, list) and key == len(holder):
            holder.append(copied(value))
        else:
            holder[key] = copied(value)

    return edit


def drop(pointer: str) -> Edit:
    """Remove a value."""

    def edit(contract: Contract) -> None:
        holder, key = found(contract, pointer)
        del holder[key]

    return edit


def rename(pointer: str, name: str) -> Edit:
    """Give a member of a mapping another name, at the same place in it."""

    def edit(contract: Contract) -> None:
        holder, key = found(contract, pointer)
        members = [(name if one == key else one, value) for one, value in holder.items()]
        holder.clear()
        holder.update(members)

    return edit


def reworded(pointer: str, old: str, new: str) -> Edit:
    """Replace words of a text; they must be there."""

    def edit(contract: Contract) -> None:
        holder, key = found(contract, pointer)
        if old not in holder[key]:
            raise LookupError(f"{pointer} does not say {old!r}")
        holder[key] = holder[key].replace(old, new)

    return edit


def all_of(*edits: Edit) -> Edit:
    """Do several edits, one after the other."""

    def edit(contract: Contract) -> None:
        for one in edits:
            one(contract)

    return edit
