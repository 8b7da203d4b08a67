"""Decisions about members, their lifecycle and their binding."""

from collections.abc import Iterable

from reference_server.commands.member import BindMember
from reference_server.document import Document
from reference_server.events.member import Member
from reference_server.events.service import Service


class MemberDecisions:
    """Honest decisions about members, their lifecycle and their binding."""

    def describes(self, patch: Document) -> bool:
        """Say whether a merge patch changes the description; null clears it."""
        return "description" in patch

    def implementation_given(self, operation_id: str, body: Document) -> Document:  # noqa: ARG002
        """Give the body of a bind or an implementation update as it is read."""
        return body

    def bind_asked(
        self,
        member: Member | None,  # noqa: ARG002
        command: BindMember,
        revision_id: str | None,  # noqa: ARG002
    ) -> BindMember:
        """Give the bind as it will be done; `revision_id` is what the caller named."""
        return command

    def locks_kind(self, operation_id: str) -> bool:  # noqa: ARG002
        """Say whether an implementation of another kind than the member's is refused."""
        return True

    def detail_shown(self, member: Member, detail: Document) -> Document:  # noqa: ARG002
        """Give the document of a member in its last form."""
        return detail

    def binding_shown(self, member: Member, binding: Document) -> Document:  # noqa: ARG002
        """Give the binding of a bound member in its last form."""
        return binding

    def default_of_scope(
        self,
        default: Service | None,
        others: Iterable[Service],  # noqa: ARG002
    ) -> Service | None:
        """Choose the service that the scope's binding shows; `others` are all of the scope."""
        return default

    def row_shown(self, member: Member, row: Document) -> Document:  # noqa: ARG002
        """Give a row of the roster in its last form."""
        return row
