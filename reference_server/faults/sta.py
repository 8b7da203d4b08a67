"""Faults of the status document."""

from uuid import uuid4

from reference_server import instants, problems
from reference_server.behaviour import Behaviour
from reference_server.document import Document
from reference_server.events.operation import Operation
from reference_server.faults.declaration import fault

LONG_LAG = 0.3


def _fifth(reads: int) -> bool:
    return reads % 5 == 4  # noqa: PLR2004


@fault(breaks="STA-01", also="ACK-07")
class TurnsAFailureIntoAnHttpError(Behaviour):
    """Answers reads of a failed invoke's statusUrl with the failure as a problem, 409."""

    def sample(self, operation: Operation, reads: int) -> Operation:  # noqa: ARG002
        """Raise what the command met."""
        failed = operation.kind == "member.invoke" and operation.status == "failed"
        if failed and operation.failure is not None:
            raise problems.Problem(409, operation.failure.code, operation.failure.message)
        return operation


@fault(breaks="STA-01")
class AnswersPendingReadsWithAccepted(Behaviour):
    """Answers 202 instead of 200 to reads of a statusUrl while the command is pending."""

    def status_answer(self, operation: Operation) -> int:
        """Tell the verdict by the status code."""
        return 202 if operation.status == "pending" else super().status_answer(operation)


@fault(breaks="STA-02")
class ReadsASecondReplica(Behaviour):
    """Shows every other reader of a pending operation the stage before the present one."""

    def sample(self, operation: Operation, reads: int) -> Operation:
        """Ask the replica that is one fact behind."""
        behind = operation.status == "pending" and reads % 2 == 1
        return operation.earlier() if behind else operation


@fault(breaks="STA-03", also=("STA-02", "STA-06"))
class ForgetsAVerdictNowAndThen(Behaviour):
    """Shows each fifth reader of a ready operation that it is still pending."""

    def sample(self, operation: Operation, reads: int) -> Operation:
        """Ask a replica that missed the verdict."""
        behind = operation.status == "ready" and _fifth(reads)
        return operation.earlier() if behind else operation


@fault(breaks="STA-03", also="STA-06")
class TakesFailedCommandsUpAgain(Behaviour):
    """Shows each fifth reader of a failed operation that it is pending again."""

    def sample(self, operation: Operation, reads: int) -> Operation:
        """Show the time before the failure."""
        again = operation.status == "failed" and _fifth(reads)
        return operation.earlier() if again else operation


@fault(breaks="STA-03")
class StampsTheVerdictAnew(Behaviour):
    """Gives the instant of the read for completedAt, whenever a verdict is read."""

    def status(self, operation: Operation, status: Document) -> Document:
        """Take the present for the end."""
        if operation.completed_at is not None:
            status["completedAt"] = instants.text(instants.now())
        return status


@fault(breaks="STA-05")
class CallsAnObservedBindReady(Behaviour):
    """Says status ready of a bind at stage observed, though ready was promised."""

    def status(self, operation: Operation, status: Document) -> Document:
        """Hold the stage back."""
        if operation.kind == "member.bind" and operation.stage == "ready":
            status["stage"] = "observed"
        return status


@fault(breaks="STA-06")
class ForgetsTheDeadline(Behaviour):
    """Leaves an operation pending for as long as it takes, past its deadlineAt."""

    def enforces_deadline(self, operation: Operation) -> bool:  # noqa: ARG002
        """Let the deadline pass."""
        return False


@fault(breaks="STA-09")
class InventsANewCorrelation(Behaviour):
    """Gives the status of a command a correlationId of its own."""

    def status(self, operation: Operation, status: Document) -> Document:  # noqa: ARG002
        """Make one."""
        status["correlationId"] = f"k-{uuid4().hex}"
        return status


@fault(breaks="STA-09")
class RetargetsTheRename(Behaviour):
    """Names another member in the status of a rename than in its receipt."""

    def status(self, operation: Operation, status: Document) -> Document:
        """Address nobody."""
        if operation.kind == "member.update":
            status["target"] = {**status["target"], "memberId": "m-somebody-else"}
        return status


@fault(breaks="STA-10")
class ShowsTheVersionOfTheResource(Behaviour):
    """Gives the member's newest version for the one that the command brought."""

    def state_version(self, operation: Operation, current: int) -> int | None:
        """Follow the writes of others."""
        own = operation.state_version
        return own if own is None else max(own, current)


@fault(breaks="STA-11")
class CallsARenameObservedTooEarly(Behaviour):
    """Says that a rename is observed once it is committed, while reads show the old name."""

    def awaits_projection(self, operation: Operation) -> bool:
        """Take the commit of a rename for its observation."""
        return operation.kind != "member.update"

    def projection_lag(self, projection: str, lag: float) -> float:
        """Leave readers time to notice."""
        return LONG_LAG if projection == "members" else lag


@fault(breaks="STA-14")
class ExpectsUnknownCommands(Behaviour):
    """Answers that a command which nobody gave is pending."""

    def unknown_operation(self, scope_id: str, command_id: str) -> Document:  # noqa: ARG002
        """Suppose that it is on its way."""
        return {"commandId": command_id, "stage": "accepted", "status": "pending"}


@fault(breaks="STA-14")
class HasNoCodeForUnknownCommands(Behaviour):
    """Answers a command which nobody gave as if the route did not exist."""

    def unknown_operation(self, scope_id: str, command_id: str) -> Document:  # noqa: ARG002
        """Leave the client in doubt."""
        raise problems.route_not_found()


FAULTS = (
    TurnsAFailureIntoAnHttpError,
    AnswersPendingReadsWithAccepted,
    ReadsASecondReplica,
    ForgetsAVerdictNowAndThen,
    TakesFailedCommandsUpAgain,
    StampsTheVerdictAnew,
    CallsAnObservedBindReady,
    ForgetsTheDeadline,
    InventsANewCorrelation,
    RetargetsTheRename,
    ShowsTheVersionOfTheResource,
    CallsARenameObservedTooEarly,
    ExpectsUnknownCommands,
    HasNoCodeForUnknownCommands,
)
