"""Legitimate ways to come to a verdict."""

from random import Random

from reference_server.behaviour import Behaviour
from reference_server.events.operation import Operation


class RandomLag(Behaviour):
    """Shows each change after a random lag of 0 to 2 seconds, drawn for each projection."""

    most = 2.0

    def __init__(self) -> None:
        super().__init__()
        self._random = Random(0)  # noqa: S311  # repeatable, not secret

    def projection_lag(self, projection: str, lag: float) -> float:  # noqa: ARG002
        """Draw a lag."""
        return self._random.uniform(0.0, self.most)

    def longest_lag(self, lag: float) -> float:  # noqa: ARG002
        """Name the longest."""
        return self.most

    def deadline(self, seconds: float) -> float:
        """Leave time for two lags, one after the other."""
        return super().deadline(seconds) + 2 * self.most


class KeepsStatusesBriefly(Behaviour):
    """Keeps the status of a command for a quarter of a second after its deadline."""

    def retention(self, seconds: float) -> float:  # noqa: ARG002
        """Forget soon."""
        return 0.25


class LatchesTimeouts(Behaviour):
    """Leaves an operation timed_out for good, whatever becomes of its command."""

    def corrects_timeout(self, operation: Operation) -> bool:  # noqa: ARG002
        """Keep the verdict."""
        return False


class CorrectsTimeouts(Behaviour):
    """Replaces timed_out by ready or failed once the outcome is known, as the reference does."""

    def corrects_timeout(self, operation: Operation) -> bool:  # noqa: ARG002
        """Correct the verdict."""
        return True
