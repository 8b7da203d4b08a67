"""Faults of the status document."""

from dataclasses import replace
from uuid import uuid4

from reference_server import instants, problems
from reference_server.behaviour import Behaviour
from reference_server.document import Document
from reference_server.events.member import Member
from reference_server.events.operation import Operation, TimedOut
from reference_server.faults.declaration import fault

LONG_LAG = 0.3
SHORT_MEMORY = 0.5
OVERTAKEN = 0.25
REPLICA_LAG = 0.2
HOUR = 3600.0


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


@fault(breaks="STA-02", also=("STA-03", "STA-04"))
class ReadsAReplicaThatLags(Behaviour):
    """Answers every other read of a status from a replica that is a fifth of a second behind."""

    def sample(self, operation: Operation, reads: int) -> Operation:
        """Show what the replica has heard of; a verdict takes its time to get there too."""
        now = instants.now()
        heard = (now - instants.parsed(fact.at) for fact in operation.facts)
        young = sum(age.total_seconds() < REPLICA_LAG for age in heard)
        return operation.earlier(young) if reads % 2 else operation


@fault(breaks="STA-03", also=("STA-02", "STA-06", "ACK-05"))
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


@fault(breaks="STA-09", also=("RCP-04", "RDY-06"))
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


@fault(breaks="STA-10", also="CON-04")
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


@fault(breaks="STA-04", also="STA-06")
class TakesATimedOutCommandUpAgain(Behaviour):
    """Shows a command that timed out as pending again, once its outcome is known."""

    def sample(self, operation: Operation, reads: int) -> Operation:  # noqa: ARG002
        """Show the time before the deadline."""
        late = operation.decided and any(isinstance(one.event, TimedOut) for one in operation.facts)
        return operation.earlier(2) if late else operation


@fault(breaks="STA-04", also=("STA-02", "STA-06"))
class TakesATimedOutCommandForPendingAgain(Behaviour):
    """Shows each second reader of a timed out command that it is pending again."""

    def sample(self, operation: Operation, reads: int) -> Operation:
        """Forget the deadline."""
        again = operation.status == "timed_out" and reads % 2 == 1
        return replace(operation, status="pending", failure=None) if again else operation


@fault(breaks="STA-07")
class CallsATimeOutAFailure(Behaviour):
    """Tells a timed out command's failure under the code of a failed run."""

    def failure(self, operation: Operation, failure: Document) -> Document:
        """Name another cause."""
        if operation.status != "timed_out":
            return failure
        return failure | {"code": "RUN_TIMED_OUT"}


@fault(breaks="STA-07", also="FLR-02")
class SaysThatATimeOutHadNoEffect(Behaviour):
    """Says of a timed out command that it changed nothing, which nobody knows."""

    def failure(self, operation: Operation, failure: Document) -> Document:
        """Promise too much."""
        return failure | {"effect": "none"} if operation.status == "timed_out" else failure


@fault(breaks="STA-08", also="ACK-07")
class ForgetsADecidedCommandSoon(Behaviour):
    """Forgets a command half a second after its acceptance, once it is decided."""

    def status_known(self, operation: Operation, age: float) -> bool:
        """Clean up early."""
        return not operation.decided or age < SHORT_MEMORY


@fault(breaks="STA-12")
class DatesHistoryByAnotherClock(Behaviour):
    """Takes the times of the history from a clock that is an hour behind."""

    def status(self, operation: Operation, status: Document) -> Document:  # noqa: ARG002
        """Subtract the hour."""
        for row in status["history"]:
            row["at"] = instants.after(instants.parsed(row["at"]), -HOUR)
        return status


@fault(breaks="STA-12")
class ListsTheLastStageTwice(Behaviour):
    """Lists the stage that was reached last twice in the history."""

    def status(self, operation: Operation, status: Document) -> Document:  # noqa: ARG002
        """Repeat the last row."""
        return status | {"history": [*status["history"], status["history"][-1]]}


@fault(breaks="STA-12")
class ListsTheHistoryNewestFirst(Behaviour):
    """Lists the stages of a command from the newest to the oldest."""

    def status(self, operation: Operation, status: Document) -> Document:  # noqa: ARG002
        """Turn it round."""
        return status | {"history": status["history"][::-1]}


@fault(breaks="STA-13")
class AsksForAnotherPollAfterTheVerdict(Behaviour):
    """Sends Retry-After with every status, a verdict included."""

    def asks_again(self, operation: Operation) -> bool:  # noqa: ARG002
        """Never stop."""
        return True


@fault(breaks="STA-15", also=("CON-02", "STA-06"))
class LeavesAnOvertakenBindPending(Behaviour):
    """Leaves a bind that a later one overtook without a verdict, past its deadline too."""

    def projection_lag(self, projection: str, lag: float) -> float:
        """Show members later than what they serve, so that binds overtake each other."""
        return lag + OVERTAKEN if projection == "members" else lag

    def decides_overtaken(self, operation: Operation) -> bool:  # noqa: ARG002
        """Forget it."""
        return False

    def enforces_deadline(self, operation: Operation) -> bool:
        """Let no deadline of a bind pass."""
        return operation.kind != "member.bind"


@fault(breaks="STA-16")
class ForgetsWhichCommandChangedABinding(Behaviour):
    """Shows a binding without the command that made it."""

    def binding_shown(self, member: Member, binding: Document) -> Document:
        """Leave the ids out."""
        shown = super().binding_shown(member, binding)
        return {k: v for k, v in shown.items() if k not in {"commandId", "correlationId"}}


@fault(breaks="STA-16")
class NamesTheCommandThatCreatedAMember(Behaviour):
    """Names in a binding the command that created its member, whatever changed it later."""

    def __init__(self) -> None:
        self._first: dict[str, Document] = {}

    def detail_shown(self, member: Member, detail: Document) -> Document:
        """Remember what is shown first."""
        ids = {name: detail[name] for name in ("commandId", "correlationId")}
        self._first.setdefault(member.member_id, ids)
        return super().detail_shown(member, detail)

    def binding_shown(self, member: Member, binding: Document) -> Document:
        """Give it for good."""
        return super().binding_shown(member, binding) | self._first.get(member.member_id, {})


FAULTS = (
    TurnsAFailureIntoAnHttpError,
    AnswersPendingReadsWithAccepted,
    ReadsASecondReplica,
    ReadsAReplicaThatLags,
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
    TakesATimedOutCommandUpAgain,
    TakesATimedOutCommandForPendingAgain,
    CallsATimeOutAFailure,
    SaysThatATimeOutHadNoEffect,
    ForgetsADecidedCommandSoon,
    DatesHistoryByAnotherClock,
    ListsTheLastStageTwice,
    ListsTheHistoryNewestFirst,
    AsksForAnotherPollAfterTheVerdict,
    LeavesAnOvertakenBindPending,
    ForgetsWhichCommandChangedABinding,
    NamesTheCommandThatCreatedAMember,
)
