"""The only maker of receipts and statuses; both are read off the recorded operation."""

from reference_server.behaviour import Behaviour
from reference_server.document import Document
from reference_server.events.fact import StreamId
from reference_server.events.operation import STAGES, Failure, Operation
from reference_server.projections import ReadModels
from reference_server.urls import Urls

BINDING_OPERATIONS = ("member.bind", "member.revision.activate", "member.revision.retire")


class Receipts:
    """Write operations as the contract's documents."""

    def __init__(self, urls: Urls, read_models: ReadModels) -> None:
        self._urls = urls
        self._read_models = read_models

    def receipt(self, behaviour: Behaviour, operation: Operation, *, replayed: bool) -> Document:
        """Write the receipt, as far as the operation has come."""
        document = self._identity(behaviour, operation)
        if operation.completed_at is not None:
            document["completedAt"] = operation.completed_at
        if replayed:
            document = behaviour.replay_shown(operation, document | {"replayed": True})
        beside = {}
        if operation.kind.startswith("member.revision."):
            ids = ("memberId", "publishedServiceId", "revisionId")
            beside = {name: operation.target[name] for name in ids if name in operation.target}
        return behaviour.receipt(operation, beside | document)

    def status(self, behaviour: Behaviour, operation: Operation) -> Document:
        """Write the OperationStatus."""
        document = self._identity(behaviour, operation)
        document["updatedAt"] = operation.updated_at
        if operation.completed_at is not None:
            document["completedAt"] = operation.completed_at
        if operation.committed is not None and operation.reached("committed"):
            document["noop"] = operation.committed.noop
        if operation.reached("observed"):
            document["observedStateVersion"] = self._visible_version(operation)
        document["history"] = _history(operation)
        if operation.steps:
            document["steps"] = list(operation.steps)
        return behaviour.status(operation, document)

    def status_url(self, behaviour: Behaviour, operation: Operation) -> str:
        """Give the statusUrl."""
        url = self._urls.status(operation.scope_id, operation.command_id)
        if _is_run(operation) and behaviour.run_is_status():
            url = self._read_model_url(operation)
        return behaviour.status_url(operation, url)

    def definition_url(self, operation: Operation) -> str:
        """Give the URL of the member that the command was addressed to."""
        return self._urls.member(operation.scope_id, operation.target["memberId"])

    def _identity(self, behaviour: Behaviour, operation: Operation) -> Document:
        document: Document = {
            "commandId": behaviour.command_id_shown(operation),
            "correlationId": operation.correlation_id,
            "operation": operation.kind,
            "target": behaviour.target(operation),
            "stage": operation.stage,
            "status": operation.status,
            "completionStage": operation.admitted.completion_stage,
            "acceptedAt": operation.accepted_at,
            "deadlineAt": operation.admitted.deadline_at,
            "expiresAt": operation.admitted.expires_at,
            "statusUrl": self.status_url(behaviour, operation),
        }
        if operation.reached("committed"):
            current = self._visible_version(operation)
            document["stateVersion"] = behaviour.state_version(operation, current)
        if operation.admitted.expected and not operation.reached("committed"):
            document["expected"] = operation.admitted.expected
        if operation.failure is not None:
            written = _failure(operation.failure)
            document["failure"] = behaviour.failure(operation, written)
        return document | self._links(behaviour, operation)

    def _links(self, behaviour: Behaviour, operation: Operation) -> Document:
        links: Document = {}
        read_model = behaviour.read_model_url(operation, self._read_model_url(operation))
        if read_model is not None:
            links["readModelUrl"] = read_model
        judged = operation.admitted.completion_stage == "ready" and not _is_run(operation)
        if judged:
            target = operation.admitted.expected | operation.target
            links["readinessUrl"] = self._urls.readiness(
                operation.scope_id,
                target["memberId"],
                operation.command_id,
                target.get("revisionId"),
            )
        return links

    def _read_model_url(self, operation: Operation) -> str:
        scope_id, member_id = operation.scope_id, operation.target["memberId"]
        if _is_run(operation):
            return self._urls.run(scope_id, member_id, operation.target["runId"])
        if operation.kind in BINDING_OPERATIONS:
            return self._urls.binding(scope_id, member_id)
        return self._urls.member(scope_id, member_id)

    def _visible_version(self, operation: Operation) -> int:
        scope_id, target = operation.scope_id, operation.target
        if _is_run(operation):
            return self._read_models.runs.watermark(StreamId("run", scope_id, target["runId"]))
        member = StreamId("member", scope_id, target["memberId"])
        return self._read_models.members.watermark(member)


def _is_run(operation: Operation) -> bool:
    return "runId" in operation.target


def _failure(failure: Failure) -> Document:
    return {
        "code": failure.code,
        "message": failure.message,
        "stage": failure.stage,
        "retryable": failure.retryable,
        "effect": failure.effect,
        "occurredAt": failure.occurred_at,
    }


def _history(operation: Operation) -> list[Document]:
    shown = STAGES[: STAGES.index(operation.stage) + 1]
    history: list[Document] = []
    for stage, at in operation.history:
        if stage in shown:
            version = {} if stage == "accepted" else {"stateVersion": operation.state_version}
            history.append({"stage": stage, "at": at, **version})
    return history
