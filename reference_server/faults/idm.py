"""Faults of idempotency."""

from collections import Counter
from dataclasses import replace

from reference_server import instants
from reference_server.behaviour import Behaviour
from reference_server.document import Document
from reference_server.events.member import Member, MemberCreated, MemberDescribed, MemberEvent
from reference_server.events.operation import Operation
from reference_server.faults.declaration import fault
from reference_server.problems import Problem
from reference_server.store import KeyRecord

_UNNOTICED_SECONDS = 0.05
_SHORT_LIFE_SECONDS = 0.06


@fault(breaks="IDM-01", also=("IDM-02", "IDM-03", "IDM-07"))
class TakesNoNoticeOfKeys(Behaviour):
    """Takes every request for a new one, whatever Idempotency-Key it carries."""

    def key_stands_for(
        self,
        record: KeyRecord | None,  # noqa: ARG002
        kept: Operation | None,  # noqa: ARG002
        age: float,  # noqa: ARG002
    ) -> KeyRecord | None:
        """Remember nothing."""
        return None


@fault(breaks="IDM-01", also=("IDM-02", "IDM-03", "IDM-07"))
class KeepsKeysInTheMemoryOfOneWorker(Behaviour):
    """Keeps keys in the memory of one of two workers, which take requests by turns."""

    def __init__(self) -> None:
        self._asked: Counter[tuple[str, str]] = Counter()

    def key_stands_for(
        self,
        record: KeyRecord | None,
        kept: Operation | None,  # noqa: ARG002
        age: float,  # noqa: ARG002
    ) -> KeyRecord | None:
        """Know the key only where the worker that took it first takes it again."""
        if record is None:
            return None
        self._asked[record.principal, record.key] += 1
        other_worker = self._asked[record.principal, record.key] % 2 == 1
        return None if other_worker else record


@fault(breaks="IDM-01", also=("IDM-02", "RCP-14"))
class DoesARepeatOverAgain(Behaviour):
    """Answers a repeated request with the first receipt, and does the thing a second time."""

    def __init__(self) -> None:
        self._first: dict[str, Document] = {}
        self._keyed: set[str] = set()

    def key_stands_for(
        self,
        record: KeyRecord | None,
        kept: Operation | None,  # noqa: ARG002
        age: float,  # noqa: ARG002
    ) -> KeyRecord | None:
        """Let the request through."""
        self._keyed |= {record.fingerprint} if record else set()
        return None

    def location(self, operation: Operation, status_url: str, definition_url: str) -> str:
        """Name the status of the first."""
        asked = operation.admitted.fingerprint
        first = self._first.get(asked, {}) if asked in self._keyed else {}
        url = str(first.get("statusUrl", status_url))
        return super().location(operation, url, definition_url)

    def answer_body(
        self, operation: Operation, receipt: Document, resource: Document
    ) -> Document | None:
        """Show the first receipt."""
        asked, body = operation.admitted.fingerprint, resource | receipt
        first = self._first.setdefault(asked, body)
        return first | {"replayed": True} if asked in self._keyed else body


@fault(breaks="IDM-02")
class AnswersAnotherRequestWithTheFirstReceipt(Behaviour):
    """Takes a request with a known key for the first one, whatever it asks for."""

    def same_request(self, record: KeyRecord, fingerprint: str) -> bool:  # noqa: ARG002
        """Compare nothing."""
        return True


@fault(breaks="IDM-02")
class RefusesAReusedKeyAsAConflict(Behaviour):
    """Refuses a key that came with another request under the code of a member's conflict."""

    def refusal(self, operation_id: str, refusal: Problem) -> Problem:  # noqa: ARG002
        """Name no reuse."""
        reused = refusal.code == "IDEMPOTENCY_KEY_REUSED"
        return Problem(409, "STUDIO_MEMBER_CONFLICT", refusal.message) if reused else refusal


@fault(breaks="IDM-03", also="IDM-01")
class RecordsAKeyOnlyAfterTheAnswer(Behaviour):
    """Records a key only 50 ms after its command was accepted, so that a twin slips through."""

    def key_stands_for(
        self, record: KeyRecord | None, kept: Operation | None, age: float
    ) -> KeyRecord | None:
        """Overlook a young record."""
        return None if kept and age < _UNNOTICED_SECONDS else record


@fault(breaks="IDM-04", also="RCP-10")
class ReplaysTheFirstReceiptUnmarked(Behaviour):
    """Answers a replay with the receipt as it was at first, and does not say that it is old."""

    def replay_shown(self, operation: Operation, receipt: Document) -> Document:
        """Go back to accepted."""
        first = {**receipt, "stage": "accepted", "status": "pending"}
        later = ("replayed", "stateVersion", "completedAt", "failure", "observedStateVersion")
        shown = {name: value for name, value in first.items() if name not in later}
        return shown | {"acceptedAt": operation.accepted_at}

    def answer_status(self, operation: Operation) -> int:  # noqa: ARG002
        """Answer like the first time."""
        return 202

    def answer_body(
        self,
        operation: Operation,  # noqa: ARG002
        receipt: Document,
        resource: Document,  # noqa: ARG002
    ) -> Document | None:
        """Show nothing of what came of it."""
        return receipt


