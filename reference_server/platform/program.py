"""Programs that are built in: a text in, a text out."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from reference_server.platform.failure import RunFailedError, UnusableImplementationError

Program = Callable[[str], Awaitable[str]]


def slow(seconds: float) -> Program:
    """Give back the text after so many seconds."""

    async def program(text: str) -> str:
        await asyncio.sleep(seconds)
        return text

    return program


def failing(message: str) -> Program:
    """Fail each run."""

    async def program(_text: str) -> str:
        raise RunFailedError(message)

    return program


def named(programs: Mapping[str, Program], name: str, what: str) -> Program:
    """Find a program by its name; raise UnusableImplementationError, which says `what` it is."""
    program = programs.get(name)
    if program is None:
        raise UnusableImplementationError(f"{what} '{name}' is none of {', '.join(programs)}.")
    return program
