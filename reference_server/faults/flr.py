"""Faults of failure after acceptance."""

from reference_server import problems
from reference_server.behaviour import Behaviour
from reference_server.document import Document
from reference_server.events.operation import Operation
from reference_server.events.run import Run, RunFailed
from reference_server.faults.declaration import fault
from reference_server.problems import Problem


@fault(breaks=("FLR-01", "INV-07"))
class CallsAFailedRunReady(Behaviour):
    """Makes the operation of a failed run ready, because the run has ended."""

    def run_failure(self, run: Run) -> RunFailed | None:  # noqa: ARG002
        """See no failure."""
        return None


@fault(breaks="FLR-01", also=("ACK-07", "STA-08"))
class DropsAFailedInvoke(Behaviour):
    """Forgets an invoke whose run failed: its statusUrl answers 404."""

    def sample(self, operation: Operation, reads: int) -> Operation:  # noqa: ARG002
        """Keep what succeeded."""
        if operation.kind == "member.invoke" and operation.status == "failed":
            raise problems.operation_not_found(operation.command_id)
        return operation


@fault(breaks="FLR-01")
class FailsWithoutAFailure(Behaviour):
    """Says that an invoke failed, and nothing of why."""

    def status(self, operation: Operation, status: Document) -> Document:
        """Leave the failure out."""
        if operation.kind == "member.invoke" and operation.status == "failed":
            del status["failure"]
        return status


@fault(breaks="FLR-02")
class FilesFailuresUnderAccepted(Behaviour):
    """Says of every failure that it came at stage accepted, how far the command ever was."""

    def failure(self, operation: Operation, failure: Document) -> Document:  # noqa: ARG002
        """Forget the stage, and what stands."""
        return failure | {"stage": "accepted", "effect": "unknown"}


@fault(breaks="FLR-02")
class LeavesTheEffectOut(Behaviour):
    """Says of a failure neither that something stands nor that nothing does."""

    def failure(self, operation: Operation, failure: Document) -> Document:  # noqa: ARG002
        """Drop the effect."""
        return {name: value for name, value in failure.items() if name != "effect"}


@fault(breaks="FLR-07", also=("ACK-07", "STA-08"))
class ForgetsWhatFailedBeforeARunExisted(Behaviour):
    """Forgets a command that failed before anything came of it: its statusUrl answers 404."""

    def sample(self, operation: Operation, reads: int) -> Operation:  # noqa: ARG002
        """Look for the failure where only resources are."""
        if operation.status == "failed" and operation.stage == "accepted":
            raise problems.operation_not_found(operation.command_id)
        return operation


@fault(breaks="FLR-07", also="STA-06")
class NeverDecidesARefusedBind(Behaviour):
    """Leaves a bind that was refused after acceptance pending for ever."""

    def records_refusal(self, operation: Operation, refusal: Problem) -> bool:  # noqa: ARG002
        """Swallow the refusal of a bind."""
        return operation.kind != "member.bind"

    def enforces_deadline(self, operation: Operation) -> bool:
        """Let the bind's deadline pass."""
        return operation.kind != "member.bind"


@fault(breaks="FLR-07")
class CallsARefusedBindReady(Behaviour):
    """Says ready of a bind whose implementation could not be prepared."""

    def status(self, operation: Operation, status: Document) -> Document:
        """Take the expected revision for a made one."""
        if operation.kind == "member.bind" and operation.status == "failed":
            del status["failure"]
            target = operation.target | operation.admitted.expected
            status |= {"status": "ready", "stage": "ready", "stateVersion": 1, "target": target}
        return status


FAULTS = (
    CallsAFailedRunReady,
    DropsAFailedInvoke,
    FailsWithoutAFailure,
    FilesFailuresUnderAccepted,
    LeavesTheEffectOut,
    ForgetsWhatFailedBeforeARunExisted,
    CallsARefusedBindReady,
    NeverDecidesARefusedBind,
)
