"""What readers see of members, bindings, endpoints and runs, as the contract's documents."""

import json

from reference_server.behaviour import Behaviour
from reference_server.document import Document
from reference_server.events.member import Member, Revision
from reference_server.events.operation import Operation
from reference_server.events.run import Run
from reference_server.events.service import Deployment
from reference_server.platform import Endpoint


def summary(behaviour: Behaviour, member: Member) -> Document:
    """Write what a detail and a row of the roster have in common."""
    last = behaviour.last_binding_shown(member)
    document = {
        "memberId": behaviour.readable_as(member),
        "scopeId": member.scope_id,
        "displayName": member.display_name,
        "description": member.description,
        "implementationKind": member.kind,
        "lifecycleStage": member.lifecycle_stage,
        "publishedServiceId": behaviour.published_service_shown(member),
        "lastBoundRevisionId": last.revision_id if last else None,
        "createdAt": member.created_at,
        "updatedAt": member.updated_at,
        "stateVersion": member.version,
    }
    return behaviour.member_shown(member, document)


def row(behaviour: Behaviour, member: Member) -> Document:
    """Write a row of the roster."""
    return behaviour.row_shown(member, summary(behaviour, member))


def detail(behaviour: Behaviour, member: Member) -> Document:
    """Write a member."""
    document = {
        "summary": summary(behaviour, member),
        "implementationRef": _implementation_ref(member),
        "lastBinding": _last_binding(behaviour, member),
        "stateVersion": member.version,
        "commandId": member.changed_by,
        "correlationId": member.correlation_id,
    }
    return behaviour.detail_shown(member, document)


def binding(behaviour: Behaviour, member: Member) -> Document:
    """Write the binding of a member, bound or not."""
    document = {
        "lastBinding": _last_binding(behaviour, member),
        "stateVersion": member.version,
        "commandId": member.changed_by,
        "correlationId": member.correlation_id,
    }
    if member.last_binding is None:
        return behaviour.unbound_binding(member, document)
    return behaviour.binding_shown(member, document)


def revision(behaviour: Behaviour, member: Member, published: Revision) -> Document:
    """Write a row of the revision list."""
    row = {
        "revisionId": published.revision_id,
        "status": published.word,
        "isServing": member.serving_revision_id == published.revision_id,
        "createdAt": published.created_at,
    }
    return behaviour.revision_shown(row)


def run(behaviour: Behaviour, shown: Run) -> Document:
    """Write a run."""
    failure = shown.failure and {
        "code": shown.failure.code,
        "message": shown.failure.message,
        "stage": "observed",
        "retryable": False,
        "effect": "committed",
        "occurredAt": shown.updated_at,
    }
    document = {
        "scopeId": shown.scope_id,
        "memberId": shown.member_id,
        "publishedServiceId": shown.service_id,
        "runId": shown.run_id,
        "revisionId": shown.revision_id,
        "endpointId": shown.endpoint_id,
        "commandId": shown.command_id,
        "correlationId": shown.correlation_id,
        "runStatus": shown.word,
        "stateVersion": shown.version,
        "output": shown.output,
        "failure": failure,
        "createdAt": shown.created_at,
        "updatedAt": shown.updated_at,
    }
    return behaviour.run_shown(shown, document)


def run_with_status(run: Document, status: Document, operation: Operation) -> Document:
    """Write a run as the status of its invoke too; `run` is empty before it can be read.

    The run's own counter is `runVersion`, and its outcome waits for the operation's verdict.
    """
    words = {"ready": "completed", "failed": "failed"}
    undecided = "running" if operation.reached("committed") else "accepted"
    shown = {name: value for name, value in run.items() if name not in {"stateVersion", "failure"}}
    if not operation.decided:
        shown.pop("output", None)
    own = {
        "scopeId": operation.scope_id,
        "runId": operation.target["runId"],
        "memberId": operation.target["memberId"],
        "createdAt": operation.accepted_at,
        **shown,
        "runVersion": run.get("stateVersion", 0),
        "runStatus": words.get(operation.status, undecided),
    }
    return own | status


def endpoint_contract(
    member: Member, service_id: str, endpoint: Endpoint, path: str, serving: Deployment | None
) -> Document:
    """Write how to call an endpoint; `serving` is the revision described, None if none serves."""
    chat = endpoint.kind == "chat"
    sample = {"payloadTypeUrl": endpoint.request_type_url, "payloadJson": {"input": "hello"}}
    body = json.dumps({"prompt": "hello"} if chat else sample)
    return {
        "scopeId": member.scope_id,
        "memberId": member.member_id,
        "publishedServiceId": service_id,
        "endpointId": endpoint.endpoint_id,
        "invokePath": path,
        "method": "POST",
        "requestContentType": "application/json",
        "responseContentType": "application/json",
        "requestTypeUrl": endpoint.request_type_url,
        "responseTypeUrl": endpoint.response_type_url,
        "supportsSse": False,
        "supportsWebSocket": False,
        "supportsAguiFrames": False,
        "streamFrameFormat": None,
        "smokeTestSupported": True,
        "defaultSmokeInputMode": "prompt" if chat else "typed-payload",
        "defaultSmokePrompt": "hello" if chat else None,
        "sampleRequestJson": None if chat else json.dumps(sample, indent=2),
        "deploymentStatus": "Active" if serving else "Deactivated",
        "revisionId": serving.revision_id if serving else None,
        "curlExample": f"curl -X POST '{path}' -H 'Content-Type: application/json' -d '{body}'",
        "fetchExample": None,
    }


def _last_binding(behaviour: Behaviour, member: Member) -> Document | None:
    last = behaviour.last_binding_shown(member)
    if last is None:
        return None
    return {
        "publishedServiceId": behaviour.published_service_shown(member),
        "revisionId": last.revision_id,
        "implementationKind": member.kind,
        "boundAt": last.bound_at,
    }


def _implementation_ref(member: Member) -> Document | None:
    current = member.implementation
    if current is None:
        return None
    published = [r for r in member.revisions if r.prepared and r.implementation == current]
    latest = published[-1].revision_id if published else None
    workflow = member.kind == "workflow"
    return {
        "implementationKind": member.kind,
        "workflowId": (current["workflowId"] or member.member_id) if workflow else None,
        "workflowRevision": latest if workflow else None,
        "scriptId": current.get("scriptId"),
        "scriptRevision": current.get("scriptRevision"),
        "actorTypeName": current.get("actorTypeName"),
    }
