"""Faults of readiness."""

from collections import Counter

from reference_server import instants, problems
from reference_server.behaviour import Behaviour
from reference_server.document import Document
from reference_server.events.member import Member
from reference_server.events.service import Deployment
from reference_server.faults.declaration import fault
from reference_server.problems import Problem

LONG_LAG = 0.5
OLD_SNAPSHOT = 1.0
UNSEEN = ("SERVICE_CATALOG_MISSING", "STUDIO_MEMBER_NOT_BOUND")


def _with_all(readiness: Document, status: str) -> list[Document]:
    return [row | {"status": status} for row in readiness["conditions"]]


@fault(breaks="RDY-01")
class SaysNotReadyInAWordOfItsOwn(Behaviour):
    """Says not_ready of a member whose implementation was changed after the bind."""

    def readiness_shown(self, member: Member, readiness: Document) -> Document:  # noqa: ARG002
        """Be more precise than the contract."""
        changed = readiness["reason"] == "IMPLEMENTATION_CHANGED"
        return readiness | ({"status": "not_ready"} if changed else {})


@fault(breaks="RDY-01", also="RCP-09")
class GivesNoReasonForReady(Behaviour):
    """Leaves the reason out where nothing is missing."""

    def readiness_shown(self, member: Member, readiness: Document) -> Document:  # noqa: ARG002
        """See nothing to explain."""
        if readiness["status"] == "ready":
            del readiness["reason"]
        return readiness


@fault(breaks="RDY-02")
class TakesARecordedBindingForAVisibleOne(Behaviour):
    """Says ready once the binding is recorded, while the catalog does not show it yet."""

    def readiness_shown(self, member: Member, readiness: Document) -> Document:  # noqa: ARG002
        """Expect the catalog to follow."""
        if readiness["reason"] != "SERVICE_CATALOG_MISSING":
            return readiness
        conditions = _with_all(readiness, "true")
        return readiness | {"status": "ready", "reason": "ALL_READY", "conditions": conditions}

    def projection_lag(self, projection: str, lag: float) -> float:
        """Leave callers time to notice."""
        return LONG_LAG if projection == "catalog" else lag


@fault(breaks="RDY-03")
class IgnoresTheCurrentImplementation(Behaviour):
    """Stays ready by the old revision after another implementation was stored."""

    def implementation_current(self, member: Member, deployment: Deployment | None) -> bool:  # noqa: ARG002
        """Take what serves for what is wanted."""
        return deployment is not None


@fault(breaks="RDY-03")
class NamesNoSubjectOfReadiness(Behaviour):
    """Says ready without saying of which revision or version."""

    def readiness_shown(self, member: Member, readiness: Document) -> Document:  # noqa: ARG002
        """Speak of the member at large."""
        readiness["target"].pop("revisionId", None)
        readiness.pop("stateVersion", None)
        return readiness


@fault(breaks="RDY-04")
class JudgesReadinessOnAnOldSnapshot(Behaviour):
    """Says pending for a while after the bind operation has been called ready."""

    def readiness_shown(self, member: Member, readiness: Document) -> Document:
        """Look at the snapshot before the last change."""
        changed = instants.parsed(member.updated_at)
        if (instants.now() - changed).total_seconds() > OLD_SNAPSHOT or readiness[
            "status"
        ] != "ready":
            return readiness
        conditions = _with_all(readiness, "unknown")
        behind = {"status": "pending", "reason": "READ_MODEL_BEHIND"}
        return readiness | behind | {"conditions": conditions}


@fault(breaks="RDY-05")
class CallsAnUnseenBindMissing(Behaviour):
    """Answers 404 at the readinessUrl of a receipt until the catalog shows the bind."""

    def readiness_shown(self, member: Member, readiness: Document) -> Document:  # noqa: ARG002
        """Find nothing."""
        if "commandId" in readiness and readiness["reason"] in UNSEEN:
            raise Problem(404, "SERVICE_CATALOG_MISSING", "The service is not in the catalog.")
        return readiness

    def projection_lag(self, projection: str, lag: float) -> float:
        """Leave readers time to notice."""
        return LONG_LAG if projection == "catalog" else lag


