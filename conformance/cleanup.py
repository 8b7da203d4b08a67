"""Removing what a run made: by its ledger, the last first, for so long and no longer."""

import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain, repeat
from typing import Final

from conformance.client import Client
from conformance.contract import Contract
from conformance.exchange import Exchange
from conformance.expect import code_of
from conformance.following import GONE
from conformance.history import ACCEPTED, NOT_OFFERED
from conformance.ledger_file import Place, Recorded
from conformance.modes import FULL
from conformance.ownership import is_one_segment
from conformance.roster import AS_GIVEN, Reach, Roster
from conformance.target import Target
from conformance.trace import Trace
from conformance.trust import trust_of
from conformance.wire import Budget, Connections, How

DELETE: Final = "deleteMember"
KEPT_OUT: Final = (401, 403)
NO_ROUTE: Final = ("", "NOT_FOUND", "ROUTE_NOT_FOUND")
ANSWER_SECONDS: Final = 5.0
PAUSES_SECONDS: Final = (0.05, 0.1, 0.2, 0.4)
LONGEST_PAUSE_SECONDS: Final = 0.8
TICK_SECONDS: Final = 0.1
ASKS: Final = 3
DONE: Final = 1.0  # seconds that a deletion may show late which claims to be done
LATE_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What came of a cleaning.

    Attributes:
        removed: members that are gone.
        left: members that are there still, or may be where the roster cannot be read.
        why: why some are left, without a full stop; "" if none is.
        deletes: whether the server may offer delete.
        spared: members that the server named and that may be older than the run.
        kept: members that were not asked to go.

    """

    removed: tuple[Place, ...] = ()
    left: tuple[Place, ...] = ()
    why: str = ""
    deletes: bool = True
    spared: tuple[Place, ...] = ()
    kept: tuple[Place, ...] = ()


def clean(  # noqa: PLR0913  # what is cleaned, and within which limits
    contract: Contract,
    target: Target,
    recorded: Recorded,
    seconds: float,
    *,
    twice: bool,
    stay: Collection[Place] = (),
) -> Cleaned:
    """Delete the members of a run, and look until they are gone, it is refused, or time is up.

    Args:
        contract: whose operations are used.
        target: who is asked, and by which credentials.
        recorded: what the run may have made.
        seconds: how long this may take; one answer more at most.
        twice: whether what was asked for may come to be after a first look found nothing.
        stay: members that are not asked to go.

    """
    until = time.monotonic() + seconds
    parts = []
    for scope_id in recorded.scopes:
        with closing(_InScope(contract, target, recorded, scope_id, until)) as one:
            parts.append(one.cleaned(twice=twice, stay=frozenset(stay)))
    return Cleaned(
        tuple(place for one in parts for place in one.removed),
        tuple(place for one in parts for place in one.left),
        "; ".join(dict.fromkeys(one.why for one in parts if one.left and one.why)),
        all(one.deletes for one in parts),
        tuple(place for one in parts for place in one.spared),
        tuple(place for one in parts for place in one.kept),
    )


def found(contract: Contract, target: Target, recorded: Recorded, seconds: float) -> Cleaned:
    """Return as left what `clean` would find; nothing is deleted."""
    until = time.monotonic() + seconds
    left: list[Place] = []
    for scope_id in recorded.scopes:
        with closing(_InScope(contract, target, recorded, scope_id, until)) as one:
            left += one.there()
    return Cleaned(left=tuple(left))


class _InScope:
    """One cleaning of one scope. Its exchanges are in a trace of its own, which nobody judges."""

    def __init__(
        self, contract: Contract, target: Target, recorded: Recorded, scope_id: str, until: float
    ) -> None:
        self._owner, self._reach = recorded.heading.ownership, Reach(until)
        here = (one for one in recorded.members if one.scope_id == scope_id)
        self._made = tuple(one for one in here if is_one_segment(one.member_id))
        self._threads = target.concurrency
        timeout = min(target.pace.request_timeout, ANSWER_SECONDS)
        self._connections = Connections(trust=trust_of(target), timeout=timeout)
        self._client = Client(
            contract,
            _let_into(target, scope_id),
            Trace(),
            "cleanup",
            self._connections,
            Budget(None),
            self._reach.pause,
        )
        self._roster = Roster(self._client, self._reach, self._owner, scope_id, self._made)
        self._answers = defaultdict[Place, list[Exchange]](list)
        self._shown: set[Place] = set()
        self._stay: frozenset[Place] = frozenset()
        self._kept: tuple[Place, ...] = ()
        self._there = self._made
        self._deletes = DELETE not in target.not_offered
        self._limit, self._patience = target.completion_limit, 0.0
        self._why = "" if self._deletes else f"the target file declares {DELETE} away"

    def close(self) -> None:
        """Close every connection."""
        self._connections.close()

    def cleaned(self, *, twice: bool, stay: frozenset[Place]) -> Cleaned:
        """Delete and look, again and again."""
        self._stay = stay
        there, empty = self.there(), 0
        if not self._why:
            wanted = dict.fromkeys((*filter(self._may_be_late, self._made), *there))
            self._delete(one for one in wanted if one not in stay)
        for pause in chain(PAUSES_SECONDS, repeat(LONGEST_PAUSE_SECONDS)):
            there = self.there()
            empty = 0 if there else empty + 1
            over = self._reach.is_over()
            if over or empty > int(twice) or (there and self._is_stuck(there)):
                break
            self._delete([one for one in there if self._may_be_asked(one)])
            self._reach.pause(pause if there else LATE_SECONDS)
        gone = dict.fromkeys((*self._shown, *filter(self._is_accepted, self._made)))
        removed = tuple(one for one in gone if one not in there)
        why = self._reach.lost or self._why or "time was up"
        return Cleaned(removed, there, why, self._deletes, self._roster.spared, self._kept)

    def there(self) -> tuple[Place, ...]:
        """Return the run's members that are there, without those that stay.

        Once time is up it is what was there at the last look.
        """
        rows = self._roster.there()
        if not self._reach.is_over():
            self._kept = tuple(one for one in rows if one in self._stay)
            self._there = tuple(one for one in rows if one not in self._stay)
            self._shown.update(self._there)
        return self._there

    def _may_be_late(self, place: Place) -> bool:
        """Whether a member may be the run's, although the roster does not show it."""
        return self._owner.is_named(place.member_id) or (
            place not in self._shown and self._roster.has(place)
        )

    def _delete(self, places: Iterable[Place]) -> None:
        """Ask for each to be deleted; the first alone, since most refusals are for all."""
        in_order = list(places)
        for first in in_order[:1]:
            self._ask(first)
        with ThreadPoolExecutor(self._threads) as pool:
            asks = [pool.submit(self._ask, one) for one in in_order[1:]]
            try:
                pending = set(asks)
                while pending:
                    pending = wait(pending, timeout=TICK_SECONDS).not_done
            except KeyboardInterrupt:
                self._reach.stop()
                raise
        for ask in asks:
            ask.result()

    def _ask(self, place: Place) -> None:
        earlier = self._answers[place]
        if self._reach.is_over() or self._why or len(earlier) == ASKS:
            return
        how = How(violates=AS_GIVEN)
        answer = self._reach.heard(self._client.delete_member(place.member_id, how))
        earlier.append(answer)
        self._patience = time.monotonic() + (self._limit if answer.status == ACCEPTED else DONE)
        unknown = answer.status in GONE and code_of(answer) in NO_ROUTE and place in self._shown
        if answer.status in NOT_OFFERED or unknown:
            self._deletes = False
            self._why = f"the server offers no delete ({answer.line})"
        elif answer.status in KEPT_OUT:
            self._why = f"the server refuses it ({answer.line})"

    def _is_accepted(self, place: Place) -> bool:
        return any(one.ok for one in self._answers.get(place, ()))

    def _may_be_asked(self, place: Place) -> bool:
        return not self._is_accepted(place) and len(self._answers.get(place, ())) < ASKS

    def _is_stuck(self, there: Sequence[Place]) -> bool:
        """Whether nothing more will be done about anything that is there."""
        waits = time.monotonic() < self._patience
        pending = waits and any(map(self._is_accepted, there))
        asks = not self._why and any(map(self._may_be_asked, there))
        if not (pending or asks or self._why):
            self._why = f"deleting has no effect ({self._answers[there[0]][-1].line})"
        return not (pending or asks)


def _let_into(target: Target, scope_id: str) -> Target:
    """Return the target as whoever owns a scope sees it."""
    other = target.other
    if other is None or other.scope != scope_id:
        return replace(target, scope=scope_id, mode=FULL)
    token_env, token = other.token_env, other.token
    return replace(target, scope=scope_id, mode=FULL, token_env=token_env, token=token)
