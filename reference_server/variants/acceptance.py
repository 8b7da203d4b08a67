"""Legitimate ways to answer a write: at once, later, again."""

from reference_server.behaviour import Behaviour
from reference_server.events.operation import Operation
from reference_server.exchange import Answer

CREATED_ANSWER = 201
NO_METHOD_ANSWER = 405


class Synchronous(Behaviour):
    """Answers every write 200 or 201 with its verdict, the resource readable at once."""

    def waits_for_completion(self, operation: Operation) -> bool:  # noqa: ARG002
        """Hold every answer."""
        return True

    def answer_status(self, operation: Operation) -> int:
        """Claim 201 for a member that this very command created."""
        fresh = operation.committed is not None and not operation.committed.noop
        if operation.kind == "member.create" and operation.status == "ready" and fresh:
            return CREATED_ANSWER
        return super().answer_status(operation)

    def location(self, operation: Operation, status_url: str, definition_url: str) -> str:
        """Point a 201 at the member."""
        created = self.answer_status(operation) == CREATED_ANSWER
        return (
            definition_url if created else super().location(operation, status_url, definition_url)
        )


class OkThroughout(Synchronous):
    """Answers every write 200 with its verdict, a create too."""

    def answer_status(self, operation: Operation) -> int:  # noqa: ARG002
        """Claim no more than that it is done."""
        return 200


class CreatesAtOnce(Behaviour):
    """Answers writes that only change a member 200 with the verdict, and the others 202."""

    def waits_for_completion(self, operation: Operation) -> bool:
        """Hold the answers to what ends observed."""
        quick = operation.admitted.completion_stage == "observed"
        return quick or super().waits_for_completion(operation)


class ForeseesFailures(Behaviour):
    """Tries out what is bound or invoked, and refuses at once what would fail."""

    def foresees_failures(self, operation: str) -> bool:  # noqa: ARG002
        """Try out."""
        return True


class RefusesAfterAcceptance(Behaviour):
    """Accepts every well-formed command, and ends as failed what the authority refuses."""

    def refuses_at_once(self, operation: str) -> bool:  # noqa: ARG002
        """Leave it to the operation."""
        return False


class ReplaysFirstReceipt(Behaviour):
    """Answers a repeated request with the receipt that it stored, at stage accepted."""

    def replayed(self, operation: Operation) -> Operation:
        """Go back to the admission."""
        return super().replayed(operation.earlier(len(operation.facts)))


class OffersLess(Behaviour):
    """Offers no more than creating, binding, invoking and reading members and operations."""

    left_out = (
        "updateMember",
        "updateMemberImplementation",
        "deleteMember",
        "getMemberPublishedService",
        "getMemberBindingReadiness",
        "listMemberRevisions",
        "activateMemberRevision",
        "retireMemberRevision",
        "getMemberEndpointContract",
        "listOperations",
        "putScopeBinding",
        "getScopeBinding",
    )

    def offers(self, operation_id: str) -> bool:
        """Answer 501 to the rest."""
        return operation_id not in self.left_out and super().offers(operation_id)


class DeletesNothing(Behaviour):
    """Offers no delete, and answers one 405 without a body, as a framework does."""

    def offers(self, operation_id: str) -> bool:
        """Leave it out."""
        return operation_id != "deleteMember" and super().offers(operation_id)

    def answer_sent(self, operation_id: str, answer: Answer, origin: str) -> Answer:
        """Know nothing of problems."""
        sent = super().answer_sent(operation_id, answer, origin)
        untyped = Answer(NO_METHOD_ANSWER, None, {"Allow": "GET, PATCH"})
        return untyped if operation_id == "deleteMember" else sent
