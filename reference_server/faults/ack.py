"""Faults of acceptance."""

from dataclasses import replace

from reference_server.behaviour import Behaviour
from reference_server.document import Document
from reference_server.events.operation import Operation
from reference_server.faults.declaration import fault
from reference_server.problems import Problem
from reference_server.requests import Body

UPDATE = "member.update"
LONG_LAG = 0.3
LONGEST_NAME = 256
BEHIND = 2.2


@fault(breaks="ACK-01", also="ACK-03")
class AnswersAPendingBindWithDone(Behaviour):
    """Answers a bind 200 as soon as it is accepted, with a receipt that says pending."""

    def answer_status(self, operation: Operation) -> int:
        """Say 200 to every bind."""
        return 200 if operation.kind == "member.bind" else super().answer_status(operation)


@fault(breaks="ACK-01", also="RCP-01")
class AcceptsWithoutAReceipt(Behaviour):
    """Answers a rename 202 with a body that says only that it was accepted."""

    def answer_body(
        self, operation: Operation, receipt: Document, resource: Document
    ) -> Document | None:
        """Give neither a command id nor a stage."""
        if operation.kind == UPDATE:
            return {"memberId": operation.target["memberId"], "accepted": True}
        return super().answer_body(operation, receipt, resource)


@fault(breaks="ACK-02", also=("ACK-01", "ACK-03"))
class AnswersCreatedBeforeItShows(Behaviour):
    """Answers a create 201 as soon as it is accepted, before the member can be read."""

    def answer_status(self, operation: Operation) -> int:
        """Say 201 to every create."""
        return 201 if operation.kind == "member.create" else super().answer_status(operation)

    def location(self, operation: Operation, status_url: str, definition_url: str) -> str:
        """Point at the member."""
        created = operation.kind == "member.create"
        return definition_url if created else status_url


@fault(breaks="ACK-02")
class PointsACreatedMemberAtTheRoster(Behaviour):
    """Answers a finished create 201 with the Location of the roster, which is no member."""

    def waits_for_completion(self, operation: Operation) -> bool:
        """Hold the answer to a create."""
        return operation.kind == "member.create"

    def answer_status(self, operation: Operation) -> int:
        """Say 201 to every create that is done."""
        created = operation.kind == "member.create" and operation.status == "ready"
        return 201 if created else super().answer_status(operation)

    def location(self, operation: Operation, status_url: str, definition_url: str) -> str:
        """Drop the member's id."""
        created = operation.kind == "member.create"
        return definition_url.rpartition("/")[0] if created else status_url


@fault(breaks="ACK-03")
class AnswersRenameWithTheBareMember(Behaviour):
    """Answers a finished rename 200 with the member alone, without a receipt."""

    def waits_for_completion(self, operation: Operation) -> bool:
        """Hold the answer to a rename."""
        return operation.kind == UPDATE

    def answer_body(
        self, operation: Operation, receipt: Document, resource: Document
    ) -> Document | None:
        """Leave the receipt out."""
        if operation.kind == UPDATE:
            return resource
        return super().answer_body(operation, receipt, resource)


@fault(breaks="ACK-04", also="HTP-06")
class AnswersRenameWithoutBody(Behaviour):
    """Answers an accepted rename 204, so that nobody learns its command id."""

    def answer_status(self, operation: Operation) -> int:
        """Claim 204 for member.update."""
        return 204 if operation.kind == UPDATE else super().answer_status(operation)

    def answer_body(
        self, operation: Operation, receipt: Document, resource: Document
    ) -> Document | None:
        """Leave the receipt out."""
        if operation.kind == UPDATE:
            return None
        return super().answer_body(operation, receipt, resource)


@fault(breaks="ACK-05")
class CallsAnAcceptedRunObserved(Behaviour):
    """Says in an invoke's receipt that the run is readable, when it is only accepted."""

    def receipt(self, operation: Operation, receipt: Document) -> Document:
        """Foresee the stage and the version."""
        if operation.kind == "member.invoke" and operation.stage == "accepted":
            receipt |= {"stage": "observed", "stateVersion": 1}
        return receipt

    def projection_lag(self, projection: str, lag: float) -> float:
        """Leave readers time to notice."""
        return LONG_LAG if projection == "runs" else lag


