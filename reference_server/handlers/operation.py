"""Operations: the status of a command, and the list of them."""

from collections import Counter

from reference_server import instants, paging
from reference_server.events.operation import Operation
from reference_server.exchange import Answer, Call, Handler, read
from reference_server.handlers.parts import Parts


class Statuses:
    """Handlers of the operation routes."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._reads: Counter[tuple[str, str]] = Counter()

    def handlers(self) -> dict[str, Handler]:
        """Name each handler by its operationId."""
        return {"getOperation": self.get_operation, "listOperations": self.list_operations}

    async def get_operation(self, call: Call) -> Answer:
        """Show how far a command has come."""
        scope_id, command_id = call.scope_id, call.ids["commandId"]
        known = self._parts.read_models.operations
        place = call.behaviour.place("operation", scope_id, command_id, known.places)
        operation = known.get(*place)
        if operation is None or not call.behaviour.status_known(operation, self._age(operation)):
            return read(call.behaviour.unknown_operation(scope_id, command_id))
        if instants.text(self._parts.surroundings.clock()) > operation.admitted.expires_at:
            return read(call.behaviour.expired_operation(command_id))
        shown = call.behaviour.sample(operation, self._reads[scope_id, command_id])
        self._reads[scope_id, command_id] += 1
        answer = read(self._parts.receipts.status(call.behaviour, shown))
        headers = {**answer.headers, **self._parts.writes.retry_after(call, shown)}
        return Answer(call.behaviour.status_answer(shown), answer.body, headers)

    async def list_operations(self, call: Call) -> Answer:
        """Show a page of operations, newest first, of one correlation if asked."""
        wanted = call.query.get("correlationId")
        known = self._parts.read_models.operations
        scopes = call.behaviour.scopes_listed("operations", call.scope_id, known.scopes(), wanted)
        operations = [one for scope_id in scopes for one in known.of_scope(scope_id)]
        page = paging.page_of(
            call,
            (o for o in operations if wanted is None or o.correlation_id == wanted),
            lambda o: (o.accepted_at, o.command_id),
            newest_first=True,
        )
        rows = [self._parts.receipts.status(call.behaviour, o) for o in page.items]
        return read({"operations": rows, "nextPageToken": page.next_token})

    def _age(self, operation: Operation) -> float:
        accepted = instants.parsed(operation.accepted_at)
        return (self._parts.surroundings.clock() - accepted).total_seconds()
