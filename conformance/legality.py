"""Whether a request keeps the contract: what the kit must know of its own before it sends it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.contract import Operation, Parameter
from conformance.validators import Validators, Violation


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to an operation, before it is sent.

    Attributes:
        path: decoded path parameters by name.
        query: query parameters by name.
        headers: in any case; those that the contract does not name are free.
        body: the JSON value; None without one.

    """

    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: object

    def of(self, parameter: Parameter) -> str | None:
        """Return the value given for a parameter; None if it is left out."""
        if parameter.place == "header":
            given = {name.lower(): value for name, value in self.headers.items()}
            return given.get(parameter.name.lower())
        return (self.path if parameter.place == "path" else self.query).get(parameter.name)


@dataclass(frozen=True, slots=True)
class Breach:
    """What a request breaks of the contract: a sentence, and the value that does it."""

    sentence: str
    value: object


def broken_parts(validators: Validators, operation: Operation, asked: Asked) -> Iterator[Breach]:
    """Yield each breach of the contract in a request."""
    for parameter in operation.parameters:
        value = asked.of(parameter)
        if value is not None:
            yield from _value(validators, parameter, value)
    known = {one.name for one in operation.parameters if one.place == "query"}
    yield from (
        Breach(f"query: {name} is no parameter of it", None)
        for name in asked.query
        if name not in known
    )
    yield from _media_type(operation, asked)
    if operation.body is not None:
        for wrong in validators.part(operation.body, asked.body or {}):
            yield Breach(str(wrong), _at(wrong.pointer, asked.body))


def _at(pointer: str, body: object) -> object:
    """Return the value at a pointer; None where it leads nowhere."""
    for step in pointer.split("/")[1:]:
        body = body.get(step) if isinstance(body, Mapping) else None
    return body


def _value(validators: Validators, parameter: Parameter, value: str) -> Iterator[Breach]:
    """Judge a value as the text that it is, and as the number that it may spell."""
    wrong = validators.part(parameter.schema, value)
    if wrong and not _spelt_right(validators, parameter, value):
        yield Breach(f"{parameter.place}: {parameter.name}: {wrong[0].message}", value)


def _spelt_right(validators: Validators, parameter: Parameter, value: str) -> bool:
    try:
        read: Any = json.loads(value)
    except ValueError:
        return False
    wrong: list[Violation] = validators.part(parameter.schema, read)
    return not isinstance(read, str) and not wrong


def _media_type(operation: Operation, asked: Asked) -> Iterator[Breach]:
    given = next((v for k, v in asked.headers.items() if k.lower() == "content-type"), None)
    media_type = (given or "").partition(";")[0].strip().lower()
    if given is not None and operation.media_types and media_type not in operation.media_types:
        yield Breach(f"header: Content-Type: {given} is not one that it takes", given)
