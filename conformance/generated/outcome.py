"""What the generated lane brought: how much it sent, and what Schemathesis found."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from conformance.exchange import Exchange


@dataclass(frozen=True, slots=True)
class Generation:
    """How much is generated.

    Attributes:
        seed: decides every request.
        examples: at most so many fuzzed requests an operation and mode.
        gates: whether what Schemathesis finds decides the exit code.

    """

    seed: int = 1
    examples: int = 20
    gates: bool = False


@dataclass(frozen=True, slots=True)
class LaneFinding:
    """What a check of Schemathesis says of an answer.

    Attributes:
        check: its name there, such as response_schema_conformance.
        operation: method and path template.
        title: what is wrong, in general.
        message: what is wrong with this answer.
        exchange: the first that shows it.
        count: how many answers of the run show the same.

    """

    check: str
    operation: str
    title: str
    message: str
    exchange: Exchange
    count: int

    @property
    def sort(self) -> tuple[str, str, str]:
        """Name what the same finding has in common: check, operation and title."""
        return self.check, self.operation, self.title

    def again(self) -> Self:
        """Count one more."""
        return replace(self, count=self.count + 1)


@dataclass(frozen=True, slots=True)
class LaneOutcome:
    """One run of the lane.

    Attributes:
        generation: what was asked for.
        operations: operationIds that were sent to.
        requests: how many exchanges it added to the trace.
        seconds: how long it took.
        findings: one for each sort.
        set_aside: how many more the contract allows, by the reason.
        errors: what could not be generated or sent, a sentence each.
        stopped: what ended it early; "" if nothing did.

    """

    generation: Generation
    operations: tuple[str, ...]
    requests: int = 0
    seconds: float = 0.0
    findings: tuple[LaneFinding, ...] = ()
    set_aside: Mapping[str, int] = field(default_factory=dict)
    errors: tuple[str, ...] = ()
    stopped: str = ""
