"""Decisions about repeated requests and concurrent ones."""

from reference_server.document import Document
from reference_server.events.member import Member, MemberEvent
from reference_server.events.operation import Operation
from reference_server.store import KeyRecord


class KeyDecisions:
    """Honest decisions about repeated requests and concurrent ones."""

    def key_owner(self, principal: str, scope_id: str) -> tuple[str, str]:
        """Give the principal and the scope within which an Idempotency-Key names a request."""
        return principal, scope_id

    def key_stands_for(
        self,
        record: KeyRecord | None,
        kept: Operation | None,  # noqa: ARG002
        age: float,  # noqa: ARG002
    ) -> KeyRecord | None:
        """Find what a key that was used before stands for; None makes it a new one.

        `kept` is the operation of the record, accepted `age` seconds ago.
        """
        return record

    def same_request(self, record: KeyRecord, fingerprint: str) -> bool:
        """Say whether a key came with this very request before."""
        return record.fingerprint == fingerprint

    def replay_shown(self, operation: Operation, receipt: Document) -> Document:  # noqa: ARG002
        """Give the receipt of a replay in its last form."""
        return receipt

    def expects(self, expected_version: int | None) -> int | None:
        """Give the version that If-Match expects of the member; None expects nothing."""
        return expected_version

    def created_before(self, member: Member | None, visible: Member | None) -> Member | None:  # noqa: ARG002
        """Find the member that a create meets; `visible` is what readers see of it."""
        return member

    def decided(
        self,
        command: object,  # noqa: ARG002
        member: Member | None,  # noqa: ARG002
        visible: Member | None,  # noqa: ARG002
        events: tuple[MemberEvent, ...],
    ) -> tuple[MemberEvent, ...]:
        """Give the events of a command; `visible` is what readers see of the member."""
        return events
