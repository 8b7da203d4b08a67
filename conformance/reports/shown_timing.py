"""What a report shows of the time that a run took and of what it waited for."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShownSetting:
    """How long the kit waits for something at most, and its cap; both in seconds."""

    seconds: float
    cap: float
    above_cap: bool


@dataclass(frozen=True, slots=True)
class ShownSpread:
    """How long some waits took, in seconds; each number is that of one of them."""

    count: int
    p50: float
    p95: float
    max: float


@dataclass(frozen=True, slots=True)
class ShownWaits(ShownSpread):
    """The waits of one kind, and the same by operationId."""

    operations: Mapping[str, ShownSpread]


@dataclass(frozen=True, slots=True)
class ShownTiming:
    """When and how long.

    Attributes:
        started_at: RFC 3339, UTC.
        seconds: wall time.
        longest_wait_scenario, longest_wait_seconds: the longest chain of waits of one scenario.
        used: the settings of waits by their names.
        observed: by the kind of wait; none that did not occur.

    """

    started_at: str
    seconds: float
    longest_wait_scenario: str
    longest_wait_seconds: float
    used: Mapping[str, ShownSetting]
    observed: Mapping[str, ShownWaits]
