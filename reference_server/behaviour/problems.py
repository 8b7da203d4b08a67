"""Decisions about what refusals say."""

from reference_server.document import Document
from reference_server.problems import Problem


class ProblemDecisions:
    """Honest decisions about what refusals say."""

    def refusal(self, operation_id: str, refusal: Problem) -> Problem:  # noqa: ARG002
        """Choose the problem that answers a refused request."""
        return refusal

    def problem_body(
        self,
        operation_id: str,  # noqa: ARG002
        refusal: Problem,  # noqa: ARG002
        body: Document,
    ) -> Document | None:
        """Give the body of a problem; None is an answer without a body."""
        return body
