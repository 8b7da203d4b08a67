"""Faults of the binding document."""

from dataclasses import replace

from reference_server.behaviour import Behaviour
from reference_server.document import Document
from reference_server.events.member import LastBinding, Member
from reference_server.faults.declaration import fault
from reference_server.problems import Problem


@fault(breaks="BND-01")
class CallsAnUnboundBindingMissing(Behaviour):
    """Answers 404 to a read of the binding of a member that was never bound."""

    def unbound_binding(self, member: Member, binding: Document) -> Document:  # noqa: ARG002
        """Refuse in place of null."""
        message = f"Member '{member.member_id}' has never been bound."
        raise Problem(404, "STUDIO_MEMBER_NOT_BOUND", message)


@fault(breaks="BND-01")
class LeavesLastBindingOutUntilTheFirst(Behaviour):
    """Leaves lastBinding out of the binding of a member that was never bound."""

    def unbound_binding(self, member: Member, binding: Document) -> Document:  # noqa: ARG002
        """Drop the null."""
        return {name: value for name, value in binding.items() if name != "lastBinding"}


@fault(breaks="BND-03")
class ShowsTheFirstRevisionAsBound(Behaviour):
    """Shows the first revision that a member was ever bound to, whatever was bound since."""

    def last_binding_shown(self, member: Member) -> LastBinding | None:
        """Name the oldest revision."""
        last = member.last_binding
        return last and replace(last, revision_id=member.revisions[0].revision_id)


FAULTS = (
    CallsAnUnboundBindingMissing,
    LeavesLastBindingOutUntilTheFirst,
    ShowsTheFirstRevisionAsBound,
)
