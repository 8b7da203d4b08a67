"""The command of a run, and which revision it reaches."""

from collections.abc import Callable
from dataclasses import dataclass

from reference_server import platform, problems
from reference_server.events.run import Run, RunAccepted
from reference_server.events.service import Deployment, Service


@dataclass(frozen=True, slots=True)
class InvokeMember:
    """Run a revision of a service for a member; `revision_id` pins, None takes the serving one.

    `runs_retired` says whether a retired revision may be pinned.
    """

    scope_id: str
    member_id: str
    service_id: str
    run_id: str
    endpoint_id: str
    revision_id: str | None
    input: str
    runs_retired: bool = False


Offers = Callable[[str, tuple[platform.Endpoint, ...]], bool]


def decide(
    run: Run | None, service: Service | None, command: InvokeMember, offers: Offers
) -> RunAccepted | None:
    """Register the run once; raise Problem where no revision can take it."""
    if run is not None:
        return None
    deployment = reached_revision(service, command, offers)
    return RunAccepted(
        command.member_id,
        command.service_id,
        deployment.revision_id,
        command.endpoint_id,
        command.input,
    )


def reached_revision(service: Service | None, command: InvokeMember, offers: Offers) -> Deployment:
    """Find the pinned or the serving revision in what the catalog shows; raise Problem.

    `offers` says whether a revision can be invoked at an endpoint.
    """
    if service is None or (command.revision_id is None and service.serving is None):
        raise problems.studio_member_not_ready(command.member_id)
    wanted = command.revision_id or service.serving_revision_id
    deployment = service.deployment(wanted)
    if deployment is None:
        raise problems.revision_not_found(str(wanted))
    if deployment.withdrawn and not command.runs_retired:
        raise problems.revision_retired(deployment.revision_id)
    if not offers(command.endpoint_id, platform.endpoints(deployment.implementation)):
        raise problems.studio_member_endpoint_not_found(command.endpoint_id)
    return deployment
