"""The worker: performs admitted commands, from wherever they stand, to their verdict.

Events of the target and the operation's Committed are one durable batch, so a command that
is taken up again after a crash either has both or neither: nothing is done twice.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from reference_server import platform, problems, readiness
from reference_server.authority import Append, Authority, Cause
from reference_server.behaviour import Behaviour
from reference_server.commands import member as members
from reference_server.commands import run as runs
from reference_server.commands import service as services
from reference_server.document import Document
from reference_server.events import codec
from reference_server.events.fact import StreamId
from reference_server.events.member import Member
from reference_server.events.operation import Committed, Completed, Failed, Observed, Operation
from reference_server.events.run import RunCompleted, RunFailed, RunStarted
from reference_server.platform.failure import RunFailedError, UnusableImplementationError
from reference_server.problems import Problem
from reference_server.projections import ReadModels

log = logging.getLogger(__name__)

Evidence = list[list[str | int]]


@dataclass(frozen=True, slots=True)
class Change:
    """What a command does at once: events, the version they bring, and the evidence to await."""

    appends: tuple[Append, ...]
    state_version: int
    observed_by: Evidence
    ready_by: Evidence = field(default_factory=list)
    target: Document = field(default_factory=dict)


class Worker:
    """Take operations from accepted to their verdict."""

    def __init__(
        self,
        authority: Authority,
        read_models: ReadModels,
        behaviour_of: Callable[[str], Behaviour],
    ) -> None:
        self._authority = authority
        self._read_models = read_models
        self._behaviour_of = behaviour_of

    async def perform(self, operation: Operation) -> None:
        """Bring an operation to its verdict; a refusal and an error are verdicts too."""
        try:
            await self._advance(operation)
        except Problem as refusal:
            if self._authority.broken:
                return
            if self._behaviour_of(operation.scope_id).records_refusal(operation, refusal):
                await self._fail(operation, refusal.code, refusal.message)
        except Exception:
            log.exception("operation %s broke", operation.command_id)
            message = "The server met an unexpected error."
            await self._fail(operation, "OPERATION_INTERNAL_FAILURE", message)

    async def _advance(self, operation: Operation) -> None:
        command = codec.from_document(operation.admitted.command)
        committed = operation.committed
        if committed is None:
            committed = await self._commit(operation, self._decide(command))
        if isinstance(command, runs.InvokeMember):
            await self._run(operation, committed, command)
            return
        await self._observe(operation, committed)
        if operation.admitted.completion_stage == "ready":
            await self._judge(operation, committed, command)

    async def _commit(self, operation: Operation, change: Change) -> Committed:
        committed = Committed(
            state_version=change.state_version,
            noop=not any(append.events for append in change.appends),
            target=change.target,
            observed_by=change.observed_by,
            ready_by=change.ready_by,
        )
        await self._record(operation, *change.appends, event=committed)
        return committed

    async def _observe(self, operation: Operation, committed: Committed) -> None:
        """Prove observed, which is the verdict where nothing more is promised."""
        if self._behaviour_of(operation.scope_id).awaits_projection(operation):
            await self._read_models.show(committed.observed_by)
        if operation.admitted.completion_stage == "observed":
            await self._record(operation, event=Completed())
        elif operation.proven != "observed":
            await self._record(operation, event=Observed())

    async def _judge(self, operation: Operation, committed: Committed, command: Any) -> None:  # noqa: ANN401  # BindMember or ActivateRevision
        """Prove ready: an unpinned invoke reaches the revision, as far as readers see."""
        await self._read_models.show(committed.ready_by)
        member = self._read_models.members.get(command.scope_id, command.member_id)
        published = member.published_service_id if member else ""
        service = self._read_models.catalog.get(command.scope_id, published)
        if member and readiness.judged(member, service, command.revision_id).ready:
            await self._record(operation, event=Completed())
        else:
            message = f"A later command took over from revision '{command.revision_id}'."
            await self._fail(operation, "OPERATION_SUPERSEDED", message)

    async def _run(
        self, operation: Operation, committed: Committed, command: runs.InvokeMember
    ) -> None:
        """Execute the run, prove that it is readable, and take its outcome for the verdict."""
        execution = asyncio.ensure_future(self._execute(operation, command))
        await self._observe(operation, committed)
        version = await execution
        stream = StreamId("run", command.scope_id, command.run_id)
        await self._read_models.runs.shows(stream, version)
        run = self._read_models.runs.get(command.scope_id, command.run_id)
        behaviour = self._behaviour_of(command.scope_id)
        failure = behaviour.run_failure(run) if run else None
        if failure is None:
            await self._record(operation, event=Completed())
        else:
            await self._fail(operation, failure.code, failure.message)

    async def _execute(self, operation: Operation, command: runs.InvokeMember) -> int:
        """Run what the platform holds; give the version at which the run ended."""
        stream = StreamId("run", command.scope_id, command.run_id)
        run = self._authority.run(command.scope_id, command.run_id)
        if run is None or run.ended:
            return run.version if run else 0
        if run.word == "accepted":
            await self._record_events(operation, Append(stream, (RunStarted(),)))
        outcome = await self._outcome(command.scope_id, run.service_id, run.revision_id, run.input)
        await self._record_events(operation, Append(stream, (outcome,)))
        ended = self._authority.run(command.scope_id, command.run_id)
        return ended.version if ended else 0

    async def _outcome(
        self, scope_id: str, service_id: str, revision_id: str, text: str
    ) -> RunCompleted | RunFailed:
        service = self._authority.service(scope_id, service_id)
        deployment = service.deployment(revision_id) if service else None
        if deployment is None:
            return RunFailed("RUN_FAILED", "The revision is gone.")
        try:
            return RunCompleted(await platform.prepare(deployment.implementation)(text))
        except (RunFailedError, UnusableImplementationError) as error:
            return RunFailed("RUN_FAILED", str(error))

    def _decide(self, command: Any) -> Change:  # noqa: ANN401  # any command
        """Decide on the authority's state, at this instant; raise Problem to refuse."""
        if isinstance(command, runs.InvokeMember):
            return self._register_run(command)
        member = self._authority.member(command.scope_id, command.member_id)
        if isinstance(command, members.BindMember):
            _prepare(member, command)
        if isinstance(command, members.CreateMember):
            self.check_service_free(command)
        events = members.decide(member, command)
        stream = StreamId("member", command.scope_id, command.member_id)
        version = (member.version if member else 0) + len(events)
        own = Append(stream, events)
        visible: Evidence = [["members", *stream, version]]
        consequence = self._of_service(member, command)
        if consequence is None:
            return Change((own,), version, visible)
        service_stream, service_events, service_version = consequence
        served: Evidence = [["catalog", *service_stream, service_version]]
        retire = isinstance(command, members.RetireRevision)
        return Change(
            appends=(own, Append(service_stream, service_events)),
            state_version=version,
            observed_by=visible + served if retire else visible,
            ready_by=served,
            target={"revisionId": command.revision_id},
        )

    def check_service_free(self, command: members.CreateMember) -> None:
        """Refuse a new member whose service id somebody else's service already has."""
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
        service = self._read_models.catalog.get(command.scope_id, command.service_id)
        run = self._authority.run(command.scope_id, command.run_id)
        accepted = runs.decide(run, service, command)
        visible: Evidence = [["runs", *stream, 1]]
        if accepted is None:
            return Change((), 1, visible)
        target = {"revisionId": accepted.revision_id}
        return Change((Append(stream, (accepted,)),), 1, visible, target=target)

    async def _fail(self, operation: Operation, code: str, message: str) -> None:
        known = self._authority.operation(operation.scope_id, operation.command_id)
        effect = "none" if known is None or known.proven == "accepted" else "committed"
        await self._record(operation, event=Failed(code, message, effect, retryable=False))

    async def _record(self, operation: Operation, *appends: Append, event: Any) -> None:  # noqa: ANN401  # an operation event
        stream = StreamId("operation", operation.scope_id, operation.command_id)
        await self._record_events(operation, *appends, Append(stream, (event,)))

    async def _record_events(self, operation: Operation, *appends: Append) -> None:
        cause = Cause(operation.command_id, operation.correlation_id)
        await self._authority.record(cause, *appends)


def _prepare(member: Member | None, command: members.BindMember) -> None:
    """Compile what a bind publishes; raise INVALID_STUDIO_MEMBER_BINDING."""
    implementation = command.implementation or (member.implementation if member else None)
    if implementation is None:
        return
    try:
        platform.prepare(implementation)
    except UnusableImplementationError as error:
        raise problems.invalid("INVALID_STUDIO_MEMBER_BINDING", str(error)) from error


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
        case members.ActivateRevision(revision_id=revision_id):
            return services.ServeRevision(revision_id)
        case members.RetireRevision(revision_id=revision_id):
            return services.WithdrawRevision(revision_id)
    return None
