"""The one way in which a write is admitted and answered."""

import asyncio
from collections.abc import Callable
from typing import Any

from reference_server import documents, problems, requests
from reference_server.document import Document
from reference_server.events.operation import Operation
from reference_server.exchange import Answer, Call
from reference_server.operations import Operations, Request
from reference_server.projections import ReadModels
from reference_server.receipts import Receipts

LONGEST_WAIT = 30
_CREATED = 201
_ACCEPTED = 202


class Writes:
    """Admit a command and answer with its receipt."""

    def __init__(
        self,
        operations: Operations,
        receipts: Receipts,
        read_models: ReadModels,
        longest_lag: float,
    ) -> None:
        self._operations = operations
        self._receipts = receipts
        self._read_models = read_models
        self._longest_lag = longest_lag

    async def answer(
        self,
        call: Call,
        command: Any,  # noqa: ANN401  # any command
        check: Callable[[], object],
        target: Document,
        expected: Document | None = None,
    ) -> Answer:
        """Admit and answer; `target` adds to resourceType, scopeId and memberId."""
        receipt = call.operation.receipt
        if receipt is None:
            raise problems.internal_error()
        request = Request(
            principal=call.principal,
            scope_id=call.scope_id,
            correlation_id=call.headers["x-correlation-id"],
            key=requests.idempotency_key(call.headers),
            command_id=_command_id(call) if receipt.operation == "member.invoke" else None,
            fingerprint=call.fingerprint,
            receipt=receipt,
            target={"resourceType": receipt.resource_type, "scopeId": call.scope_id, **target},
            expected=expected or {},
            command=command,
            check=check,
        )
        operation, replayed = await self._operations.admit(request)
        await asyncio.sleep(call.behaviour.answer_delay(operation))
        preferred = call.behaviour.preferences(requests.preferences(call.headers))
        applied = []
        if call.behaviour.waits_for_completion(operation):
            operation = await self._operations.verdict(operation)
        elif preferred.wait is not None:
            wait = min(preferred.wait, LONGEST_WAIT)
            held = call.behaviour.held_for(wait)
            operation = await self._operations.verdict_within(operation, held)
            applied.append(f"wait={wait}")
        answer = self._answered(call, operation, replayed=replayed)
        if preferred.respond_async and answer.status == _ACCEPTED:
            applied.append("respond-async")
        applied = call.behaviour.preferences_applied(preferred, applied)
        told = {"Preference-Applied": ", ".join(applied)} if applied else {}
        return Answer(answer.status, answer.body, {**answer.headers, **told})

    def retry_after(self, call: Call, operation: Operation) -> dict[str, str]:
        """Say when to ask again, of a pending operation only; 0 where lags are below 1 s."""
        if not call.behaviour.asks_again(operation):
            return {}
        lag = call.behaviour.longest_lag(self._longest_lag)
        return {"Retry-After": "0" if lag < 1 else "1"}

    def _answered(self, call: Call, operation: Operation, *, replayed: bool) -> Answer:
        behaviour = call.behaviour
        receipt = self._receipts.receipt(behaviour, operation, replayed=replayed)
        status = behaviour.answer_status(operation)
        status_url = self._receipts.status_url(behaviour, operation)
        headers = {
            "Cache-Control": "no-store",
            "Link": f'<{status_url}>; rel="status"',
            "X-Correlation-Id": operation.correlation_id,
            **self.retry_after(call, operation),
        }
        if status in {_CREATED, _ACCEPTED}:
            definition = self._receipts.definition_url(operation)
            headers["Location"] = behaviour.location(operation, status_url, definition)
        if replayed:
            headers["Idempotent-Replayed"] = "true"
        body = behaviour.answer_body(operation, receipt, self._resource(call, operation))
        return Answer(status, body, headers)

    def _resource(self, call: Call, operation: Operation) -> Document:
        """Give the member that a finished write on it leaves, as readers see it."""
        if operation.status != "ready" or operation.admitted.completion_stage != "observed":
            return {}
        member = self._read_models.members.get(call.scope_id, operation.target["memberId"])
        return documents.summary(call.behaviour, member) if member else {}


def _command_id(call: Call) -> str | None:
    return call.behaviour.command_id_given(call.body.get("commandId"))
