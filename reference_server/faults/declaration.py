"""What a fault says of itself."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from reference_server.behaviour import Behaviour
from reference_server.document import Document


@dataclass(frozen=True, slots=True)
class Fault:
    """One decision made wrongly: `breaks` must be caught, `also` may turn red beside it."""

    behaviour: type[Behaviour]
    breaks: tuple[str, ...]
    also: tuple[str, ...]

    @property
    def name(self) -> str:
        """The class name in kebab case."""
        return kebab(self.behaviour)

    @property
    def area(self) -> str:
        """The area of the first requirement it breaks, such as ack."""
        return self.breaks[0].partition("-")[0].lower()

    @property
    def summary(self) -> str:
        """First line of the class docstring."""
        return sentence(self.behaviour)

    def document(self) -> Document:
        """Write it for --list-faults --json."""
        return {
            "name": self.name,
            "area": self.area,
            "breaks": list(self.breaks),
            "also": list(self.also),
            "summary": self.summary,
        }


def fault(
    breaks: str | tuple[str, ...], also: str | tuple[str, ...] = ()
) -> Callable[[type[Behaviour]], Fault]:
    """Declare a behaviour to be a fault; the class becomes a Fault."""

    def declare(behaviour: type[Behaviour]) -> Fault:
        return Fault(behaviour, _ids(breaks), _ids(also))

    return declare


def kebab(behaviour: type[Behaviour]) -> str:
    """Name a behaviour after its class: ResolvesBoth becomes resolves-both."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", behaviour.__name__).lower()


def sentence(behaviour: type[Behaviour]) -> str:
    """Say what a behaviour does, in its docstring's first line."""
    return (behaviour.__doc__ or "").strip().partition("\n")[0]


def _ids(given: str | tuple[str, ...]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else given
