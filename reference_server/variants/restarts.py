"""Legitimate ways to come back after a crash."""

import time
from collections.abc import Mapping, Sequence

from reference_server import problems
from reference_server.behaviour import Behaviour
from reference_server.document import Document
from reference_server.events.fact import Fact
from reference_server.events.member import Member
from reference_server.problems import Problem


class RebuildsReadModels(Behaviour):
    """Rebuilds its read models for 0.6 s after a restart: old versions first, 503 for runs."""

    seconds = 0.6

    def __init__(self) -> None:
        super().__init__()
        self._until = 0.0

    @property
    def _rebuilds(self) -> bool:
        return time.monotonic() < self._until

    def restored(self, facts: Sequence[Fact]) -> Sequence[Fact]:
        """Begin to rebuild."""
        self._until = time.monotonic() + self.seconds
        return super().restored(facts)

    def header_refusal(self, operation_id: str, headers: Mapping[str, str]) -> Problem | None:
        """Answer no read of a run meanwhile."""
        if self._rebuilds and operation_id in {"getMemberRun", "listMemberRuns"}:
            return problems.service_unavailable("The read models are being rebuilt.")
        return super().header_refusal(operation_id, headers)

    def detail_shown(self, member: Member, detail: Document) -> Document:
        """Show a member as it was at first."""
        shown = super().detail_shown(member, detail)
        return shown | {"stateVersion": 1} if self._rebuilds else shown

    def binding_shown(self, member: Member, binding: Document) -> Document:
        """Show a binding as it was at first."""
        shown = super().binding_shown(member, binding)
        return shown | {"stateVersion": 1} if self._rebuilds else shown
