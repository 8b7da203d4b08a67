"""Scripts: scriptId names one transform of the closed list, never code."""

from collections.abc import Awaitable, Callable

from reference_server.platform.failure import UnusableImplementationError
from reference_server.platform.text import TRANSFORMS


def compiled(script_id: str) -> Callable[[str], Awaitable[str]]:
    """Make the program of a script; raise UnusableImplementationError."""
    transform = TRANSFORMS.get(script_id)
    if transform is None:
        known = ", ".join(TRANSFORMS)
        raise UnusableImplementationError(f"Script '{script_id}' is none of {known}.")

    async def program(text: str) -> str:
        return transform(text)

    return program
