"""Decisions about principals, scopes and secrets."""

from collections.abc import Callable, Collection, Iterable

from reference_server.events.member import Member
from reference_server.events.operation import Operation
from reference_server.problems import Problem

Place = tuple[str, str]


class TenantDecisions:
    """Honest decisions about principals, scopes and secrets."""

    def reads_body_first(self) -> bool:
        """Say whether a body is judged before the caller is."""
        return False

    def lets_in(self, operation_id: str, refusal: Problem) -> bool:  # noqa: ARG002
        """Say whether a caller is let in whom `refusal` (401 or 403) would keep out."""
        return False

    def access_refusal(
        self,
        refusal: Problem,
        asked_for: Callable[[], Member | Operation | None],  # noqa: ARG002
    ) -> Problem:
        """Choose what a caller without access is told; `asked_for` finds what the path names."""
        return refusal

    def place(
        self,
        kind: str,  # noqa: ARG002
        scope_id: str,
        name: str,
        known: Callable[[], Iterable[Place]],  # noqa: ARG002
    ) -> Place:
        """Give the scope and the id under which a read looks something up.

        `kind` is member, binding or operation; `known` gives all that is visible in any scope.
        """
        return scope_id, name

    def scopes_listed(
        self,
        listed: str,  # noqa: ARG002
        scope_id: str,
        known: Collection[str],  # noqa: ARG002
        correlation_id: str | None,  # noqa: ARG002
    ) -> Collection[str]:
        """Choose the scopes whose rows a list shows.

        `listed` is operations or runs, `known` are all scopes that have some, `correlation_id` is
        the one that was asked for.
        """
        return (scope_id,)

    def new_command_id(self, drawn: str) -> str:
        """Give the commandId of a new command; `drawn` is a random one."""
        return drawn
