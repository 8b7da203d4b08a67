"""The two ways in which the platform says no."""


class UnusableImplementationError(Exception):
    """An implementation that does not compile; the message says which part."""


class RunFailedError(Exception):
    """A run that ended without a result; the message is safe to show."""
