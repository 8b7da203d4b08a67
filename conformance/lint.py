"""What every contract keeps, whoever writes it: rules over the files of its folder.

A rule is a function that yields a sentence for each breach.
"""

import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import yaml
from jsonschema import Draft202012Validator, SchemaError

from conformance.contract import (
    AREAS,
    Contract,
    ContractUnreadable,
    load_contract,
    read_data,
)
from conformance.scored import Lists, UnusableList, broken_lists, scored_lists

CITATION: Final = re.compile(r"\b[A-Z]{3}-[0-9]{2}\b")
BESIDE: Final = frozenset({"getHealthLive", "getHealthReady"})
Json = Any
Catalogue = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Sources:
    """A contract as it is written.

    Attributes:
        folder: where it is.
        contract: as it is read.
        entries: those of the catalogue, in the order of the areas and of the files.
        frozen: every id ever published.
        scored: the lists of what is scored, by version.

    """

    folder: Path
    contract: Contract
    entries: Catalogue
    frozen: tuple[str, ...]
    scored: Lists


def read_sources(folder: Path) -> Sources:
    """Read a contract.

    Raises:
        ContractUnreadable: it cannot be read.

    """
    contract = load_contract(folder)
    frozen = folder / "frozen-ids.txt"
    try:
        ids = tuple(frozen.read_text(encoding="utf-8").splitlines())
        scored = scored_lists(folder)
    except (OSError, ValueError) as problem:
        raise ContractUnreadable(
            f"The contract file {frozen} cannot be read: {problem}."
        ) from problem
    except UnusableList as problem:
        raise ContractUnreadable(str(problem)) from problem
    entries = {
        name: entry
        for area in AREAS
        for name, entry in read_data(folder / "requirements" / f"{area}.yaml").items()
    }
    return Sources(folder, contract, entries, ids, scored)


def breaches(sources: Sources) -> Iterator[str]:
    """Say everything that is wrong with a contract."""
    for rule in RULES:
        yield from rule(sources)


def malformed_entries(sources: Sources) -> Iterator[str]:
    """Name the entries that are not of the form of `schemas/requirement.schema.json`."""
    form = Draft202012Validator(sources.contract.schemas["requirement"])
    for name, entry in sources.entries.items():
        for error in form.iter_errors(entry):
            yield f"{name}: {error.message}"


def ids_against_frozen(sources: Sources) -> Iterator[str]:
    """Name the ids that were published and are gone, or are there and were not published."""
    entries, frozen = sources.entries, sources.frozen
    for name in frozen:
        if name not in entries:
            yield f"{name} was published and has no entry; keep it as withdrawn"
    for name in entries:
        if name not in frozen:
            yield f"{name} is not in frozen-ids.txt"
    if [name for name in frozen if name in entries] != [name for name in entries if name in frozen]:
        yield "the entries are not in the order of frozen-ids.txt"
    if len(set(frozen)) != len(frozen):
        yield "frozen-ids.txt says an id twice"


def unknown_operations(sources: Sources) -> Iterator[str]:
    """Name what requirements call an operation and openapi.yaml does not have."""
    for name, entry in sources.entries.items():
        for operation in entry.get("operations", ()):
            if operation not in sources.contract.operations:
                yield f"{name}: no operation {operation}"


def unlinked_operations(sources: Sources) -> Iterator[str]:
    """Name the operations that no requirement is about; health is beside the contract."""
    linked = {one for entry in sources.entries.values() for one in entry.get("operations", ())}
    for operation in sorted(sources.contract.operations.keys() - linked - BESIDE):
        yield f"{operation} has no requirement"


def cited_requirements(sources: Sources) -> Iterator[str]:
    """Name the ids that an entry cites and that are no requirement."""
    for name, entry in sources.entries.items():
        for cited in CITATION.findall(" ".join(map(str, entry.values()))):
            if cited not in sources.entries and cited[:3].lower() in AREAS:
                yield f"{name} cites {cited}, which is no requirement"


