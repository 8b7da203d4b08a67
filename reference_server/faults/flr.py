"""Faults of failure after acceptance."""

from dataclasses import replace
from itertools import count

from reference_server import problems
from reference_server.behaviour import Behaviour
from reference_server.commands.member import BindMember
from reference_server.document import Document
from reference_server.events.member import (
    ImplementationRecorded,
    Member,
    MemberDescribed,
    MemberEvent,
)
from reference_server.events.operation import Operation
from reference_server.events.run import Run, RunCompleted, RunFailed
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
    """Says of every failed invoke that it failed at stage accepted, however far it was."""

    def failure(self, operation: Operation, failure: Document) -> Document:
        """Forget the stage, and what stands."""
        if (operation.kind, operation.status) != ("member.invoke", "failed"):
            return failure
        return failure | {"stage": "accepted", "effect": "unknown"}


@fault(breaks="FLR-02")
class LeavesTheEffectOut(Behaviour):
    """Says of a failed invoke neither that something stands nor that nothing does."""

    def failure(self, operation: Operation, failure: Document) -> Document:
        """Drop the effect."""
        if (operation.kind, operation.status) != ("member.invoke", "failed"):
            return failure
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
        refused = operation.status == "failed" and operation.stage == "accepted"
        if operation.kind == "member.bind" and refused:
            del status["failure"]
            target = operation.target | operation.admitted.expected
            status |= {"status": "ready", "stage": "ready", "stateVersion": 1, "target": target}
        return status


@fault(breaks="FLR-03", also="INV-07")
class NumbersItsFailures(Behaviour):
    """Puts a running number into the code of every failed run."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def run_ended(self, outcome: RunCompleted | RunFailed) -> RunCompleted | RunFailed:
        """Tell failures apart by their codes."""
        if isinstance(outcome, RunFailed):
            return replace(outcome, code=f"{outcome.code}_{next(self._numbers)}")
        return outcome


@fault(breaks="FLR-03")
class NamesTheCommandInTheCode(Behaviour):
    """Makes the code of a failed bind from the id of its command."""

    def failure(self, operation: Operation, failure: Document) -> Document:
        """Append the beginning of the id."""
        refused = failure["code"].startswith("INVALID_")
        if operation.kind != "member.bind" or not refused:
            return failure
        digits = operation.command_id.removeprefix("c-")[:8].upper()
        return failure | {"code": f"{failure['code']}_{digits}"}


@fault(breaks="FLR-04")
class KeepsTheImplementationOfAFailedBind(Behaviour):
    """Records the implementation of a bind that failed with effect none."""

    def left_behind(self, command: object, member: Member) -> tuple[MemberEvent, ...]:  # noqa: ARG002
        """Forget to undo the first of two writes."""
        if isinstance(command, BindMember) and command.implementation:
            return (ImplementationRecorded(command.implementation),)
        return ()


@fault(breaks="FLR-04")
class CountsAFailedBindAsAChange(Behaviour):
    """Makes a new version of the member by a bind that failed with effect none."""

    def left_behind(self, command: object, member: Member) -> tuple[MemberEvent, ...]:
        """Write what is there once more."""
        if isinstance(command, BindMember):
            return (MemberDescribed(member.display_name, member.description),)
        return ()


@fault(breaks="FLR-05")
class CallsAHalfDoneBindUndone(Behaviour):
    """Says effect none of a bind that broke half way, although its revision is staged."""

    def failure(self, operation: Operation, failure: Document) -> Document:  # noqa: ARG002
        """See no half."""
        return failure | {"effect": "none"} if failure["effect"] == "partial" else failure


@fault(breaks="FLR-05")
class KeepsItsStepsToItself(Behaviour):
    """Says that a bind is half done, and not which half."""

    def status(self, operation: Operation, status: Document) -> Document:  # noqa: ARG002
        """Leave the steps out."""
        return {name: value for name, value in status.items() if name != "steps"}


@fault(breaks="FLR-06")
class StagesARetriedBindAnew(Behaviour):
    """Stages another revision when a bind that broke half way is sent again."""

    def bind_asked(
        self, member: Member | None, command: BindMember, revision_id: str | None
    ) -> BindMember:
        """Take the staged revision for somebody else's."""
        asked = super().bind_asked(member, command, revision_id)
        staged = member and member.revision(command.revision_id)
        if staged and not staged.prepared:
            return replace(asked, revision_id=f"{command.revision_id}-again")
        return asked


@fault(breaks="FLR-06")
class RefusesToRetryABind(Behaviour):
    """Calls a bind that broke half way retryable, and refuses to retry it as a conflict."""

    def bind_asked(
        self, member: Member | None, command: BindMember, revision_id: str | None
    ) -> BindMember:
        """Take the staged revision for a finished one."""
        staged = member and member.revision(command.revision_id)
        if staged and not staged.prepared:
            message = f"Revision '{command.revision_id}' exists already."
            raise Problem(409, "STUDIO_MEMBER_REVISION_CONFLICT", message)
        return super().bind_asked(member, command, revision_id)


@fault(breaks="FLR-08")
class ListsAFailedRunAsRunning(Behaviour):
    """Shows a failed run in the list of runs as running, for ever."""

    def run_listed(self, run: Run, row: Document) -> Document:
        """Miss the end of what failed."""
        return row | {"runStatus": "running", "failure": None} if run.failure else row


@fault(breaks="FLR-08")
class TellsAFailedRunByACodeOfItsOwn(Behaviour):
    """Shows a failed run under another code than the status of its command."""

    def run_shown(self, run: Run, document: Document) -> Document:
        """Call it an error of the platform."""
        shown = super().run_shown(run, document)
        if run.failure:
            shown["failure"] = shown["failure"] | {"code": "PLATFORM_ERROR"}
        return shown


@fault(breaks="FLR-09")
class ShowsTheStackOfAFailedRun(Behaviour):
    """Puts the stack into the message of a failed run."""

    def run_ended(self, outcome: RunCompleted | RunFailed) -> RunCompleted | RunFailed:
        """Tell where in the source it was."""
        stack = "\n   at Platform.Workflows.GuardStep.Run(String input) in /src/Guard.cs:line 4"
        if isinstance(outcome, RunFailed):
            return replace(outcome, message=outcome.message + stack)
        return outcome


@fault(breaks="FLR-09")
class ShowsWhereItsStoreIs(Behaviour):
    """Puts the connection of its store into the message of a refusal."""

    def problem_body(self, operation_id: str, refusal: Problem, body: Document) -> Document | None:
        """Tell where something could not be found."""
        shown = super().problem_body(operation_id, refusal, body)
        if shown is None or refusal.status != 404:  # noqa: PLR2004
            return shown
        told = f"{refusal.message} Looked in Server=db;User=studio;Password=hunter2."
        return shown | {"message": told, "detail": told}


FAULTS = (
    CallsAFailedRunReady,
    DropsAFailedInvoke,
    FailsWithoutAFailure,
    FilesFailuresUnderAccepted,
    LeavesTheEffectOut,
    ForgetsWhatFailedBeforeARunExisted,
    CallsARefusedBindReady,
    NeverDecidesARefusedBind,
    NumbersItsFailures,
    NamesTheCommandInTheCode,
    KeepsTheImplementationOfAFailedBind,
    CountsAFailedBindAsAChange,
    CallsAHalfDoneBindUndone,
    KeepsItsStepsToItself,
    StagesARetriedBindAnew,
    RefusesToRetryABind,
    ListsAFailedRunAsRunning,
    TellsAFailedRunByACodeOfItsOwn,
    ShowsTheStackOfAFailedRun,
    ShowsWhereItsStoreIs,
)
