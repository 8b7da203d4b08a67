"""The shapes in which an older API answers: no receipts, and yet the same care about the truth.

A shape is no variant: it breaks what it was made before. It shows how a server stands that keeps
the rules of the domain and knows nothing of receipts; tests/data names what it must break.
"""

from typing import Any

from reference_server.behaviour import Behaviour
from reference_server.document import Document
from reference_server.events.operation import Operation
from reference_server.exchange import Answer
from reference_server.faults.declaration import kebab, sentence
from reference_server.problems import Problem

CREATED_ANSWER = 201
ACCEPTED_ANSWER = 202
CONFLICT = 409

_NOT_OFFERED = ("getOperation", "listOperations", "getMemberBindingReadiness", "deleteMember")
_HEADERS = ("Content-Type", "Cache-Control", "Allow", "WWW-Authenticate")
_UNUSABLE = (
    "STUDIO_MEMBER_NOT_BOUND",
    "STUDIO_MEMBER_BINDING_REVISION_NOT_FOUND",
    "STUDIO_MEMBER_BINDING_REVISION_RETIRED",
)
_FAMILIES = {
    "getMemberEndpointContract": "INVALID_STUDIO_MEMBER_ENDPOINT_CONTRACT_REQUEST",
    "activateMemberRevision": "INVALID_STUDIO_MEMBER_BINDING_ACTIVATION_REQUEST",
    "retireMemberRevision": "INVALID_STUDIO_MEMBER_BINDING_REVISION_REQUEST",
}
_MEMBERS_OF_RECEIPTS = ("stateVersion", "commandId", "correlationId")


class SeedShaped(Behaviour):
    """Answers as the API that the contract grew out of: resources in place of receipts."""

    def offers(self, operation_id: str) -> bool:
        """Know nothing of operations, readiness and deleting."""
        return operation_id not in _NOT_OFFERED

    def waits_for_completion(self, operation: Operation) -> bool:
        """Hold every answer but that of an invoke."""
        return operation.kind != "member.invoke"

    def foresees_failures(self, operation: str) -> bool:
        """Compile what is bound before it is bound."""
        return operation == "member.bind"

    def answer_status(self, operation: Operation) -> int:
        """Answer 201 to a create, 202 to an invoke, 200 otherwise."""
        statuses = {"member.create": CREATED_ANSWER, "member.invoke": ACCEPTED_ANSWER}
        return statuses.get(operation.kind, 200)

    def location(self, operation: Operation, status_url: str, definition_url: str) -> str:  # noqa: ARG002
        """Point at the member."""
        return definition_url

    def answer_body(self, operation: Operation, receipt: Document, resource: Document) -> Document:  # noqa: ARG002
        """Give the answer that each write had; a failure is the answer's own."""
        if operation.failure is not None:
            raise Problem(CONFLICT, operation.failure.code, operation.failure.message)
        ids = {name: value for name, value in operation.target.items() if name != "resourceType"}
        match operation.kind:
            case "member.bind":
                return _bound(operation, ids)
            case "member.revision.activate":
                return ids
            case "member.revision.retire":
                return ids | {"status": "retired"}
            case "member.invoke":
                return _invoked(operation, ids)
            case _:
                return resource

    def answer_sent(self, operation_id: str, answer: Answer, origin: str) -> Answer:
        """Drop every header and member that came with receipts."""
        sent = super().answer_sent(operation_id, answer, origin)
        kept = (*_HEADERS, "Location") if sent.status == CREATED_ANSWER else _HEADERS
        headers = {name: value for name, value in sent.headers.items() if name in kept}
        body = sent.body if operation_id in _RUNS else _older(sent.body)
        return Answer(sent.status, body, headers)

    def problem_media_type(self, accepted: str) -> str:  # noqa: ARG002
        """Send plain JSON."""
        return "application/json"

    def refusal(self, operation_id: str, refusal: Problem) -> Problem:
        """Restate as 400 under the family's code what cannot be used."""
        if refusal.code in _UNUSABLE:
            return refusal.restated(400, _FAMILIES.get(operation_id, ""))
        if refusal.code == "STUDIO_MEMBER_CONFLICT":
            return refusal.restated(400, "INVALID_STUDIO_MEMBER_REQUEST")
        return refusal

    def problem_body(self, operation_id: str, refusal: Problem, body: Document) -> Document:  # noqa: ARG002
        """Say code and message, and the ids of what was not found."""
        return {"code": refusal.code, "message": refusal.message, **refusal.ids}


_RUNS = ("invokeMember", "listMemberRuns", "getMemberRun")


def _bound(operation: Operation, ids: Document) -> Document:
    implementation = operation.admitted.command["fields"].get("implementation") or {}
    actor = f"service-runtime:{ids['scopeId']}:{ids['publishedServiceId']}:{ids['revisionId']}"
    return {
        **ids,
        "implementationKind": implementation.get("kind"),
        "expectedActorId": actor,
    }


def _invoked(operation: Operation, ids: Document) -> Document:
    service_id = ids["publishedServiceId"]
    return {
        "requestId": operation.command_id,
        "serviceKey": f"{ids['scopeId']}:default:default:{service_id}",
        "deploymentId": f"{ids['scopeId']}:{service_id}",
        "targetActorId": f"service-runtime:{ids['scopeId']}:{service_id}",
        "endpointId": ids["endpointId"],
        "commandId": operation.command_id,
        "correlationId": operation.correlation_id,
    }


def _older(value: Any) -> Any:  # noqa: ANN401  # any JSON
    if isinstance(value, list):
        return [_older(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _older(inner) for name, inner in value.items() if name not in _MEMBERS_OF_RECEIPTS
    }


SHAPES: dict[str, type[Behaviour]] = {kebab(SeedShaped): SeedShaped}
SUMMARIES: dict[str, str] = {name: sentence(shape) for name, shape in SHAPES.items()}
