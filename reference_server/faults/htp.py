"""Faults of HTTP."""

from collections.abc import Mapping

from reference_server.behaviour import Behaviour
from reference_server.document import Document
from reference_server.events.member import Member
from reference_server.exchange import Answer
from reference_server.faults.declaration import fault
from reference_server.problems import Problem
from reference_server.requests import Preferences

OK = 200
TOO_LONG = 2.5


@fault(breaks="HTP-01")
class LetsRunsBeCached(Behaviour):
    """Lets a run be cached for a minute."""

    def answer_sent(self, operation_id: str, answer: Answer, origin: str) -> Answer:
        """Spare the server."""
        sent = super().answer_sent(operation_id, answer, origin)
        cached = {"Cache-Control": "private, max-age=60"} if operation_id == "getMemberRun" else {}
        return Answer(sent.status, sent.body, {**sent.headers, **cached})


@fault(breaks="HTP-01")
class SaysNothingOfCachingReceipts(Behaviour):
    """Answers a rename without Cache-Control."""

    def answer_sent(self, operation_id: str, answer: Answer, origin: str) -> Answer:
        """Leave it out."""
        sent = super().answer_sent(operation_id, answer, origin)
        if operation_id != "updateMember":
            return sent
        kept = {name: one for name, one in sent.headers.items() if name != "Cache-Control"}
        return Answer(sent.status, sent.body, kept)


@fault(breaks="HTP-02")
class WritesARunIdTwice(Behaviour):
    """Writes runId twice into a run."""

    def written(self, operation_id: str, body: Document) -> bytes:
        """Begin again."""
        written = super().written(operation_id, body)
        twice = operation_id == "getMemberRun" and "runId" in body
        return b'{"runId":"",' + written[1:] if twice else written


@fault(breaks="HTP-02")
class CallsThePublishedServiceText(Behaviour):
    """Sends the published service as text/plain."""

    def answer_sent(self, operation_id: str, answer: Answer, origin: str) -> Answer:
        """Name another media type."""
        sent = super().answer_sent(operation_id, answer, origin)
        plain = {"Content-Type": "text/plain; charset=utf-8"}
        more = plain if operation_id == "getMemberPublishedService" else {}
        return Answer(sent.status, sent.body, {**sent.headers, **more})


@fault(breaks="HTP-03")
class NamesNoMethodThatIsAllowed(Behaviour):
    """Answers 405 without Allow."""

    def refusal(self, operation_id: str, refusal: Problem) -> Problem:
        """Leave it out."""
        shown = super().refusal(operation_id, refusal)
        if shown.code == "METHOD_NOT_ALLOWED":
            shown.headers.clear()
        return shown


@fault(breaks="HTP-03")
class CallsAMediaTypeMalformed(Behaviour):
    """Answers 400 to a media type that it does not take."""

    def refusal(self, operation_id: str, refusal: Problem) -> Problem:
        """Take it for a broken body."""
        shown = super().refusal(operation_id, refusal)
        if shown.code == "UNSUPPORTED_MEDIA_TYPE":
            return Problem(400, "INVALID_REQUEST_BODY", shown.message)
        return shown


@fault(breaks="HTP-03")
class ChokesOnAnAcceptOfImages(Behaviour):
    """Answers 400 to whoever accepts images only."""

    def header_refusal(self, operation_id: str, headers: Mapping[str, str]) -> Problem | None:
        """Mind the header."""
        if headers.get("accept", "").startswith("image/"):
            return Problem(400, "INVALID_STUDIO_MEMBER_REQUEST", "Images are not served here.")
        return super().header_refusal(operation_id, headers)


@fault(breaks="HTP-04")
class HoldsLongerThanItSays(Behaviour):
    """Says that it waited as long as the caller, and waits longer."""

    def held_for(self, waits: float) -> float:
        """Add to it."""
        return waits + TOO_LONG


@fault(breaks="HTP-04")
class ClaimsEveryPreference(Behaviour):
    """Says that every preference was applied, also where the answer came with its verdict."""

    def preferences_applied(self, asked: Preferences, applied: list[str]) -> list[str]:
        """Claim the one that nobody can see."""
        rest = [one for one in applied if one != "respond-async"]
        return [*rest, "respond-async"] if asked.respond_async else rest


