"""Operations: admission, stages, verdicts, deadlines."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from reference_server import instants, problems
from reference_server.authority import Append, Authority, Cause
from reference_server.behaviour import Behaviour
from reference_server.contract import Receipt
from reference_server.document import Document
from reference_server.events import codec
from reference_server.events.fact import StreamId
from reference_server.events.operation import Admitted, Operation, TimedOut
from reference_server.projections import ReadModels
from reference_server.store import KeyRecord
from reference_server.surroundings import Surroundings

KEPT_SECONDS = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Request:
    """What a write asks for, all request-local faults ruled out.

    `check` raises the Problem with which the authority refuses the command as known now.
    """

    principal: str
    scope_id: str
    correlation_id: str
    key: str | None
    command_id: str | None
    fingerprint: str
    receipt: Receipt
    target: Document
    expected: Document
    command: Any
    check: Callable[[], object]


class Operations:
    """Admit commands, have them performed, and end what passes its deadline."""

    def __init__(
        self,
        authority: Authority,
        read_models: ReadModels,
        behaviour_of: Callable[[str], Behaviour],
        surroundings: Surroundings,
        deadline: float,
    ) -> None:
        self._authority = authority
        self._read_models = read_models
        self._behaviour_of = behaviour_of
        self._surroundings = surroundings
        self._deadline = deadline
        self._tasks: set[asyncio.Task[None]] = set()
        self._perform: Callable[[Operation], Awaitable[None]] | None = None

    def start(self, perform: Callable[[Operation], Awaitable[None]]) -> None:
        """Take up every operation that the store holds without a verdict."""
        self._perform = perform
        for operation in self._authority.operations():
            behaviour = self._behaviour_of(operation.scope_id)
            if not operation.decided and behaviour.takes_up(operation):
                self._undertake(operation)

    def stop(self) -> None:
        """Leave undecided operations to the next start."""
        for task in self._tasks:
            task.cancel()

    async def admit(self, request: Request) -> tuple[Operation, bool]:
        """Give the operation, durable, and whether it is a replay; raise Problem to refuse."""
        behaviour = self._behaviour_of(request.scope_id)
        earlier = self._earlier(request)
        if earlier is not None:
            await self._authority.durable()
            return behaviour.replayed(self.visible(request.scope_id, earlier)), True
        if behaviour.refuses_at_once(request.receipt.operation):
            request.check()
        drawn = self._surroundings.new_id("c-")
        command_id = request.command_id or behaviour.new_command_id(drawn)
        cause = Cause(command_id, request.correlation_id)
        stream = StreamId("operation", request.scope_id, command_id)
        key = self._key(request, command_id)
        await self._authority.record(cause, Append(stream, (self._admitted(request),)), key=key)
        operation = self.visible(request.scope_id, command_id)
        self._undertake(operation)
        return operation, False

    def visible(self, scope_id: str, command_id: str) -> Operation:
        """Find a durable operation; raise 404 OPERATION_NOT_FOUND."""
        operation = self._read_models.operations.get(scope_id, command_id)
        if operation is None:
            raise problems.operation_not_found(command_id)
        return operation

    async def verdict(self, operation: Operation) -> Operation:
        """Wait until an operation is ready or failed, past its deadline if need be."""
        stream = StreamId("operation", operation.scope_id, operation.command_id)
        while not operation.decided:
            await self._read_models.operations.shows(stream, operation.version + 1)
            operation = self.visible(operation.scope_id, operation.command_id)
        return operation

    async def verdict_within(self, operation: Operation, seconds: float) -> Operation:
        """Wait so long for ready or failed; without them give the operation as it was."""
        with suppress(TimeoutError):
            return await asyncio.wait_for(self.verdict(operation), seconds)
        later = self.visible(operation.scope_id, operation.command_id)
        return operation if later.status == "timed_out" else later

    def _earlier(self, request: Request) -> str | None:
        """Find the command this request repeats; raise where it only seems to."""
        if request.key is not None:
            record = self._kept(request, request.key)
            behaviour = self._behaviour_of(request.scope_id)
            if record and not behaviour.same_request(record, request.fingerprint):
                raise problems.idempotency_key_reused()
            if record:
                return record.command_id
        if request.command_id is None:
            return None
        known = self._authority.operation(request.scope_id, request.command_id)
        if known is None:
            return None
        same = (request.principal, request.fingerprint)
        if (known.admitted.principal, known.admitted.fingerprint) != same:
            raise problems.command_id_conflict(request.command_id)
        return request.command_id

    def _kept(self, request: Request, key: str) -> KeyRecord | None:
        behaviour = self._behaviour_of(request.scope_id)
        owner = behaviour.key_owner(request.principal, request.scope_id)
        record = self._authority.key(*owner, key)
        kept = None
        if record is not None:
            kept = self._authority.operation(request.scope_id, record.command_id)
        accepted = instants.parsed(kept.accepted_at) if kept else self._surroundings.clock()
        age = (self._surroundings.clock() - accepted).total_seconds()
        return behaviour.key_stands_for(record, kept, age)

    def _key(self, request: Request, command_id: str) -> KeyRecord | None:
        if request.key is None:
            return None
        behaviour = self._behaviour_of(request.scope_id)
        owner = behaviour.key_owner(request.principal, request.scope_id)
        return KeyRecord(*owner, request.key, request.fingerprint, command_id)

    def _admitted(self, request: Request) -> Admitted:
        now = self._surroundings.clock()
        behaviour = self._behaviour_of(request.scope_id)
        deadline = behaviour.deadline(self._deadline)
        kept = behaviour.retention(KEPT_SECONDS)
        return Admitted(
            principal=request.principal,
            operation=request.receipt.operation,
            completion_stage=request.receipt.completion_stage,
            target=request.target,
            expected=request.expected,
            command=codec.to_document(request.command),
            fingerprint=request.fingerprint,
            deadline_at=instants.after(now, deadline),
            expires_at=instants.after(now, deadline + kept),
        )

    def _undertake(self, operation: Operation) -> None:
        if self._perform is None:
            return
        task = asyncio.ensure_future(self._perform(operation))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        deadline = instants.parsed(operation.admitted.deadline_at)
        left = (deadline - self._surroundings.clock()).total_seconds()
        loop = asyncio.get_running_loop()
        loop.call_later(max(0.0, left), self._expire, operation.scope_id, operation.command_id)

    def _expire(self, scope_id: str, command_id: str) -> None:
        operation = self._authority.operation(scope_id, command_id)
        if operation is None or operation.status != "pending" or self._authority.broken:
            return
        if self._behaviour_of(scope_id).enforces_deadline(operation):
            cause = Cause(command_id, operation.correlation_id)
            stream = StreamId("operation", scope_id, command_id)
            durable = self._authority.record(cause, Append(stream, (TimedOut(),)))
            durable.add_done_callback(asyncio.Future.exception)  # nobody waits for this one
