"""Faults of invokes and the runs behind them."""

from reference_server import instants, problems
from reference_server.behaviour import Behaviour
from reference_server.document import Document
from reference_server.events.operation import Operation
from reference_server.events.run import Run, RunFailed
from reference_server.events.service import Service
from reference_server.faults.declaration import fault
from reference_server.platform import Endpoint
from reference_server.problems import Problem

LATER = 60.0
UNREADY = "STUDIO_MEMBER_NOT_READY"
FAMILY = "INVALID_STUDIO_MEMBER_INVOKE_REQUEST"


@fault(breaks="INV-01", also="RCP-06")
class InvokeLocationIsTheMember(Behaviour):
    """Sends whoever invoked to the member itself, by the Location of the 202."""

    def location(self, operation: Operation, status_url: str, definition_url: str) -> str:
        """Point an invoke at the definition."""
        return definition_url if operation.kind == "member.invoke" else status_url


@fault(breaks="INV-01", also=("RCP-05", "RCP-08"))
class NeverNamesTheRun(Behaviour):
    """Leaves runId out of an invoke's receipt and of its status, early and late."""

    def target(self, operation: Operation) -> Document:
        """Drop runId."""
        return {name: value for name, value in operation.target.items() if name != "runId"}


@fault(breaks="INV-02")
class NamesARunThatNeverIs(Behaviour):
    """Names the command's own id as runId, under which the member has no run."""

    def target(self, operation: Operation) -> Document:
        """Take the command for the run."""
        invoke = operation.kind == "member.invoke"
        return operation.target | ({"runId": operation.command_id} if invoke else {})


@fault(breaks="INV-02", also="STA-16")
class RunCarriesAnotherCommandId(Behaviour):
    """Shows a run under its own id in place of the command's."""

    def run_shown(self, run: Run, document: Document) -> Document:
        """Take the run for the command."""
        return document | {"commandId": run.run_id}


@fault(breaks="INV-02", also="STA-16")
class RunCarriesAnotherCorrelationId(Behaviour):
    """Shows a run under a correlation id of the platform's own."""

    def run_shown(self, run: Run, document: Document) -> Document:
        """Correlate anew."""
        return document | {"correlationId": f"platform-{run.run_id}"}


@fault(breaks="INV-03")
class IgnoresThePinnedRevision(Behaviour):
    """Runs whatever serves, whichever revision an invoke pins."""

    def pinned_revision(self, asked: str | None, service: Service | None) -> str | None:  # noqa: ARG002
        """Forget the pin."""
        return None


@fault(breaks="INV-03")
class FallsBackFromARetiredRevision(Behaviour):
    """Runs the serving revision in place of a pinned one that is retired."""

    def pinned_revision(self, asked: str | None, service: Service | None) -> str | None:
        """Mean well."""
        deployment = service.deployment(asked) if service else None
        return None if deployment and deployment.withdrawn else asked


@fault(breaks="INV-03")
class FallsBackFromAnUnknownRevision(Behaviour):
    """Runs the serving revision in place of a pinned one that is not there."""

    def pinned_revision(self, asked: str | None, service: Service | None) -> str | None:
        """Take it for a slip."""
        return asked if service and service.deployment(asked) else None


@fault(breaks="INV-03")
class RunsARetiredRevisionThatIsPinned(Behaviour):
    """Runs a retired revision for whoever pins it."""

    def runs_retired(self, pinned: str | None) -> bool:
        """Take the pin for leave."""
        return pinned is not None


@fault(breaks="INV-04", also="STA-06")
class LosesAnEarlyInvoke(Behaviour):
    """Accepts an invoke of a member that is not ready, and never decides it."""

    def refuses_at_once(self, operation: str) -> bool:
        """Accept every invoke."""
        return operation != "member.invoke"

    def records_refusal(self, operation: Operation, refusal: Problem) -> bool:
        """Drop one that came too early."""
        return operation.kind != "member.invoke" or refusal.code != UNREADY

    def enforces_deadline(self, operation: Operation) -> bool:
        """Let its deadline pass."""
        return operation.kind != "member.invoke"


@fault(breaks="INV-04")
class RunsWhatWasRetiredLast(Behaviour):
    """Runs the newest revision of a member where none serves, although it is retired."""

    def pinned_revision(self, asked: str | None, service: Service | None) -> str | None:
        """Find something to run."""
        idle = service is not None and service.serving is None
        return service.deployments[-1].revision_id if service and idle and not asked else asked

    def runs_retired(self, pinned: str | None) -> bool:
        """Run it."""
        return pinned is None


