"""A legitimate way to be late: lists that show a change after the document they list does."""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Generic, TypeVar

from reference_server.behaviour import Behaviour
from reference_server.events.member import Member
from reference_server.events.run import Run

BEHIND_SECONDS = 2.0

S = TypeVar("S", Member, Run)


class Trail(Generic[S]):
    """Remembers when each state of a thing was first asked for."""

    def __init__(self) -> None:
        self._states: dict[str, list[tuple[float, S]]] = defaultdict(list)

    def shown(self, key: str, state: S) -> S | None:
        """Take the newest state; give the one that a list shows, None before there is one."""
        states, now = self._states[key], time.monotonic()
        if not states or states[-1][1].version < state.version:
            states.append((now, state))
        old = [one for first, one in states if now - first >= BEHIND_SECONDS]
        return old[-1] if old else None


class TrailingLists(Behaviour):
    """Shows a change in lists two seconds after somebody first looked for it there."""

    def __init__(self) -> None:
        super().__init__()
        self._members = Trail[Member]()
        self._revised = Trail[Member]()
        self._runs = Trail[Run]()

    def roster(self, scope_id: str, members: Iterable[Member]) -> Iterable[Member]:
        """List members as they were."""
        for member in super().roster(scope_id, members):
            shown = self._members.shown(member.member_id, member)
            if shown is not None:
                yield shown

    def member_of_revisions(self, member: Member) -> Member:
        """List the revisions that there were; a member begins with none."""
        known = super().member_of_revisions(member)
        shown = self._revised.shown(known.member_id, known)
        return shown or replace(known, revisions=(), serving_revision_id=None, version=1)

    def runs_of(self, member: Member, runs: Iterable[Run]) -> Iterator[Run]:
        """List runs as they were."""
        for run in super().runs_of(member, runs):
            shown = self._runs.shown(run.run_id, run)
            if shown is not None:
                yield shown
