"""Decisions about principals, scopes and secrets."""


class TenantDecisions:
    """Honest decisions about principals, scopes and secrets."""
