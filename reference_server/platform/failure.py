"""The two ways in which the platform says no."""


class UnusableImplementationError(Exception):
    """An implementation that does not compile; the message says which part.

    `prepared` counts the parts before it that were prepared already.
    """

    def __init__(self, message: str, prepared: int = 0) -> None:
        super().__init__(message)
        self.prepared = prepared


class RunFailedError(Exception):
    """A run that ended without a result; the message is safe to show."""
