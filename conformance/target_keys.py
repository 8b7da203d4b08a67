"""What a target may say: the keys of its schema, and a value of each read from text."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from conformance.published_schemas import schema_of
from conformance.toml_file import as_json

PREFIX: Final = "ACKPROOF_"
A: Final = {
    "array": "a list such as core,http or a TOML array",
    "boolean": "true or false",
    "integer": "an integer",
    "number": "a number",
    "object": "a TOML table such as { name = 1 }",
    "string": "text",
}


class TargetFileError(Exception):
    """The target is not described well enough to judge it; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Key:
    """One value that a target's description may give.

    Attributes:
        path: its tables and its name, such as `("principals", "other", "scope")`.
        rule: the schema of its value.

    """

    path: tuple[str, ...]
    rule: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Its path as TOML spells it, such as `principals.other.scope`."""
        return ".".join(self.path)

    @property
    def variable(self) -> str:
        """The environment variable that overrides it."""
        return PREFIX + "_".join(self.path).upper()

    @property
    def types(self) -> tuple[str, ...]:
        """The JSON types that its value may have."""
        said: str | list[str] = self.rule["type"]
        return (said,) if isinstance(said, str) else tuple(said)

    def read(self, text: str, where: str) -> object:
        """Read its value from the text of a variable or a flag.

        Text stands for itself unless it is in double quotes, a list may be parted by commas, and
        all else is a TOML value.

        Raises:
            TargetFileError: it is not TOML; `where` begins the sentence.

        """
        if self.types == ("string",) and not text.startswith('"'):
            return text
        if self.types == ("array",) and not text.lstrip().startswith("["):
            return [one.strip() for one in text.split(",") if one.strip()]
        try:
            content = as_json(f"value = {text}")
        except tomllib.TOMLDecodeError:
            content = {}
        if content.keys() != {"value"}:
            wanted = " or ".join(A[one] for one in self.types)
            raise TargetFileError(f"{where}: {self.name} is {wanted}, and not {text!r}.")
        return content["value"]


def schema() -> dict[str, Any]:
    """Return the schema of the target file."""
    return schema_of("target")


@cache
def all_keys() -> Mapping[str, Key]:
    """Return every key by its dotted name, in the order of the schema."""
    return {key.name: key for key in _below((), schema())}


def names_at(path: tuple[str, ...]) -> list[str]:
    """Return the names that the schema knows in a table or in a value that is one."""
    node: Mapping[str, Any] = schema()
    for step in path:
        node = _resolved(node["properties"][step])
    return list(node["properties"])


def _below(path: tuple[str, ...], node: Mapping[str, Any]) -> Iterator[Key]:
    for name, rule in node["properties"].items():
        here = _resolved(rule)
        if here["type"] == "object" and "properties" in here:
            yield from _below((*path, name), here)
        else:
            yield Key((*path, name), here)


def _resolved(rule: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a rule with what it refers to beside its own words."""
    if "$ref" not in rule:
        return rule
    return {**schema()["$defs"][rule["$ref"].rsplit("/", 1)[-1]], **rule}
