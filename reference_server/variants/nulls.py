"""A legitimate way to write what has no value: as null."""

from typing import Any

from reference_server.behaviour import Behaviour
from reference_server.document import Document
from reference_server.exchange import Answer

_REFUSALS = 400
_VERSIONS = ("stateVersion", "observedStateVersion")
_IDENTITY = (
    *("deadlineAt", "expiresAt", "completedAt", "stateVersion", "failure", "noop", "expected"),
    *("observeUrl", "readinessUrl", "readModelUrl", "warnings", "backfill"),
)
_RECEIPT = (*_IDENTITY, "replayed", "memberId", "publishedServiceId", "revisionId")
_STATUS = (*_IDENTITY, "reason", "observedStateVersion", "history", "steps")
_RUN = ("scopeId", "endpointId", "output", "failure", "updatedAt")
_PROBLEM = (
    *("detail", "instance", "scopeId", "memberId", "revisionId", "endpointId", "runId"),
    *("commandId", "correlationId", "retryable", "errors"),
)
_TARGET = (
    *("scopeId", "memberId", "publishedServiceId", "revisionId", "endpointId", "runId"),
    *("serviceId", "scriptId", "workflowId", "registrationId"),
)
_REFERENCE = ("workflowId", "workflowRevision", "scriptId", "scriptRevision", "actorTypeName")
_EXAMPLES = ("defaultSmokePrompt", "sampleRequestJson", "curlExample", "fetchExample")
_SERVICE = (
    *("displayName", "serviceKey", "defaultServingRevisionId", "activeServingRevisionId"),
    *("deploymentId", "deploymentStatus", "primaryActorId", "updatedAt", "revisions"),
    *("catalogStateVersion", "catalogLastEventId", "expectedActorId", "workflowName"),
    *("definitionActorIdPrefix", "workflow", "script", "gAgent"),
)
# A whole answer, by a member that only it has.
_ANSWERS = {
    "updatedAt": _STATUS,
    "acceptedAt": _RECEIPT,
    "observedAt": ("commandId", "correlationId", *_VERSIONS, "failure"),
    "runStatus": _RUN,
    "invokePath": _EXAMPLES,
    "lastBinding": ("commandId", "correlationId"),
    "runs": ("nextPageToken",),
    "revisions": ("nextPageToken",),
    "operations": ("nextPageToken",),
    "members": ("nextPageToken",),
    "serviceId": _SERVICE,
}
# An object inside of one, by the name of the member that holds it or its list.
_PARTS = {
    "target": _TARGET,
    "failure": ("step", "details"),
    "conditions": ("message", "observedStateVersion", "lastTransitionAt"),
    "history": ("stateVersion",),
    "steps": ("commandId", "failure"),
    "warnings": ("subject",),
    "errors": ("pointer", "parameter"),
    "implementationRef": _REFERENCE,
    "runs": _RUN,
    "operations": _STATUS,
}
_UNTOUCHED = ("output", "expected")


class WritesNulls(Behaviour):
    """Writes null for every optional member that has no value, in every object of every answer."""

    def answer_sent(self, operation_id: str, answer: Answer, origin: str) -> Answer:
        """Add the nulls."""
        sent = super().answer_sent(operation_id, answer, origin)
        if sent.body is None:
            return sent
        body = _filled(sent.body, _of_whole(sent.status, sent.body))
        return Answer(sent.status, body, sent.headers)


def _of_whole(status: int, body: Document) -> tuple[str, ...]:
    if status >= _REFUSALS:
        return _PROBLEM
    receipt = "completionStage" in body
    marks = (mark for mark in _ANSWERS if mark in body and (receipt or mark != "updatedAt"))
    return _ANSWERS.get(next(marks, ""), ())


def _filled(value: Any, names: tuple[str, ...]) -> Any:  # noqa: ANN401  # any JSON
    if isinstance(value, list):
        return [_filled(inner, names) for inner in value]
    if not isinstance(value, dict):
        return value
    told = {
        name: inner if name in _UNTOUCHED else _filled(inner, _PARTS.get(name, ()))
        for name, inner in value.items()
    }
    return dict.fromkeys(names) | told
