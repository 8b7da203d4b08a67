"""Decisions about who is who: member, published service, revision."""

from collections.abc import Callable

from reference_server.events.member import Member
from reference_server.routing import Segment


class ResolutionDecisions:
    """Honest decisions about who is who: member, published service, revision."""

    def assigned_member_id(self, asked: str | None, fresh: str) -> str:
        """Give a new member its id: the one that the client asked for, else a fresh one."""
        return asked or fresh

    def assigned_service_id(self, member_id: str, display_name: str) -> str:  # noqa: ARG002
        """Give a new member the id of the service it will publish, for good."""
        return f"member-{member_id}"

    def published_service_id(self, member: Member) -> str:
        """Resolve a member to its published service, for every surface."""
        return member.published_service_id

    def published_service_shown(self, member: Member) -> str | None:
        """Give the publishedServiceId on member, binding and published-service documents."""
        return self.published_service_id(member)

    def published_service_of_contract(self, member: Member) -> str:
        """Give the publishedServiceId that an endpoint contract names."""
        return self.published_service_id(member)

    def published_service_for_invoke(
        self,
        member: Member,
        named_by_caller: str | None,  # noqa: ARG002
        service_visible: Callable[[str], bool],  # noqa: ARG002
    ) -> str:
        """Resolve a member to the service that an invoke runs.

        `named_by_caller` is a serviceId in the query or body; `service_visible` says whether
        the catalog of the scope shows a service id.
        """
        return self.published_service_id(member)

    def service_for_bind(self, named_by_caller: str | None) -> str | None:  # noqa: ARG002
        """Choose the service that a bind deploys to; None is the member's own.

        `named_by_caller` is a serviceId in the query or body.
        """
        return None

    def service_while_unobserved(
        self,
        member_id: str,  # noqa: ARG002
        service_visible: Callable[[str], bool],  # noqa: ARG002
    ) -> str | None:
        """Give the service that takes invokes of a created member that readers don't see yet."""
        return None

    def looked_up_as(self, member_id: str) -> str:
        """Give the memberId that a read with this id in its path looks for."""
        return member_id

    def readable_as(self, member: Member) -> str:
        """Give the memberId under which a created member can be read."""
        return member.member_id

    def path_identifier(self, operation_id: str, name: str, segment: Segment) -> str | None:  # noqa: ARG002
        """Read an identifier from its path segment; None is not percent-coded UTF-8."""
        return segment.text
