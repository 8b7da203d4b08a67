"""What the command line says about the target and what to judge, and the options that say it."""

# ruff: noqa: PLC0415  # what only --set needs is imported there: --version must be quick

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click


@dataclass(frozen=True, slots=True)
class Selection:
    """The options that most commands share.

    Attributes:
        file: the target file; None without one.
        flags: what the command line overrides of its `[target]` table.
        only: ids to judge instead of the profiles.

    """

    file: Path | None
    flags: dict[str, Any]
    only: tuple[str, ...]


def selects(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options that describe a target, as one `Selection`."""

    @wraps(command)
    def with_selection(**options: Any) -> int:  # noqa: ANN401  # whatever click parsed
        said = {name: options.pop(name) for name in _TARGET_KEYS}
        flags = {name: value for name, value in said.items() if value not in (None, ())}
        mode = options.pop("mode")
        flags |= {"run.mode": mode} if mode else {}
        flags |= assignments_of(options.pop("assignments"), flags)
        only = tuple(name.upper() for name in options.pop("only"))
        selection = Selection(options.pop("file"), flags, only)
        return command(selection, **options)

    for option in reversed(_SELECTION):
        with_selection = option(with_selection)
    return with_selection


def assignments_of(assignments: Sequence[str], flags: Collection[str]) -> dict[str, Any]:
    """Read what `--set` gives; a key of `[target]` goes by its bare name, as other flags do.

    Raises:
        TargetFileError: it is no assignment to a key.
        click.UsageError: a flag of its own, among `flags`, gives the same key.

    """
    if not assignments:
        return {}
    from conformance.target_settings import assigned

    given = assigned(assignments)
    for name in given:
        if name in flags:
            key = name if "." in name else f"target.{name}"
            raise click.UsageError(f"{key} is given by --set and by a flag of its own.")
    return given


_TARGET_KEYS = (
    "url",
    "scope",
    "token_env",
    "profiles",
    "completion_limit",
    "concurrency",
    "max_writes",
    "ca_file",
)
_SELECTION = (
    click.argument("url", required=False),
    click.option("-c", "file", type=click.Path(path_type=Path), help="Target file."),
    click.option("--scope", metavar="ID", help="Scope that the run may write to."),
    click.option("--token-env", metavar="NAME", help="Variable that holds the bearer token."),
    click.option("--profile", "profiles", multiple=True, metavar="NAME", help="Claimed profile."),
    click.option("--only", multiple=True, metavar="ID", help="Judge this requirement alone."),
    click.option(
        "--limit",
        "completion_limit",
        type=float,
        metavar="SECONDS",
        help="Completion limit where the server publishes no deadline.",
    ),
    click.option(
        "--mode",
        type=click.Choice(("full", "read-only", "smoke")),
        help="Judge all; send no write; or only see whether the kit is wired right.",
    ),
    click.option("--concurrency", type=int, metavar="N", help="Scenarios at once."),
    click.option("--max-writes", type=int, metavar="N", help="Writes that the run may send."),
    click.option("--ca-file", metavar="FILE", help="Certificate authorities to trust, as PEM."),
    click.option(
        "--set",
        "assignments",
        multiple=True,
        metavar="TABLE.KEY=VALUE",
        help="Any other value of the target file.",
    ),
)
