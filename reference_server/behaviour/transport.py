"""Decisions about methods, media types, caching and limits of HTTP."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from reference_server.document import Document
from reference_server.requests import LARGEST_BODY, Preferences, parsed

if TYPE_CHECKING:
    from reference_server.exchange import Answer
    from reference_server.problems import Problem


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

    def header_refusal(self, operation_id: str, headers: Mapping[str, str]) -> "Problem | None":  # noqa: ARG002
        """Refuse a request for its headers alone; None: what is odd in them is ignored."""
        return None

    def written(self, operation_id: str, body: Document) -> bytes:  # noqa: ARG002
        """Write the body of an answer."""
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()

    def held_for(self, waits: float) -> float:
        """Seconds that an answer is held at most, where it says that it waits for so many."""
        return waits

    def preferences_applied(
        self,
        asked: Preferences,  # noqa: ARG002
        applied: list[str],
    ) -> list[str]:
        """Name the preferences that an answer says it follows; `applied` are those it does."""
        return applied

    def largest_body(self) -> int:
        """Most bytes of a request body."""
        return LARGEST_BODY

    def takes_media_type(self, given: str, taken: tuple[str, ...]) -> bool:
        """Say whether an operation that takes some media types takes this one."""
        return given in taken

    def parsed_body(self, body: bytes) -> Document:
        """Read the JSON object of a request; raise INVALID_REQUEST_BODY."""
        return parsed(body)
