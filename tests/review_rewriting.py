"""Writes an OpenAPI document another way that says the same, by rote, whatever it says.

Members stand in another order, lists whose order says nothing too, every other schema of the
components has another name and lies in a second file, and JSON has become YAML.
"""

import json
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

Json = Any
PARTS: Final = "parts.json"
SCHEMA: Final = re.compile(r"#/components/schemas/([^/]+)(.*)", re.DOTALL)
DATA: Final = frozenset({"example", "examples", "default", "enum", "const", "value"})
NO_ORDER: Final = frozenset({"required", "tags"})
SMALL: Final = 3_000_000
"""Bytes of a document that is written as YAML; larger ones take minutes to write."""


class _Texts(yaml.CSafeLoader):
    """Leaves a date the text that it is in JSON."""


_Texts.yaml_implicit_resolvers = {
    first: [one for one in found if one[0] != "tag:yaml.org,2002:timestamp"]
    for first, found in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def read(path: Path) -> Json:
    """Read a document of JSON or YAML."""
    text = path.read_text("utf-8-sig")
    return json.loads(text) if path.suffix == ".json" else yaml.load(text, _Texts)  # noqa: S506  # a safe one


def rewrite(document: Json, folder: Path, chance: random.Random) -> Path:
    """Write a document another way into a folder; return where its first file is.

    Args:
        document: of OpenAPI 3.
        folder: exists.
        chance: decides on the order.

    """
    small = len(json.dumps(document)) < SMALL
    path = folder / ("openapi.yaml" if small else "openapi.json")
    schemas = document.get("components", {}).get("schemas", {})
    there = _used(document, schemas) - _told_apart(document, schemas)
    apart = {name: f"Part{place}" for place, name in enumerate(schemas)
             if place % 2 and name in there}  # fmt: skip
    move = _Move(apart, path.name)
    first = dict(document)
    if apart:
        left = {name: schema for name, schema in schemas.items() if name not in apart}
        first["components"] = document["components"] | {"schemas": left}
    parts = {new: move.moved(schemas[name], within=True) for name, new in apart.items()}
    (folder / PARTS).write_text(json.dumps({"schemas": _shuffled(parts, chance)}), "utf-8")
    first = _shuffled(move.moved(first, within=False), chance)
    path.write_text(_as_yaml(first) if small else json.dumps(first), "utf-8")
    return path


class _Quoting(yaml.CSafeDumper):
    """Puts texts in quotes: PyYAML leaves out those that only YAML 1.2 needs, as of `0955`."""


_Quoting.add_representer(
    str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')
)


def _as_yaml(document: Json) -> str:
    return yaml.dump(document, Dumper=_Quoting, sort_keys=False, allow_unicode=True)


def _used(document: Json, schemas: dict[str, Json]) -> set[str]:
    """Return the schemas that are used by anything but schemas that nothing uses."""
    outside = document.get("components", {}) | {"schemas": {}}
    waiting = [document | {"components": outside}]
    found: set[str] = set()
    while waiting:
        names = {name for name in _names(waiting.pop()) if name in schemas} - found
        found |= names
        waiting += [schemas[name] for name in sorted(names)]
    return found


def _names(value: Json) -> Iterator[str]:
    """Go through the schemas that a value refers to."""
    for one in _mappings(value):
        reference = one.get("$ref")
        matched = SCHEMA.fullmatch(reference) if isinstance(reference, str) else None
        if matched:
            yield matched[1].replace("~1", "/").replace("~0", "~")


def _told_apart(document: Json, schemas: dict[str, Json]) -> set[str]:
    """Return the schemas whose names are values, because a discriminator tells them apart."""
    found = {name for name, schema in schemas.items() if "discriminator" in schema}
    found |= {name for name, schema in schemas.items() if found & {*_names(schema.get("allOf"))}}
    for one in _mappings(document):
        if isinstance(one.get("discriminator"), dict):
            texts = [*one["discriminator"].get("mapping", {}).values()]
            forms = [one.get("oneOf"), one.get("anyOf"), *({"$ref": text} for text in texts)]
            found |= {*_names(forms), *texts}
    return found


def _mappings(value: Json) -> Iterator[dict[str, Json]]:
    """Go through all mappings, but not those in extensions: what these refer to is only data."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
            waiting += [child for key, child in one.items() if not key.startswith("x-")]
        elif isinstance(one, list):
            waiting += one


class _Move:
    """Has references lead to where the schemas are now."""

    def __init__(self, apart: dict[str, str], first: str) -> None:
        self._apart = apart
        self._first = first

    def moved(self, value: Json, *, within: bool) -> Json:
        """Return a value with other references; within: as the second file has it."""
        if isinstance(value, list):
            return [self.moved(one, within=within) for one in value]
        if not isinstance(value, dict):
            return value
        return {key: self._member(key, one, within=within) for key, one in value.items()}

    def _member(self, key: str, value: Json, *, within: bool) -> Json:
        if key == "$ref" and isinstance(value, str):
            return self._reference(value, within=within)
        if key == "properties" and isinstance(value, dict):
            return {name: self.moved(one, within=within) for name, one in value.items()}
        if key.startswith("x-") or (key in DATA and not _refers(value)):
            return value
        return self.moved(value, within=within)

    def _reference(self, text: str, *, within: bool) -> str:
        matched = SCHEMA.fullmatch(text)
        name = matched[1].replace("~1", "/").replace("~0", "~") if matched else ""
        if matched and name in self._apart:
            return f"{'' if within else PARTS}#/schemas/{self._apart[name]}{matched[2]}"
        return f"{self._first}{text}" if within and text.startswith("#") else text


def _refers(value: Json) -> bool:
    return isinstance(value, dict) and any("$ref" in one for one in _mappings(value))


def _shuffled(value: Json, chance: random.Random) -> Json:
    """Put members, and lists whose order says nothing, in another order."""
    if isinstance(value, list):
        return [_shuffled(one, chance) for one in value]
    if not isinstance(value, dict):
        return value
    keys = list(value)
    chance.shuffle(keys)
    return {key: _reordered(key, value[key], chance) for key in keys}


def _reordered(key: str, value: Json, chance: random.Random) -> Json:
    if key in NO_ORDER and isinstance(value, list) and all(isinstance(one, str) for one in value):
        return chance.sample(value, len(value))
    return value if key in DATA or key.startswith("x-") else _shuffled(value, chance)


def main() -> None:
    """Rewrite the document of a path into a folder, in an order that its name decides."""
    path, folder = map(Path, sys.argv[1:])
    sys.stdout.write(f"{rewrite(read(path), folder, random.Random(path.name))}")


if __name__ == "__main__":
    main()
