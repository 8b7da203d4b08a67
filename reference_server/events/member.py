"""The member: its names, implementation, revisions and binding, under one counter."""

from dataclasses import dataclass, replace

from reference_server.document import Document
from reference_server.events.fact import BrokenHistoryError, Fact


@dataclass(frozen=True, slots=True)
class MemberCreated:
    """A member began, with the id of the service it will publish."""

    display_name: str
    description: str | None
    kind: str
    published_service_id: str


@dataclass(frozen=True, slots=True)
class MemberDescribed:
    """The member got another display name or description."""

    display_name: str
    description: str | None


@dataclass(frozen=True, slots=True)
class ImplementationRecorded:
    """The member got a current implementation, bound or not."""

    implementation: Document


@dataclass(frozen=True, slots=True)
class RevisionPublished:
    """An implementation became a revision of the member's service."""

    revision_id: str
    implementation: Document


@dataclass(frozen=True, slots=True)
class RevisionStaged:
    """A bind broke half way through preparing its revision, which stays behind unserved."""

    revision_id: str
    implementation: Document


@dataclass(frozen=True, slots=True)
class MemberBound:
    """A revision became the member's last binding and its serving revision."""

    revision_id: str


@dataclass(frozen=True, slots=True)
class RevisionActivated:
    """A published revision became the serving one."""

    revision_id: str


@dataclass(frozen=True, slots=True)
class RevisionRetired:
    """A revision will serve nothing any more."""

    revision_id: str


@dataclass(frozen=True, slots=True)
class MemberDeleted:
    """The member is gone; its ids are given to nobody else."""


MemberEvent = (
    MemberCreated
    | MemberDescribed
    | ImplementationRecorded
    | RevisionPublished
    | RevisionStaged
    | MemberBound
    | RevisionActivated
    | RevisionRetired
    | MemberDeleted
)


@dataclass(frozen=True, slots=True)
class Revision:
    """One published implementation of a member, or one whose preparation broke half way."""

    revision_id: str
    implementation: Document
    created_at: str
    retired: bool = False
    prepared: bool = True

    @property
    def word(self) -> str:
        """The status word that lists show."""
        if self.retired:
            return "retired"
        return "published" if self.prepared else "preparation_failed"


@dataclass(frozen=True, slots=True)
class LastBinding:
    """What the latest bind left: `bound_at` is its commit time."""

    revision_id: str
    bound_at: str


@dataclass(frozen=True, slots=True)
class Member:
    """A member as of `version`; `changed_by` and `correlation_id` are of its last change."""

    scope_id: str
    member_id: str
    display_name: str
    description: str | None
    kind: str
    published_service_id: str
    created_at: str
    updated_at: str
    version: int
    changed_by: str
    correlation_id: str
    lifecycle_stage: str = "created"
    implementation: Document | None = None
    revisions: tuple[Revision, ...] = ()
    serving_revision_id: str | None = None
    last_binding: LastBinding | None = None
    deleted: bool = False

    def revision(self, revision_id: str | None) -> Revision | None:
        """Find a revision by id."""
        return next((r for r in self.revisions if r.revision_id == revision_id), None)


def evolve(member: Member | None, fact: Fact) -> Member:
    """Apply one fact; raise BrokenHistoryError where it cannot follow."""
    event = fact.event
    if isinstance(event, MemberCreated) and member is None:
        return _created(fact, event)
    if member is None:
        raise BrokenHistoryError(fact)
    ends = isinstance(event, MemberDeleted)
    changed = replace(member, deleted=True) if ends else _apply(member, fact)
    return replace(
        changed,
        version=fact.version,
        updated_at=fact.at,
        changed_by=fact.command_id,
        correlation_id=fact.correlation_id,
    )


def _created(fact: Fact, event: MemberCreated) -> Member:
    return Member(
        scope_id=fact.stream.scope_id,
        member_id=fact.stream.id,
        display_name=event.display_name,
        description=event.description,
        kind=event.kind,
        published_service_id=event.published_service_id,
        created_at=fact.at,
        updated_at=fact.at,
        version=fact.version,
        changed_by=fact.command_id,
        correlation_id=fact.correlation_id,
    )


def _apply(member: Member, fact: Fact) -> Member:
    match fact.event:
        case MemberDescribed(display_name, description):
            return replace(member, display_name=display_name, description=description)
        case ImplementationRecorded(implementation):
            return replace(member, implementation=implementation, lifecycle_stage="build_ready")
        case RevisionPublished(revision_id, implementation) | RevisionStaged(
            revision_id, implementation
        ):
            prepared = isinstance(fact.event, RevisionPublished)
            revision = Revision(revision_id, implementation, fact.at, prepared=prepared)
            return replace(member, revisions=(*member.revisions, revision))
        case MemberBound(revision_id):
            bound = replace(member, last_binding=LastBinding(revision_id, fact.at))
            return _serving(bound, revision_id)
        case RevisionActivated(revision_id):
            return _serving(member, revision_id)
        case RevisionRetired(revision_id):
            return _retired(member, revision_id)
        case _:
            raise BrokenHistoryError(fact)


def _serving(member: Member, revision_id: str) -> Member:
    """Serve the revision; bind_ready only where it is the current implementation."""
    revision = member.revision(revision_id)
    current = revision is not None and revision.implementation == member.implementation
    stage = "bind_ready" if current else "build_ready"
    served = _marked(member, revision_id, retired=False)
    return replace(served, serving_revision_id=revision_id, lifecycle_stage=stage)


def _marked(member: Member, revision_id: str, *, retired: bool) -> Member:
    revisions = tuple(
        replace(r, retired=retired) if r.revision_id == revision_id else r for r in member.revisions
    )
    return replace(member, revisions=revisions)


def _retired(member: Member, revision_id: str) -> Member:
    retired = _marked(member, revision_id, retired=True)
    if member.serving_revision_id == revision_id:
        return replace(retired, serving_revision_id=None, lifecycle_stage="build_ready")
    return retired
