"""The worker: performs admitted commands, from wherever they stand, to their verdict.

Events of the target and the operation's Committed are one durable batch, so a command that
is taken up again after a crash either has both or neither: nothing is done twice.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from reference_server import platform, readiness
from reference_server.authority import Append, Authority, Cause
from reference_server.behaviour import Behaviour
from reference_server.changes import Change, Changes, HalfDoneError
from reference_server.commands import run as runs
from reference_server.events import codec
from reference_server.events.fact import StreamId
from reference_server.events.operation import Committed, Completed, Failed, Observed, Operation
from reference_server.events.run import Run, RunAccepted, RunCompleted, RunFailed, RunStarted
from reference_server.platform.failure import RunFailedError, UnusableImplementationError
from reference_server.problems import Problem
from reference_server.projections import ReadModels

log = logging.getLogger(__name__)


class Worker:
    """Take operations from accepted to their verdict."""

    def __init__(
        self,
        authority: Authority,
        read_models: ReadModels,
        behaviour_of: Callable[[str], Behaviour],
        changes: Changes,
    ) -> None:
        self._authority = authority
        self._read_models = read_models
        self._behaviour_of = behaviour_of
        self._changes = changes

    async def perform(self, operation: Operation) -> None:
        """Bring an operation to its verdict; a refusal and an error are verdicts too."""
        try:
            await self._advance(operation)
        except Problem as refusal:
            if self._authority.broken:
                return
            if self._behaviour_of(operation.scope_id).records_refusal(operation, refusal):
                left = self._changes.left_behind(codec.from_document(operation.admitted.command))
                await self._fail(operation, refusal.code, refusal.message, *left)
        except HalfDoneError as broke:
            await self._leave_half_done(operation, broke)
        except Exception:
            log.exception("operation %s broke", operation.command_id)
            message = "The server met an unexpected error."
            await self._fail(operation, "OPERATION_INTERNAL_FAILURE", message)

    async def _advance(self, operation: Operation) -> None:
        command = codec.from_document(operation.admitted.command)
        committed = operation.committed
        if committed is None:
            committed = await self._commit(operation, self._changes.of(command))
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
        behaviour = self._behaviour_of(command.scope_id)
        if behaviour.awaits_serving(operation):
            await self._read_models.show(committed.ready_by)
        member = self._read_models.members.get(command.scope_id, command.member_id)
        published = member.published_service_id if member else ""
        service = self._read_models.catalog.get(command.scope_id, published)
        found = (
            readiness.judged(behaviour, member, service, command.revision_id) if member else None
        )
        if behaviour.usable_when_ready(operation, found is not None and found.ready):
            await self._record(operation, event=Completed())
        elif behaviour.decides_overtaken(operation):
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
        elif self._behaviour_of(command.scope_id).begins_anew(command.run_id):
            another = StreamId("run", command.scope_id, f"{command.run_id}-2")
            await self._record_events(operation, Append(another, (_accepted_as(run),)))
        outcome = await self._outcome(command.scope_id, run.service_id, run.revision_id, run.input)
        ending = self._behaviour_of(command.scope_id).run_ended(outcome)
        await self._record_events(operation, Append(stream, (ending,)))
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

    async def _leave_half_done(self, operation: Operation, broke: HalfDoneError) -> None:
        """Let what was done stand, and say so once readers see it."""
        await self._record_events(operation, broke.stands)
        await self._read_models.show(broke.observed_by)
        code, message = broke.refusal.code, broke.refusal.message
        command = codec.from_document(operation.admitted.command)
        retryable = self._behaviour_of(operation.scope_id).retryable(command)
        failed = Failed(code, message, "partial", retryable, steps=broke.steps)
        await self._record(operation, event=failed)

    async def _fail(self, operation: Operation, code: str, message: str, *left: Append) -> None:
        known = self._authority.operation(operation.scope_id, operation.command_id)
        effect = "none" if known is None or known.proven == "accepted" else "committed"
        failed = Failed(code, message, effect, retryable=False)
        await self._record(operation, *left, event=failed)

    async def _record(self, operation: Operation, *appends: Append, event: Any) -> None:  # noqa: ANN401  # an operation event
        if isinstance(event, Completed | Failed) and self._stands_timed_out(operation):
            return
        stream = StreamId("operation", operation.scope_id, operation.command_id)
        await self._record_events(operation, *appends, Append(stream, (event,)))

    def _stands_timed_out(self, operation: Operation) -> bool:
        known = self._authority.operation(operation.scope_id, operation.command_id)
        behaviour = self._behaviour_of(operation.scope_id)
        timed_out = known is not None and known.status == "timed_out"
        return timed_out and not behaviour.corrects_timeout(operation)

    async def _record_events(self, operation: Operation, *appends: Append) -> None:
        cause = Cause(operation.command_id, operation.correlation_id)
        await self._authority.record(cause, *appends)


def _accepted_as(run: Run) -> RunAccepted:
    return RunAccepted(run.member_id, run.service_id, run.revision_id, run.endpoint_id, run.input)
