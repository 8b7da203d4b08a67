"""Commands of a member, and the events each one decides."""

from dataclasses import dataclass

from reference_server import problems
from reference_server.document import Document
from reference_server.events.member import (
    ImplementationRecorded,
    Member,
    MemberBound,
    MemberCreated,
    MemberDeleted,
    MemberDescribed,
    MemberEvent,
    Revision,
    RevisionActivated,
    RevisionPublished,
    RevisionRetired,
    RevisionStaged,
)


@dataclass(frozen=True, slots=True)
class CreateMember:
    """Begin a member; the service id it will publish is settled here, once."""

    scope_id: str
    member_id: str
    display_name: str
    description: str | None
    kind: str
    published_service_id: str


@dataclass(frozen=True, slots=True)
class UpdateMember:
    """Change display name (None keeps it), and the description where `describes`."""

    scope_id: str
    member_id: str
    display_name: str | None
    describes: bool
    description: str | None
    expected_version: int | None


@dataclass(frozen=True, slots=True)
class UpdateImplementation:
    """Record another current implementation without binding it."""

    scope_id: str
    member_id: str
    implementation: Document
    expected_version: int | None
    kind_locked: bool = True


@dataclass(frozen=True, slots=True)
class BindMember:
    """Publish an implementation, the recorded one where None, as a revision and serve it.

    `service_id` is where it is deployed; None is the member's published service.
    `revision_named` says whether the caller chose the revision id.
    """

    scope_id: str
    member_id: str
    revision_id: str
    implementation: Document | None
    expected_version: int | None
    service_id: str | None = None
    kind_locked: bool = True
    revision_named: bool = False


@dataclass(frozen=True, slots=True)
class ActivateRevision:
    """Serve a published revision.

    `serves` says whether traffic follows the member's choice, `revives` whether a retired
    revision may be chosen.
    """

    scope_id: str
    member_id: str
    revision_id: str
    serves: bool = True
    revives: bool = False


@dataclass(frozen=True, slots=True)
class RetireRevision:
    """Serve a revision never again."""

    scope_id: str
    member_id: str
    revision_id: str


@dataclass(frozen=True, slots=True)
class DeleteMember:
    """End a member for good."""

    scope_id: str
    member_id: str


MemberCommand = (
    CreateMember
    | UpdateMember
    | UpdateImplementation
    | BindMember
    | ActivateRevision
    | RetireRevision
    | DeleteMember
)

MemberEvents = tuple[MemberEvent, ...]


def decide(member: Member | None, command: MemberCommand) -> MemberEvents:
    """Give the events that the command causes, none for a noop; raise Problem to refuse."""
    if isinstance(command, CreateMember):
        return _create(member, command)
    if member is None:
        raise problems.studio_member_not_found(command.scope_id, command.member_id)
    return _change(member, command)


def _change(
    member: Member,
    command: UpdateMember
    | UpdateImplementation
    | BindMember
    | ActivateRevision
    | RetireRevision
    | DeleteMember,
) -> MemberEvents:
    match command:
        case UpdateMember():
            return _update(member, command)
        case UpdateImplementation():
            return _update_implementation(member, command)
        case BindMember():
            return _bind(member, command)
        case ActivateRevision():
            return _activate(member, command)
        case RetireRevision():
            return _retire(member, command)
        case DeleteMember():
            return (MemberDeleted(),)


def stage(member: Member, command: BindMember, implementation: Document) -> MemberEvents:
    """Give the events of a bind whose preparation broke half way; raise Problem to refuse."""
    decide(member, command)
    if member.revision(command.revision_id) is not None:
        return ()
    return (RevisionStaged(command.revision_id, implementation),)


def _create(member: Member | None, command: CreateMember) -> MemberEvents:
    if member is None:
        created = MemberCreated(
            command.display_name, command.description, command.kind, command.published_service_id
        )
        return (created,)
    wanted = (command.display_name, command.description, command.kind)
    if wanted == (member.display_name, member.description, member.kind):
        return ()
    why = f"Member '{member.member_id}' exists with other fields."
    raise problems.studio_member_conflict(member.member_id, why)


def _update(member: Member, command: UpdateMember) -> MemberEvents:
    _expect_version(member, command.expected_version)
    described = MemberDescribed(
        command.display_name or member.display_name,
        command.description if command.describes else member.description,
    )
    same = (described.display_name, described.description) == (
        member.display_name,
        member.description,
    )
    return () if same else (described,)


def _update_implementation(member: Member, command: UpdateImplementation) -> MemberEvents:
    _expect_version(member, command.expected_version)
    if command.kind_locked:
        _expect_kind(member, command.implementation)
    if command.implementation == member.implementation:
        return ()
    return (ImplementationRecorded(command.implementation),)


def _bind(member: Member, command: BindMember) -> MemberEvents:
    _expect_version(member, command.expected_version)
    implementation = command.implementation or member.implementation
    if implementation is None:
        message = "The body has no implementation and the member has none recorded."
        raise problems.invalid("INVALID_STUDIO_MEMBER_BINDING", message, pointer="/")
    if command.kind_locked:
        _expect_kind(member, implementation)
    published = _publish(member, command.revision_id, implementation)
    settled = (command.revision_id, implementation, "bind_ready")
    last = member.last_binding
    served = (member.serving_revision_id, member.implementation, member.lifecycle_stage)
    if served == settled and last is not None and last.revision_id == command.revision_id:
        return ()
    recorded: MemberEvents = (ImplementationRecorded(implementation),)
    if implementation == member.implementation:
        recorded = ()
    return (*recorded, *published, MemberBound(command.revision_id))


def _publish(member: Member, revision_id: str, implementation: Document) -> MemberEvents:
    existing = member.revision(revision_id)
    if existing is None:
        return (RevisionPublished(revision_id, implementation),)
    if existing.retired or existing.implementation != implementation:
        state = "is retired" if existing.retired else "exists with another implementation"
        message = f"Revision '{revision_id}' {state}."
        raise problems.invalid("INVALID_STUDIO_MEMBER_BINDING", message, pointer="/revisionId")
    return ()


def _activate(member: Member, command: ActivateRevision) -> MemberEvents:
    revision = _known_revision(member, command.revision_id)
    if revision.retired and not command.revives:
        raise problems.revision_retired(command.revision_id)
    if not revision.prepared:
        code = "INVALID_STUDIO_MEMBER_BINDING_ACTIVATION_REQUEST"
        message = f"Revision '{command.revision_id}' could not be prepared."
        raise problems.invalid(code, message, parameter="revisionId")
    if member.serving_revision_id == command.revision_id:
        return ()
    return (RevisionActivated(command.revision_id),)


def _retire(member: Member, command: RetireRevision) -> MemberEvents:
    if _known_revision(member, command.revision_id).retired:
        return ()
    return (RevisionRetired(command.revision_id),)


def _known_revision(member: Member, revision_id: str) -> Revision:
    if member.last_binding is None:
        raise problems.studio_member_not_bound(member.member_id)
    revision = member.revision(revision_id)
    if revision is None:
        raise problems.revision_not_found(revision_id)
    return revision


def _expect_version(member: Member, expected: int | None) -> None:
    if expected is not None and expected != member.version:
        raise problems.state_version_mismatch(expected, member.version)


def _expect_kind(member: Member, implementation: Document) -> None:
    if implementation["kind"] != member.kind:
        raise problems.studio_member_kind_locked(
            member.member_id, member.kind, implementation["kind"]
        )
