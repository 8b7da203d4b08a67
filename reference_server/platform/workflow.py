"""Workflows: YAML with `name` and `steps` of four deterministic types.

transform (`op`: identity, trim, uppercase, lowercase) maps the value; assign (`target`,
`value`, where `$input` is the current value and `$name` an assigned one) sets a variable and
the value; delay (`duration_ms`, 0 to 600000) waits; guard (`check: not_empty`,
`on_fail: fail`) fails the run on an empty value. The last value is the output.

The YAML is somebody's input: every scalar is read as text, and nesting is bounded and aliases
are refused before anything is built, since building recurses in C and can end the process.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import yaml

from reference_server.platform.failure import RunFailedError, UnusableImplementationError
from reference_server.platform.text import TRANSFORMS

_LONGEST_DELAY_MS = 600_000
_DEEPEST = 32

_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(slots=True)
class _Values:
    """The value that flows, and what was assigned."""

    value: str
    assigned: dict[str, str]


Step = Callable[[_Values], Awaitable[None]]


def compiled(sources: list[str]) -> Callable[[str], Awaitable[str]]:
    """Make the program of the entry workflow; every source must compile and be named once.

    They are prepared one by one, so what comes before one that does not compile stands.
    """
    workflows: list[tuple[str, list[Step]]] = []
    for source in sources:
        try:
            workflows.append(_steps(source))
        except UnusableImplementationError as error:
            raise UnusableImplementationError(str(error), len(workflows)) from error
    names = [name for name, _ in workflows]
    if len(set(names)) != len(names):
        raise UnusableImplementationError("Two workflows have the same name.")
    entry = workflows[0][1]

    async def program(text: str) -> str:
        values = _Values(text, {"input": text})
        for step in entry:
            await step(values)
        return values.value

    return program


def _steps(source: str) -> tuple[str, list[Step]]:
    try:
        _check_plain(source)
        document = yaml.load(source, Loader=_Loader)  # noqa: S506  # it makes text only
    except (yaml.YAMLError, ValueError) as error:
        raise UnusableImplementationError("The workflow is not YAML.") from error
    name = document.get("name") if isinstance(document, dict) else None
    steps = document.get("steps") if isinstance(document, dict) else None
    if not isinstance(name, str) or not name.strip():
        raise UnusableImplementationError("The workflow has no name.")
    if not isinstance(steps, list) or not steps:
        raise UnusableImplementationError("The workflow has no steps.")
    return name, [_step(step, place) for place, step in enumerate(steps)]


def _check_plain(source: str) -> None:
    """Refuse what is nested too deeply to be built, and aliases, which multiply."""
    depth = 0
    for event in yaml.parse(source, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST or isinstance(event, yaml.AliasEvent):
            raise UnusableImplementationError("The workflow is nested too deeply or has aliases.")


def _step(step: Any, place: int) -> Step:  # noqa: ANN401  # whatever the YAML holds
    if not isinstance(step, dict) or not isinstance(step.get("id"), str):
        raise UnusableImplementationError(f"Step {place} has no id.")
    parameters = step.get("parameters") or {}
    make = _STEPS.get(_text(step, "type"))
    if make is None:
        known = ", ".join(_STEPS)
        raise UnusableImplementationError(f"Step '{step['id']}' is of none of the types {known}.")
    if not isinstance(parameters, dict):
        raise UnusableImplementationError(f"Step '{step['id']}' has no mapping of parameters.")
    return make(step["id"], parameters)


def _text(members: dict[str, Any], name: str) -> str:
    value = members.get(name)
    return value if isinstance(value, str) else ""


def _transform(step_id: str, parameters: dict[str, Any]) -> Step:
    transform = TRANSFORMS.get(_text(parameters, "op"))
    if transform is None:
        known = ", ".join(TRANSFORMS)
        raise UnusableImplementationError(f"Step '{step_id}': op is none of {known}.")

    async def run(values: _Values) -> None:
        values.value = transform(values.value)

    return run


def _assign(step_id: str, parameters: dict[str, Any]) -> Step:
    target, given = parameters.get("target"), parameters.get("value")
    if not isinstance(target, str) or not isinstance(given, str):
        raise UnusableImplementationError(f"Step '{step_id}': assign takes target and value.")

    async def run(values: _Values) -> None:
        known = values.assigned | {"input": values.value}
        values.value = known.get(given[1:], given) if given.startswith("$") else given
        values.assigned[target] = values.value

    return run


def _delay(step_id: str, parameters: dict[str, Any]) -> Step:
    try:
        duration = int(_text(parameters, "duration_ms"))
    except ValueError:
        duration = -1
    if not 0 <= duration <= _LONGEST_DELAY_MS:
        message = f"Step '{step_id}': duration_ms is not within 0 and {_LONGEST_DELAY_MS}."
        raise UnusableImplementationError(message)

    async def run(_values: _Values) -> None:
        await asyncio.sleep(duration / 1000)

    return run


def _guard(step_id: str, parameters: dict[str, Any]) -> Step:
    if (parameters.get("check"), parameters.get("on_fail", "fail")) != ("not_empty", "fail"):
        message = f"Step '{step_id}': guard takes check not_empty and on_fail fail."
        raise UnusableImplementationError(message)

    async def run(values: _Values) -> None:
        if not values.value.strip():
            raise RunFailedError(f"Guard '{step_id}' met an empty value.")

    return run


_STEPS: dict[str, Callable[[str, dict[str, Any]], Step]] = {
    "transform": _transform,
    "assign": _assign,
    "delay": _delay,
    "guard": _guard,
}
