"""memberId → published service: one caller path for every surface."""

from reference_server import problems
from reference_server.authority import Authority
from reference_server.behaviour import Behaviour
from reference_server.events.member import Member
from reference_server.events.service import Service
from reference_server.projections import ReadModels


class Resolver:
    """Find members and the services they publish."""

    def __init__(self, authority: Authority, read_models: ReadModels) -> None:
        self._authority = authority
        self._read_models = read_models

    def visible_member(
        self, behaviour: Behaviour, scope_id: str, member_id: str, kind: str = "member"
    ) -> Member:
        """Find what readers see of a member; raise 404 STUDIO_MEMBER_NOT_FOUND."""
        own = behaviour.looked_up_as(member_id)
        members = self._read_models.members
        place = behaviour.place(kind, scope_id, own, members.places)
        member = members.get(*place)
        moved = place != (scope_id, own)
        if member is None or not (moved or behaviour.readable_as(member) == member_id):
            raise problems.studio_member_not_found(scope_id, member_id)
        return member

    def decided_member(self, scope_id: str, member_id: str) -> Member:
        """Find a member that the authority knows; raise 404 STUDIO_MEMBER_NOT_FOUND."""
        member = self._authority.member(scope_id, member_id)
        if member is None:
            raise problems.studio_member_not_found(scope_id, member_id)
        return member

    def visible_service(self, scope_id: str, service_id: str) -> Service | None:
        """Find what the catalog shows of a service."""
        return self._read_models.catalog.get(scope_id, service_id)

    def service_for_invoke(
        self, behaviour: Behaviour, scope_id: str, member_id: str, named_by_caller: str | None
    ) -> str:
        """Resolve the service id an invoke runs; raise where the member is missing or unbound."""
        member = self.decided_member(scope_id, member_id)

        def service_visible(service_id: str) -> bool:
            return self.visible_service(scope_id, service_id) is not None

        if self._read_models.members.get(scope_id, member_id) is None:
            fallback = behaviour.service_while_unobserved(member_id, service_visible)
            if fallback is not None:
                return fallback
        resolved = behaviour.published_service_for_invoke(member, named_by_caller, service_visible)
        own = behaviour.published_service_id(member)
        if member.last_binding is None and resolved == own:
            raise problems.studio_member_not_bound(member_id)
        return resolved
