"""Read models: what readers see, each with its own watermark and its own lag.

They live in memory: the event store is the truth, one process owns it, and folding it again
at start takes milliseconds. So the lag between commit and visibility is exactly the one that
was set, and a watermark is the version of the state that is shown.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, Protocol, TypeVar

from reference_server.events import codec
from reference_server.events.fact import Fact, StreamId
from reference_server.events.member import Member
from reference_server.events.operation import Operation
from reference_server.events.run import Run
from reference_server.events.service import Service

_ORDER = 1e-6


class _Versioned(Protocol):
    @property
    def version(self) -> int: ...


S = TypeVar("S", bound=_Versioned)

LagOf = Callable[[str, str], float]


def _no_lag(_projection: str, _scope_id: str) -> float:
    return 0.0


class Projection(Generic[S]):
    """Fold one kind of stream into the states that readers see, in order per stream."""

    def __init__(self, name: str, kind: str, lag: LagOf) -> None:
        self.name = name
        self.kind = kind
        self._lag = lag
        self._scopes: dict[str, dict[str, S]] = defaultdict(dict)
        self._due: dict[StreamId, float] = {}
        self._waiting: dict[StreamId, list[tuple[int, asyncio.Future[None]]]] = {}

    def get(self, scope_id: str, stream_id: str) -> S | None:
        """Read what is visible of one stream."""
        return self._scopes[scope_id].get(stream_id) if scope_id in self._scopes else None

    def of_scope(self, scope_id: str) -> Iterable[S]:
        """Read everything visible in a scope, oldest stream first."""
        return self._scopes[scope_id].values() if scope_id in self._scopes else ()

    def scopes(self) -> tuple[str, ...]:
        """Name every scope in which something is visible."""
        return tuple(self._scopes)

    def places(self) -> Iterator[tuple[str, str]]:
        """Give scope and id of everything that is visible."""
        yield from ((scope_id, one) for scope_id, own in self._scopes.items() for one in own)

    def watermark(self, stream: StreamId) -> int:
        """Version that readers see, 0 where they see nothing."""
        state = self._scopes.get(stream.scope_id, {}).get(stream.id)
        return state.version if state else 0

    def restore(self, fact: Fact) -> None:
        """Fold without lag, at start."""
        if fact.stream.kind == self.kind:
            self._fold(fact)

    def feed(self, facts: Iterable[Fact]) -> None:
        """Take committed facts; each stream's become visible together after its lag."""
        streams: dict[StreamId, list[Fact]] = defaultdict(list)
        for fact in facts:
            if fact.stream.kind == self.kind:
                streams[fact.stream].append(fact)
        for stream, own in streams.items():
            self._schedule(stream, own)

    async def shows(self, stream: StreamId, version: int) -> None:
        """Wait until the watermark of a stream is at least `version`."""
        if self.watermark(stream) < version:
            future = asyncio.get_running_loop().create_future()
            self._waiting.setdefault(stream, []).append((version, future))
            await future

    def _schedule(self, stream: StreamId, facts: list[Fact]) -> None:
        lag = self._lag(self.name, stream.scope_id)
        if lag <= 0:
            self._show(stream, facts)
            return
        loop = asyncio.get_running_loop()
        due = max(loop.time() + lag, self._due.get(stream, 0.0) + _ORDER)
        self._due[stream] = due
        loop.call_at(due, self._show, stream, facts)

    def _show(self, stream: StreamId, facts: list[Fact]) -> None:
        for fact in facts:
            self._fold(fact)
        reached = self.watermark(stream)
        waiting = self._waiting.pop(stream, [])
        later = [entry for entry in waiting if entry[0] > reached]
        for version, future in waiting:
            if version <= reached and not future.done():
                future.set_result(None)
        if later:
            self._waiting[stream] = later

    def _fold(self, fact: Fact) -> None:
        scope = self._scopes[fact.stream.scope_id]
        scope[fact.stream.id] = codec.evolve(scope.get(fact.stream.id), fact)


class Members(Projection[Member]):
    """Members; one that was deleted is shown to nobody, and only its watermark tells of it."""

    def get(self, scope_id: str, stream_id: str) -> Member | None:
        """Read what is visible of a member."""
        found = super().get(scope_id, stream_id)
        return None if found is None or found.deleted else found

    def of_scope(self, scope_id: str) -> Iterable[Member]:
        """Read every member visible in a scope, oldest first."""
        return [one for one in super().of_scope(scope_id) if not one.deleted]

    def places(self) -> Iterator[tuple[str, str]]:
        """Give scope and id of every member that is visible."""
        yield from (place for place in super().places() if self.get(*place) is not None)


class ReadModels:
    """The four read models; that of operations has no lag beyond durability."""

    def __init__(self, lag: LagOf) -> None:
        self.members = Members("members", "member", lag)
        self.catalog = Projection[Service]("catalog", "service", lag)
        self.runs = Projection[Run]("runs", "run", lag)
        self.operations = Projection[Operation]("operations", "operation", _no_lag)

    def restore(self, fact: Fact) -> None:
        """Fold a stored fact without lag."""
        for projection in (self.members, self.catalog, self.runs, self.operations):
            projection.restore(fact)

    def feed(self, facts: tuple[Fact, ...]) -> None:
        """Take facts that became durable."""
        for projection in (self.members, self.catalog, self.runs, self.operations):
            projection.feed(facts)

    async def show(self, evidence: list[list[str | int]]) -> None:
        """Wait for evidence: [projection, kind, scope id, stream id, version] each."""
        for name, kind, scope_id, stream_id, version in evidence:
            stream = StreamId(str(kind), str(scope_id), str(stream_id))
            projection = self.catalog if name == "catalog" else self._named(str(name))
            await projection.shows(stream, int(version))

    def _named(self, name: str) -> "Projection[Member] | Projection[Run]":
        return self.members if name == "members" else self.runs
