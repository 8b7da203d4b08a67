"""Actors: three built-in types."""

import asyncio
from collections.abc import Awaitable, Callable

from reference_server.platform.failure import RunFailedError, UnusableImplementationError

SLOW_SECONDS = 2.0


async def _echo(text: str) -> str:
    return text


async def _slow(text: str) -> str:
    await asyncio.sleep(SLOW_SECONDS)
    return text


async def _failing(_text: str) -> str:
    raise RunFailedError("The actor type 'failing' always fails.")


ACTORS: dict[str, Callable[[str], Awaitable[str]]] = {
    "echo": _echo,
    "slow": _slow,
    "failing": _failing,
}


def compiled(actor_type: str) -> Callable[[str], Awaitable[str]]:
    """Find the program of an actor type; raise UnusableImplementationError."""
    program = ACTORS.get(actor_type)
    if program is None:
        known = ", ".join(ACTORS)
        raise UnusableImplementationError(f"Actor type '{actor_type}' is none of {known}.")
    return program
