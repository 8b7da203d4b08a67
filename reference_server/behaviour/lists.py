"""Decisions about pages, and what a request may carry."""


class ListDecisions:
    """Honest decisions about pages, and what a request may carry."""
