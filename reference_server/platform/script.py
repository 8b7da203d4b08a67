"""Scripts: scriptId names one program of a closed list, never code."""

from collections.abc import Callable

from reference_server.platform.program import Program, failing, named, slow
from reference_server.platform.text import TRANSFORMS

SLOW_SECONDS = 4.0


def _transform(transform: Callable[[str], str]) -> Program:
    async def program(text: str) -> str:
        return transform(text)

    return program


SCRIPTS: dict[str, Program] = {
    **{name: _transform(transform) for name, transform in TRANSFORMS.items()},
    "slow": slow(SLOW_SECONDS),
    "failing": failing("The script 'failing' always fails."),
}


def compiled(script_id: str) -> Program:
    """Find the program of a script; raise UnusableImplementationError."""
    return named(SCRIPTS, script_id, "Script")
