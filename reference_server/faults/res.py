"""Faults of the way from a member to its published service."""

from collections.abc import Callable

from reference_server.behaviour import Behaviour
from reference_server.events.member import Member
from reference_server.faults.declaration import fault


@fault(breaks="RES-03", also="RES-01")
class InvokeResolvesToBareMemberId(Behaviour):
    """Invokes the service whose id equals the member's own id, where both are bound."""

    def published_service_for_invoke(
        self, member: Member, named_by_caller: str | None, service_visible: Callable[[str], bool]
    ) -> str:
        """Take the bare member id for a service id."""
        if member.last_binding is not None and service_visible(member.member_id):
            return member.member_id
        return super().published_service_for_invoke(member, named_by_caller, service_visible)


FAULTS = (InvokeResolvesToBareMemberId,)
