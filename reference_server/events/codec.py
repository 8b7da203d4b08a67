"""Events and commands to JSON and back, by class name."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, get_args

from reference_server.commands import member as member_commands
from reference_server.commands import run as run_commands
from reference_server.document import Document
from reference_server.events import member, operation, run, service
from reference_server.events.fact import Fact

_TYPES: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        *get_args(member.MemberEvent),
        *get_args(service.ServiceEvent),
        *get_args(run.RunEvent),
        *get_args(operation.OperationEvent),
        *get_args(member_commands.MemberCommand),
        run_commands.InvokeMember,
    )
}

_EVOLVE: dict[str, Callable[[Any, Fact], Any]] = {
    "member": member.evolve,
    "service": service.evolve,
    "run": run.evolve,
    "operation": operation.evolve,
}


class UnknownTypeError(Exception):
    """A stored name is of no event or command that this version knows."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"no event or command is called {name!r}")


def to_document(value: Any) -> Document:  # noqa: ANN401  # any event or command
    """Write an event or command as its type name and its fields."""
    return {"type": type(value).__name__, "fields": asdict(value)}


def from_document(document: Document) -> Any:  # noqa: ANN401  # any event or command
    """Read what to_document wrote; raise UnknownTypeError."""
    kind = _TYPES.get(document["type"])
    if kind is None:
        raise UnknownTypeError(document["type"])
    return kind(**document["fields"])


def dumps(value: Any) -> str:  # noqa: ANN401  # any event or command
    """Write as JSON text."""
    return json.dumps(to_document(value), ensure_ascii=False, separators=(",", ":"))


def loads(text: str) -> Any:  # noqa: ANN401  # any event or command
    """Read JSON text; raise UnknownTypeError or ValueError."""
    return from_document(json.loads(text))


def evolve(state: Any, fact: Fact) -> Any:  # noqa: ANN401  # the state of the fact's kind
    """Apply a fact to the state of its stream."""
    return _EVOLVE[fact.stream.kind](state, fact)
