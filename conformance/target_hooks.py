"""The table `[hooks]`: commands of the owner's that a run may need."""

import os
from collections.abc import Iterator, Mapping
from typing import Final

from conformance.hooks import Hook, as_bytes
from conformance.masking import LEAST_OF_A_SECRET
from conformance.target_keys import TargetFileError
from conformance.target_settings import Settings
from conformance.target_source import COMMAND_LINE

HOOKS: Final = ("restart", "reset")
URL: Final = "target.url"
ALWAYS: Final = ("HOME", "PATH")
NO_SHELL: Final = (
    "No shell reads it: give a list of words, such as "
    '["docker", "compose", "restart", "-t0", "api"].'
)


def hook_of(
    name: str, settings: Settings, environ: Mapping[str, str], secrets: Mapping[str, str]
) -> Hook | None:
    """Return one of the owner's hooks; None where there is none of that name.

    It gets PATH, HOME and the variables that `hooks.env` names, and no other: the tokens of a run
    are none of its business.

    Args:
        name: restart or reset.
        settings: what describes the target.
        environ: the variables.
        secrets: tokens and headers, each with what is shown in its place.

    Raises:
        TargetFileError: it is a line for a shell, or a variable that it should get is not set.

    """
    command: list[str] | None = settings.value(f"hooks.{name}")
    if command is None:
        return None
    folder = settings.source.folder
    if len(command) == 1 and len(command[0].split()) > 1 and not (folder / command[0]).exists():
        where = settings.where("hooks", name)
        raise TargetFileError(f"{where}: hooks.{name} is one word with spaces. {NO_SHELL}")
    environment = dict(_passed(settings, environ))
    own = {name: environ[name] for name in ALWAYS if name in environ}
    shown = {as_bytes(secret): as_bytes(variable) for secret, variable in secrets.items()}
    return Hook(
        name,
        tuple(command),
        float(settings.value("hooks.timeout")),
        folder,
        {"PATH": os.defpath} | own | environment,
        dict(_masked(environment)) | shown,
    )


def not_run(name: str, settings: Settings) -> str | None:
    """Say why a hook is not run: a higher place than its own has another server judged."""
    if settings.value(f"hooks.{name}") is None:
        return None
    own, judged = settings.beside(URL, f"hooks.{name}"), settings.by_name[URL]
    if own is None or str(own.value).rstrip("/") == str(judged.value).rstrip("/"):
        return None
    where = settings.where("hooks", name)
    place = judged.where if judged.origin == "environment" else COMMAND_LINE
    return (
        f"{where} gives hooks.{name} for {own.value}, and {judged.value} is judged, as {place} says"
    )


def _passed(settings: Settings, environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for place, name in enumerate(settings.value("hooks.env")):
        if name not in environ:
            where = settings.where("hooks", "env", str(place))
            raise TargetFileError(
                f"{where}: hooks.env names the environment variable {name}, which is not set."
            )
        yield name, environ[name]


def _masked(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what may be secret in the variables, line by line, and the variable in its place."""
    for name, value in environment.items():
        for line in value.splitlines():
            if len(line.strip()) >= LEAST_OF_A_SECRET:
                yield as_bytes(line.strip()), f"${name}"
