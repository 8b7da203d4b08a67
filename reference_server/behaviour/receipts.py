"""Decisions about what receipts and statuses say."""

from reference_server.document import Document
from reference_server.events.operation import Operation


class ReceiptDecisions:
    """Honest decisions about what receipts and statuses say."""

    def command_id_shown(self, operation: Operation) -> str:
        """Give the commandId that documents of an operation carry."""
        return operation.command_id

    def target(self, operation: Operation) -> Document:
        """Name the target as receipts and statuses do."""
        return operation.target

    def status_url(self, operation: Operation, url: str) -> str:  # noqa: ARG002
        """Give the statusUrl."""
        return url

    def read_model_url(self, operation: Operation, url: str) -> str | None:  # noqa: ARG002
        """Give the readModelUrl; None leaves it out."""
        return url

    def state_version(self, operation: Operation, current: int) -> int | None:  # noqa: ARG002
        """Version of the target that the command brought; `current` is what readers see now."""
        return operation.state_version

    def failure(self, operation: Operation, failure: Document) -> Document:  # noqa: ARG002
        """Give the Failure of a failed or timed_out document."""
        return failure

    def receipt(self, operation: Operation, receipt: Document) -> Document:  # noqa: ARG002
        """Give the receipt in its last form."""
        return receipt

    def status(self, operation: Operation, status: Document) -> Document:  # noqa: ARG002
        """Give the OperationStatus in its last form."""
        return status
