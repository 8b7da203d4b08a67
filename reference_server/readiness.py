"""Readiness: whether a member's revision can be invoked now, from what is visible only."""

from dataclasses import dataclass

from reference_server.behaviour import Behaviour
from reference_server.document import Document
from reference_server.events.member import Member, Revision
from reference_server.events.service import Deployment, Service


@dataclass(frozen=True, slots=True)
class Condition:
    """One prerequisite; `reason` is a fine code."""

    type: str
    holds: bool
    reason: str

    def document(self) -> Document:
        """Write it."""
        status = "true" if self.holds else "false"
        return {"type": self.type, "status": status, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Readiness:
    """What the conditions say together, of the revision that was judged."""

    revision_id: str | None
    conditions: tuple[Condition, ...]

    @property
    def ready(self) -> bool:
        """Say whether every condition holds."""
        return all(condition.holds for condition in self.conditions)

    @property
    def reason(self) -> str:
        """The reason of the first condition that does not hold."""
        return next((c.reason for c in self.conditions if not c.holds), "ALL_READY")


def judged(
    behaviour: Behaviour, member: Member, service: Service | None, revision_id: str | None
) -> Readiness:
    """Judge the named revision, or the serving one held against the current implementation."""
    wanted = revision_id or (service.serving_revision_id if service else None)
    deployment = service.deployment(wanted) if service else None
    conditions = [
        _catalog(member, service),
        _serving_set(service),
        _eligible(service, deployment, member.revision(wanted)),
    ]
    if revision_id is None:
        current = behaviour.implementation_current(member, deployment)
        reason = "IMPLEMENTATION_CURRENT" if current else "IMPLEMENTATION_CHANGED"
        conditions.append(Condition("ImplementationCurrent", current, reason))
    return Readiness(wanted, tuple(conditions))


def _catalog(member: Member, service: Service | None) -> Condition:
    bound = member.last_binding is not None
    missing = "SERVICE_CATALOG_MISSING" if bound else "STUDIO_MEMBER_NOT_BOUND"
    visible = service is not None and bound
    return Condition("CatalogVisible", visible, "CATALOG_VISIBLE" if visible else missing)


def _serving_set(service: Service | None) -> Condition:
    if service is not None and service.serving_revision_id is not None:
        return Condition("ServingSetVisible", True, "SERVING_SET_VISIBLE")  # noqa: FBT003
    retired = service is not None and any(d.withdrawn for d in service.deployments)
    reason = "REVISION_RETIRED" if retired else "SERVING_SET_MISSING"
    return Condition("ServingSetVisible", False, reason)  # noqa: FBT003


def _eligible(
    service: Service | None, deployment: Deployment | None, revision: Revision | None
) -> Condition:
    if revision is not None and not revision.prepared:
        return Condition("EligibleTargetVisible", False, "PREPARATION_FAILED")  # noqa: FBT003
    if service is None or deployment is None:
        return Condition("EligibleTargetVisible", False, "NO_ELIGIBLE_SERVING_TARGET")  # noqa: FBT003
    if deployment.withdrawn:
        return Condition("EligibleTargetVisible", False, "REVISION_RETIRED")  # noqa: FBT003
    serves = service.serving_revision_id == deployment.revision_id
    reason = "ELIGIBLE_TARGET_VISIBLE" if serves else "NO_ELIGIBLE_SERVING_TARGET"
    return Condition("EligibleTargetVisible", serves, reason)
