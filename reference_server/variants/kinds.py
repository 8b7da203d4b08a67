"""Legitimate ways to offer fewer kinds of implementation."""

from reference_server.behaviour import Behaviour
from reference_server.requests import Body


class ScriptsOnly(Behaviour):
    """Takes members that are scripts, and no others."""

    def member_kind(self, body: Body) -> str:
        """Refuse the other kinds."""
        kind = super().member_kind(body)
        if kind != "script":
            raise body.refuse("implementationKind", "Members are scripts here.")
        return kind


class ActorsOnly(Behaviour):
    """Takes members that are actors, and no others."""

    def member_kind(self, body: Body) -> str:
        """Refuse the other kinds."""
        kind = super().member_kind(body)
        if kind != "gagent":
            raise body.refuse("implementationKind", "Members are actors here.")
        return kind
