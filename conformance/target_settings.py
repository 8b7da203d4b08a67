"""Every value of a target's description and where it came from: flag, variable, file or default."""

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from conformance.nearest import hint
from conformance.target_keys import PREFIX, Key, TargetFileError, all_keys
from conformance.target_source import Source

Origin = Literal["default", "file", "environment", "flag"]
RISING: Final = ("default", "file", "environment", "flag")
TARGET: Final = "target."
TOKENS: Final = ("ACKPROOF_TOKEN", "ACKPROOF_OTHER_TOKEN")
OF_THE_KIT: Final = (*TOKENS, "ACKPROOF_DEBUG", "ACKPROOF_SPEC")
FLAGS: Final = {
    "target.url": "URL",
    "target.scope": "--scope",
    "target.token_env": "--token-env",
    "target.profiles": "--profile",
    "target.completion_limit": "--limit",
    "target.concurrency": "--concurrency",
    "target.max_writes": "--max-writes",
    "target.ca_file": "--ca-file",
    "run.mode": "--mode",
    "cleanup.keep": "--keep",
}
EITHER_TOKEN: Final = (
    ("target.token_env", "target.token_file"),
    ("principals.other.token_env", "principals.other.token_file"),
)


@dataclass(frozen=True, slots=True)
class Setting:
    """One value, the highest of those that were given for its key.

    Attributes:
        where: the file and line, the variable or the flag; "default" for a default.

    """

    key: Key
    value: Any
    origin: Origin
    where: str

    @property
    def rank(self) -> int:
        """How high its origin stands."""
        return RISING.index(self.origin)


class Settings:
    """What a target file, the environment, flags and the defaults say together.

    Attributes:
        source: the file, or that there is none.
        content: all of it as one file would say it.
        by_name: each setting by the dotted name of its key; those that nobody gave are left out.

    """

    def __init__(self, source: Source, said: Sequence[Setting]) -> None:
        self.source = source
        self.by_name = _highest(said)
        self._said = tuple(said)
        self.content: dict[str, Any] = copy.deepcopy(dict(source.content))
        for name in {one.key.name for one in said} - set(self.by_name):
            _take_out(self.content, all_keys()[name].path)
        for setting in self.by_name.values():
            _put(self.content, setting.key.path, setting.value)

    def value(self, name: str) -> Any:  # noqa: ANN401  # any value of the schema
        """Return the value of a key; None if nobody gave it."""
        return self.by_name[name].value if name in self.by_name else None

    def beside(self, name: str, other: str) -> Setting | None:
        """Return the setting of a key without the places above the one that gives another key."""
        rank = self.by_name[other].rank
        no_higher = (one for one in self._said if one.key.name == name and one.rank <= rank)
        return max(no_higher, key=lambda one: one.rank, default=None)

    def file(self, name: str) -> Path:
        """Return the file that a key names: beside the target file if that says it."""
        setting = self.by_name[name]
        folder = self.source.folder if setting.origin == "file" else Path()
        return folder / str(setting.value)

    def where(self, *path: str) -> str:
        """Say where the value at a path came from, for the beginning of a sentence."""
        for end in range(len(path), 0, -1):
            setting = self.by_name.get(".".join(path[:end]))
            if setting is not None and setting.origin == "environment":
                return f"The environment variable {setting.where}"
            if setting is not None and setting.origin == "flag":
                return setting.where
        line = self.source.line(path)
        return f"{self.source.name} (line {line})" if line else self.source.name


def gathered(
    source: Source,
    flags: Mapping[str, Any],
    environ: Mapping[str, str],
    defaults: Mapping[str, Any],
) -> Settings:
    """Let flags override the environment, that the file, and that the defaults.

    Args:
        source: the file.
        flags: values by dotted name; a name without a dot is one of the table `[target]`.
        environ: the variables.
        defaults: values by dotted name in place of the schema's own.

    Raises:
        TargetFileError: a variable is unknown or cannot be read, or one origin gives a token in
            two ways.

    """
    said = [
        *_of_defaults(defaults),
        *_of_file(source),
        *_of_environment(environ),
        *_of_flags(flags),
    ]
    settings = Settings(source, said)
    _check_variables(settings, environ)
    return settings


