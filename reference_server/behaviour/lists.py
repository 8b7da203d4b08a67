"""Decisions about pages, and what a request may carry."""


class ListDecisions:
    """Honest decisions about pages, and what a request may carry."""

    def largest_page(self, operation_id: str) -> int:  # noqa: ARG002
        """Most items of a page, which is also the size where none is asked for."""
        return 200