@fault(breaks="ACK-05", also=("STA-11", "MBR-04"))
class AnswersRenameReadyBeforeItShows(Behaviour):
    """Answers a rename 200 ready once it is committed, while reads still show the old name."""

    def waits_for_completion(self, operation: Operation) -> bool:
        """Hold the answer to a rename."""
        return operation.kind == UPDATE

    def awaits_projection(self, operation: Operation) -> bool:
        """Take the commit of a rename for its observation."""
        return operation.kind != UPDATE

    def projection_lag(self, projection: str, lag: float) -> float:
        """Leave readers time to notice."""
        return LONG_LAG if projection == "members" else lag


@fault(breaks="ACK-06")
class MakesUpADeploymentStatus(Behaviour):
    """Says in the receipt of an accepted bind that its deployment is active."""

    def receipt(self, operation: Operation, receipt: Document) -> Document:
        """Make up the status that the deployment will have."""
        if operation.kind == "member.bind" and operation.stage == "accepted":
            receipt["deploymentStatus"] = "active"
        return receipt


@fault(breaks="ACK-06")
class MakesUpASummary(Behaviour):
    """Puts the member as it will be into the receipt of an accepted rename."""

    def receipt(self, operation: Operation, receipt: Document) -> Document:
        """Fall back on what is expected, for want of a read model."""
        if operation.kind == UPDATE and operation.stage == "accepted":
            receipt["member"] = {**operation.target, "updatedAt": operation.accepted_at}
        return receipt


@fault(breaks="ACK-07")
class RegistersStatusLate(Behaviour):
    """Makes a statusUrl known only 200 ms after the 202 left."""

    def status_known(self, operation: Operation, age: float) -> bool:  # noqa: ARG002
        """Know nothing of a young operation."""
        return age > 0.2  # noqa: PLR2004


@fault(breaks="ACK-10")
class ClaimsSuccessWhilePending(Behaviour):
    """Puts `success: true` into the receipt of a write that is still pending."""

    def receipt(self, operation: Operation, receipt: Document) -> Document:  # noqa: ARG002
        """Take acceptance for success."""
        return receipt | {"success": True}


@fault(breaks="ACK-08")
class CutsTheNameOfARename(Behaviour):
    """Accepts a rename to more than 256 characters, and leaves the rest of them out."""

    def display_name(self, body: Body) -> str:
        """Cut where nobody looks."""
        given = body.members.get("displayName")
        if "implementationKind" in body.members or not isinstance(given, str):
            return super().display_name(body)
        return super().display_name(replace(body, members={"displayName": given[:LONGEST_NAME]}))


@fault(breaks="ACK-08")
class GivesAReceiptForAnUnknownKind(Behaviour):
    """Answers a create of a kind that is none 400, with a command id and a statusUrl beside."""

    def problem_body(self, operation_id: str, refusal: Problem, body: Document) -> Document | None:
        """Give a refusal a number like a command's."""
        shown = super().problem_body(operation_id, refusal, body)
        places = [fault.get("pointer") for fault in refusal.errors]
        if shown is None or places != ["/implementationKind"]:
            return shown
        url = f"/api/scopes/{body['scopeId']}/operations/c-refused"
        return shown | {"commandId": "c-refused", "statusUrl": url}


@fault(breaks="ACK-09")
class AnswersARenameOnceItShows(Behaviour):
    """Answers a rename only after a read model that is two seconds behind has shown it."""

    def answer_delay(self, operation: Operation) -> float:
        """Wait for the reads."""
        return BEHIND if operation.kind == UPDATE else super().answer_delay(operation)


FAULTS = (
    AnswersAPendingBindWithDone,
    AcceptsWithoutAReceipt,
    AnswersCreatedBeforeItShows,
    PointsACreatedMemberAtTheRoster,
    AnswersRenameWithTheBareMember,
    AnswersRenameWithoutBody,
    CallsAnAcceptedRunObserved,
    AnswersRenameReadyBeforeItShows,
    MakesUpADeploymentStatus,
    MakesUpASummary,
    RegistersStatusLate,
    ClaimsSuccessWhilePending,
    CutsTheNameOfARename,
    GivesAReceiptForAnUnknownKind,
    AnswersARenameOnceItShows,
)
