"""Decisions about members, their lifecycle and their binding."""


class MemberDecisions:
    """Honest decisions about members, their lifecycle and their binding."""