@fault(breaks="RDY-06")
class FailsReadinessWithoutAFailure(Behaviour):
    """Says that readiness failed, and nothing of why."""

    def readiness_shown(self, member: Member, readiness: Document) -> Document:  # noqa: ARG002
        """Leave the failure out."""
        readiness.pop("failure", None)
        return readiness


@fault(breaks="RDY-06")
class FailsReadinessUnderNoCommand(Behaviour):
    """Says that readiness failed, and not by which command."""

    def readiness_shown(self, member: Member, readiness: Document) -> Document:  # noqa: ARG002
        """Leave the command out."""
        if readiness["status"] == "failed":
            del readiness["commandId"]
        return readiness


@fault(breaks="RDY-06")
class RestatesTheFailureOfACommand(Behaviour):
    """Gives a failed readiness a code of its own, which the operation does not have."""

    def readiness_shown(self, member: Member, readiness: Document) -> Document:  # noqa: ARG002
        """Find other words."""
        if readiness["status"] == "failed":
            readiness["failure"] |= {"code": "BIND_FAILED"}
        return readiness


@fault(breaks="RDY-07")
class IsReadyUnderAnUnknownCondition(Behaviour):
    """Says ready though one of its conditions is unknown."""

    def readiness_shown(self, member: Member, readiness: Document) -> Document:  # noqa: ARG002
        """Leave the last one open."""
        if readiness["status"] == "ready":
            readiness["conditions"][-1] |= {"status": "unknown"}
        return readiness


@fault(breaks="RDY-07")
class IsPendingUnderNoCondition(Behaviour):
    """Says pending though every condition that it lists is true."""

    def readiness_shown(self, member: Member, readiness: Document) -> Document:  # noqa: ARG002
        """List what holds."""
        held = [row for row in readiness["conditions"] if row["status"] == "true"]
        return readiness | {"conditions": held or _with_all(readiness, "true")}


@fault(breaks="RDY-08")
class CountsALookAsAChange(Behaviour):
    """Moves a member's version each time that somebody asks whether it is ready."""

    def __init__(self) -> None:
        self._looks: Counter[str] = Counter()

    def readiness_shown(self, member: Member, readiness: Document) -> Document:
        """Remember the look."""
        self._looks[member.member_id] += 1
        return readiness

    def member_shown(self, member: Member, summary: Document) -> Document:
        """Add the looks."""
        looks = self._looks[member.member_id]
        return summary | {"stateVersion": summary["stateVersion"] + looks}


@fault(breaks="RDY-09")
class GivesUnboundTheReasonOfUnseen(Behaviour):
    """Says SERVICE_CATALOG_MISSING of a member that was never bound."""

    def readiness_shown(self, member: Member, readiness: Document) -> Document:  # noqa: ARG002
        """Mistake one for the other."""
        unbound = readiness["reason"] == "STUDIO_MEMBER_NOT_BOUND"
        return readiness | ({"reason": "SERVICE_CATALOG_MISSING"} if unbound else {})


@fault(breaks="RDY-09", also="ERR-02")
class LooksForTheServiceOfNobody(Behaviour):
    """Answers who asks for the readiness of a missing member that a service was not found."""

    def refusal(self, operation_id: str, refusal: Problem) -> Problem:
        """Look for the service first."""
        missing = refusal.code == "STUDIO_MEMBER_NOT_FOUND"
        if operation_id == "getMemberBindingReadiness" and missing:
            return problems.Problem(404, "SERVICE_NOT_FOUND", "The service was not found.")
        return refusal


FAULTS = (
    SaysNotReadyInAWordOfItsOwn,
    GivesNoReasonForReady,
    TakesARecordedBindingForAVisibleOne,
    IgnoresTheCurrentImplementation,
    NamesNoSubjectOfReadiness,
    JudgesReadinessOnAnOldSnapshot,
    CallsAnUnseenBindMissing,
    FailsReadinessWithoutAFailure,
    FailsReadinessUnderNoCommand,
    RestatesTheFailureOfACommand,
    IsReadyUnderAnUnknownCondition,
    IsPendingUnderNoCondition,
    CountsALookAsAChange,
    GivesUnboundTheReasonOfUnseen,
    LooksForTheServiceOfNobody,
)
