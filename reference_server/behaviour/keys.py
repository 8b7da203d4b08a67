"""Decisions about repeated requests and concurrent ones."""


class KeyDecisions:
    """Honest decisions about repeated requests and concurrent ones."""