def assigned(assignments: Iterable[str]) -> dict[str, Any]:
    """Read texts such as `timing.poll_most=1`; a key of `[target]` is told by its bare name.

    Raises:
        TargetFileError: one is no assignment, names no key, or is no value of it.

    """
    given: dict[str, Any] = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        name = name.strip()
        if not equals:
            raise TargetFileError(f"--set {assignment} gives no value: write TABLE.KEY=VALUE.")
        if name not in all_keys():
            raise TargetFileError(f"--set {name}: there is no such key. {hint(name, all_keys())}")
        bare = name.removeprefix(TARGET)
        if bare in given:
            raise TargetFileError(f"--set {name} is given twice.")
        given[bare] = all_keys()[name].read(text, f"--set {name}")
    return given


def _of_defaults(defaults: Mapping[str, Any]) -> Iterator[Setting]:
    for name, key in all_keys().items():
        value = defaults.get(name, key.rule.get("default"))
        if value is not None:
            yield Setting(key, value, "default", "default")


def _of_file(source: Source) -> Iterator[Setting]:
    for key in all_keys().values():
        value: Any = source.content
        for step in key.path:
            value = value.get(step) if isinstance(value, dict) else None
        if value is not None:
            yield Setting(key, value, "file", f"{source.name}:{source.line(key.path)}")


def _of_environment(environ: Mapping[str, str]) -> Iterator[Setting]:
    for key in all_keys().values():
        if text := environ.get(key.variable):
            value = key.read(text, f"The environment variable {key.variable}")
            yield Setting(key, value, "environment", key.variable)


def _of_flags(flags: Mapping[str, Any]) -> Iterator[Setting]:
    for given, value in flags.items():
        name = given if "." in given else TARGET + given
        yield Setting(all_keys()[name], value, "flag", FLAGS.get(name, f"--set {name}"))


def _highest(said: Sequence[Setting]) -> dict[str, Setting]:
    """Return the highest setting of each key; of two ways to give a token, the higher.

    Raises:
        TargetFileError: the same origin gives a token in two ways.

    """
    found = {one.key.name: one for one in sorted(said, key=lambda one: one.rank)}
    for pair in EITHER_TOKEN:
        both = sorted((found[name] for name in pair if name in found), key=lambda one: one.rank)
        if len(both) == len(pair):
            if both[0].rank == both[1].rank:
                raise TargetFileError(
                    f"{both[0].where} and {both[1].where} both say where a token is: give "
                    f"{pair[0]} or {pair[1]}, not both."
                )
            del found[both[0].key.name]
    return {name: found[name] for name in all_keys() if name in found}


def _put(content: dict[str, Any], path: tuple[str, ...], value: object) -> None:
    """Set a value; where a table should be and is none, the schema will say so."""
    for step in path[:-1]:
        below = content.setdefault(step, {})
        if not isinstance(below, dict):
            return
        content = below
    content[path[-1]] = copy.deepcopy(value)


def _take_out(content: dict[str, Any], path: tuple[str, ...]) -> None:
    for step in path[:-1]:
        content = content.get(step, {})
    content.pop(path[-1], None)


def _check_variables(settings: Settings, environ: Mapping[str, str]) -> None:
    known = {key.variable for key in all_keys().values()}
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in {*known, *OF_THE_KIT, *_named(settings)}:
            raise TargetFileError(
                f"The environment variable {name} sets nothing. {hint(name, sorted(known))}"
            )


def _named(settings: Settings) -> set[object]:
    """Return the variables that hold tokens and headers, or are for the hooks."""
    headers = settings.value("target.headers")
    values = headers.values() if isinstance(headers, dict) else ()
    passed = settings.value("hooks.env")
    tokens = [settings.value(env) for env, _ in EITHER_TOKEN]
    named = [*tokens, *(passed if isinstance(passed, list) else ())]
    return {name for name in named if isinstance(name, str)} | {
        value["env"]
        for value in values
        if isinstance(value, dict) and isinstance(value.get("env"), str)
    }
