"""Faults of durability, each seen once the server was killed and has started again."""

from collections.abc import Sequence
from dataclasses import replace

from reference_server import instants
from reference_server.behaviour import Behaviour
from reference_server.events.fact import Fact
from reference_server.events.member import Member
from reference_server.events.operation import Completed, Failed, Operation
from reference_server.faults.declaration import fault
from reference_server.store import KeyRecord

UNCOMMITTED_SECONDS = 0.5
ENDED = ("RunCompleted", "RunFailed")


@fault(breaks="DUR-01", also=("DUR-02", "DUR-03", "DUR-04", "DUR-05"))
class AcknowledgesBeforeTheCommit(Behaviour):
    """Tells what it decided at once, and commits it half a second later."""

    def commit_delay(self) -> float:
        """Gather what is to be written."""
        return UNCOMMITTED_SECONDS


@fault(breaks="DUR-01")
class LeavesUndecidedCommandsToNobody(Behaviour):
    """Takes no command up again that was undecided when it was killed, past its deadline too."""

    def takes_up(self, operation: Operation) -> bool:  # noqa: ARG002
        """Wait for a worker that is gone."""
        return False


@fault(breaks="DUR-02")
class ShowsMembersAsOfAnEarlierSnapshot(Behaviour):
    """Shows members after a restart without their last change, until the next one."""

    def restored(self, facts: Sequence[Fact]) -> Sequence[Fact]:
        """Start from the snapshot, and forget what came after it."""
        return facts[:-1] if facts[0].stream.kind == "member" and len(facts) > 1 else facts


@fault(breaks="DUR-02")
class ForgetsWhatHasRun(Behaviour):
    """Knows the runs that had ended no more after a restart."""

    def restored(self, facts: Sequence[Fact]) -> Sequence[Fact]:
        """Keep runs in memory only."""
        return () if type(facts[-1].event).__name__ in ENDED else facts


@fault(breaks="DUR-02")
class NamesPublishedServicesAnew(Behaviour):
    """Shows members with another publishedServiceId after a restart."""

    def __init__(self) -> None:
        self._restarted = False

    def restored(self, facts: Sequence[Fact]) -> Sequence[Fact]:
        """Remember that there was another process before."""
        self._restarted = True
        return super().restored(facts)

    def published_service_shown(self, member: Member) -> str | None:
        """Count the processes."""
        shown = super().published_service_shown(member)
        return f"{shown}-2" if self._restarted else shown


@fault(breaks="DUR-03")
class ForgetsKeysWhenItStarts(Behaviour):
    """Keeps Idempotency-Keys in memory only, so that a restart makes each a new one."""

    def knows_again(self, record: KeyRecord) -> bool:  # noqa: ARG002
        """Begin with none."""
        return False


@fault(breaks="DUR-04")
class StampsOldVerdictsAnew(Behaviour):
    """Gives the instant of its start for completedAt of what was decided before."""

    def restored(self, facts: Sequence[Fact]) -> Sequence[Fact]:
        """Decide it once more."""
        decided = isinstance(facts[-1].event, Completed | Failed)
        return (
            [*facts[:-1], replace(facts[-1], at=instants.text(instants.now()))]
            if decided
            else facts
        )


@fault(breaks="DUR-04")
class TakesFailedCommandsForPending(Behaviour):
    """Shows commands that had failed as pending after a restart."""

    def restored(self, facts: Sequence[Fact]) -> Sequence[Fact]:
        """Store successes only."""
        return facts[:-1] if isinstance(facts[-1].event, Failed) else facts


@fault(breaks="DUR-05")
class BeginsCutOffRunsAnew(Behaviour):
    """Begins a run that the restart cut off as a second one, beside going on with the first."""

    def begins_anew(self, run_id: str) -> bool:  # noqa: ARG002
        """Find no trace of the first."""
        return True


FAULTS = (
    AcknowledgesBeforeTheCommit,
    LeavesUndecidedCommandsToNobody,
    ShowsMembersAsOfAnEarlierSnapshot,
    ForgetsWhatHasRun,
    NamesPublishedServicesAnew,
    ForgetsKeysWhenItStarts,
    StampsOldVerdictsAnew,
    TakesFailedCommandsForPending,
    BeginsCutOffRunsAnew,
)
