"""Decisions about members, their lifecycle and their binding."""

from reference_server.document import Document
from reference_server.events.member import Member


class MemberDecisions:
    """Honest decisions about members, their lifecycle and their binding."""

    def describes(self, patch: Document) -> bool:
        """Say whether a merge patch changes the description; null clears it."""
        return "description" in patch

    def implementation_given(self, operation_id: str, body: Document) -> Document:  # noqa: ARG002
        """Give the body of a bind or an implementation update as it is read."""
        return body

    def locks_kind(self, operation_id: str) -> bool:  # noqa: ARG002
        """Say whether an implementation of another kind than the member's is refused."""
        return True

    def detail_shown(self, member: Member, detail: Document) -> Document:  # noqa: ARG002
        """Give the document of a member in its last form."""
        return detail

    def row_shown(self, member: Member, row: Document) -> Document:  # noqa: ARG002
        """Give a row of the roster in its last form."""
        return row
