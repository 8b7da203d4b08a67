"""Faults of concurrent writes."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from reference_server import instants
from reference_server.behaviour import Behaviour
from reference_server.commands.member import BindMember
from reference_server.events.member import (
    LastBinding,
    Member,
    MemberDescribed,
    MemberEvent,
)
from reference_server.events.operation import Operation
from reference_server.faults.declaration import fault
from reference_server.faults.idm import DescribesInPlaceOfCreating

MOMENT = timedelta(seconds=0.08)


@fault(breaks="CON-01")
class DecidesCreatesOnWhatReadersSee(DescribesInPlaceOfCreating):
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


@fault(breaks="CON-03")
class WritesTheOldNameBackWithABind(Behaviour):
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


@fault(breaks="CON-04")
class CountsTwoChangesAsOne(Behaviour):
    """Gives each two changes of a member one stateVersion."""

    def state_version(self, operation: Operation, current: int) -> int | None:
        """Round down to an odd number."""
        version = super().state_version(operation, current)
        changes = operation.kind == "member.update" and version is not None
        return version - 1 + version % 2 if changes and version else version


@fault(breaks="CON-05", also="PAG-01")
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
    WritesTheOldNameBackWithABind,
    CountsTwoChangesAsOne,
    FindsTheNextPageByItsNumber,
)