@fault(breaks="IDM-04", also=("RCP-03", "RCP-12", "STA-05", "STA-12"))
class AcceptsAnewWhatItReplays(Behaviour):
    """Gives the receipt of a replay an acceptedAt of its own, later than the first."""

    def replay_shown(self, operation: Operation, receipt: Document) -> Document:
        """Take another instant."""
        accepted = instants.parsed(operation.accepted_at)
        return {**receipt, "acceptedAt": instants.after(accepted, 1.5)}


@fault(breaks="IDM-05")
class TakesKeysOfAllScopesForOne(Behaviour):
    """Knows a key again in whichever scope and from whomever it comes."""

    def key_owner(self, principal: str, scope_id: str) -> tuple[str, str]:  # noqa: ARG002
        """File it under nobody."""
        return "", ""


class DescribesInPlaceOfCreating(Behaviour):
    """Takes a create that met no member, and finds one, for a change of its names."""

    def created_before(self, member: Member | None, visible: Member | None) -> Member | None:  # noqa: ARG002
        """Overlook the member, so that nothing conflicts."""
        return None

    def decided(
        self,
        command: object,  # noqa: ARG002
        member: Member | None,
        visible: Member | None,  # noqa: ARG002
        events: tuple[MemberEvent, ...],
    ) -> tuple[MemberEvent, ...]:
        """Write over what is there."""
        return tuple(
            MemberDescribed(event.display_name, event.description)
            if member is not None and isinstance(event, MemberCreated)
            else event
            for event in events
        )


@fault(breaks="IDM-06", also="CON-01")
class CallsAConflictingCreateDone(DescribesInPlaceOfCreating):
    """Ends a create with other fields ready, and changes nothing."""

    def decided(
        self,
        command: object,  # noqa: ARG002
        member: Member | None,
        visible: Member | None,  # noqa: ARG002
        events: tuple[MemberEvent, ...],
    ) -> tuple[MemberEvent, ...]:
        """Begin no member twice."""
        return tuple(e for e in events if member is None or not isinstance(e, MemberCreated))


@fault(breaks="IDM-06", also="CON-01")
class OverwritesAMemberCreatedAgain(DescribesInPlaceOfCreating):
    """Takes a create of a member that exists for a change of its names."""


@fault(breaks="IDM-06")
class RefusesAnEqualCreate(Behaviour):
    """Refuses every create of a member that exists, with equal fields too."""

    def created_before(self, member: Member | None, visible: Member | None) -> Member | None:  # noqa: ARG002
        """See another kind of member."""
        return member and replace(member, kind="another")


@fault(breaks="IDM-07", also=("IDM-01", "IDM-02", "IDM-03"))
class ForgetsAKeyOnceItsCommandIsDecided(Behaviour):
    """Forgets a key as soon as its command is ready or failed."""

    def key_stands_for(
        self,
        record: KeyRecord | None,
        kept: Operation | None,
        age: float,  # noqa: ARG002
    ) -> KeyRecord | None:
        """Forget what is decided."""
        return None if kept and kept.decided else record


@fault(breaks="IDM-07", also=("IDM-01", "IDM-03"))
class ForgetsAKeyBeforeItsCommandIsDecided(Behaviour):
    """Keeps a key for a moment only, however long its command takes."""

    def key_stands_for(
        self, record: KeyRecord | None, kept: Operation | None, age: float
    ) -> KeyRecord | None:
        """Forget what is old and undecided."""
        undecided = kept is not None and not kept.decided
        return None if undecided and age > _SHORT_LIFE_SECONDS else record


@fault(breaks="IDM-08")
class TakesNoNoticeOfIfMatch(Behaviour):
    """Changes a member whatever version the caller's If-Match names."""

    def expects(self, expected_version: int | None) -> int | None:  # noqa: ARG002
        """Expect nothing."""
        return None


@fault(breaks="IDM-09")
class ServesEachRepeatOfABind(Behaviour):
    """Shows every published revision as serving, so that each equal bind adds one."""

    def revision_shown(self, row: Document) -> Document:
        """Serve what is published."""
        return {**row, "isServing": row["status"] == "published"}


FAULTS = (
    TakesNoNoticeOfKeys,
    KeepsKeysInTheMemoryOfOneWorker,
    DoesARepeatOverAgain,
    AnswersAnotherRequestWithTheFirstReceipt,
    RefusesAReusedKeyAsAConflict,
    RecordsAKeyOnlyAfterTheAnswer,
    ReplaysTheFirstReceiptUnmarked,
    AcceptsAnewWhatItReplays,
    TakesKeysOfAllScopesForOne,
    CallsAConflictingCreateDone,
    OverwritesAMemberCreatedAgain,
    RefusesAnEqualCreate,
    ForgetsAKeyOnceItsCommandIsDecided,
    ForgetsAKeyBeforeItsCommandIsDecided,
    TakesNoNoticeOfIfMatch,
    ServesEachRepeatOfABind,
)
