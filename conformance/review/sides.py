"""A side of a review: a contract, read whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.review.nodes import Node
from conformance.review.references import at_pointer, is_reference


@dataclass(frozen=True)
class Side:
    """A contract, read whole.

    Attributes:
        name: for a reader: `working tree`, `3f2a1c0 (v1.2)`, or a path.
        root: of the OpenAPI document.
        files: every file of the OpenAPI document, by shown path, the root document first.
        catalogue: the entry of each requirement by its id; empty if there is no catalogue.
        schemas: `schemas/*.schema.json` by shown path; empty if there are none.
        plan: `plan.json` beside the contract.
        commit: its whole hash; empty for what is on the disk.
        notices: what the reader should know of how it was read.
        targets: what a reference leads to in the end, by the file and the text of it.

    """

    name: str
    root: Node
    files: Mapping[str, Node]
    catalogue: Mapping[str, Node] = field(default_factory=dict)
    schemas: Mapping[str, Node] = field(default_factory=dict)
    plan: Node | None = None
    commit: str = ""
    notices: tuple[str, ...] = ()
    targets: Mapping[tuple[str, str], Node] = field(default_factory=dict)

    def follow(self, node: Node) -> Node:
        """Return what a node with `$ref` leads to in the end; any other node itself."""
        reference = node.get("$ref")
        if reference is None or not isinstance(reference.value, str):
            return node
        return self.targets.get((node.file, reference.value), node)

    def mapped(self, node: Node) -> Node | None:
        """Return the schema that a value in a discriminator's mapping names; None if none."""
        text = str(node.value)
        if is_reference(text):
            return self.targets.get((node.file, text))
        return at_pointer(self.root, f"/components/schemas/{text}")

    @property
    def version(self) -> str:
        """`info.version`; empty if there is none."""
        info = self.root.get("info")
        return _text(info.get("version") if info else None)

    @property
    def openapi(self) -> str:
        """The version of OpenAPI."""
        return _text(self.root.get("openapi"))


def _text(node: Node | None) -> str:
    return "" if node is None or node.value is None else str(node.value)
