"""Decisions about what a read of a statusUrl answers."""

from reference_server import problems
from reference_server.document import Document
from reference_server.events.operation import Operation

DONE_ANSWER = 200


class StatusReadDecisions:
    """Honest decisions about what a read of a statusUrl answers."""

    def status_known(self, operation: Operation, age: float) -> bool:  # noqa: ARG002
        """Say whether the statusUrl knows the operation `age` seconds after acceptance."""
        return True

    def run_is_status(self) -> bool:
        """Say whether the status of an invoke is read at its run's own URL."""
        return False

    def sample(self, operation: Operation, reads: int) -> Operation:  # noqa: ARG002
        """Give the state that this read shows; `reads` counts earlier reads of the operation."""
        return operation

    def status_answer(self, operation: Operation) -> int:  # noqa: ARG002
        """HTTP status of a read of a statusUrl: 200, whatever became of the command."""
        return DONE_ANSWER

    def expired_operation(self, command_id: str) -> Document:
        """Answer a read of a command whose status is no longer kept; raises 410."""
        raise problems.operation_expired(command_id)

    def unknown_operation(self, scope_id: str, command_id: str) -> Document:  # noqa: ARG002
        """Answer a read of a command that nobody gave; raises 404 OPERATION_NOT_FOUND."""
        raise problems.operation_not_found(command_id)

    def asks_again(self, operation: Operation) -> bool:
        """Say whether a Retry-After tells when to ask again."""
        return operation.status == "pending"
