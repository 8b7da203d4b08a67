"""The URLs that answers carry, as paths from the host on, the path prefix included."""

from urllib.parse import quote, urlencode


def _part(text: str) -> str:
    return quote(text, safe="~")


class Urls:
    """Make URLs under a path prefix such as `/base`, or none."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    def scope(self, scope_id: str) -> str:
        """Locate a scope."""
        return f"{self.prefix}/api/scopes/{_part(scope_id)}"

    def status(self, scope_id: str, command_id: str) -> str:
        """Locate the verdict of a command."""
        return f"{self.scope(scope_id)}/operations/{_part(command_id)}"

    def member(self, scope_id: str, member_id: str) -> str:
        """Locate a member."""
        return f"{self.scope(scope_id)}/members/{_part(member_id)}"

    def binding(self, scope_id: str, member_id: str) -> str:
        """Locate a member's binding."""
        return f"{self.member(scope_id, member_id)}/binding"

    def readiness(
        self, scope_id: str, member_id: str, command_id: str, revision_id: str | None
    ) -> str:
        """Locate the usability of a member's revision now."""
        query = {"commandId": command_id} | ({"revisionId": revision_id} if revision_id else {})
        return f"{self.binding(scope_id, member_id)}/readiness?{urlencode(query)}"

    def invoke(self, scope_id: str, member_id: str, endpoint_id: str) -> str:
        """Locate the invocation of a member's endpoint."""
        return f"{self.member(scope_id, member_id)}/invoke/{_part(endpoint_id)}"

    def run(self, scope_id: str, member_id: str, run_id: str) -> str:
        """Locate a run of a member."""
        return f"{self.member(scope_id, member_id)}/runs/{_part(run_id)}"
