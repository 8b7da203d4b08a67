"""Actors: three built-in types."""

from reference_server.platform.program import Program, failing, named, slow

SLOW_SECONDS = 2.0


async def _echo(text: str) -> str:
    return text


ACTORS: dict[str, Program] = {
    "echo": _echo,
    "slow": slow(SLOW_SECONDS),
    "failing": failing("The actor type 'failing' always fails."),
}


def compiled(actor_type: str) -> Program:
    """Find the program of an actor type; raise UnusableImplementationError."""
    return named(ACTORS, actor_type, "Actor type")
