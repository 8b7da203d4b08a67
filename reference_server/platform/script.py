"""Scripts: scriptId names one program of a closed list, never code."""

import asyncio
from collections.abc import Awaitable, Callable

from reference_server.platform.failure import RunFailedError, UnusableImplementationError
from reference_server.platform.text import TRANSFORMS

SLOW_SECONDS = 4.0


async def _slow(text: str) -> str:
    await asyncio.sleep(SLOW_SECONDS)
    return text


async def _failing(_text: str) -> str:
    raise RunFailedError("The script 'failing' always fails.")


def _transform(transform: Callable[[str], str]) -> Callable[[str], Awaitable[str]]:
    async def program(text: str) -> str:
        return transform(text)

    return program


SCRIPTS: dict[str, Callable[[str], Awaitable[str]]] = {
    **{name: _transform(transform) for name, transform in TRANSFORMS.items()},
    "slow": _slow,
    "failing": _failing,
}


def compiled(script_id: str) -> Callable[[str], Awaitable[str]]:
    """Find the program of a script; raise UnusableImplementationError."""
    program = SCRIPTS.get(script_id)
    if program is None:
        known = ", ".join(SCRIPTS)
        raise UnusableImplementationError(f"Script '{script_id}' is none of {known}.")
    return program
