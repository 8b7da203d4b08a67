"""The operation: one accepted command, how far it provably came, and its verdict."""

from dataclasses import dataclass, field, replace
from functools import reduce

from reference_server.document import Document
from reference_server.events.fact import BrokenHistoryError, Fact

STAGES = ("accepted", "committed", "observed", "ready")


@dataclass(frozen=True, slots=True)
class Admitted:
    """A command passed validation; everything needed to perform it after a crash."""

    principal: str
    operation: str
    completion_stage: str
    target: Document
    expected: Document
    command: Document
    fingerprint: str
    deadline_at: str
    expires_at: str


@dataclass(frozen=True, slots=True)
class Committed:
    """The authority persisted the change at `state_version` of the target.

    `observed_by` and `ready_by` list the evidence the later stages wait for:
    [projection, stream kind, scope id, stream id, version].
    """

    state_version: int
    noop: bool
    target: Document
    observed_by: list[list[str | int]]
    ready_by: list[list[str | int]]


@dataclass(frozen=True, slots=True)
class Observed:
    """The read model at readModelUrl shows the committed version."""


@dataclass(frozen=True, slots=True)
class Completed:
    """The completion stage was proven."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The command was refused or broke after acceptance; `steps` where it broke half way."""

    code: str
    message: str
    effect: str
    retryable: bool
    steps: list[Document] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TimedOut:
    """The deadline passed undecided; the outcome is unknown and may still come."""


OperationEvent = Admitted | Committed | Observed | Completed | Failed | TimedOut


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an operation has no result; `stage` is the last one proven."""

    code: str
    message: str
    stage: str
    retryable: bool
    effect: str
    occurred_at: str


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation as of `version`.

    `stage` is what may be shown; `proven` runs ahead of it only while the status is
    timed_out, whose document stands still until the late outcome is known.
    """

    scope_id: str
    command_id: str
    correlation_id: str
    admitted: Admitted
    accepted_at: str
    updated_at: str
    version: int
    facts: tuple[Fact, ...]
    stage: str = "accepted"
    proven: str = "accepted"
    status: str = "pending"
    state_version: int | None = None
    committed: Committed | None = None
    completed_at: str | None = None
    failure: Failure | None = None
    steps: tuple[Document, ...] = ()
    history: tuple[tuple[str, str], ...] = ()

    @property
    def kind(self) -> str:
        """The operation word, such as member.bind."""
        return self.admitted.operation

    @property
    def target(self) -> Document:
        """What the command is about; ids that came of it are named once committed is shown."""
        if self.committed is None or not self.reached("committed"):
            return self.admitted.target
        return self.admitted.target | self.committed.target

    @property
    def decided(self) -> bool:
        """Say whether the verdict is final: ready or failed."""
        return self.status in {"ready", "failed"}

    def reached(self, stage: str) -> bool:
        """Say whether the shown stage is at or past `stage`."""
        return STAGES.index(self.stage) >= STAGES.index(stage)

    def earlier(self, facts: int = 1) -> "Operation":
        """Give the operation as it was so many facts ago, the admission at least."""
        kept = self.facts[: max(1, len(self.facts) - facts)]
        return reduce(evolve, kept[1:], _admitted(kept[0], kept[0].event))


def evolve(operation: Operation | None, fact: Fact) -> Operation:
    """Apply one fact; raise BrokenHistoryError where it cannot follow."""
    event = fact.event
    if isinstance(event, Admitted) and operation is None:
        return _admitted(fact, event)
    if operation is None or not _may_follow(operation, event):
        raise BrokenHistoryError(fact)
    seen = replace(operation, version=fact.version, facts=(*operation.facts, fact))
    match event:
        case Committed():
            committed = replace(seen, committed=event, state_version=event.state_version)
            return _progress(committed, "committed", fact.at)
        case Observed():
            return _progress(seen, "observed", fact.at)
        case Completed():
            return _completed(seen, fact.at)
        case Failed():
            return _failed(seen, event, fact.at)
        case TimedOut():
            return _timed_out(seen, fact.at)
        case _:
            raise BrokenHistoryError(fact)


def _may_follow(operation: Operation, event: OperationEvent) -> bool:
    if operation.decided:
        return False
    following = STAGES[STAGES.index(operation.proven) + 1]
    completion = operation.admitted.completion_stage
    match event:
        case Committed():
            return following == "committed"
        case Observed():
            return following == "observed" != completion
        case Completed():
            return following == completion
        case TimedOut():
            return operation.status == "pending"
        case _:
            return True


def _admitted(fact: Fact, event: Admitted) -> Operation:
    return Operation(
        scope_id=fact.stream.scope_id,
        command_id=fact.stream.id,
        correlation_id=fact.correlation_id,
        admitted=event,
        accepted_at=fact.at,
        updated_at=fact.at,
        version=fact.version,
        facts=(fact,),
        history=(("accepted", fact.at),),
    )


def _progress(operation: Operation, stage: str, at: str) -> Operation:
    """Prove a stage; what a timed_out document shows stays as it is."""
    proven = replace(operation, proven=stage, history=(*operation.history, (stage, at)))
    shown = replace(proven, stage=stage, updated_at=at)
    return proven if operation.status == "timed_out" else shown


def _completed(operation: Operation, at: str) -> Operation:
    stage = operation.admitted.completion_stage
    proven = _progress(operation, stage, at)
    return replace(
        proven, stage=stage, status="ready", completed_at=at, updated_at=at, failure=None
    )


def _failed(operation: Operation, event: Failed, at: str) -> Operation:
    failure = Failure(
        event.code, event.message, operation.proven, event.retryable, event.effect, at
    )
    return replace(
        operation,
        stage=operation.proven,
        status="failed",
        failure=failure,
        steps=tuple(event.steps),
        completed_at=at,
        updated_at=at,
    )


def _timed_out(operation: Operation, at: str) -> Operation:
    effect = "unknown" if operation.stage == "accepted" else "committed"
    message = "The deadline passed before the outcome was known."
    failure = Failure("OPERATION_TIMED_OUT", message, operation.stage, False, effect, at)  # noqa: FBT003
    return replace(operation, status="timed_out", failure=failure, completed_at=at, updated_at=at)
