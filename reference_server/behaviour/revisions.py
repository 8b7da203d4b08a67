"""Decisions about revisions, readiness and endpoint contracts."""

from reference_server.document import Document
from reference_server.events.member import Member
from reference_server.events.operation import Operation
from reference_server.events.service import Deployment


class RevisionDecisions:
    """Honest decisions about revisions, readiness and endpoint contracts."""

    def revives_retired(self) -> bool:
        """Say whether a retired revision may be activated again."""
        return False

    def serves_activated(self) -> bool:
        """Say whether traffic follows the member's choice when a revision is activated."""
        return True

    def repeated_action(self, operation_id: str, revision_id: str) -> None:
        """Take an activate or retire that changes nothing: it converges."""

    def awaits_serving(self, operation: Operation) -> bool:  # noqa: ARG002
        """Say whether ready waits until the catalog shows what serves."""
        return True

    def usable_when_ready(self, operation: Operation, usable: bool) -> bool:  # noqa: ARG002, FBT001
        """Say whether a bind or activate is ready; `usable` is what readiness finds."""
        return usable

    def member_of_revisions(self, member: Member) -> Member:
        """Choose the state of a member that its list of revisions shows."""
        return member

    def revision_shown(self, row: Document) -> Document:
        """Give a row of the revision list in its last form."""
        return row

    def implementation_current(self, member: Member, deployment: Deployment | None) -> bool:
        """Say whether the serving revision is the member's current implementation."""
        return deployment is not None and deployment.implementation == member.implementation

    def readiness_shown(self, member: Member, readiness: Document) -> Document:  # noqa: ARG002
        """Give a readiness document in its last form."""
        return readiness

    def contract_shown(self, contract: Document) -> Document:
        """Give an endpoint contract in its last form."""
        return contract
