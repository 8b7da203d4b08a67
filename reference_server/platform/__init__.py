"""What a bound revision runs: small deterministic workflows, scripts and actors."""

from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass, replace

from reference_server.document import Document
from reference_server.platform import actor, script, workflow

TYPE_URL = "type.googleapis.com/ackproof.platform."


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An entry of a revision: kind is chat or command."""

    endpoint_id: str
    kind: str
    request_type_url: str
    response_type_url: str


CHAT = Endpoint("chat", "chat", TYPE_URL + "ChatRequestEvent", TYPE_URL + "ChatResponseEvent")
COMMAND = Endpoint("command", "command", TYPE_URL + "ScriptCommand", TYPE_URL + "ScriptResult")

Program = Callable[[str], Awaitable[str]]


def prepare(implementation: Document) -> Program:
    """Compile an implementation; raise UnusableImplementationError."""
    match implementation["kind"]:
        case "workflow":
            return workflow.compiled(implementation["workflowYamls"])
        case "script":
            return script.compiled(implementation["scriptId"])
        case _:
            return actor.compiled(implementation["actorTypeName"])


def try_out(program: Program, text: str) -> None:
    """Run as far as the program goes without waiting; raise RunFailedError if that fails it."""
    steps = program(text).__await__()
    try:
        next(steps, None)
    finally:
        if isinstance(steps, Generator):
            steps.close()


def endpoints(implementation: Document) -> tuple[Endpoint, ...]:
    """List what can be invoked: chat everywhere but on scripts, and what an actor declares."""
    if implementation["kind"] == "script":
        return (COMMAND,)
    declared = [name for name in implementation.get("endpoints", ()) if name != CHAT.endpoint_id]
    commands = [replace(COMMAND, endpoint_id=name) for name in declared]
    return (CHAT, *commands)
