"""The judge's only reader of spec/."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, unquote

import yaml

from conformance.absence import Absences
from conformance.scored import UnusableList, scored_ids
from conformance.validators import Validators

METHODS: Final = ("get", "put", "post", "patch", "delete")
JSON: Final = "application/json"
PLAN: Final = "plan.json"
# fmt: off
AREAS: Final = (
    "ack", "rcp", "sta", "flr", "err", "mbr", "lfc", "bnd", "rev", "epc", "inv", "run", "res",
    "rdy", "idm", "con", "pag", "inp", "iso", "sec", "htp", "ops", "str", "leg", "bkf", "dur",
)
# fmt: on


class ContractUnreadable(Exception):  # noqa: N818  # the CLI words it
    """The contract cannot be read; the message says which file and why."""


@dataclass(frozen=True, slots=True)
class ReceiptRule:
    """The contract's `x-operation-receipt`: what a write's receipt must say of itself."""

    operation: str
    resource_type: str
    completion_stage: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation.

    Attributes:
        place: path, query or header.
        name: as the contract spells it; a header is met in any case.
        schema: JSON Pointer, as a URI fragment, of its schema in the OpenAPI document.

    """

    place: str
    name: str
    schema: str


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the contract.

    Attributes:
        path: the template, such as `/api/scopes/{scopeId}/members`.
        parameters: all that it takes, its path's own among them.
        receipt: None for a read and for a legacy write.
        error_codes: the codes by status, such as `{"404": ("STUDIO_MEMBER_NOT_FOUND",)}`.
        body: JSON Pointer of the request body's schema; None if it takes none.
        media_types: of the request body, lower case; empty if it takes none.
        answer: JSON Pointer of the schema of a 200; None where the contract gives none of its own.
        optional: whether no profile asks for it.

    """

    operation_id: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    receipt: ReceiptRule | None
    legacy_write: bool
    error_codes: Mapping[str, tuple[str, ...]]
    body: str | None
    media_types: tuple[str, ...]
    answer: str | None = None
    optional: bool = False

    @property
    def codes(self) -> frozenset[str]:
        """Every code that the contract names for it."""
        return frozenset(code for codes in self.error_codes.values() for code in codes)

    @property
    def is_write(self) -> bool:
        """Whether it changes something."""
        return self.receipt is not None or self.legacy_write


@dataclass(frozen=True, slots=True)
class Requirement:
    """An entry of the catalogue.

    Attributes:
        scored: whether it decides exit codes and profiles; if not, it is judged and told alone.

    """

    id: str
    level: str
    profiles: tuple[str, ...]
    text: str
    source: str
    why: str = ""
    guard: str = ""
    check: str = ""
    operations: tuple[str, ...] = ()
    closed_by: tuple[str, ...] = ()
    planned: bool = False
    scored: bool = True


@dataclass(frozen=True)
class Contract:
    """Everything under spec/, loaded once; `profiles` names those that each one includes."""

    version: str
    hash: str
    operations: Mapping[str, Operation]
    requirements: Mapping[str, Requirement]
    profiles: Mapping[str, tuple[str, ...]]
    document: Mapping[str, Any]
    schemas: Mapping[str, Mapping[str, Any]]

    @cached_property
    def validators(self) -> Validators:
        """The compiled schemas."""
        return Validators(self.document, self.schemas)

    @cached_property
    def absences(self) -> Absences:
        """What reads a null in an optional member as its absence."""
        return Absences(self.document, self.schemas)

    def match(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """Find the operation that a raw path (no prefix, no query) names, and its parameters.

        Only a POST can end in a verb, so elsewhere a colon is part of an identifier.
        """
        for operation in self.operations.values():
            if operation.method == method.upper():
                parameters = _parameters(operation, path)
                if parameters is not None:
                    return operation, parameters
        return None


def _parameters(operation: Operation, path: str) -> dict[str, str] | None:
    wanted, met = operation.path.split("/"), path.split("/")
    if len(wanted) != len(met):
        return None
    parameters: dict[str, str] = {}
    for pattern, segment in zip(wanted, met, strict=True):
        name, brace, verb = pattern.removeprefix("{").partition("}")
        if not pattern.startswith("{"):
            if pattern != segment:
                return None
            continue
        if brace and verb:
            if not segment.endswith(verb):
                return None
            segment = segment.removesuffix(verb)  # noqa: PLW2901  # the verb is no part of the id
        elif ":" in segment and operation.method == "POST":
            return None
        parameters[name] = unquote(segment)
    return parameters


def spec_folder() -> Path:
    """Return the folder of the contract: ACKPROOF_SPEC, the wheel's own, or the checkout's."""
    if chosen := os.environ.get("ACKPROOF_SPEC"):
        return Path(chosen)
    shipped = Path(__file__).parent / "_spec"
    return shipped if shipped.is_dir() else Path(__file__).parent.parent / "spec"


def load_contract(folder: Path | None = None) -> Contract:
    """Read the contract.

    Raises:
        ContractUnreadable: a file is missing, is not YAML or JSON, or lacks what it must have.

    """
    folder = folder or spec_folder()
    document = read_data(folder / "openapi.yaml")
    schemas = {
        path.name.removesuffix(".schema.json"): read_data(path)
        for path in sorted((folder / "schemas").glob("*.schema.json"))
    }
    try:
        return Contract(
            version=document["info"]["version"],
            hash=contract_hash(folder),
            operations={one.operation_id: one for one in _operations(document)},
            requirements=_requirements(folder, document["info"]["version"]),
            profiles={
                name: tuple(entry["includes"])
                for name, entry in read_data(folder / "profiles.yaml").items()
            },
            document=document,
            schemas=schemas,
        )
    except UnusableList as problem:
        raise ContractUnreadable(str(problem)) from problem
    except (KeyError, TypeError, AttributeError) as problem:
        raise ContractUnreadable(
            f"The contract in {folder} lacks something that every contract has: {problem!r}. "
            "Compare it with the released one."
        ) from problem


def contract_hash(folder: Path) -> str:
    """Return the SHA-256 (hex) of every data file below the folder, in order of path.

    The plan export is none: it says what the kit proves of the contract, and names this hash.
    """
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix()):
        if path.suffix in {".yaml", ".json", ".txt"} and path != folder / PLAN:
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def read_data(path: Path) -> dict[str, Any]:
    """Read a YAML or JSON file of the contract, which is a mapping.

    Raises:
        ContractUnreadable: it is not.

    """
    try:
        text = path.read_text(encoding="utf-8")
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        content = json.loads(text) if path.suffix == ".json" else yaml.load(text, loader)  # noqa: S506
    except OSError as problem:
        raise ContractUnreadable(
            f"The contract file {path} cannot be read: {problem.strerror}."
        ) from problem
    except (ValueError, yaml.YAMLError) as problem:
        where = " ".join(str(problem).split())
        raise ContractUnreadable(f"The contract file {path} is malformed: {where}.") from problem
    if not isinstance(content, dict):
        raise ContractUnreadable(f"The contract file {path} holds no mapping at its top level.")
    return content


def _operations(document: Mapping[str, Any]) -> list[Operation]:
    return [
        _operation(method, path, entry, _parameters_of(document, path, method))
        for path, item in document["paths"].items()
        for method, entry in item.items()
        if method in METHODS
    ]


def _parameters_of(document: Mapping[str, Any], path: str, method: str) -> tuple[Parameter, ...]:
    """Return the parameters of the path and of the operation, whose own come last."""
    found: list[Parameter] = []
    for steps in (("paths", path), ("paths", path, method)):
        owner: Any = document
        for step in steps:
            owner = owner[step]
        for index, given in enumerate(owner.get("parameters", ())):
            reference = given.get("$ref", "")
            if reference:
                name = reference.removeprefix("#/components/parameters/")
                entry = document["components"]["parameters"][name]
                pointer = f"/components/parameters/{name}/schema"
            else:
                entry, pointer = given, _fragment(*steps, "parameters", str(index), "schema")
            found.append(Parameter(entry["in"], entry["name"], pointer))
    return tuple(found)


def _operation(
    method: str, path: str, entry: Mapping[str, Any], parameters: tuple[Parameter, ...]
) -> Operation:
    receipt = entry.get("x-operation-receipt")
    return Operation(
        operation_id=entry["operationId"],
        method=method.upper(),
        path=path,
        parameters=parameters,
        receipt=receipt
        and ReceiptRule(receipt["operation"], receipt["resourceType"], receipt["completionStage"]),
        legacy_write=bool(entry.get("x-legacy-write")),
        error_codes={
            str(status): tuple(codes) for status, codes in entry.get("x-error-codes", {}).items()
        },
        body=_body(method, path, entry),
        media_types=tuple(one.lower() for one in entry.get("requestBody", {}).get("content", ())),
        answer=_answer(method, path, entry),
        optional=bool(entry.get("x-optional")),
    )


def _answer(method: str, path: str, entry: Mapping[str, Any]) -> str | None:
    """Return the JSON Pointer, as a URI fragment, of the schema of a 200 in JSON."""
    if JSON not in entry["responses"].get("200", {}).get("content", {}):
        return None
    return _fragment("paths", path, method, "responses", "200", "content", JSON, "schema")


def _body(method: str, path: str, entry: Mapping[str, Any]) -> str | None:
    """Return the JSON Pointer, as a URI fragment, of the schema of the first body offered."""
    if "requestBody" not in entry:
        return None
    media = next(iter(entry["requestBody"]["content"]))
    return _fragment("paths", path, method, "requestBody", "content", media, "schema")


def _fragment(*steps: str) -> str:
    """Spell a JSON Pointer as a URI fragment."""
    escaped = (step.replace("~", "~0").replace("/", "~1") for step in steps)
    return "".join(f"/{quote(step)}" for step in escaped)


def _requirements(folder: Path, version: str) -> dict[str, Requirement]:
    entries = {
        name: entry
        for area in AREAS
        for name, entry in read_data(folder / "requirements" / f"{area}.yaml").items()
    }
    scored = scored_ids(folder, version, entries)
    return {
        name: _requirement(name, entry, scored=name in scored) for name, entry in entries.items()
    }


def _requirement(name: str, entry: Mapping[str, Any], *, scored: bool) -> Requirement:
    return Requirement(
        id=name,
        level=entry["level"],
        profiles=tuple(entry["profiles"]),
        text=entry["text"],
        source=entry["source"],
        why=entry.get("why", ""),
        guard=entry.get("guard", ""),
        check=entry.get("check", ""),
        operations=tuple(entry.get("operations", ())),
        closed_by=tuple(entry.get("closed_by", ())),
        planned=entry.get("status") == "planned",
        scored=scored,
    )
