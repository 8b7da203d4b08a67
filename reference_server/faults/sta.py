"""Faults of the status document."""

from reference_server.behaviour import Behaviour
from reference_server.events.operation import Operation
from reference_server.faults.declaration import fault


@fault(breaks="STA-06")
class ForgetsTheDeadline(Behaviour):
    """Leaves an operation pending for as long as it takes, past its deadlineAt."""

    def enforces_deadline(self, operation: Operation) -> bool:  # noqa: ARG002
        """Let the deadline pass."""
        return False


FAULTS = (ForgetsTheDeadline,)
