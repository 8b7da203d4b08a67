"""The write authority: decided states, and the only way to record events.

Everything runs on one event loop. A decision reads the decided state and records its events
in the same step, without an await between, so no update is lost and no lock is needed. The
decided state runs ahead of the disk by one group commit; what a reader or a caller is told
waits for durability, and commits keep the order of the decisions.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from reference_server import instants, problems
from reference_server.behaviour import Behaviour
from reference_server.events import codec
from reference_server.events.fact import BrokenHistoryError, Fact, StreamId
from reference_server.events.member import Member
from reference_server.events.operation import Operation
from reference_server.events.run import Run
from reference_server.events.service import Service
from reference_server.projections import ReadModels
from reference_server.store import Batch, KeyRecord, Store, StoreRefusedError


@dataclass(frozen=True, slots=True)
class Cause:
    """Which command the events come from."""

    command_id: str
    correlation_id: str


@dataclass(frozen=True, slots=True)
class Append:
    """Events for one stream."""

    stream: StreamId
    events: tuple[Any, ...]


class Authority:
    """Hold what is decided and make it durable in order."""

    def __init__(
        self,
        store: Store,
        read_models: ReadModels,
        behaviour_of: Callable[[str], Behaviour],
        clock: instants.Clock,
    ) -> None:
        self._store = store
        self._read_models = read_models
        self._behaviour_of = behaviour_of
        self._clock = clock
        self._states: dict[StreamId, Any] = {}
        self._keys: dict[tuple[str, str, str], KeyRecord] = {}
        self._last: asyncio.Future[None] | None = None
        self._broken = ""

    def start(self) -> None:
        """Rebuild every state from the store and open for writing; raise StoreRefusedError."""
        streams: dict[StreamId, list[Fact]] = defaultdict(list)
        try:
            for fact in self._store.history():
                self._states[fact.stream] = codec.evolve(self._states.get(fact.stream), fact)
                streams[fact.stream].append(fact)
        except BrokenHistoryError as error:
            raise StoreRefusedError(self._store.path, str(error)) from error
        for stream, facts in streams.items():
            for fact in self._behaviour_of(stream.scope_id).restored(facts):
                self._read_models.restore(fact)
        for record in self._store.key_records():
            if self._behaviour_of(record.scope_id).knows_again(record):
                self._keys[record.principal, record.scope_id, record.key] = record
        self._store.start(asyncio.get_running_loop(), self._on_durable, self._on_broken)

    def member(self, scope_id: str, member_id: str) -> Member | None:
        """Give the decided state of a member that was not deleted."""
        found = self._ever(scope_id, member_id)
        return None if found is None or found.deleted else found

    def deleted(self, scope_id: str, member_id: str) -> bool:
        """Say whether there was a member of that id, which was deleted."""
        found = self._ever(scope_id, member_id)
        return found is not None and found.deleted

    def _ever(self, scope_id: str, member_id: str) -> Member | None:
        return cast("Member | None", self._states.get(StreamId("member", scope_id, member_id)))

    def publisher(self, scope_id: str, service_id: str) -> Member | None:
        """Give the member, bound or not, deleted or not, that was given a service id."""
        members = (state for stream, state in self._states.items() if stream.kind == "member")
        return next(
            (m for m in members if (m.scope_id, m.published_service_id) == (scope_id, service_id)),
            None,
        )

    def service(self, scope_id: str, service_id: str) -> Service | None:
        """Give the decided state of a service."""
        return cast("Service | None", self._states.get(StreamId("service", scope_id, service_id)))

    def run(self, scope_id: str, run_id: str) -> Run | None:
        """Give the decided state of a run."""
        return cast("Run | None", self._states.get(StreamId("run", scope_id, run_id)))

    def operation(self, scope_id: str, command_id: str) -> Operation | None:
        """Give the decided state of an operation."""
        stream = StreamId("operation", scope_id, command_id)
        return cast("Operation | None", self._states.get(stream))

    def operations(self) -> list[Operation]:
        """Give every operation."""
        return [state for stream, state in self._states.items() if stream.kind == "operation"]

    def key(self, principal: str, scope_id: str, key: str) -> KeyRecord | None:
        """Find what an Idempotency-Key stands for."""
        return self._keys.get((principal, scope_id, key))

    def record(
        self, cause: Cause, *appends: Append, key: KeyRecord | None = None
    ) -> "asyncio.Future[None]":
        """Decide: evolve the states now, and give a future that ends when it is durable."""
        if self._broken:
            raise problems.service_unavailable(self._broken)
        at = instants.text(self._clock())
        facts = tuple(fact for append in appends for fact in self._facts(append, cause, at))
        if key is not None:
            self._keys[key.principal, key.scope_id, key.key] = key
        durable: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._last = durable
        delay = self._behaviour_of(appends[0].stream.scope_id).commit_delay()
        batch = Batch(facts, key, durable, told=delay > 0)
        if batch.told:
            self._read_models.feed(facts)
            durable.set_result(None)
            asyncio.get_running_loop().call_later(delay, self._store.append, batch)
        else:
            self._store.append(batch)
        return durable

    async def durable(self) -> None:
        """Wait until everything decided so far is durable."""
        if self._last is not None:
            await asyncio.shield(self._last)

    def _facts(self, append: Append, cause: Cause, at: str) -> list[Fact]:
        facts = []
        for event in append.events:
            state = self._states.get(append.stream)
            version = (state.version if state else 0) + 1
            fact = Fact(append.stream, version, at, cause.command_id, cause.correlation_id, event)
            self._states[append.stream] = codec.evolve(state, fact)
            facts.append(fact)
        return facts

    def _on_durable(self, group: list[Batch]) -> None:
        for batch in group:
            if not batch.told:
                self._read_models.feed(batch.facts)
            if not batch.durable.done():
                batch.durable.set_result(None)

    def _on_broken(self, group: list[Batch], error: Exception) -> None:
        """Stop taking writes: decided states are ahead of a disk that refuses."""
        self._broken = f"The store takes no writes ({error})."
        for batch in group:
            if not batch.durable.done():
                batch.durable.set_exception(problems.service_unavailable(self._broken))

    @property
    def broken(self) -> str:
        """Why no write is taken any more, empty while all is well."""
        return self._broken
