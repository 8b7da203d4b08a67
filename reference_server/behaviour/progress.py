"""Decisions about how far a command has come, and its verdict."""

from reference_server.commands.member import BindMember
from reference_server.document import Document
from reference_server.events.member import Member, MemberEvent
from reference_server.events.operation import Operation
from reference_server.events.run import Run, RunCompleted, RunFailed
from reference_server.problems import Problem


class ProgressDecisions:
    """Honest decisions about how far a command has come, and its verdict."""

    def projection_lag(self, projection: str, lag: float) -> float:  # noqa: ARG002
        """Seconds from commit to visibility in `projection`; `lag` was set or drawn."""
        return lag

    def longest_lag(self, lag: float) -> float:
        """Seconds that a change may take to become visible, for Retry-After."""
        return lag

    def deadline(self, seconds: float) -> float:
        """Seconds until an undecided command times out; `seconds` was set."""
        return seconds

    def retention(self, seconds: float) -> float:
        """Seconds after its deadline that the status of a command is kept; `seconds` was set."""
        return seconds

    def corrects_timeout(self, operation: Operation) -> bool:  # noqa: ARG002
        """Say whether a timed_out operation becomes ready or failed once the outcome is known."""
        return True

    def awaits_projection(self, operation: Operation) -> bool:  # noqa: ARG002
        """Say whether the stage observed waits for the read model to show the version."""
        return True

    def enforces_deadline(self, operation: Operation) -> bool:  # noqa: ARG002
        """Say whether a pending operation becomes timed_out at its deadlineAt."""
        return True

    def records_refusal(self, operation: Operation, refusal: Problem) -> bool:  # noqa: ARG002
        """Say whether a refusal after acceptance becomes the operation's verdict."""
        return True

    def run_failure(self, run: Run) -> RunFailed | None:
        """Give the failure that an ended run brings to its operation; None makes it ready."""
        return run.failure

    def decides_overtaken(self, operation: Operation) -> bool:  # noqa: ARG002
        """Say whether an operation that a later one overtook gets a verdict."""
        return True

    def left_behind(self, command: object, member: Member) -> tuple[MemberEvent, ...]:  # noqa: ARG002
        """Give what stands of a command that was refused after it had been accepted."""
        return ()

    def retryable(self, command: BindMember) -> bool:
        """Say whether a bind that broke half way may be repeated.

        Under the caller's revisionId the repetition finds the revision that was staged; without
        one it would stage another.
        """
        return command.revision_named

    def run_ended(self, outcome: RunCompleted | RunFailed) -> RunCompleted | RunFailed:
        """Give the outcome that a run is recorded with."""
        return outcome

    def run_listed(self, run: Run, row: Document) -> Document:  # noqa: ARG002
        """Give the row of a run in the member's list in its last form."""
        return row
