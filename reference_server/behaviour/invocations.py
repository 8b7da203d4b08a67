"""Decisions about invokes, runs and their failures."""


class InvocationDecisions:
    """Honest decisions about invokes, runs and their failures."""
