"""Faults of the lifecycle stage."""

from reference_server.behaviour import Behaviour
from reference_server.document import Document
from reference_server.events.member import Member
from reference_server.faults.declaration import fault


@fault(breaks="LFC-01")
class SpellsBuildReadyInItsOwnWay(Behaviour):
    """Shows the stage build_ready as BuildReady, as the server's own code spells it."""

    def member_shown(self, member: Member, summary: Document) -> Document:
        """Print the name of the enumeration's value."""
        built = member.lifecycle_stage == "build_ready"
        return summary | {"lifecycleStage": "BuildReady"} if built else summary


@fault(breaks="LFC-01")
class LeavesTheStageOfRowsUnspecified(Behaviour):
    """Serves an empty lifecycleStage in the roster until a member is bound."""

    def row_shown(self, member: Member, row: Document) -> Document:
        """Map the zero value to nothing."""
        return row if member.last_binding else row | {"lifecycleStage": ""}


@fault(breaks="LFC-02", also="LFC-03")
class BeginsMembersAsBuildReady(Behaviour):
    """Shows a fresh member, which has no implementation, as build_ready."""

    def member_shown(self, member: Member, summary: Document) -> Document:
        """Skip the first stage."""
        bare = member.implementation is None
        return summary | {"lifecycleStage": "build_ready"} if bare else summary


@fault(breaks="LFC-02", also=("RDY-02", "RDY-09"))
class CallsAFreshMemberReady(Behaviour):
    """Calls a member that was never bound ready to be invoked."""

    def readiness_shown(self, member: Member, readiness: Document) -> Document:
        """Find nothing that is missing."""
        if member.last_binding is None:
            met = [one | {"status": "true"} for one in readiness["conditions"]]
            readiness |= {"status": "ready", "reason": "ALL_READY", "conditions": met}
        return readiness


@fault(breaks="LFC-03")
class HidesTheImplementationUntilTheBind(Behaviour):
    """Leaves implementationRef null while an implementation is stored and not bound."""

    def detail_shown(self, member: Member, detail: Document) -> Document:
        """Show what serves only."""
        built = member.lifecycle_stage == "build_ready"
        return detail | {"implementationRef": None} if built else detail


@fault(breaks="LFC-03")
class CallsEveryImplementationAScript(Behaviour):
    """Names kind script in implementationRef, whatever the member is made of."""

    def detail_shown(self, member: Member, detail: Document) -> Document:  # noqa: ARG002
        """Take the first kind of the list."""
        if detail["implementationRef"] is not None:
            detail["implementationRef"] |= {"implementationKind": "script"}
        return detail


@fault(breaks="LFC-04")
class ForgetsTheBindingOfABindReadyMember(Behaviour):
    """Shows no lastBinding in the detail of a bind_ready member."""

    def detail_shown(self, member: Member, detail: Document) -> Document:  # noqa: ARG002
        """Leave it to the binding's own route."""
        return detail | {"lastBinding": None}


@fault(breaks="LFC-04")
class RecordsTheBindingUnderAnotherKind(Behaviour):
    """Shows the kind of the binding in a detail as gagent, whatever was bound."""

    def detail_shown(self, member: Member, detail: Document) -> Document:  # noqa: ARG002
        """Record what carries it all."""
        if detail["lastBinding"] is not None:
            detail["lastBinding"] |= {"implementationKind": "gagent"}
        return detail


@fault(breaks="LFC-05")
class StaysBindReadyOnceBound(Behaviour):
    """Shows a member that was bound as bind_ready, whatever implementation it got since."""

    def member_shown(self, member: Member, summary: Document) -> Document:
        """Never fall back."""
        return summary | {"lifecycleStage": "bind_ready"} if member.last_binding else summary


@fault(breaks="LFC-06")
class NeverReachesBindReady(Behaviour):
    """Leaves a member at build_ready when its bind has completed."""

    def member_shown(self, member: Member, summary: Document) -> Document:
        """Forget to record the bind."""
        bound = member.lifecycle_stage == "bind_ready"
        return summary | {"lifecycleStage": "build_ready"} if bound else summary


@fault(breaks=("LFC-06", "LFC-03"))
class BindsWithoutAnImplementation(Behaviour):
    """Goes from created to bind_ready without recording the implementation that was bound."""

    def detail_shown(self, member: Member, detail: Document) -> Document:
        """Skip the stage between."""
        bound = member.lifecycle_stage == "bind_ready"
        return detail | {"implementationRef": None} if bound else detail


@fault(breaks="LFC-07")
class KeepsTheStageOfTheBindInTheRoster(Behaviour):
    """Leaves bind_ready in the roster when another implementation set the member back."""

    def row_shown(self, member: Member, row: Document) -> Document:
        """Copy the stage at binds only."""
        return row | {"lifecycleStage": "bind_ready"} if member.last_binding else row


@fault(breaks="LFC-07")
class NeverShowsBindReadyInTheRoster(Behaviour):
    """Shows a bind_ready member as build_ready in the roster."""

    def row_shown(self, member: Member, row: Document) -> Document:  # noqa: ARG002
        """Miss the last event."""
        bound = row["lifecycleStage"] == "bind_ready"
        return row | {"lifecycleStage": "build_ready"} if bound else row


FAULTS = (
    SpellsBuildReadyInItsOwnWay,
    LeavesTheStageOfRowsUnspecified,
    BeginsMembersAsBuildReady,
    CallsAFreshMemberReady,
    HidesTheImplementationUntilTheBind,
    CallsEveryImplementationAScript,
    ForgetsTheBindingOfABindReadyMember,
    RecordsTheBindingUnderAnotherKind,
    StaysBindReadyOnceBound,
    NeverReachesBindReady,
    BindsWithoutAnImplementation,
    KeepsTheStageOfTheBindInTheRoster,
    NeverShowsBindReadyInTheRoster,
)
