"""Faults of concurrent writes."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from reference_server import instants
from reference_server.behaviour import Behaviour
from reference_server.commands.member import BindMember, UpdateMember
from reference_server.events.member import (
    LastBinding,
    Member,
    MemberBound,
    MemberDescribed,
    MemberEvent,
)
from reference_server.events.operation import Operation
from reference_server.faults.declaration import fault
from reference_server.faults.idm import DescribesInPlaceOfCreating

MOMENT = timedelta(seconds=0.3)
LATE_SECONDS = 0.3
NUMBERS = 4


class _LateToShow(Behaviour):
    """Shows members late, so that writes sent at once are surely decided before they show."""

    def projection_lag(self, projection: str, lag: float) -> float:
        """Leave others time."""
        return max(lag, LATE_SECONDS) if projection == "members" else lag


@fault(breaks="CON-01")
class DecidesCreatesOnWhatReadersSee(_LateToShow, DescribesInPlaceOfCreating):
    """Decides a create on the read model, so that within its lag the last of several wins too."""

    def created_before(self, member: Member | None, visible: Member | None) -> Member | None:  # noqa: ARG002
        """Look where readers look."""
        return visible


@fault(breaks="CON-02")
class ShowsTheFirstOfSeveralBinds(Behaviour):
    """Shows of binds that came within a moment the first as the last, though it was overtaken."""

    def projection_lag(self, projection: str, lag: float) -> float:
        """Show members later than what they serve, so that binds overtake each other."""
        return lag + MOMENT.total_seconds() if projection == "members" else lag

    def last_binding_shown(self, member: Member) -> LastBinding | None:
        """Go back over revisions published within the moment before."""
        last = super().last_binding_shown(member)
        if last is None:
            return None
        bound = instants.parsed(last.bound_at)
        burst = [r for r in member.revisions if bound - instants.parsed(r.created_at) < MOMENT]
        return replace(last, revision_id=burst[0].revision_id) if burst else last


@fault(breaks="CON-02")
class CallsTheLastOfSeveralBindsOvertaken(_LateToShow):
    """Takes a bind that met another under way for overtaken, the one that stays bound too."""

    def __init__(self) -> None:
        self._met: set[str] = set()

    def decided(
        self,
        command: object,
        member: Member | None,
        visible: Member | None,
        events: tuple[MemberEvent, ...],
    ) -> tuple[MemberEvent, ...]:
        """Note who met another."""
        met = member and visible and member.last_binding != visible.last_binding
        if met and isinstance(command, BindMember):
            self._met.add(command.revision_id)
        return events

    def usable_when_ready(self, operation: Operation, usable: bool) -> bool:  # noqa: FBT001
        """Take the meeting for a defeat."""
        return usable and operation.admitted.expected.get("revisionId") not in self._met


@fault(breaks="CON-02", also=("STA-06", "STA-15"))
class NeverDecidesABindThatWasOvertaken(_LateToShow):
    """Leaves a bind that another one overtook pending, past its deadline."""

    def decides_overtaken(self, operation: Operation) -> bool:  # noqa: ARG002
        """Forget the command."""
        return False

    def enforces_deadline(self, operation: Operation) -> bool:
        """Forget its deadline, too."""
        return operation.kind != "member.bind"


@fault(breaks="CON-03")
class WritesTheOldNameBackWithABind(_LateToShow):
    """Binds on the read model's copy of a member and writes it back whole, its name included."""

    def decided(
        self,
        command: object,
        member: Member | None,
        visible: Member | None,
        events: tuple[MemberEvent, ...],
    ) -> tuple[MemberEvent, ...]:
        """Undo a rename that the copy has not seen."""
        stale = member and visible and visible.display_name != member.display_name
        if not (isinstance(command, BindMember) and stale and visible and events):
            return events
        return (*events, MemberDescribed(visible.display_name, visible.description))


@fault(breaks="CON-03")
class WritesTheOldBindingBackWithARename(_LateToShow):
    """Renames the read model's copy of a member and writes it back whole, its binding included."""

    def decided(
        self,
        command: object,
        member: Member | None,
        visible: Member | None,
        events: tuple[MemberEvent, ...],
    ) -> tuple[MemberEvent, ...]:
        """Undo a bind that the copy has not seen."""
        old = visible.last_binding if visible else None
        stale = member and old and old != member.last_binding
        if not (isinstance(command, UpdateMember) and stale and old and events):
            return events
        return (*events, MemberBound(old.revision_id))


@fault(breaks="CON-04")
class CountsTwoChangesAsOne(Behaviour):
    """Gives each two changes of a member one stateVersion."""

    def state_version(self, operation: Operation, current: int) -> int | None:
        """Round down to an odd number."""
        version = super().state_version(operation, current)
        changes = operation.kind == "member.update" and version is not None
        return version - 1 + version % 2 if changes and version else version


@fault(breaks="CON-04")
class StartsCountingOverAtFive(Behaviour):
    """Gives the changes of a member the numbers 1 to 4 by turns for a stateVersion."""

    def state_version(self, operation: Operation, current: int) -> int | None:
        """Overflow."""
        version = super().state_version(operation, current)
        if operation.kind != "member.update" or version is None:
            return version
        return (version - 1) % NUMBERS + 1


@fault(breaks="CON-05", also=("PAG-01", "RUN-07"))
class FindsTheNextPageByItsNumber(Behaviour):
    """Counts the next page from a start that moves with each insert, so that rows repeat."""

    def __init__(self) -> None:
        self._known = self._grown = 0

    def roster(self, scope_id: str, members: Iterable[Member]) -> Iterable[Member]:
        """Count what was inserted since the page before."""
        listed = list(super().roster(scope_id, members))
        self._grown, self._known = len(listed) - self._known, len(listed)
        return listed

    def page_start(self, start: int) -> int:
        """Begin that many rows too early."""
        return max(0, start - self._grown)


FAULTS = (
    DecidesCreatesOnWhatReadersSee,
    ShowsTheFirstOfSeveralBinds,
    CallsTheLastOfSeveralBindsOvertaken,
    NeverDecidesABindThatWasOvertaken,
    WritesTheOldNameBackWithABind,
    WritesTheOldBindingBackWithARename,
    CountsTwoChangesAsOne,
    StartsCountingOverAtFive,
    FindsTheNextPageByItsNumber,
)
