"""Legitimate ways to behave differently; a judge must find nothing in them."""

from random import Random

from reference_server.behaviour import Behaviour
from reference_server.events.operation import Operation
from reference_server.faults.declaration import kebab, sentence

CREATED_ANSWER = 201


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


class RandomLag(Behaviour):
    """Shows each change after a random lag of 0 to 2 seconds, drawn for each projection."""

    most = 2.0

    def __init__(self) -> None:
        self._random = Random(0)  # noqa: S311  # repeatable, not secret

    def projection_lag(self, projection: str, lag: float) -> float:  # noqa: ARG002
        """Draw a lag."""
        return self._random.uniform(0.0, self.most)

    def longest_lag(self, lag: float) -> float:  # noqa: ARG002
        """Name the longest."""
        return self.most


VARIANTS: dict[str, type[Behaviour]] = {kebab(v): v for v in (Synchronous, RandomLag)}
SUMMARIES: dict[str, str] = {name: sentence(v) for name, v in VARIANTS.items()}