def ids_in_their_areas(sources: Sources) -> Iterator[str]:
    """Name the ids that stand in the file of another area, and files of no area."""
    for path in sorted((sources.folder / "requirements").iterdir()):
        if path.stem not in AREAS:
            yield f"requirements/{path.name} is the file of no area"
            continue
        for name in read_data(path):
            if str(name)[:3].lower() != path.stem:
                yield f"{name} stands in requirements/{path.name}"


def keys_said_twice(sources: Sources) -> Iterator[str]:
    """Name the YAML keys that a mapping says twice, and files that are no YAML.

    Of two keys the first would count for nothing.
    """
    for path in sorted(sources.folder.rglob("*.yaml")):
        for said in duplicate_keys(path.read_bytes()):
            yield f"{path.relative_to(sources.folder)}: {said}"


def broken_references(sources: Sources) -> Iterator[str]:
    """Name the references of openapi.yaml that lead nowhere."""
    yield from _references(sources.contract.document, sources, "")


def invalid_schemas(sources: Sources) -> Iterator[str]:
    """Name the schema files that are no JSON Schema, or that another name leads to."""
    for name, schema in sources.contract.schemas.items():
        try:
            Draft202012Validator.check_schema(schema)
        except SchemaError as error:
            yield f"schemas/{name}.schema.json: {error.message}"
        if not str(schema.get("$id", "")).endswith(f"/{name}.schema.json"):
            yield f"schemas/{name}.schema.json: its $id ends in another name"


def lists_of_the_scored(sources: Sources) -> Iterator[str]:
    """Say where the lists of what is scored break what is promised of them."""
    yield from broken_lists(
        sources.scored, sources.contract.version, sources.frozen, sources.entries
    )


RULES: Final[tuple[Callable[[Sources], Iterator[str]], ...]] = (
    keys_said_twice,
    broken_references,
    invalid_schemas,
    malformed_entries,
    ids_in_their_areas,
    ids_against_frozen,
    unknown_operations,
    unlinked_operations,
    cited_requirements,
    lists_of_the_scored,
)


class _UniqueKeys(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # quick if it can be
    """Refuses a mapping that says the same key twice."""


def _unique_mapping(loader: _UniqueKeys, node: yaml.MappingNode) -> dict[Hashable, Any]:
    keys = [loader.construct_object(key) for key, _ in node.value]
    twice = [key for place, key in enumerate(keys) if key in keys[:place]]
    if twice:
        raise yaml.constructor.ConstructorError(None, None, f"{twice} said twice", node.start_mark)
    mapping: dict[Hashable, Any] = loader.construct_mapping(node, deep=True)
    return mapping


_UniqueKeys.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _unique_mapping)


def duplicate_keys(text: str | bytes) -> list[str]:
    """Return where a YAML text first says a key twice, or is no YAML; [] if it is fine."""
    try:
        yaml.load(text, _UniqueKeys)  # noqa: S506  # a SafeLoader with one more rule
    except yaml.YAMLError as error:
        return [" ".join(str(error).split())]
    return []


def _references(value: Json, sources: Sources, at: str) -> Iterator[str]:
    if isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str) and not _resolves(reference, sources):
            yield f"{at}: {reference} leads nowhere"
        for key, child in value.items():
            yield from _references(child, sources, f"{at}/{key}")
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _references(child, sources, f"{at}/{index}")


def _resolves(reference: str, sources: Sources) -> bool:
    name, _, pointer = reference.partition("#")
    found: Json = sources.contract.document
    if name:
        stem = name.removeprefix("schemas/").removesuffix(".schema.json")
        found = sources.contract.schemas.get(stem)
        if found is None:
            return False
    for step in pointer.split("/")[1:]:
        key = unquote(step).replace("~1", "/").replace("~0", "~")
        if isinstance(found, list) and key.isdecimal():
            found = dict(enumerate(found)).get(int(key))
        else:
            found = found.get(key) if isinstance(found, dict) else None
        if found is None:
            return False
    return True