@fault(breaks="HTP-05")
class DatesAMemberByItsLastReading(Behaviour):
    """Moves updatedAt of a member each time that its endpoint contract is read."""

    def __init__(self) -> None:
        self._read: dict[str, int] = {}

    def contract_shown(self, contract: Document) -> Document:
        """Count."""
        member_id = contract["memberId"]
        self._read[member_id] = self._read.get(member_id, 0) + 1
        return super().contract_shown(contract)

    def member_shown(self, member: Member, summary: Document) -> Document:
        """Tell."""
        shown = super().member_shown(member, summary)
        later = self._read.get(member.member_id, 0)
        return shown | {"updatedAt": f"2099-01-01T00:00:00.{later:03d}Z"} if later else shown


@fault(breaks="HTP-06")
class AnswersWhatItsOpenapiDoesNotList(Behaviour):
    """Answers a read of the published service with a status that its OpenAPI does not list."""

    def answer_sent(self, operation_id: str, answer: Answer, origin: str) -> Answer:
        """Answer with another good status."""
        sent = super().answer_sent(operation_id, answer, origin)
        odd = operation_id == "getMemberPublishedService" and sent.status == OK
        return Answer(203, sent.body, sent.headers) if odd else sent


@fault(breaks="HTP-07")
class RefusesAMalformedTraceparent(Behaviour):
    """Answers 400 to a traceparent that it cannot read."""

    def header_refusal(self, operation_id: str, headers: Mapping[str, str]) -> Problem | None:
        """Insist on it."""
        if headers.get("traceparent", "00-").startswith("00-"):
            return super().header_refusal(operation_id, headers)
        return Problem(400, "INVALID_STUDIO_MEMBER_REQUEST", "The traceparent is malformed.")


@fault(breaks="HTP-08")
class BreaksOnTheListOfOperations(Behaviour):
    """Answers 500 wherever operations are listed."""

    def answer_sent(self, operation_id: str, answer: Answer, origin: str) -> Answer:
        """Break."""
        sent = super().answer_sent(operation_id, answer, origin)
        if operation_id != "listOperations" or sent.status != OK:
            return sent
        body = {"code": "INTERNAL_ERROR", "message": "No service for type 'IOperations'."}
        return Answer(500, body, {"Cache-Control": "no-store"})


@fault(breaks="HTP-08", also=("ERR-01", "ERR-04"))  # an untyped 404 is a bare one
class NeverMountsTheListOfOperations(Behaviour):
    """Answers a bare 404 wherever operations are listed, as a host does that lacks the route."""

    def answer_sent(self, operation_id: str, answer: Answer, origin: str) -> Answer:
        """Know nothing of it."""
        sent = super().answer_sent(operation_id, answer, origin)
        listed = operation_id == "listOperations" and sent.status == OK
        return Answer(404, None) if listed else sent


@fault(breaks="HTP-09")
class TagsBindingsOnce(Behaviour):
    """Gives a binding one ETag for ever."""

    def answer_sent(self, operation_id: str, answer: Answer, origin: str) -> Answer:
        """Write it in stone."""
        sent = super().answer_sent(operation_id, answer, origin)
        tagged = operation_id == "getMemberBinding" and "ETag" in sent.headers
        more = {"ETag": '"binding"'} if tagged else {}
        return Answer(sent.status, sent.body, {**sent.headers, **more})


@fault(breaks="HTP-09")
class TagsBindingsWeakly(Behaviour):
    """Gives a binding a weak ETag."""

    def answer_sent(self, operation_id: str, answer: Answer, origin: str) -> Answer:
        """Weaken it."""
        sent = super().answer_sent(operation_id, answer, origin)
        tagged = operation_id == "getMemberBinding" and "ETag" in sent.headers
        more = {"ETag": "W/" + sent.headers["ETag"]} if tagged else {}
        return Answer(sent.status, sent.body, {**sent.headers, **more})


FAULTS = (
    LetsRunsBeCached,
    SaysNothingOfCachingReceipts,
    WritesARunIdTwice,
    CallsThePublishedServiceText,
    NamesNoMethodThatIsAllowed,
    CallsAMediaTypeMalformed,
    ChokesOnAnAcceptOfImages,
    HoldsLongerThanItSays,
    ClaimsEveryPreference,
    DatesAMemberByItsLastReading,
    AnswersWhatItsOpenapiDoesNotList,
    RefusesAMalformedTraceparent,
    BreaksOnTheListOfOperations,
    NeverMountsTheListOfOperations,
    TagsBindingsOnce,
    TagsBindingsWeakly,
)
