"""An event with the facts of its recording."""

from dataclasses import dataclass
from typing import Any, NamedTuple


class StreamId(NamedTuple):
    """Name one aggregate's history; kind is member, service, run or operation."""

    kind: str
    scope_id: str
    id: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One recorded event: `version` counts from 1 in its stream, `at` is RFC 3339 UTC."""

    stream: StreamId
    version: int
    at: str
    command_id: str
    correlation_id: str
    event: Any


class BrokenHistoryError(Exception):
    """A stream holds an event that cannot follow the ones before it."""

    def __init__(self, fact: Fact) -> None:
        self.fact = fact
        name = type(fact.event).__name__
        super().__init__(f"{name} cannot be event {fact.version} of {'/'.join(fact.stream)}")
