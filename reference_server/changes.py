"""What a command does at once: decided events of each stream, and what later stages wait for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from reference_server import platform, problems
from reference_server.authority import Append, Authority
from reference_server.behaviour import Behaviour
from reference_server.commands import member as members
from reference_server.commands import run as runs
from reference_server.commands import service as services
from reference_server.document import Document
from reference_server.events.fact import StreamId
from reference_server.events.member import Member
from reference_server.platform.failure import UnusableImplementationError
from reference_server.problems import Problem
from reference_server.projections import ReadModels

Evidence = list[list[str | int]]


@dataclass(frozen=True, slots=True)
class Change:
    """What a command does at once: events, the version they bring, and the evidence to await."""

    appends: tuple[Append, ...]
    state_version: int
    observed_by: Evidence
    ready_by: Evidence = field(default_factory=list)
    target: Document = field(default_factory=dict)


class HalfDoneError(Exception):
    """A command of several steps broke after some: the refusal, what stands, and each step.

    `observed_by` is the evidence that readers see what stands.
    """

    def __init__(
        self, refusal: Problem, stands: Append, observed_by: Evidence, steps: list[Document]
    ) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal
        self.stands = stands
        self.observed_by = observed_by
        self.steps = steps


class Changes:
    """Decide commands on the authority's states, an invoke on the service that readers see."""

    def __init__(
        self,
        authority: Authority,
        read_models: ReadModels,
        behaviour_of: Callable[[str], Behaviour],
    ) -> None:
        self._authority = authority
        self._read_models = read_models
        self._behaviour_of = behaviour_of

    def of(self, command: Any) -> Change:  # noqa: ANN401  # any command
        """Decide at this instant; raise Problem to refuse, HalfDoneError where it breaks."""
        if isinstance(command, runs.InvokeMember):
            return self._register_run(command)
        member = self._authority.member(command.scope_id, command.member_id)
        if isinstance(command, members.BindMember):
            _prepare(member, command)
        met = member
        if isinstance(command, members.CreateMember):
            self._check_free(command)
            met = self._met(command)
        visible = self._read_models.members.get(command.scope_id, command.member_id)
        events = self._behaviour_of(command.scope_id).decided(
            command, member, visible, members.decide(met, command)
        )
        stream = StreamId("member", command.scope_id, command.member_id)
        version = (member.version if member else 0) + len(events)
        own = Append(stream, events)
        shown: Evidence = [["members", *stream, version]]
        consequence = self._of_service(member, command)
        if consequence is None:
            return Change((own,), version, shown)
        service_stream, service_events, service_version = consequence
        served: Evidence = [["catalog", *service_stream, service_version]]
        retire = isinstance(command, members.RetireRevision)
        return Change(
            appends=(own, Append(service_stream, service_events)),
            state_version=version,
            observed_by=shown + served if retire else shown,
            ready_by=served,
            target={"revisionId": command.revision_id},
        )

    def left_behind(self, command: Any) -> tuple[Append, ...]:  # noqa: ANN401  # any command
        """Give what stands of a command that was refused after it had been accepted."""
        if isinstance(command, runs.InvokeMember):
            return ()
        member = self._authority.member(command.scope_id, command.member_id)
        behaviour = self._behaviour_of(command.scope_id)
        events = behaviour.left_behind(command, member) if member else ()
        stream = StreamId("member", command.scope_id, command.member_id)
        return (Append(stream, events),) if events else ()

    def check_create(self, command: members.CreateMember) -> None:
        """Refuse a create as known now."""
        self._check_free(command)
        members.decide(self._met(command), command)

    def _met(self, command: members.CreateMember) -> Member | None:
        scope_id, member_id = command.scope_id, command.member_id
        return self._behaviour_of(scope_id).created_before(
            self._authority.member(scope_id, member_id),
            self._read_models.members.get(scope_id, member_id),
        )

    def _check_free(self, command: members.CreateMember) -> None:
        """Refuse a new member whose id a deleted one had, or its service id somebody else's."""
        if self._authority.deleted(command.scope_id, command.member_id):
            why = f"Member '{command.member_id}' was deleted; its id is not given again."
            raise problems.studio_member_conflict(command.member_id, why)
        service = self._authority.service(command.scope_id, command.published_service_id)
        if service is not None and service.owner != command.member_id:
            why = f"A service '{command.published_service_id}' exists already."
            raise problems.studio_member_conflict(command.member_id, why)

    def _of_service(
        self,
        member: Member | None,
        command: Any,  # noqa: ANN401  # any member command
    ) -> tuple[StreamId, services.ServiceEvents, int] | None:
        """Decide what the command does to the published service, None where nothing."""
        asked = _service_command(member, command)
        if member is None or asked is None:
            return None
        deployed = command.service_id if isinstance(command, members.BindMember) else None
        service_id = deployed or member.published_service_id
        service = self._authority.service(command.scope_id, service_id)
        events = services.decide(service, asked)
        stream = StreamId("service", command.scope_id, service_id)
        return stream, events, (service.version if service else 0) + len(events)

    def _register_run(self, command: runs.InvokeMember) -> Change:
        stream = StreamId("run", command.scope_id, command.run_id)
        self._check_resolved(command)
        service = self._read_models.catalog.get(command.scope_id, command.service_id)
        run = self._authority.run(command.scope_id, command.run_id)
        offers = self._behaviour_of(command.scope_id).offers_endpoint
        accepted = runs.decide(run, service, command, offers)
        visible: Evidence = [["runs", *stream, 1]]
        if accepted is None:
            return Change((), 1, visible)
        target = {"revisionId": accepted.revision_id}
        return Change((Append(stream, (accepted,)),), 1, visible, target=target)

    def _check_resolved(self, command: runs.InvokeMember) -> None:
        """Refuse an invoke whose member was deleted since, or whose service was never resolved."""
        if self._authority.deleted(command.scope_id, command.member_id):
            raise problems.studio_member_not_found(command.scope_id, command.member_id)
        if command.service_id:
            return
        if self._authority.member(command.scope_id, command.member_id) is None:
            raise problems.studio_member_not_found(command.scope_id, command.member_id)
        raise problems.studio_member_not_bound(command.member_id)


