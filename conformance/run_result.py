"""What a run brought: everything that a report is made of."""

from dataclasses import dataclass
from datetime import datetime

from conformance.contract import Contract
from conformance.exchange import Exchange
from conformance.generated.outcome import LaneOutcome
from conformance.judge import Heard, Verdict
from conformance.notices import Notice
from conformance.plan import Plan
from conformance.target import Target


@dataclass(frozen=True, slots=True)
class Timing:
    """When a run began, how long it took, and its longest chain of waits (both in seconds)."""

    started_at: datetime
    seconds: float
    longest_wait_scenario: str
    longest_wait_seconds: float


@dataclass(frozen=True, slots=True)
class RunResult:
    """Everything that a report is made of.

    `control` says why the control failed; None if it held. `lane` is what the generated lane
    brought; None if it was not asked for. `heard` is what every check of the plan said, and
    `notices` by what lesser means all of it came about.
    """

    target: Target
    contract: Contract
    plan: Plan
    verdicts: tuple[Verdict, ...]
    exchanges: tuple[Exchange, ...]
    timing: Timing
    control: str | None
    interrupted: bool
    lane: LaneOutcome | None = None
    heard: tuple[Heard, ...] = ()
    notices: tuple[Notice, ...] = ()
