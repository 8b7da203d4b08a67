"""What a variant says of itself, and which variants exclude each other."""

from dataclasses import dataclass

from reference_server.behaviour import Behaviour
from reference_server.document import Document
from reference_server.faults.declaration import kebab, sentence


@dataclass(frozen=True, slots=True)
class Variant:
    """One legitimate way to behave.

    Attributes:
        paired: whether it is judged two by two with others as well.
        kind: the only kind of implementation that it offers; None if it offers all.
        restarts: whether it differs once it was killed and has started again.

    """

    behaviour: type[Behaviour]
    paired: bool = False
    kind: str | None = None
    restarts: bool = False

    @property
    def name(self) -> str:
        """The class name in kebab case."""
        return kebab(self.behaviour)

    @property
    def summary(self) -> str:
        """First line of the class docstring."""
        return sentence(self.behaviour)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two variants that no server can be at once, and why."""

    one: type[Behaviour]
    other: type[Behaviour]
    why: str

    def names(self) -> frozenset[str]:
        """Name both."""
        return frozenset({kebab(self.one), kebab(self.other)})


def document(variant: Variant, contradictions: tuple[Contradiction, ...]) -> Document:
    """Write a variant for --list-variants --json."""
    excluded = [c.names() - {variant.name} for c in contradictions if variant.name in c.names()]
    return {
        "name": variant.name,
        "summary": variant.summary,
        "paired": variant.paired,
        "kind": variant.kind,
        "restarts": variant.restarts,
        "excludes": sorted(name for names in excluded for name in names),
    }
