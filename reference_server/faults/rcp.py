"""Faults of the receipt."""

from reference_server import instants, problems
from reference_server.behaviour import Behaviour
from reference_server.document import Document
from reference_server.events.operation import Operation
from reference_server.exchange import Answer
from reference_server.faults.declaration import fault

HOUR = 3600.0
UNPREPARABLE = "name: broken\nsteps: [{id: one, type: no-such-step}]"


@fault(breaks="RCP-01")
class LeavesTheCompletionStageOut(Behaviour):
    """Leaves completionStage out of the receipt of a create that is pending."""

    def receipt(self, operation: Operation, receipt: Document) -> Document:
        """Drop it."""
        if operation.kind == "member.create" and operation.status == "pending":
            del receipt["completionStage"]
        return receipt


@fault(breaks="RCP-02")
class SpellsTheDeadlineInSnakeCase(Behaviour):
    """Spells deadlineAt as deadline_at in the receipt of an invoke, and nowhere else."""

    def receipt(self, operation: Operation, receipt: Document) -> Document:
        """Rename the member."""
        if operation.kind == "member.invoke":
            receipt["deadline_at"] = receipt.pop("deadlineAt")
        return receipt


@fault(breaks="RCP-02")
class PromisesLessOfARetirement(Behaviour):
    """Declares a retirement ready once it is committed, where the contract says observed."""

    def receipt(self, operation: Operation, receipt: Document) -> Document:
        """Promise the commit alone."""
        return self._promised(operation, receipt)

    def status(self, operation: Operation, status: Document) -> Document:
        """Keep the promise, and show no more than that."""
        return self._promised(operation, status)

    def asks_again(self, operation: Operation) -> bool:
        """Ask nobody to come back for what is called done."""
        done = operation.kind == "member.revision.retire" and operation.reached("committed")
        return not done and super().asks_again(operation)

    def _promised(self, operation: Operation, document: Document) -> Document:
        if operation.kind != "member.revision.retire":
            return document
        document["completionStage"] = "committed"
        if operation.reached("committed"):
            ended = dict(operation.history)["committed"]
            document |= {"stage": "committed", "status": "ready", "completedAt": ended}
        return document


@fault(breaks="RCP-02")
class HasAnOperationWordOfItsOwn(Behaviour):
    """Calls an invoke run.start in its receipt and its status."""

    def receipt(self, operation: Operation, receipt: Document) -> Document:
        """Say the server's own word."""
        return receipt | _own_word(operation)

    def status(self, operation: Operation, status: Document) -> Document:
        """Say it again."""
        return status | _own_word(operation)


def _own_word(operation: Operation) -> Document:
    return {"operation": "run.start"} if operation.kind == "member.invoke" else {}


@fault(breaks="RCP-03", also="SEC-04")
class NamesRenamesAfterTheirMember(Behaviour):
    """Makes the command id of a rename from the member's id, so that all its renames share it."""

    def command_id_shown(self, operation: Operation) -> str:
        """Forget that a member can be renamed twice."""
        if operation.kind == "member.update":
            return f"c-rename-{operation.target['memberId']}"
        return operation.command_id


@fault(breaks="RCP-03", also=("SEC-04", "STA-09"))
class TakesEveryRenameForAReplay(Behaviour):
    """Keeps one record for all renames of a member, and answers each as a replay of the first."""

    def command_id_shown(self, operation: Operation) -> str:
        """Give the id of the record."""
        if operation.kind == "member.update":
            return f"c-rename-{operation.target['memberId']}"
        return operation.command_id

    def receipt(self, operation: Operation, receipt: Document) -> Document:
        """Call it a replay, whatever the new name is."""
        if operation.kind == "member.update":
            receipt["replayed"] = True
        return receipt


@fault(breaks="RCP-05")
class ForgetsWhoIsInvoked(Behaviour):
    """Leaves memberId out of the target of an invoke."""

    def target(self, operation: Operation) -> Document:
        """Drop it."""
        hidden = "memberId" if operation.kind == "member.invoke" else ""
        return {name: value for name, value in operation.target.items() if name != hidden}


@fault(breaks="RCP-05")
class NeverNamesTheRevisionOfABind(Behaviour):
    """Leaves the revision that a bind made out of the target, for good."""

    def target(self, operation: Operation) -> Document:
        """Drop it."""
        hidden = "revisionId" if operation.kind == "member.bind" else ""
        return {name: value for name, value in operation.target.items() if name != hidden}


