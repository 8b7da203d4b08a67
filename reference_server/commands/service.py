"""Commands of a service, given by a member's bind or by the legacy scope binding."""

from dataclasses import dataclass

from reference_server import problems
from reference_server.document import Document
from reference_server.events.service import (
    RevisionDeployed,
    RevisionWithdrawn,
    Service,
    ServiceEvent,
    ServingChanged,
)


@dataclass(frozen=True, slots=True)
class DeployRevision:
    """Make a revision reachable and send unpinned traffic to it."""

    service_id: str
    revision_id: str
    implementation: Document
    display_name: str
    owner: str | None


@dataclass(frozen=True, slots=True)
class ServeRevision:
    """Send unpinned traffic to a deployed revision; `revives` takes a withdrawn one up again."""

    revision_id: str
    revives: bool = False


@dataclass(frozen=True, slots=True)
class WithdrawRevision:
    """Take a revision out of all traffic."""

    revision_id: str


ServiceCommand = DeployRevision | ServeRevision | WithdrawRevision

ServiceEvents = tuple[ServiceEvent, ...]


def decide(service: Service | None, command: ServiceCommand) -> ServiceEvents:
    """Give the events that the command causes, none for a noop; raise Problem to refuse."""
    match command:
        case DeployRevision():
            return _deploy(service, command)
        case ServeRevision():
            return _serve(service, command)
        case WithdrawRevision(revision_id):
            return _withdraw(service, revision_id)


def _deploy(service: Service | None, command: DeployRevision) -> ServiceEvents:
    if service is not None and service.owner != command.owner:
        message = f"Service '{command.service_id}' belongs to somebody else."
        raise problems.invalid("INVALID_SCOPE_BINDING_REQUEST", message, pointer="/serviceId")
    deployed = service.deployment(command.revision_id) if service else None
    if deployed is not None and deployed.implementation != command.implementation:
        message = f"Revision '{command.revision_id}' exists with another implementation."
        raise problems.invalid("INVALID_SCOPE_BINDING_REQUEST", message, pointer="/revisionId")
    new = RevisionDeployed(
        command.revision_id, command.implementation, command.display_name, command.owner
    )
    if deployed is None:
        return (new, ServingChanged(command.revision_id))
    return _serve(service, ServeRevision(command.revision_id))


def _serve(service: Service | None, command: ServeRevision) -> ServiceEvents:
    deployed = service.deployment(command.revision_id) if service else None
    if service is None or deployed is None:
        raise problems.revision_not_found(command.revision_id)
    if deployed.withdrawn and not command.revives:
        raise problems.revision_retired(command.revision_id)
    if service.serving_revision_id == command.revision_id:
        return ()
    return (ServingChanged(command.revision_id),)


def _withdraw(service: Service | None, revision_id: str) -> ServiceEvents:
    deployment = service.deployment(revision_id) if service else None
    if service is None or deployment is None or deployment.withdrawn:
        return ()
    stop: ServiceEvents = (ServingChanged(None),)
    if service.serving_revision_id != revision_id:
        stop = ()
    return (*stop, RevisionWithdrawn(revision_id))
