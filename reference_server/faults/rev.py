"""Faults of revisions: activate, retire, and what they are refused for."""

from reference_server import problems
from reference_server.behaviour import Behaviour
from reference_server.document import Document
from reference_server.events.operation import Operation
from reference_server.faults.declaration import fault
from reference_server.problems import Problem

ACTIONS = ("member.revision.activate", "member.revision.retire")
LONG_LAG = 0.5


@fault(breaks="REV-01")
class NamesNoServiceInRevisionActions(Behaviour):
    """Leaves publishedServiceId out of the target of an activate or retire."""

    def target(self, operation: Operation) -> Document:
        """Know the member only."""
        if operation.kind not in ACTIONS:
            return operation.target
        return {k: v for k, v in operation.target.items() if k != "publishedServiceId"}


@fault(breaks="REV-01")
class ForgetsTheMembersBesideTheReceipt(Behaviour):
    """Answers a retire with the receipt alone, without the merged members beside it."""

    def receipt(self, operation: Operation, receipt: Document) -> Document:
        """Keep to the vocabulary."""
        if operation.kind != "member.revision.retire":
            return receipt
        return {k: v for k, v in receipt.items() if k not in operation.target}


@fault(breaks="REV-02", also="ERR-06")
class MistakesAnUnknownRevisionForAnUnboundMember(Behaviour):
    """Refuses an unknown revision with STUDIO_MEMBER_NOT_BOUND, though the member is bound."""

    def refusal(self, operation_id: str, refusal: Problem) -> Problem:
        """Give the nearest code."""
        unknown = refusal.code == "STUDIO_MEMBER_BINDING_REVISION_NOT_FOUND"
        action = operation_id in {"activateMemberRevision", "retireMemberRevision"}
        return refusal.restated(409, "STUDIO_MEMBER_NOT_BOUND") if unknown and action else refusal


@fault(breaks="REV-03")
class RevivesRetiredRevisions(Behaviour):
    """Activates a retired revision as if it had never been retired."""

    def revives_retired(self) -> bool:
        """Let it serve again."""
        return True


@fault(breaks="REV-03")
class RefusesARetiredRevisionWithoutAReason(Behaviour):
    """Refuses a retired revision as a conflict of the member, without a word of the revision."""

    def refusal(self, operation_id: str, refusal: Problem) -> Problem:
        """Call it a conflict."""
        retired = refusal.code == "STUDIO_MEMBER_BINDING_REVISION_RETIRED"
        if retired and operation_id == "activateMemberRevision":
            return refusal.restated(409, "STUDIO_MEMBER_CONFLICT")
        return refusal


@fault(breaks="REV-04")
class RefusesToRetireTwice(Behaviour):
    """Answers a repeated retire with 409 STUDIO_MEMBER_BINDING_REVISION_RETIRED."""

    def repeated_action(self, operation_id: str, revision_id: str) -> None:
        """Take the repeat for a mistake."""
        if operation_id == "retireMemberRevision":
            raise problems.revision_retired(revision_id)


@fault(breaks="REV-04")
class RefusesToActivateWhatIsActive(Behaviour):
    """Answers an activate of the serving revision with a conflict."""

    def repeated_action(self, operation_id: str, revision_id: str) -> None:  # noqa: ARG002
        """Take the repeat for a mistake."""
        if operation_id == "activateMemberRevision":
            raise Problem(409, "STUDIO_MEMBER_CONFLICT", "The revision serves already.")


@fault(breaks="REV-04")
class ListsWhatIsRetiredTwiceAsPublished(Behaviour):
    """Calls a second retire ready, and lists the revision as published from then on."""

    def __init__(self) -> None:
        super().__init__()
        self._retired_twice: set[str] = set()

    def repeated_action(self, operation_id: str, revision_id: str) -> None:
        """Take the repeat for the way back."""
        if operation_id == "retireMemberRevision":
            self._retired_twice.add(revision_id)

    def revision_shown(self, row: Document) -> Document:
        """Forget the first time."""
        twice = row["revisionId"] in self._retired_twice
        return row | ({"status": "published"} if twice else {})


@fault(breaks="REV-05")
class ActivatesTheDefaultOnly(Behaviour):
    """Makes a revision the member's default and calls it ready, while another one serves."""

    def serves_activated(self) -> bool:
        """Forget the service."""
        return False

    def usable_when_ready(self, operation: Operation, usable: bool) -> bool:  # noqa: FBT001
        """Take the first half for the whole."""
        return usable or operation.kind == "member.revision.activate"


@fault(breaks="REV-05")
class CallsAnActivateReadyTooEarly(Behaviour):
    """Says that an activate is ready while the catalog still shows the revision before."""

    def awaits_serving(self, operation: Operation) -> bool:
        """Trust that it will come."""
        return operation.kind != "member.revision.activate"

    def usable_when_ready(self, operation: Operation, usable: bool) -> bool:  # noqa: FBT001
        """Promise it."""
        return usable or operation.kind == "member.revision.activate"

    def projection_lag(self, projection: str, lag: float) -> float:
        """Leave readers time to notice."""
        return LONG_LAG if projection == "catalog" else lag


@fault(breaks="REV-06", also="ERR-02")
class LooksForTheRevisionOfNobody(Behaviour):
    """Answers a retire at a missing member that the revision was not found."""

    def refusal(self, operation_id: str, refusal: Problem) -> Problem:
        """Look for the revision first."""
        missing = refusal.code == "STUDIO_MEMBER_NOT_FOUND"
        if missing and operation_id == "retireMemberRevision":
            return refusal.restated(404, "STUDIO_MEMBER_BINDING_REVISION_NOT_FOUND")
        return refusal


@fault(breaks="REV-06", also="ERR-06")
class LooksForTheRevisionOfAnUnboundMember(Behaviour):
    """Answers an activate at an unbound member that the revision was not found."""

    def refusal(self, operation_id: str, refusal: Problem) -> Problem:
        """Look for the revision first."""
        unbound = refusal.code == "STUDIO_MEMBER_NOT_BOUND"
        if unbound and operation_id == "activateMemberRevision":
            return refusal.restated(404, "STUDIO_MEMBER_BINDING_REVISION_NOT_FOUND")
        return refusal


@fault(breaks="REV-07")
class SaysRetiredAtOnce(Behaviour):
    """Says revisionStatus retired in the receipt of a retire that was only accepted."""

    def receipt(self, operation: Operation, receipt: Document) -> Document:
        """Write what is wished for."""
        retire = operation.kind == "member.revision.retire"
        return receipt | ({"revisionStatus": "retired"} if retire else {})


@fault(breaks="REV-07")
class SpellsRevisionsInItsOwnWords(Behaviour):
    """Lists published revisions as Live."""

    def revision_shown(self, row: Document) -> Document:
        """Translate."""
        return row | ({"status": "Live"} if row["status"] == "published" else {})


FAULTS = (
    NamesNoServiceInRevisionActions,
    ForgetsTheMembersBesideTheReceipt,
    MistakesAnUnknownRevisionForAnUnboundMember,
    RevivesRetiredRevisions,
    RefusesARetiredRevisionWithoutAReason,
    RefusesToRetireTwice,
    RefusesToActivateWhatIsActive,
    ListsWhatIsRetiredTwiceAsPublished,
    ActivatesTheDefaultOnly,
    CallsAnActivateReadyTooEarly,
    LooksForTheRevisionOfNobody,
    LooksForTheRevisionOfAnUnboundMember,
    SaysRetiredAtOnce,
    SpellsRevisionsInItsOwnWords,
)
