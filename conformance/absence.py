"""What a body says: a null in a member that need not be there is the absence of that member."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from conformance.exchange import Response

OPENAPI: Final = "openapi.yaml"
REFUSALS: Final = 400
JSON: Final = "application/json"
OF_STATUS: Final = ("completionStage", "stage")
OF_READINESS: Final = ("conditions", "observedAt")
Schema = Mapping[str, Any]
Place = tuple[str, Schema]  # the file whose references a schema uses, and the schema


@dataclass(frozen=True, slots=True)
class Known:
    """What all schemas of one place say together; what is owed only sometimes is not required."""

    required: frozenset[str]
    members: Mapping[str, tuple[Place, ...]]
    others: tuple[Place, ...]
    items: tuple[Place, ...]


class Absences:
    """Takes the nulls out of answers wherever the contract does not require the member.

    A required member stays, null or not, and so does all that no schema describes: the result of
    a run is the run's own.
    """

    def __init__(self, document: Schema, schemas: Mapping[str, Schema]) -> None:
        self._files = {OPENAPI: document}
        self._files |= {f"{name}.schema.json": schema for name, schema in schemas.items()}
        self._known: dict[tuple[int, ...], Known] = {}
        self._responses = {
            operation["operationId"]: operation["responses"]
            for item in document["paths"].values()
            for operation in item.values()
            if isinstance(operation, Mapping) and "operationId" in operation
        }

    def read(self, operation_id: str | None, status: int, media_type: str, body: object) -> object:
        """Return a JSON body without the nulls that say nothing.

        Args:
            operation_id: what was asked; None for a URL of the server's own.
            status: of the answer.
            media_type: of the answer, as its header spells it.
            body: the JSON value.

        """
        if not isinstance(body, dict):
            return body
        bare = media_type.partition(";")[0].strip().lower()
        told = tuple(self._told(operation_id, body))
        return self._without(body, told or tuple(self._promised(operation_id, status, bare)))

    def applied(self, response: Response, operation_id: str | None) -> Response:
        """Return an answer whose body is read without the nulls that say nothing."""
        media_type = response.headers.get("content-type", "")
        reading = partial(self.read, operation_id, response.status, media_type)
        return replace(response, reading=reading)

    def _promised(self, operation_id: str | None, status: int, media_type: str) -> Iterator[Place]:
        """Yield what the contract says of an answer; of one that it does not list, of its like."""
        listed = self._responses.get(operation_id or "", {})
        alike = (code for code in listed if (int(code) >= REFUSALS) == (status >= REFUSALS))
        response = listed.get(str(status)) or listed.get(next(alike, ""))
        if response is not None:
            file, response = self._followed(OPENAPI, response)
            content = response.get("content", {})
            media = content.get(media_type) or content.get(JSON)
            if media:
                yield file, media["schema"]
        elif status >= REFUSALS:
            yield self._file("problem")

    def _told(self, operation_id: str | None, body: Schema) -> Iterator[Place]:
        """Yield what a body shows to be, wherever it is read: a status also at its run's URL."""
        writes = operation_id is not None and "202" in self._responses[operation_id]
        if not writes and all(name in body for name in OF_STATUS):
            yield self._file("status")
        elif all(name in body for name in OF_READINESS):
            yield self._file("readiness")

    def _file(self, kind: str) -> Place:
        name = f"{kind}.schema.json"
        return name, self._files[name]

    def _without(self, value: object, places: tuple[Place, ...]) -> object:
        if not isinstance(value, dict | list):
            return value
        known = self._of(places)
        if isinstance(value, list):
            return [self._without(one, known.items) for one in value]
        if not (known.members or known.others):
            return value
        return {
            name: self._without(one, known.members.get(name, known.others))
            for name, one in value.items()
            if one is not None or name in known.required
        }

    def _of(self, places: tuple[Place, ...]) -> Known:
        key = tuple(id(schema) for _, schema in places)
        if key not in self._known:
            parts = [part for place in places for part in self._parts(*place)]
            self._known[key] = _together(parts)
        return self._known[key]

    def _parts(self, file: str, schema: Schema) -> Iterator[Place]:
        """Yield a schema and all that it is made of, without its conditions."""
        yield file, schema
        if "$ref" in schema:
            yield from self._parts(*self._followed(file, schema))
        for keyword in ("allOf", "anyOf", "oneOf"):
            for branch in schema.get(keyword, ()):
                yield from self._parts(file, branch)

    def _followed(self, file: str, value: Schema) -> Place:
        """Follow a reference to where it leads; a value without one is there already."""
        if "$ref" not in value:
            return file, value
        name, _, pointer = value["$ref"].partition("#")
        file = name.rsplit("/", 1)[-1] or file
        found: Any = self._files[file]
        for step in filter(None, pointer.split("/")):
            found = found[step]
        return file, found


def _together(parts: list[Place]) -> Known:
    members: dict[str, tuple[Place, ...]] = {}
    for file, schema in parts:
        for name, one in schema.get("properties", {}).items():
            members[name] = (*members.get(name, ()), (file, one))
    return Known(
        frozenset(name for _, schema in parts for name in schema.get("required", ())),
        members,
        tuple(_under("additionalProperties", parts)),
        tuple(_under("items", parts)),
    )


def _under(keyword: str, parts: list[Place]) -> Iterator[Place]:
    for file, schema in parts:
        if isinstance(schema.get(keyword), Mapping):
            yield file, schema[keyword]