def foresee(member: Member | None, command: members.BindMember) -> None:
    """Refuse a bind whose content would break later; raise INVALID_STUDIO_MEMBER_BINDING."""
    try:
        _prepare(member, command)
    except HalfDoneError as broke:
        raise broke.refusal from broke


def _prepare(member: Member | None, command: members.BindMember) -> None:
    """Compile what a bind publishes; raise INVALID_STUDIO_MEMBER_BINDING or HalfDoneError."""
    implementation = command.implementation or (member.implementation if member else None)
    if implementation is None:
        return
    try:
        platform.prepare(implementation)
    except UnusableImplementationError as error:
        refusal = problems.invalid("INVALID_STUDIO_MEMBER_BINDING", str(error))
        if member is None or not error.prepared:
            raise refusal from error
        stream = StreamId("member", command.scope_id, command.member_id)
        staged = Append(stream, members.stage(member, command, implementation))
        visible: Evidence = [["members", *stream, member.version + len(staged.events)]]
        raise HalfDoneError(refusal, staged, visible, _steps(error.prepared)) from error


def _steps(prepared: int) -> list[Document]:
    """List what became of the steps of a bind that broke after so many prepared workflows."""
    done = ["stage revision", *(f"prepare workflow {place + 1}" for place in range(prepared))]
    return [
        *({"name": name, "status": "done"} for name in done),
        {"name": f"prepare workflow {prepared + 1}", "status": "failed"},
        {"name": "serve revision", "status": "skipped"},
    ]


def _service_command(member: Member | None, command: Any) -> services.ServiceCommand | None:  # noqa: ANN401  # any member command
    match command:
        case members.BindMember() if member is not None:
            return services.DeployRevision(
                command.service_id or member.published_service_id,
                command.revision_id,
                command.implementation or member.implementation or {},
                member.display_name,
                member.member_id,
            )
        case members.ActivateRevision(serves=True):
            return services.ServeRevision(command.revision_id, command.revives)
        case members.RetireRevision(revision_id=revision_id):
            return services.WithdrawRevision(revision_id)
    return None
