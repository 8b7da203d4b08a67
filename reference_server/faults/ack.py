"""Faults of acceptance."""

from reference_server.behaviour import Behaviour
from reference_server.document import Document
from reference_server.events.operation import Operation
from reference_server.faults.declaration import fault


@fault(breaks="ACK-04")
class AnswersRenameWithoutBody(Behaviour):
    """Answers an accepted rename 204, so that nobody learns its command id."""

    def answer_status(self, operation: Operation) -> int:
        """Claim 204 for member.update."""
        return 204 if operation.kind == "member.update" else super().answer_status(operation)

    def answer_body(
        self, operation: Operation, receipt: Document, resource: Document
    ) -> Document | None:
        """Leave the receipt out."""
        if operation.kind == "member.update":
            return None
        return super().answer_body(operation, receipt, resource)


@fault(breaks="ACK-07", also="STA-01")
class RegistersStatusLate(Behaviour):
    """Makes a statusUrl known only 200 ms after the 202 left."""

    def status_known(self, operation: Operation, age: float) -> bool:  # noqa: ARG002
        """Know nothing of a young operation."""
        return age > 0.2  # noqa: PLR2004


FAULTS = (AnswersRenameWithoutBody, RegistersStatusLate)
