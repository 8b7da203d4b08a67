"""Legitimate ways to refuse: other statuses, other media types."""

from reference_server.behaviour import Behaviour
from reference_server.problems import Problem

UNUSABLE_REVISIONS = (
    "STUDIO_MEMBER_NOT_BOUND",
    "STUDIO_MEMBER_BINDING_REVISION_NOT_FOUND",
    "STUDIO_MEMBER_BINDING_REVISION_RETIRED",
)
UNUSABLE_CONTENT = (
    "INVALID_STUDIO_MEMBER_BINDING",
    "INVALID_STUDIO_MEMBER_IMPLEMENTATION",
)


class BadRequests(Behaviour):
    """Answers 400 for unbound members, unusable revisions, other kinds and conflicts."""

    def refusal(self, operation_id: str, refusal: Problem) -> Problem:
        """Restate as 400, a conflicting create under the family's code."""
        shown = super().refusal(operation_id, refusal)
        if shown.code in {*UNUSABLE_REVISIONS, "STUDIO_MEMBER_KIND_LOCKED"}:
            return shown.restated(400)
        if shown.code == "STUDIO_MEMBER_CONFLICT":
            return shown.restated(400, "INVALID_STUDIO_MEMBER_REQUEST")
        return shown


class NotFounds(Behaviour):
    """Answers 404 for unbound members and for unknown and retired revisions."""

    def refusal(self, operation_id: str, refusal: Problem) -> Problem:
        """Restate as 404."""
        shown = super().refusal(operation_id, refusal)
        return shown.restated(404) if shown.code in UNUSABLE_REVISIONS else shown


class UnprocessableContents(Behaviour):
    """Answers 422 for content that cannot be used, and 409 for a stale version."""

    def refusal(self, operation_id: str, refusal: Problem) -> Problem:
        """Restate as 422 or 409."""
        shown = super().refusal(operation_id, refusal)
        if shown.code in UNUSABLE_CONTENT:
            return shown.restated(422)
        return shown.restated(409) if shown.code == "STATE_VERSION_MISMATCH" else shown


class PlainJsonProblems(Behaviour):
    """Sends every problem as application/json."""

    def problem_media_type(self, accepted: str) -> str:  # noqa: ARG002
        """Choose the plain one."""
        return "application/json"


class ProblemJsonProblems(Behaviour):
    """Sends every problem as application/problem+json, whatever was accepted."""

    def problem_media_type(self, accepted: str) -> str:  # noqa: ARG002
        """Choose the registered one."""
        return "application/problem+json"
