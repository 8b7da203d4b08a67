"""The contract as one OpenAPI document, for readers that follow no reference into a file."""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.contract import METHODS, Contract

NOT_COPIED = {"$schema", "$id", "$defs"}
COMPONENTS = "#/components/schemas/"
Json = Any


@dataclass(frozen=True, slots=True)
class _Spelling:
    """Spells references; `names` says how a component that is a whole file is called."""

    names: Mapping[str, str]

    def copied(self, node: Json, *, inside: bool) -> Json:
        """Copy a part with each reference to a schema file made one to a component.

        Args:
            node: a part of the document or of a schema file.
            inside: whether it is of a schema file, where `#/$defs/` are its own definitions.

        """
        if isinstance(node, Mapping):
            copy = {key: self.copied(one, inside=inside) for key, one in node.items()}
            return copy | self._referring(node, inside=inside)
        return [self.copied(one, inside=inside) for one in node] if isinstance(node, list) else node

    def _referring(self, node: Mapping[str, Json], *, inside: bool) -> dict[str, Json]:
        path, _, fragment = node.get("$ref", "").partition("#")
        if not path and not (fragment and inside):
            return {}
        name = fragment.removeprefix("/$defs/") or self.names.get(_file(path), _file(path))
        return {"$ref": f"{COMPONENTS}{name}"}


def _file(reference: str) -> str:
    """Name the schema file of a reference: `receipt` for schemas/receipt.schema.json."""
    return posixpath.basename(reference.partition("#")[0]).removesuffix(".schema.json")


def bundled(contract: Contract) -> dict[str, Json]:
    """Make one document of the contract: what it takes from a schema file becomes a component.

    A definition keeps its name, such as `memberId`. The schema of a whole file goes by the name of
    the component that is nothing but it, such as OperationReceipt, or by the file's, such as
    identity. The parameters of a path stand at each of its operations: Swagger UI follows no
    reference in a path.
    """
    own = contract.document["components"]["schemas"]
    names = {_file(one["$ref"]): name for name, one in own.items() if set(one) == {"$ref"}}
    spell = _Spelling(names)
    document: dict[str, Json] = spell.copied(contract.document, inside=False)
    components = document["components"]["schemas"]
    for file, schema in contract.schemas.items():
        if file != "requirement":
            parts = {name: one for name, one in schema.items() if name not in NOT_COPIED}
            whole = {} if set(parts) <= {"title", "description"} else {names.get(file, file): parts}
            for name, one in {**whole, **schema.get("$defs", {})}.items():
                components[name] = spell.copied(one, inside=True)
    for item in document["paths"].values():
        shared = item.pop("parameters", [])
        for method in item.keys() & set(METHODS):
            item[method]["parameters"] = [*shared, *item[method].get("parameters", ())]
    return document
