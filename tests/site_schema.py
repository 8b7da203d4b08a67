"""A JSON Schema as tables: one for each object that it names."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from site_markdown import code, link, plain, table

Node = Mapping[str, Any]
HEADS = ("name", "type", "default", "meaning")
LIMITS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "less than {}",
    "minItems": "at least {} of them",
    "maxItems": "at most {} of them",
    "maxLength": "at most {} characters",
}


@dataclass(frozen=True, slots=True)
class Tables:
    """Writes the tables of one schema.

    Attributes:
        schema: the whole of it; its `$defs` that are objects become sections of their own.
        by_table: whether each object directly below the top is a section, as a table of TOML is.

    """

    schema: Node
    by_table: bool = False

    def sections(self) -> Iterator[str]:
        """Yield the sections, each with its heading and its table."""
        for title, node in self._objects():
            said = plain(node.get("description", ""))
            rows = self._rows(node, "")
            yield "\n\n".join(filter(None, [f"## {title}", said, table(HEADS, rows)]))

    def _objects(self) -> Iterator[tuple[str, Node]]:
        top: Node = self.schema.get("properties", {})
        if self.by_table:
            for name, node in top.items():
                yield from self._toml_tables(name, node)
        elif top:
            yield "At the top", {**self.schema, "description": ""}
        for name, node in self._definitions().items():
            if self._is_section(node):
                yield f"{name} {{ #{name} }}", node

    def _toml_tables(self, name: str, node: Node) -> Iterator[tuple[str, Node]]:
        inner: Node = node.get("properties", {})
        below = {key: one for key, one in inner.items() if "properties" in one}
        if below and len(below) == len(inner):
            for key, one in below.items():
                yield from self._toml_tables(f"{name}.{key}", one)
        else:
            yield code(f"[{name}]"), node

    def _definitions(self) -> Mapping[str, Node]:
        found: Mapping[str, Node] = self.schema.get("$defs", {})
        return found

    def _is_section(self, node: Node) -> bool:
        return "properties" in node

    def _rows(self, node: Node, prefix: str) -> Iterator[tuple[str, str, str, str]]:
        required = node.get("required", ())
        for name, one in node.get("properties", {}).items():
            path = f"{prefix}{name}"
            default = "required" if name in required else _default(one)
            yield code(path), self.kind(one), default, self._meaning(one)
            inner = _inner(one)
            if inner is not None:
                dots = "[]." if one.get("type") == "array" else "."
                yield from self._rows(inner, f"{path}{dots}")

    def kind(self, node: Node) -> str:
        """Say what a value is, as Markdown."""
        if "$ref" in node:
            return self._referred(node["$ref"].rpartition("/")[2])
        if "const" in node:
            return code(json.dumps(node["const"]))
        if "enum" in node:
            return " or ".join(code(json.dumps(one)) for one in node["enum"])
        for choice in ("oneOf", "anyOf"):
            if choice in node:
                return " or ".join(map(self.kind, node[choice]))
        types = node.get("type", "any value")
        return " or ".join(self._typed(one, node) for one in _listed(types))

    def _referred(self, name: str) -> str:
        node = self._definitions()[name]
        return link(name, f"#{name}") if self._is_section(node) else self.kind(node)

    def _typed(self, name: str, node: Node) -> str:
        if name == "array" and "items" in node:
            return f"list of {self.kind(node['items'])}"
        values = node.get("additionalProperties")
        if name == "object" and isinstance(values, dict):
            return f"object of {self.kind(values)}"
        return str(name)

    def _meaning(self, node: Node) -> str:
        limits = [text.format(node[key]) for key, text in LIMITS.items() if key in node]
        if "pattern" in node:
            limits.append(f"matches {code(node['pattern'])}")
        said = plain(node.get("description", ""))
        told = "; ".join(limits)
        return f"{said} {told[:1].upper()}{told[1:]}.".strip() if told else said


def _listed(types: str | list[str]) -> list[str]:
    return [types] if isinstance(types, str) else types


def _default(node: Node) -> str:
    return code(json.dumps(node["default"])) if "default" in node else ""


def _inner(node: Node) -> Node | None:
    """Find the object that a property holds, alone, in a list or beside null."""
    for one in (node, node.get("items", {}), *node.get("oneOf", ()), *node.get("anyOf", ())):
        if "properties" in one:
            found: Node = one
            return found
    return None
