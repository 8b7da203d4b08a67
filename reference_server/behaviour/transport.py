"""Decisions about methods, media types, caching and limits of HTTP."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reference_server.exchange import Answer


class TransportDecisions:
    """Honest decisions about methods, media types, caching and limits of HTTP."""

    def offers(self, operation_id: str) -> bool:  # noqa: ARG002
        """Say whether an operation is offered at all; if not, its answer is 501."""
        return True

    def answer_sent(self, operation_id: str, answer: "Answer", origin: str) -> "Answer":  # noqa: ARG002
        """Give any answer in its last form; `origin` is scheme and host as the caller wrote it."""
        return answer

    def problem_media_type(self, accepted: str) -> str:
        """Choose the media type of a problem; `accepted` is the request's Accept."""
        plain = "application/json" in accepted and "application/problem+json" not in accepted
        return "application/json" if plain else "application/problem+json"
