"""Decisions about methods, media types, caching and limits of HTTP."""


class TransportDecisions:
    """Honest decisions about methods, media types, caching and limits of HTTP."""
