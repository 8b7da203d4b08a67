"""The service: what the platform serves under one service id, a member's or a scope's own."""

from dataclasses import dataclass, replace

from reference_server.document import Document
from reference_server.events.fact import BrokenHistoryError, Fact


@dataclass(frozen=True, slots=True)
class RevisionDeployed:
    """A revision can be reached under the service id; `owner` is its member's id, if any."""

    revision_id: str
    implementation: Document
    display_name: str
    owner: str | None


@dataclass(frozen=True, slots=True)
class ServingChanged:
    """Unpinned traffic goes to another revision, or to none."""

    revision_id: str | None


@dataclass(frozen=True, slots=True)
class RevisionWithdrawn:
    """A revision takes no traffic any more, pinned or not."""

    revision_id: str


ServiceEvent = RevisionDeployed | ServingChanged | RevisionWithdrawn


@dataclass(frozen=True, slots=True)
class Deployment:
    """One revision as the platform holds it."""

    revision_id: str
    implementation: Document
    deployed_at: str
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """A service as of `version`."""

    scope_id: str
    service_id: str
    version: int
    display_name: str
    owner: str | None
    updated_at: str
    deployments: tuple[Deployment, ...] = ()
    serving_revision_id: str | None = None

    def deployment(self, revision_id: str | None) -> Deployment | None:
        """Find a deployment by revision id."""
        return next((d for d in self.deployments if d.revision_id == revision_id), None)

    @property
    def serving(self) -> Deployment | None:
        """What unpinned traffic reaches."""
        return self.deployment(self.serving_revision_id)


def evolve(service: Service | None, fact: Fact) -> Service:
    """Apply one fact; raise BrokenHistoryError where it cannot follow."""
    event = fact.event
    if isinstance(event, RevisionDeployed):
        return _deployed(service, fact, event)
    if service is None:
        raise BrokenHistoryError(fact)
    seen = replace(service, version=fact.version, updated_at=fact.at)
    match event:
        case ServingChanged(revision_id):
            return replace(
                seen,
                serving_revision_id=revision_id,
                deployments=_marked(service.deployments, revision_id, withdrawn=False),
            )
        case RevisionWithdrawn(revision_id):
            return replace(
                seen, deployments=_marked(service.deployments, revision_id, withdrawn=True)
            )
        case _:
            raise BrokenHistoryError(fact)


def _deployed(service: Service | None, fact: Fact, event: RevisionDeployed) -> Service:
    deployment = Deployment(event.revision_id, event.implementation, fact.at)
    before = service.deployments if service else ()
    return Service(
        scope_id=fact.stream.scope_id,
        service_id=fact.stream.id,
        version=fact.version,
        display_name=event.display_name,
        owner=event.owner,
        updated_at=fact.at,
        deployments=(*before, deployment),
        serving_revision_id=service.serving_revision_id if service else None,
    )


def _marked(
    deployments: tuple[Deployment, ...], revision_id: str | None, *, withdrawn: bool
) -> tuple[Deployment, ...]:
    return tuple(
        replace(d, withdrawn=withdrawn) if d.revision_id == revision_id else d for d in deployments
    )