@fault(breaks="INV-04")
class BlamesTheEndpointForAnEarlyInvoke(Behaviour):
    """Refuses an invoke of a member that serves nothing as one of an unknown endpoint."""

    def refusal(self, operation_id: str, refusal: Problem) -> Problem:  # noqa: ARG002
        """Find no endpoint where no revision is."""
        early = refusal.code == "STUDIO_MEMBER_NOT_READY"
        return problems.studio_member_endpoint_not_found("chat") if early else refusal


@fault(breaks="INV-05")
class TakesTheFirstOfTwoPayloads(Behaviour):
    """Runs the prompt of an invoke that has a typed payload beside it."""

    def takes_payload(self, wrong: str) -> bool:
        """Choose."""
        return wrong == "two forms"


@fault(breaks="INV-05")
class TakesWhatIsNotBase64AsText(Behaviour):
    """Runs a payloadBase64 that cannot be decoded as if it were the text itself."""

    def takes_payload(self, wrong: str) -> bool:
        """Guess the encoding."""
        return wrong == "not base64"


@fault(breaks="INV-05")
class GuessesTheTypeOfAPayload(Behaviour):
    """Runs a payload whose type the caller did not name."""

    def takes_payload(self, wrong: str) -> bool:
        """Guess the type."""
        return wrong == "no type"


@fault(breaks="INV-06")
class RunsWhateverEndpointIsNamed(Behaviour):
    """Runs a member at an endpoint that it does not have."""

    def offers_endpoint(self, endpoint_id: str, offered: tuple[Endpoint, ...]) -> bool:  # noqa: ARG002
        """Take any name."""
        return True


@fault(breaks="INV-06")
class CallsAnUnknownEndpointABadRequest(Behaviour):
    """Answers an invoke of an unknown endpoint 400, as if its body were wrong."""

    def refusal(self, operation_id: str, refusal: Problem) -> Problem:  # noqa: ARG002
        """Blame the request."""
        unknown = refusal.code == "STUDIO_MEMBER_ENDPOINT_NOT_FOUND"
        return problems.invalid(FAMILY, refusal.message) if unknown else refusal


@fault(breaks="INV-07", also="FLR-08")
class CallsAFailedRunACancelledOperation(Behaviour):
    """Ends the operation of a failed run as cancelled."""

    def run_failure(self, run: Run) -> RunFailed | None:
        """Blame the caller."""
        return run.failure and RunFailed("OPERATION_CANCELLED", run.failure.message)


@fault(breaks="INV-07", also="FLR-08")
class GivesUpLongBeforeTheDeadline(Behaviour):
    """Says timed_out of a slow invoke a minute before the deadlineAt that its documents show."""

    def receipt(self, operation: Operation, receipt: Document) -> Document:
        """Promise a minute more."""
        return _later(operation, receipt)

    def status(self, operation: Operation, status: Document) -> Document:
        """Promise a minute more."""
        return _later(operation, status)


def _later(operation: Operation, document: Document) -> Document:
    if operation.kind != "member.invoke":
        return document
    due = instants.after(instants.parsed(operation.admitted.deadline_at), LATER)
    return document | {"deadlineAt": due}


@fault(breaks="INV-08")
class GivesItsOwnCommandId(Behaviour):
    """Passes over the commandId that an invoke names, and makes one."""

    def command_id_given(self, asked: str | None) -> str | None:  # noqa: ARG002
        """Make one."""
        return None


@fault(breaks="INV-08")
class RunsARepeatedCommandAgain(Behaviour):
    """Takes the second invoke with one commandId for a new command, and runs it too."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def command_id_given(self, asked: str | None) -> str | None:
        """Use an id once."""
        if asked is None or asked in self._known:
            return None
        self._known.add(asked)
        return asked


FAULTS = (
    InvokeLocationIsTheMember,
    NeverNamesTheRun,
    NamesARunThatNeverIs,
    RunCarriesAnotherCommandId,
    RunCarriesAnotherCorrelationId,
    IgnoresThePinnedRevision,
    FallsBackFromARetiredRevision,
    FallsBackFromAnUnknownRevision,
    RunsARetiredRevisionThatIsPinned,
    LosesAnEarlyInvoke,
    RunsWhatWasRetiredLast,
    BlamesTheEndpointForAnEarlyInvoke,
    TakesTheFirstOfTwoPayloads,
    TakesWhatIsNotBase64AsText,
    GuessesTheTypeOfAPayload,
    RunsWhateverEndpointIsNamed,
    CallsAnUnknownEndpointABadRequest,
    CallsAFailedRunACancelledOperation,
    GivesUpLongBeforeTheDeadline,
    GivesItsOwnCommandId,
    RunsARepeatedCommandAgain,
)
