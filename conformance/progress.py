"""Whoever wants to know how a run goes."""

from typing import Protocol


class Progress(Protocol):
    """Whoever wants to know how a run goes; called from several threads."""

    def started(self, scenario: str) -> None:
        """Tell that a scenario has begun."""

    def waiting(self, scenario: str, what: str) -> None:
        """Tell what a scenario waits for."""

    def finished(self, scenario: str) -> None:
        """Tell that a scenario has ended."""

    def stopping(self) -> None:
        """Tell that somebody stopped the run, which ends what has begun."""


class Silent:
    """Progress that nobody looks at."""

    def started(self, scenario: str) -> None:
        """Say nothing."""

    def waiting(self, scenario: str, what: str) -> None:
        """Say nothing."""

    def finished(self, scenario: str) -> None:
        """Say nothing."""

    def stopping(self) -> None:
        """Say nothing."""
