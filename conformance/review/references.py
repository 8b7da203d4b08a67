"""References: what each leads to, across the files of a side, and which lead nowhere.

Paths are relative to the file, fragments are JSON Pointers or `$anchor`s. `$id`, `$self` and
`$dynamicRef` are compared as they stand and change where nothing leads.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from conformance.review.building import told
from conformance.review.documents import Documents
from conformance.review.nodes import Node
from conformance.review.object_kinds import NO_REFERENCE, children
from conformance.review.refused import ReferenceRefused

SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
INDEX: Final = re.compile(r"0|[1-9][0-9]{0,9}")
FILE_ENDINGS: Final = (".yaml", ".yml", ".json")
MOST_TOLD: Final = 10


@dataclass
class Links:
    """What the references of a side lead to.

    Attributes:
        targets: by the file of a reference and its text: what it leads to in the end, or to the
            first on the way there that says something beside its own reference.
        entries: what references lead to in other files than the first, each with its kind.
        broken: a sentence for each reference that leads nowhere.
        refused: a sentence for each that leads where no review may look.
        schemas: the schemas of the document that lie in no other schema.

    """

    targets: dict[tuple[str, str], Node] = field(default_factory=dict)
    entries: list[tuple[Node, str]] = field(default_factory=list)
    broken: dict[tuple[str, int, str], str] = field(default_factory=dict)
    refused: dict[tuple[str, int, str], str] = field(default_factory=dict)
    schemas: list[Node] = field(default_factory=list)


def link(documents: Documents, root: Node, schemas: Iterable[Node], *, beside: bool) -> Links:
    """Follow every reference of a document and of some schemas; read the files that they name.

    Args:
        documents: the files.
        root: of the OpenAPI document.
        schemas: roots of further files.
        beside: whether a schema has a meaning beside its `$ref`: from OpenAPI 3.1 on.

    Raises:
        SideUnreadable: a file that is referred to cannot be read.

    """
    walk = _Walk(documents, root, beside=beside)
    walk.go([(root, "document"), *((schema, "schema") for schema in schemas)])
    return walk.links


class _Walk:
    """One walk over everything that is reached."""

    def __init__(self, documents: Documents, root: Node, *, beside: bool) -> None:
        self.links = Links()
        self._documents = documents
        self._root = root
        self._beside = beside
        self._seen: set[tuple[int, str]] = set()
        self._anchors: dict[str, dict[str, Node]] = {}

    def go(self, waiting: list[tuple[Node, str]]) -> None:
        while waiting:
            node, kind = waiting.pop()
            if (id(node), kind) in self._seen:
                continue
            self._seen.add((id(node), kind))
            reference = None if kind in NO_REFERENCE else reference_of(node)
            if reference is not None:
                waiting.extend(self._reached(reference, kind))
            elif kind == "discriminator":
                waiting.extend(self._mapped(node))
            if reference is None or self._counts_beside(kind):
                below = list(children(node, kind))
                waiting.extend(below)
                if kind != "schema":
                    self.links.schemas.extend(child for child, kind in below if kind == "schema")

    def _counts_beside(self, kind: str) -> bool:
        return kind == "path-item" or (kind == "schema" and self._beside)

    def _mapped(self, discriminator: Node) -> Iterator[tuple[Node, str]]:
        """Go through what a discriminator's mapping refers to, unless by the name of a schema."""
        mapping = discriminator.get("mapping")
        for _, text in mapping.items() if mapping else ():
            if isinstance(text.value, str) and is_reference(text.value):
                yield from self._reached(text, "schema")

    def _reached(self, reference: Node, kind: str) -> Iterator[tuple[Node, str]]:
        """Keep what the text of a reference leads to; go through all on the way there."""
        met: list[Node] = []
        stop: Node | None = None
        text: Node | None = reference
        while text is not None:
            target = self._target(text)
            if target is None:
                return
            yield target, kind
            self._enter(target, kind)
            if any(one is target for one in met):
                self._break(reference, f"leads in a circle: {_circle([*met, target])}.")
                return
            met.append(target)
            text = reference_of(target)
            if stop is None and (text is None or self._says_more(target, kind)):
                stop = target
        if stop is not None:
            self.links.targets[reference.file, reference.value] = stop

    def _says_more(self, node: Node, kind: str) -> bool:
        return len(node.value) > 1 and self._counts_beside(kind)

    def _enter(self, target: Node, kind: str) -> None:
        if target.file != self._root.file and (id(target), kind) not in self._seen:
            self.links.entries.append((target, kind))

    def _target(self, reference: Node) -> Node | None:
        """Return what the text of a reference names; None, and a sentence kept, if nothing."""
        path, _, fragment = reference.value.partition("#")
        file = self._file(reference, path) if path else reference.file
        document = self._document(reference, file) if file is not None else None
        if document is None:
            return None
        pointer = unquote(fragment)
        found = (
            at_pointer(document, pointer)
            if pointer[:1] in {"", "/"}
            else self._anchored(document).get(pointer)
        )
        if found is None:
            self._break(reference, f"leads nowhere: {document.file} has nothing at #{fragment}.")
        return found

    def _file(self, reference: Node, path: str) -> str | None:
        if SCHEME.match(path) or path.startswith("//"):
            self._refuse(reference, "leads out of the contract's files, and no network is used.")
            return None
        folder = posixpath.dirname(reference.file)
        return posixpath.normpath(posixpath.join(folder, unquote(path)))

    def _document(self, reference: Node, file: str) -> Node | None:
        try:
            document = self._documents.find(file)
        except ReferenceRefused as problem:
            self._refuse(reference, f"is refused: {problem}")
            return None
        if document is None:
            self._break(reference, f"leads nowhere: there is no file {file}.")
        return document

    def _anchored(self, document: Node) -> Mapping[str, Node]:
        if document.file not in self._anchors:
            self._anchors[document.file] = dict(_anchors(document))
        return self._anchors[document.file]

    def _break(self, reference: Node, problem: str) -> None:
        _keep(self.links.broken, reference, problem)

    def _refuse(self, reference: Node, problem: str) -> None:
        _keep(self.links.refused, reference, problem)


def reference_of(node: Node) -> Node | None:
    """Return the text of a node's `$ref`; None if it has none that is a text."""
    found = node.get("$ref")
    return found if found is not None and isinstance(found.value, str) else None


def is_reference(text: str) -> bool:
    """Whether a text of a discriminator's mapping is a reference, not the name of a schema."""
    return "#" in text or "/" in text or text.lower().endswith(FILE_ENDINGS)


def at_pointer(document: Node, pointer: str) -> Node | None:
    """Return what lies at a JSON Pointer; None if nothing does."""
    node: Node | None = document
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if node is None:
            return None
        if node.is_list:
            index = int(name) if INDEX.fullmatch(name) else len(node.value)
            node = node.value[index] if index < len(node.value) else None
        else:
            node = node.get(name)
    return node


def _anchors(document: Node) -> Iterator[tuple[str, Node]]:
    waiting, seen = [document], set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        for keyword in ("$anchor", "$dynamicAnchor"):
            anchor = node.get(keyword)
            if anchor is not None and isinstance(anchor.value, str):
                yield anchor.value, node
        waiting.extend(child for _, child in node.items())
        waiting.extend(node.elements())


def _keep(kept: dict[tuple[str, int, str], str], reference: Node, problem: str) -> None:
    place = (reference.file, reference.line, reference.value)
    kept[place] = f"{reference.place}: the reference {told(reference.value)} {problem}"


def _circle(steps: list[Node]) -> str:
    return " -> ".join(f"{step.file}#{step.pointer}" for step in steps[:MOST_TOLD])
