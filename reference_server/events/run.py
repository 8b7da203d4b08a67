"""The run: one execution of one revision, with a counter of its own."""

from dataclasses import dataclass, replace

from reference_server.events.fact import BrokenHistoryError, Fact


@dataclass(frozen=True, slots=True)
class RunAccepted:
    """A run was registered for a revision of a service, on behalf of a member."""

    member_id: str
    service_id: str
    revision_id: str
    endpoint_id: str
    input: str


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The platform began to execute the run."""


@dataclass(frozen=True, slots=True)
class RunCompleted:
    """The run ended with a result."""

    output: str


@dataclass(frozen=True, slots=True)
class RunFailed:
    """The run ended without a result."""

    code: str
    message: str


RunEvent = RunAccepted | RunStarted | RunCompleted | RunFailed


@dataclass(frozen=True, slots=True)
class Run:
    """A run as of `version`; `word` is its run word (accepted, running, completed, failed)."""

    scope_id: str
    run_id: str
    member_id: str
    service_id: str
    revision_id: str
    endpoint_id: str
    input: str
    command_id: str
    correlation_id: str
    created_at: str
    updated_at: str
    version: int
    word: str = "accepted"
    output: str | None = None
    failure: RunFailed | None = None

    @property
    def ended(self) -> bool:
        """Say whether the run word is terminal."""
        return self.word in {"completed", "failed"}


def evolve(run: Run | None, fact: Fact) -> Run:
    """Apply one fact; raise BrokenHistoryError where it cannot follow."""
    event = fact.event
    if isinstance(event, RunAccepted) and run is None:
        return _accepted(fact, event)
    if run is None or run.ended:
        raise BrokenHistoryError(fact)
    seen = replace(run, version=fact.version, updated_at=fact.at)
    match event:
        case RunStarted():
            return replace(seen, word="running")
        case RunCompleted(output):
            return replace(seen, word="completed", output=output)
        case RunFailed():
            return replace(seen, word="failed", failure=event)
        case _:
            raise BrokenHistoryError(fact)


def _accepted(fact: Fact, event: RunAccepted) -> Run:
    return Run(
        scope_id=fact.stream.scope_id,
        run_id=fact.stream.id,
        member_id=event.member_id,
        service_id=event.service_id,
        revision_id=event.revision_id,
        endpoint_id=event.endpoint_id,
        input=event.input,
        command_id=fact.command_id,
        correlation_id=fact.correlation_id,
        created_at=fact.at,
        updated_at=fact.at,
        version=fact.version,
    )
