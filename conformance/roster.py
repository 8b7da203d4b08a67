"""Which members of a run are there: by the roster or, where it cannot be read, one by one."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from conformance.client import Client
from conformance.exchange import Exchange
from conformance.following import GONE
from conformance.ledger_file import Place
from conformance.ownership import Ownership, is_one_segment
from conformance.wire import How

AS_GIVEN: Final = "an id or a token is sent as the server gave it"
MOST_PAGES: Final = 1000


class Reach:
    """How long a server is asked: until an instant of the monotonic clock, or until it is gone.

    Attributes:
        lost: why it cannot be reached; "" while it answers.

    """

    def __init__(self, until: float) -> None:
        self._until, self._stopping, self.lost = until, threading.Event(), ""

    def heard(self, answer: Exchange) -> Exchange:
        """Ask nothing more of a server that is not there."""
        if (answer.error or "").startswith("no connection"):
            self.lost = f"the server cannot be reached ({answer.error})"
            self.stop()
        return answer

    def stop(self) -> None:
        """Ask nothing more."""
        self._stopping.set()

    def is_over(self) -> bool:
        """Whether nothing more is asked."""
        return self._stopping.is_set() or time.monotonic() > self._until

    def pause(self, seconds: float) -> None:
        """Wait for so long, and no longer than it is asked at all."""
        self._stopping.wait(max(0.0, min(seconds, self._until - time.monotonic())))


class Roster:
    """The members of one scope, as far as a run made them.

    Attributes:
        spared: members that the server named and that may be older than the run.

    """

    def __init__(
        self,
        client: Client,
        reach: Reach,
        owner: Ownership,
        scope_id: str,
        made: Sequence[Place],
    ) -> None:
        self._client, self._reach = client, reach
        self._owner, self._scope_id, self._made = owner, scope_id, made
        self._spared: dict[Place, None] = {}

    @property
    def spared(self) -> tuple[Place, ...]:
        """The members left alone, in the order of meeting them."""
        return tuple(self._spared)

    def there(self) -> tuple[Place, ...]:
        """Return the run's members that are there; not all of them once nothing more is asked."""
        rows = self._read()
        return tuple(one for one in self._made if self.has(one)) if rows is None else rows

    def has(self, place: Place) -> bool:
        """Whether a member of the run may be there still."""
        if place in self._spared or self._reach.is_over():
            return place not in self._spared
        read = self._reach.heard(self._client.get_member(place.member_id, How(violates=AS_GIVEN)))
        summary = read.members.get("summary")
        member = summary if isinstance(summary, dict) else {}
        return read.status not in GONE and self._is_ours(place.member_id, member, read)

    def _read(self) -> tuple[Place, ...] | None:
        known, token = {one.member_id for one in self._made}, None
        found: list[Place] = []
        for _ in range(MOST_PAGES):
            if self._reach.is_over():
                return None
            how = How(query={"pageToken": token} if token else {}, violates=AS_GIVEN)
            page = self._reach.heard(self._client.list_members(how))
            rows = page.members.get("members")
            if not page.ok or not isinstance(rows, list):
                return None
            found += self._listed(page, rows, known)
            token = page.members.get("nextPageToken")
            if not isinstance(token, str) or not token:
                return tuple(dict.fromkeys(found))
        return None

    def _listed(self, page: Exchange, rows: list[object], known: set[str]) -> Iterator[Place]:
        """Yield the run's members among the rows of a page, by their ids or their first names."""
        for row in rows:
            member_id = row.get("memberId") if isinstance(row, dict) else None
            if not (isinstance(row, dict) and isinstance(member_id, str)):
                continue
            called = f"{member_id}\n{row.get('displayName')}"
            claimed = member_id in known or self._owner.is_named(called)
            if claimed and is_one_segment(member_id) and self._is_ours(member_id, row, page):
                yield Place(self._scope_id, member_id)

    def _is_ours(self, member_id: str, member: Mapping[str, object], answer: Exchange) -> bool:
        if self._owner.is_named(member_id) or self._owner.is_ours(member, answer):
            return True
        self._spared[Place(self._scope_id, member_id)] = None
        return False
