"""Decisions about what is left once the process was killed and has started again."""

from collections.abc import Sequence

from reference_server.events.fact import Fact
from reference_server.events.operation import Operation
from reference_server.store import KeyRecord


class RestartDecisions:
    """Honest decisions about what is left once the process was killed and has started again."""

    def commit_delay(self) -> float:
        """Seconds for which events are told before they are committed; 0 tells what is durable."""
        return 0.0

    def restored(self, facts: Sequence[Fact]) -> Sequence[Fact]:
        """Give the facts of one stream that its read model shows again."""
        return facts

    def knows_again(self, record: KeyRecord) -> bool:  # noqa: ARG002
        """Say whether an Idempotency-Key still names the command that it named."""
        return True

    def takes_up(self, operation: Operation) -> bool:  # noqa: ARG002
        """Say whether an undecided operation is performed to its verdict."""
        return True

    def begins_anew(self, run_id: str) -> bool:  # noqa: ARG002
        """Say whether a run that was cut off is begun as another one, beside going on with it."""
        return False
