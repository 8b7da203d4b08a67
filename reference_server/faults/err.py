"""Faults of refusals."""

from reference_server import problems
from reference_server.behaviour import Behaviour
from reference_server.document import Document
from reference_server.faults.declaration import fault
from reference_server.problems import Problem


@fault(breaks="ERR-01")
class WrapsAWrongTypeInError(Behaviour):
    """Answers a body of wrong JSON types with code and message inside an `error` object."""

    def problem_body(self, operation_id: str, refusal: Problem, body: Document) -> Document | None:
        """Put one level between."""
        if refusal.code == "INVALID_REQUEST_BODY":
            return {"error": {"code": refusal.code, "message": refusal.message}}
        return super().problem_body(operation_id, refusal, body)


@fault(breaks="ERR-01")
class RefusesAPageTokenWithoutAMessage(Behaviour):
    """Answers a page token that it never gave with a code alone."""

    def problem_body(self, operation_id: str, refusal: Problem, body: Document) -> Document | None:
        """Drop the message."""
        if refusal.code == "INVALID_PAGE_TOKEN":
            return {"code": refusal.code}
        return super().problem_body(operation_id, refusal, body)


@fault(breaks="ERR-02")
class NamesNoMemberOnTheRevisionsRoute(Behaviour):
    """Answers the revisions of a missing member without saying which member is missing."""

    def problem_body(self, operation_id: str, refusal: Problem, body: Document) -> Document | None:
        """Drop memberId."""
        if operation_id == "listMemberRevisions":
            return {name: value for name, value in body.items() if name != "memberId"}
        return super().problem_body(operation_id, refusal, body)


@fault(breaks="ERR-02")
class RetireMissesTheRevisionFirst(Behaviour):
    """Answers a retire on a missing member as if only the revision were missing."""

    def refusal(self, operation_id: str, refusal: Problem) -> Problem:
        """Name the revision in the member's place."""
        if operation_id == "retireMemberRevision" and refusal.code == "STUDIO_MEMBER_NOT_FOUND":
            return problems.revision_not_found("unknown")
        return refusal


@fault(breaks="ERR-04", also="ERR-01")
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


@fault(breaks="ERR-05")
class CallsAMalformedBindNotFound(Behaviour):
    """Answers a bind without an implementation as if its member were missing."""

    def refusal(self, operation_id: str, refusal: Problem) -> Problem:
        """Blame the member."""
        if operation_id == "bindMember" and refusal.code == "INVALID_STUDIO_MEMBER_BINDING":
            return Problem(404, "STUDIO_MEMBER_NOT_FOUND", refusal.message)
        return refusal


FAULTS = (
    WrapsAWrongTypeInError,
    RefusesAPageTokenWithoutAMessage,
    NamesNoMemberOnTheRevisionsRoute,
    RetireMissesTheRevisionFirst,
    AnswersAnUnknownRunBare,
    CallsABindOfNobodyMalformed,
    CallsAMalformedBindNotFound,
)
