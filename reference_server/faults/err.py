"""Faults of refusals."""

from reference_server import problems
from reference_server.behaviour import Behaviour
from reference_server.document import Document
from reference_server.faults.declaration import fault
from reference_server.problems import Problem


@fault(breaks="ERR-01", also=("ACK-08", "INP-07"))
class WrapsAWrongTypeInError(Behaviour):
    """Answers a body of wrong JSON types with code and message inside an `error` object."""

    def problem_body(self, operation_id: str, refusal: Problem, body: Document) -> Document | None:
        """Put one level between."""
        if refusal.code == "INVALID_REQUEST_BODY":
            said = {name: body[name] for name in ("code", "message", "detail") if name in body}
            left = {name: value for name, value in body.items() if name not in said}
            return left | {"error": said}
        return super().problem_body(operation_id, refusal, body)


@fault(breaks="ERR-01")
class RefusesAPageTokenWithoutAMessage(Behaviour):
    """Answers a page token that it never gave with a code alone."""

    def problem_body(self, operation_id: str, refusal: Problem, body: Document) -> Document | None:
        """Drop the message."""
        if refusal.code == "INVALID_PAGE_TOKEN":
            return {name: value for name, value in body.items() if name != "message"}
        return super().problem_body(operation_id, refusal, body)


@fault(breaks="ERR-02")
class NamesNoMemberOnTheRevisionsRoute(Behaviour):
    """Answers the revisions of a missing member without saying which member is missing."""

    def problem_body(self, operation_id: str, refusal: Problem, body: Document) -> Document | None:
        """Drop memberId."""
        if operation_id == "listMemberRevisions":
            return {name: value for name, value in body.items() if name != "memberId"}
        return super().problem_body(operation_id, refusal, body)


@fault(breaks="ERR-02", also="REV-06")
class RetireMissesTheRevisionFirst(Behaviour):
    """Answers a retire on a missing member as if only the revision were missing."""

    def refusal(self, operation_id: str, refusal: Problem) -> Problem:
        """Name the revision in the member's place."""
        if operation_id == "retireMemberRevision" and refusal.code == "STUDIO_MEMBER_NOT_FOUND":
            return refusal.restated(404, "STUDIO_MEMBER_BINDING_REVISION_NOT_FOUND")
        return refusal


@fault(breaks="ERR-04", also=("ERR-01", "RUN-02", "RUN-06", "HTP-08"))
class AnswersAnUnknownRunBare(Behaviour):
    """Answers a read of an unknown run 404 with an empty body."""

    def problem_body(self, operation_id: str, refusal: Problem, body: Document) -> Document | None:
        """Leave the body out."""
        if refusal.code == "SERVICE_RUN_NOT_FOUND":
            return None
        return super().problem_body(operation_id, refusal, body)


@fault(breaks="ERR-05", also="ERR-02")
class CallsABindOfNobodyMalformed(Behaviour):
    """Answers a bind on a missing member as if its body were malformed."""

    def refusal(self, operation_id: str, refusal: Problem) -> Problem:
        """Blame the body."""
        if operation_id == "bindMember" and refusal.code == "STUDIO_MEMBER_NOT_FOUND":
            return problems.invalid("INVALID_STUDIO_MEMBER_BINDING", refusal.message, pointer="/")
        return refusal


@fault(breaks="ERR-05", also=("BND-07", "MBR-06"))
class CallsAMalformedBindNotFound(Behaviour):
    """Answers a bind without an implementation as if its member were missing."""

    def refusal(self, operation_id: str, refusal: Problem) -> Problem:
        """Blame the member."""
        if operation_id == "bindMember" and refusal.code == "INVALID_STUDIO_MEMBER_BINDING":
            return Problem(404, "STUDIO_MEMBER_NOT_FOUND", refusal.message)
        return refusal