@fault(breaks="RCP-06")
class PointsLocationAtTheMember(Behaviour):
    """Points the Location of an accepted bind at the member it was addressed to."""

    def location(self, operation: Operation, status_url: str, definition_url: str) -> str:
        """Give the definition for the command."""
        return definition_url if operation.kind == "member.bind" else status_url


@fault(breaks="RCP-07")
class PutsAKeyIntoTheStatusUrl(Behaviour):
    """Puts an access key into the query of every statusUrl."""

    def status_url(self, operation: Operation, url: str) -> str:  # noqa: ARG002
        """Append the key."""
        return url + "?code=5dc1e2a9"


@fault(breaks="RCP-07")
class ShowsAnInternalHost(Behaviour):
    """Gives the readModelUrl of a rename at a host that only the server can reach."""

    def read_model_url(self, operation: Operation, url: str) -> str | None:
        """Prepend the internal origin."""
        return f"http://members.internal{url}" if operation.kind == "member.update" else url


@fault(breaks="RCP-08")
class HidesTheReadModel(Behaviour):
    """Leaves readModelUrl out of the documents of a bind from committed on."""

    def read_model_url(self, operation: Operation, url: str) -> str | None:
        """Drop it."""
        hidden = operation.kind == "member.bind" and operation.reached("committed")
        return None if hidden else url


@fault(breaks="RCP-08")
class HidesReadiness(Behaviour):
    """Leaves readinessUrl out of the status of an activation from committed on."""

    def status(self, operation: Operation, status: Document) -> Document:
        """Drop it."""
        if operation.kind == "member.revision.activate" and operation.reached("committed"):
            del status["readinessUrl"]
        return status


@fault(breaks="RCP-12")
class WritesAcceptedAtInLocalTime(Behaviour):
    """Writes acceptedAt an hour later in the status than in the receipt, both marked as UTC."""

    def status(self, operation: Operation, status: Document) -> Document:
        """Add the hour."""
        status["acceptedAt"] = instants.after(instants.parsed(operation.accepted_at), HOUR)
        return status


@fault(breaks="RCP-04")
class GivesARenameACorrelationOfItsOwn(Behaviour):
    """Files a rename under a correlationId of its own, whatever the caller asked for."""

    def receipt(self, operation: Operation, receipt: Document) -> Document:
        """Make one of the command's id."""
        return receipt | _own_correlation(operation)

    def status(self, operation: Operation, status: Document) -> Document:
        """Keep to it."""
        return status | _own_correlation(operation)


def _own_correlation(operation: Operation) -> Document:
    renames = operation.kind == "member.update"
    return {"correlationId": f"k-{operation.command_id}"} if renames else {}


@fault(breaks="RCP-04")
class CutsACorrelationShort(Behaviour):
    """Keeps 64 characters of the correlationId of a create, in lower case."""

    def receipt(self, operation: Operation, receipt: Document) -> Document:
        """Fit it into a column."""
        return receipt | _short_correlation(operation)

    def status(self, operation: Operation, status: Document) -> Document:
        """Read it back from there."""
        return status | _short_correlation(operation)


def _short_correlation(operation: Operation) -> Document:
    if operation.kind != "member.create":
        return {}
    return {"correlationId": operation.correlation_id[:64].lower()}


@fault(breaks="RCP-09")
class GivesReadinessForTheResource(Behaviour):
    """Gives the readinessUrl of a bind for its readModelUrl too."""

    def read_model_url(self, operation: Operation, url: str) -> str | None:
        """Take what is usable for what is stored."""
        readiness = f"{url}/readiness?commandId={operation.command_id}"
        return readiness if operation.kind == "member.bind" else url


@fault(breaks="RCP-09", also=("RDY-01", "RDY-04", "RDY-06", "RDY-07"))
class GivesTheResourceForReadiness(Behaviour):
    """Gives the binding, which is there before it is usable, for the readinessUrl of a bind."""

    def receipt(self, operation: Operation, receipt: Document) -> Document:
        """Take what is stored for what is usable."""
        return receipt | _stored_for_usable(operation, receipt)

    def status(self, operation: Operation, status: Document) -> Document:
        """Take it here too."""
        return status | _stored_for_usable(operation, status)


