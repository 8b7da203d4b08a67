"""The server's own small reader of spec/: operations, codes, completion stages, patterns."""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from reference_server.document import Document

METHODS = ("get", "put", "post", "patch", "delete")
_ANYTHING = r"[^\x00-\x1f\x7f]{1,256}"
_LONGEST_CHAIN = 16
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class ContractRefusedError(Exception):
    """The contract cannot be served; the message names the file and why."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What `x-operation-receipt` says of a write."""

    operation: str
    resource_type: str
    completion_stage: str


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation; `patterns` are of its path parameters, `media_types` of its body."""

    operation_id: str
    method: str
    path: str
    receipt: Receipt | None
    legacy_write: bool
    error_codes: dict[str, tuple[str, ...]]
    patterns: dict[str, re.Pattern[str]]
    media_types: tuple[str, ...]

    @property
    def is_write(self) -> bool:
        """Say whether it changes something."""
        return self.receipt is not None or self.legacy_write


@dataclass(frozen=True, slots=True)
class Contract:
    """What the server needs of spec/; `hash` is sha256 over all of it, `document` the OpenAPI."""

    hash: str
    document: Document
    operations: dict[str, Operation]


def spec_folder() -> Path:
    """Find spec/: ACKPROOF_SPEC, else the wheel's copy, else the repository's."""
    if named := os.environ.get("ACKPROOF_SPEC"):
        return Path(named)
    shipped = Path(str(resources.files("reference_server"))).parent / "conformance" / "_spec"
    return shipped if shipped.is_dir() else Path(__file__).parent.parent / "spec"


def load(folder: Path) -> Contract:
    """Read the contract; raise ContractRefusedError."""
    path = folder / "openapi.yaml"
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  # safe
        operations = {o.operation_id: o for o in _operations(folder, document)}
        return Contract(_hash(folder), document, operations)
    except OSError as error:
        raise ContractRefusedError(f"cannot read {path}: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise ContractRefusedError(f"{path} is not YAML: {_first_line(error)}") from error
    except (LookupError, TypeError, AttributeError, ValueError, re.error) as error:
        raise ContractRefusedError(f"{path} is not a contract of this API: {error!r}") from error


def _operations(folder: Path, document: Document) -> Iterator[Operation]:
    for path, item in document["paths"].items():
        shared = item.get("parameters", [])
        for method in METHODS:
            if method in item:
                own = item[method]
                parameters = [*shared, *own.get("parameters", [])]
                patterns = dict(_patterns(folder, document, parameters))
                yield _operation(method, path, own, patterns)


def _operation(
    method: str, path: str, own: Document, patterns: dict[str, re.Pattern[str]]
) -> Operation:
    stated = own.get("x-operation-receipt")
    receipt = stated and Receipt(
        stated["operation"], stated["resourceType"], stated["completionStage"]
    )
    codes = own.get("x-error-codes", {})
    return Operation(
        own["operationId"],
        method.upper(),
        path,
        receipt,
        bool(own.get("x-legacy-write")),
        {str(status): tuple(names) for status, names in codes.items()},
        patterns,
        tuple(own.get("requestBody", {}).get("content", {})),
    )


def _patterns(
    folder: Path, document: Document, parameters: list[Document]
) -> Iterator[tuple[str, re.Pattern[str]]]:
    for given in parameters:
        parameter = _resolved(folder, document, given)
        if parameter["in"] == "path":
            schema = _resolved(folder, document, parameter["schema"])
            yield parameter["name"], re.compile(schema.get("pattern", _ANYTHING))


def _resolved(folder: Path, document: Any, value: Document) -> Document:  # noqa: ANN401  # any JSON
    """Follow local and file references until none is left; raise ValueError on a circle."""
    for _ in range(_LONGEST_CHAIN):
        if "$ref" not in value:
            return value
        name, _, pointer = value["$ref"].partition("#")
        if name:
            document = _schema(folder / name)
        value = document
        for part in filter(None, pointer.split("/")):
            value = value[part.replace("~1", "/").replace("~0", "~")]
    raise ValueError("a $ref leads in a circle")


@cache
def _schema(path: Path) -> Document:
    document: Document = json.loads(path.read_text(encoding="utf-8"))
    return document


def _hash(folder: Path) -> str:
    digest = hashlib.sha256()
    data = [p for p in folder.rglob("*") if p.suffix in {".yaml", ".json", ".txt"}]
    files = [p for p in data if p != folder / "plan.json"]
    for path in sorted(files, key=lambda p: p.relative_to(folder).as_posix()):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def _first_line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or str(error).splitlines()[0]
    return f"{what} at line {mark.line + 1}" if mark else what
