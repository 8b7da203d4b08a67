"""The legacy scope binding: done before it is answered, with its old answer."""

from reference_server import platform, problems, requests
from reference_server.authority import Append, Cause
from reference_server.commands import service as commands
from reference_server.document import Document
from reference_server.events.fact import StreamId
from reference_server.events.service import Service
from reference_server.exchange import Answer, Call, Handler, read
from reference_server.handlers.parts import Parts
from reference_server.platform.failure import UnusableImplementationError
from reference_server.requests import Body

DEFAULT_SERVICE = "default"


class ScopeBindings:
    """Handlers of the legacy scope binding."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def handlers(self) -> dict[str, Handler]:
        """Name each handler by its operationId."""
        return {
            "putScopeBinding": self.put_scope_binding,
            "getScopeBinding": self.get_scope_binding,
        }

    async def put_scope_binding(self, call: Call) -> Answer:
        """Deploy an implementation under a service id of the scope, and wait until it shows."""
        body = Body(call.body, call.family_code)
        command = self._command(body)
        self._check_free(call.scope_id, command.service_id)
        service = self._parts.authority.service(call.scope_id, command.service_id)
        events = commands.decide(service, command)
        version = (service.version if service else 0) + len(events)
        stream = StreamId("service", call.scope_id, command.service_id)
        cause = Cause(self._parts.surroundings.new_id("c-"), call.headers["x-correlation-id"])
        await self._parts.authority.record(cause, Append(stream, events))
        await self._parts.read_models.catalog.shows(stream, version)
        return Answer(200, _result(call.scope_id, command), {"Cache-Control": "no-store"})

    async def get_scope_binding(self, call: Call) -> Answer:
        """Show the scope's default service."""
        catalog = self._parts.read_models.catalog
        default = catalog.get(call.scope_id, DEFAULT_SERVICE)
        shown = call.behaviour.default_of_scope(default, catalog.of_scope(call.scope_id))
        return read(_binding(call.scope_id, shown))

    def _command(self, body: Body) -> commands.DeployRevision:
        offered = body.needed("implementationKind", requests.ONE_LINE, 64).lower()
        kind = "script" if offered == "scripting" else offered
        members = dict(body.members)
        if "workflowYamls" in members:
            members.setdefault("workflow", {"workflowYamls": members["workflowYamls"]})
        implementation = requests.implementation(Body(members, body.code))
        if implementation is None or implementation["kind"] != kind:
            raise body.refuse("implementationKind", f"The body has no implementation of '{kind}'.")
        try:
            platform.prepare(implementation)
        except UnusableImplementationError as error:
            raise problems.invalid(body.code, str(error)) from error
        service_id = body.text("serviceId", requests.SEGMENT_ID, 128) or DEFAULT_SERVICE
        return commands.DeployRevision(
            service_id=service_id,
            revision_id=body.text("revisionId", requests.SEGMENT_ID, 128)
            or self._parts.surroundings.new_id("rev-"),
            implementation=implementation,
            display_name=body.text("displayName", requests.ONE_LINE, 256) or service_id,
            owner=None,
        )

    def _check_free(self, scope_id: str, service_id: str) -> None:
        """Refuse the service id that a member was given at create, bound or not."""
        if self._parts.authority.publisher(scope_id, service_id) is not None:
            message = f"Service '{service_id}' belongs to a member."
            raise problems.invalid("INVALID_SCOPE_BINDING_REQUEST", message, pointer="/serviceId")


def _result(scope_id: str, command: commands.DeployRevision) -> Document:
    implementation = command.implementation
    kind = implementation["kind"]
    deployment = f"{scope_id}:{command.service_id}:{command.revision_id}"
    workflow = {"workflowName": implementation.get("workflowId") or command.service_id}
    script = {"scriptId": implementation.get("scriptId")}
    actor = {"actorTypeName": implementation.get("actorTypeName")}
    return {
        "scopeId": scope_id,
        "serviceId": command.service_id,
        "displayName": command.display_name,
        "revisionId": command.revision_id,
        "implementationKind": kind,
        "expectedActorId": f"service-runtime:{deployment}",
        "workflow": workflow if kind == "workflow" else None,
        "script": script if kind == "script" else None,
        "gAgent": actor if kind == "gagent" else None,
    }


def _binding(scope_id: str, service: Service | None) -> Document:
    serving = (service.serving_revision_id or "") if service else ""
    revisions = service.deployments if service else ()
    return {
        "available": service is not None,
        "scopeId": scope_id,
        "serviceId": DEFAULT_SERVICE,
        "displayName": service.display_name if service else "",
        "serviceKey": f"{scope_id}:default:default:{DEFAULT_SERVICE}" if service else "",
        "defaultServingRevisionId": serving,
        "activeServingRevisionId": serving,
        "deploymentId": f"{scope_id}:{DEFAULT_SERVICE}:{serving}" if serving else "",
        "deploymentStatus": "Active" if serving else "",
        "primaryActorId": "",
        "updatedAt": service.updated_at if service else None,
        "revisions": [
            {
                "revisionId": deployment.revision_id,
                "implementationKind": deployment.implementation["kind"],
                "status": "Retired" if deployment.withdrawn else "Published",
                "isActiveServing": deployment.revision_id == serving,
            }
            for deployment in revisions
        ],
        "catalogStateVersion": service.version if service else 0,
    }