def _stored_for_usable(operation: Operation, document: Document) -> Document:
    binds = operation.kind == "member.bind" and "readModelUrl" in document
    return {"readinessUrl": document["readModelUrl"]} if binds else {}


@fault(breaks="RCP-09")
class ReadsTheStatusBack(Behaviour):
    """Gives the status of a rename for what shows its effect."""

    def read_model_url(self, operation: Operation, url: str) -> str | None:
        """Give the statusUrl once more."""
        scope = url.partition("/members/")[0]
        renamed = operation.kind == "member.update"
        return f"{scope}/operations/{operation.command_id}" if renamed else url


@fault(breaks="RCP-10")
class LeavesThePaceToTheCaller(Behaviour):
    """Says nowhere when to ask again."""

    def asks_again(self, operation: Operation) -> bool:  # noqa: ARG002
        """Say nothing."""
        return False


@fault(breaks="RCP-10")
class AsksForFractionsOfASecond(Behaviour):
    """Asks to come back in half a second, which Retry-After cannot say."""

    def answer_sent(self, operation_id: str, answer: Answer, origin: str) -> Answer:
        """Say it all the same."""
        sent = super().answer_sent(operation_id, answer, origin)
        paced = {"Retry-After": "0.5"} if "Retry-After" in sent.headers else {}
        return Answer(sent.status, sent.body, {**sent.headers, **paced})


@fault(breaks="RCP-11")
class PromisesToForgetBeforeTheDeadline(Behaviour):
    """Publishes an expiresAt that is the instant of acceptance, long before the deadline."""

    def receipt(self, operation: Operation, receipt: Document) -> Document:
        """Promise nothing."""
        return receipt | {"expiresAt": operation.accepted_at}

    def status(self, operation: Operation, status: Document) -> Document:
        """Promise as little."""
        return status | {"expiresAt": operation.accepted_at}


@fault(breaks="RCP-13")
class BreaksOnAnUnknownMember(Behaviour):
    """Answers 500 to an implementation with a member that it does not know."""

    def implementation_given(self, operation_id: str, body: Document) -> Document:
        """Look it up in vain."""
        if operation_id == "updateMemberImplementation" and any(n.startswith("x") for n in body):
            raise problems.internal_error()
        return super().implementation_given(operation_id, body)


@fault(breaks="RCP-13")
class ReadsAnUnknownMemberAsContent(Behaviour):
    """Takes a member that it does not know for a step of the workflow, and fails to prepare it."""

    def implementation_given(self, operation_id: str, body: Document) -> Document:
        """Read on."""
        if operation_id == "bindMember" and any(name.startswith("x") for name in body):
            return {"workflow": {"workflowYamls": [UNPREPARABLE]}}
        return super().implementation_given(operation_id, body)


@fault(breaks="RCP-14")
class LinksTheHealthOfTheServer(Behaviour):
    """Links the health of the server as the status of a rename."""

    def answer_sent(self, operation_id: str, answer: Answer, origin: str) -> Answer:
        """Take one status for another."""
        sent = super().answer_sent(operation_id, answer, origin)
        health = {"Link": '</health/ready>; rel="status"'} if operation_id == "updateMember" else {}
        return Answer(sent.status, sent.body, {**sent.headers, **health})


FAULTS = (
    LeavesTheCompletionStageOut,
    SpellsTheDeadlineInSnakeCase,
    PromisesLessOfARetirement,
    HasAnOperationWordOfItsOwn,
    NamesRenamesAfterTheirMember,
    TakesEveryRenameForAReplay,
    ForgetsWhoIsInvoked,
    NeverNamesTheRevisionOfABind,
    PointsLocationAtTheMember,
    PutsAKeyIntoTheStatusUrl,
    ShowsAnInternalHost,
    HidesTheReadModel,
    HidesReadiness,
    GivesARenameACorrelationOfItsOwn,
    CutsACorrelationShort,
    GivesReadinessForTheResource,
    GivesTheResourceForReadiness,
    ReadsTheStatusBack,
    LeavesThePaceToTheCaller,
    AsksForFractionsOfASecond,
    PromisesToForgetBeforeTheDeadline,
    BreaksOnAnUnknownMember,
    ReadsAnUnknownMemberAsContent,
    LinksTheHealthOfTheServer,
    WritesAcceptedAtInLocalTime,
)
