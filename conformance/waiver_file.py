"""waivers.toml, read into waivers."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import jsonschema_rs

from conformance.nearest import hint
from conformance.published_schemas import schema_of, validator_of
from conformance.toml_file import read_toml
from conformance.waivers import Waiver

TABLE: Final = re.compile(r"\s*\[\[\s*\"?waiver\"?\s*\]\]")
Kind = jsonschema_rs.ValidationErrorKind


class WaiverFileError(Exception):
    """The waivers file cannot be used; the message is one sentence."""


def load_waivers(path: Path) -> tuple[Waiver, ...]:
    """Read a waivers file.

    Raises:
        WaiverFileError: it cannot be read, or an entry is not whole.

    """
    text, content = read_toml(path, WaiverFileError)
    source = _Source(path, text)
    validator = validator_of("waivers")
    errors = sorted(validator.iter_errors(content), key=_unknown_keys_first)
    if errors:
        raise WaiverFileError(_sentence(errors[0], source))
    rows = content.get("waiver", [])
    waivers = tuple(_waiver(number, row, source) for number, row in enumerate(rows))
    _refuse_twins(waivers, source)
    return waivers


def waiver_schema() -> dict[str, Any]:
    """Return the published schema of the file."""
    return schema_of("waivers")


def wanted_of(key: str) -> str:
    """Say what a key of an entry holds, as its schema does."""
    described: str = waiver_schema()["$defs"]["waiver"]["properties"][key]["description"]
    return described[0].lower() + described[1:].rstrip(".")


def is_fit(key: str, value: str) -> bool:
    """Whether a text is one that a key of an entry may hold."""
    schema = waiver_schema()["$defs"]["waiver"]["properties"][key]
    return jsonschema_rs.is_valid(schema, value)


def day(text: str) -> date | None:
    """Read a day such as 2026-12-31; None if it is none."""
    try:
        return date.fromisoformat(text) if is_fit("expires", text) else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class _Source:
    """The file, so that a sentence can point into it; entries are counted from 0."""

    path: Path
    text: str

    def place(self, entry: int | None = None, key: str = "") -> str:
        """Return the path with the line of a key, or of its entry where the key is not found."""
        line = self._line(entry, key)
        return f"{self.path} (line {line})" if line else str(self.path)

    def _line(self, entry: int | None, key: str) -> int | None:
        lines = self.text.splitlines()
        starts = [number for number, line in enumerate(lines, start=1) if TABLE.match(line)]
        first, last = 1, len(lines)
        if entry is not None:
            if entry >= len(starts):
                return None
            first, last = starts[entry], [*starts, last + 1][entry + 1] - 1
        pattern = re.compile(rf"\s*\[*\s*\"?{re.escape(key)}\"?\s*[=\]]") if key else None
        found = (n for n in range(first, last + 1) if pattern and pattern.match(lines[n - 1]))
        return next(found, None if entry is None else first)


def _unknown_keys_first(error: jsonschema_rs.ValidationError) -> bool:
    return not isinstance(error.kind, Kind.AdditionalProperties)


def _sentence(error: jsonschema_rs.ValidationError, source: _Source) -> str:
    kind, steps = error.kind, error.instance_path
    entry = next((step for step in steps if isinstance(step, int)), None)
    if isinstance(kind, Kind.AdditionalProperties):
        key, known = str(kind.unexpected[0]), _known(entry)
        holder = "the file" if entry is None else "[[waiver]]"
        return f"{source.place(entry, key)}: {holder} has no key {key}. {hint(key, known)}"
    if isinstance(kind, Kind.Required):
        key = str(kind.property)
        return f"{source.place(entry)}: [[waiver]] lacks {key}; expected: {wanted_of(key)}."
    if entry is None or steps[-1] == entry:
        return f"{source.place(None, 'waiver')}: waiver is a list of tables, [[waiver]]."
    key = str(steps[-1])
    return _unfit(source.place(entry, key), key, error.instance)


def _known(entry: int | None) -> Mapping[str, Any]:
    schema = waiver_schema()
    known: dict[str, Any] = (schema if entry is None else schema["$defs"]["waiver"])["properties"]
    return known


def _unfit(place: str, key: str, met: object) -> str:
    if isinstance(met, str) and not met.strip():
        return f"{place}: {key} is empty; expected: {wanted_of(key)}."
    return f"{place}: {key} is {json.dumps(met)}; expected: {wanted_of(key)}."


def _waiver(number: int, row: Mapping[str, str], source: _Source) -> Waiver:
    expires = day(row["expires"])
    if expires is None:
        raise WaiverFileError(_unfit(source.place(number, "expires"), "expires", row["expires"]))
    texts = {key: row[key] for key in row if key != "expires"}
    return Waiver(**texts, expires=expires)


def _refuse_twins(waivers: tuple[Waiver, ...], source: _Source) -> None:
    seen: set[tuple[str, str]] = set()
    for number, one in enumerate(waivers):
        if (one.requirement, one.fingerprint) in seen:
            raise WaiverFileError(
                f"{source.place(number)}: a second [[waiver]] for {one.requirement} "
                f"{one.fingerprint}. Keep one of them."
            )
        seen.add((one.requirement, one.fingerprint))
