"""Decisions about revisions, readiness and endpoint contracts."""


class RevisionDecisions:
    """Honest decisions about revisions, readiness and endpoint contracts."""
