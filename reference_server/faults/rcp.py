"""Faults of the receipt."""

from reference_server import instants
from reference_server.behaviour import Behaviour
from reference_server.document import Document
from reference_server.events.operation import Operation
from reference_server.faults.declaration import fault

HOUR = 3600.0


@fault(breaks="RCP-01")
class LeavesTheCompletionStageOut(Behaviour):
    """Leaves completionStage out of the receipt of a create."""

    def receipt(self, operation: Operation, receipt: Document) -> Document:
        """Drop it."""
        if operation.kind == "member.create":
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


@fault(breaks="RCP-03")
class NamesRenamesAfterTheirMember(Behaviour):
    """Makes the command id of a rename from the member's id, so that all its renames share it."""

    def command_id_shown(self, operation: Operation) -> str:
        """Forget that a member can be renamed twice."""
        if operation.kind == "member.update":
            return f"c-rename-{operation.target['memberId']}"
        return operation.command_id


@fault(breaks="RCP-03")
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
    WritesAcceptedAtInLocalTime,
)
