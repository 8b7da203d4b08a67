"""Decisions about what a write answers, and when."""

from reference_server.document import Document
from reference_server.events.operation import Operation
from reference_server.requests import Preferences

PENDING_ANSWER = 202
DONE_ANSWER = 200


class AcceptanceDecisions:
    """Honest decisions about what a write answers, and when."""

    def waits_for_completion(self, operation: Operation) -> bool:  # noqa: ARG002
        """Say whether the answer to a write is held until the verdict."""
        return False

    def answer_delay(self, operation: Operation) -> float:  # noqa: ARG002
        """Seconds that the answer to a write is held back once the command is durable."""
        return 0.0

    def preferences(self, given: Preferences) -> Preferences:
        """Choose which preferences of a write are honoured; each may be ignored."""
        return given

    def refuses_at_once(self, operation: str) -> bool:  # noqa: ARG002
        """Say whether what the authority refuses now is refused before it is accepted.

        `operation` is the operation word, such as member.bind.
        """
        return True

    def foresees_failures(self, operation: str) -> bool:  # noqa: ARG002
        """Say whether content is tried out before acceptance, and refused if it would fail."""
        return False

    def replayed(self, operation: Operation) -> Operation:
        """Give the state of an operation that a repeated request is answered with."""
        return operation

    def answer_status(self, operation: Operation) -> int:
        """HTTP status of the answer to a write: 202 while pending, else 200."""
        return PENDING_ANSWER if operation.status == "pending" else DONE_ANSWER

    def answer_body(
        self,
        operation: Operation,  # noqa: ARG002
        receipt: Document,
        resource: Document,
    ) -> Document | None:
        """Body of the answer to a write: the resource's own members stand beside the receipt's.

        `resource` is what readModelUrl shows once the operation is ready, empty before;
        None is an answer without a body.
        """
        return resource | receipt

    def location(
        self,
        operation: Operation,  # noqa: ARG002
        status_url: str,
        definition_url: str,  # noqa: ARG002
    ) -> str:
        """Location of a 202; `definition_url` is the member the command was addressed to."""
        return status_url