@fault(breaks="ERR-03")
class SpellsACodeInLowerCase(Behaviour):
    """Refuses a media type that it does not take under a code in lower case."""

    def refusal(self, operation_id: str, refusal: Problem) -> Problem:  # noqa: ARG002
        """Spell it otherwise."""
        if refusal.code == "UNSUPPORTED_MEDIA_TYPE":
            return Problem(refusal.status, "unsupported-media-type", refusal.message)
        return refusal


@fault(breaks="ERR-06")
class RefusesEveryActivationUnderOneCode(Behaviour):
    """Refuses every activation that cannot be under the code of the request's family."""

    def refusal(self, operation_id: str, refusal: Problem) -> Problem:
        """Fold what a revision can be refused for."""
        folded = refusal.code.startswith(("STUDIO_MEMBER_BINDING_", "STUDIO_MEMBER_NOT_BOUND"))
        if operation_id == "activateMemberRevision" and folded:
            code = "INVALID_STUDIO_MEMBER_BINDING_ACTIVATION_REQUEST"
            return Problem(400, code, refusal.message, ids=refusal.ids)
        return refusal


@fault(breaks="ERR-07")
class SaysAnotherStatusInTheProblem(Behaviour):
    """Writes status 400 into every problem, whatever the answer's own status."""

    def problem_body(self, operation_id: str, refusal: Problem, body: Document) -> Document | None:
        """Take one status for all."""
        shown = super().problem_body(operation_id, refusal, body)
        return shown and shown | {"status": 400}


@fault(breaks="ERR-07")
class LeavesTypeAndTitleOut(Behaviour):
    """Sends application/problem+json without type and title."""

    def problem_body(self, operation_id: str, refusal: Problem, body: Document) -> Document | None:
        """Drop them."""
        shown = super().problem_body(operation_id, refusal, body)
        return shown and {k: v for k, v in shown.items() if k not in {"type", "title"}}


@fault(breaks="ERR-08")
class SaysTwoThingsOfOneRefusal(Behaviour):
    """Says in detail something else than in message."""

    def problem_body(self, operation_id: str, refusal: Problem, body: Document) -> Document | None:
        """Write a sentence for everything."""
        shown = super().problem_body(operation_id, refusal, body)
        return shown and shown | {"detail": "The request could not be processed."}


@fault(breaks="ERR-09")
class NamesNoPlaceOfAFault(Behaviour):
    """Says that a body is malformed, and not where."""

    def problem_body(self, operation_id: str, refusal: Problem, body: Document) -> Document | None:
        """Leave errors out."""
        shown = super().problem_body(operation_id, refusal, body)
        return shown and {name: value for name, value in shown.items() if name != "errors"}


@fault(breaks="ERR-11")
class EchoesTheNeighboursRun(Behaviour):
    """Echoes the id of a run that nobody asked for to whoever asks for an unknown one."""

    def problem_body(self, operation_id: str, refusal: Problem, body: Document) -> Document | None:
        """Look one row too far."""
        shown = super().problem_body(operation_id, refusal, body)
        if shown and refusal.code == "SERVICE_RUN_NOT_FOUND":
            return shown | {"runId": f"{shown['runId']}-of-another"}
        return shown


@fault(breaks="ERR-10")
class JudgesBodiesOfStrangers(Behaviour):
    """Reads the body before it asks who sent it."""

    def reads_body_first(self) -> bool:
        """Begin with the body."""
        return True


FAULTS = (
    WrapsAWrongTypeInError,
    RefusesAPageTokenWithoutAMessage,
    NamesNoMemberOnTheRevisionsRoute,
    RetireMissesTheRevisionFirst,
    AnswersAnUnknownRunBare,
    CallsABindOfNobodyMalformed,
    CallsAMalformedBindNotFound,
    SpellsACodeInLowerCase,
    RefusesEveryActivationUnderOneCode,
    SaysAnotherStatusInTheProblem,
    LeavesTypeAndTitleOut,
    SaysTwoThingsOfOneRefusal,
    NamesNoPlaceOfAFault,
    EchoesTheNeighboursRun,
    JudgesBodiesOfStrangers,
)
