"""What holds of decide and evolve whatever is asked, in whatever order."""

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any, get_args

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from reference_server import contract
from reference_server.behaviour import Behaviour
from reference_server.commands import member as member_commands
from reference_server.commands import run as run_commands
from reference_server.commands import service as service_commands
from reference_server.events import codec, member, operation, run, service
from reference_server.events.fact import BrokenHistoryError, Fact, StreamId
from reference_server.events.member import Member
from reference_server.events.operation import STAGES, Operation
from reference_server.events.service import Service
from reference_server.problems import Problem
from reference_server.projections import ReadModels
from reference_server.receipts import Receipts
from reference_server.urls import Urls

STREAM = StreamId("member", "s1", "m1")
STAGES_OF_LIFE = ("created", "build_ready", "bind_ready")
# most commands fit each other, so that stories go far
IMPLEMENTATIONS: list[dict[str, Any]] = [
    {"kind": "workflow", "workflowYamls": ["a"], "workflowId": None},
    {"kind": "workflow", "workflowYamls": ["b"], "workflowId": None},
    {"kind": "script", "scriptId": "trim", "scriptRevision": None},
]

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

scope, mine = st.just("s1"), st.just("m1")
words = st.sampled_from(["x", "y", "é"])
revisions = st.sampled_from(["r1", "r2", "r3"])
versions = st.sampled_from([None, None, None, None, 1, 2, 3])
implementations = st.sampled_from([*IMPLEMENTATIONS[:2] * 2, IMPLEMENTATIONS[2]]).map(deepcopy)
kinds = st.sampled_from(["workflow", "workflow", "workflow", "script"])

creates = st.builds(
    member_commands.CreateMember, scope, mine, words, st.none() | words, kinds, st.just("member-m1")
)
renames = st.builds(
    member_commands.UpdateMember,
    scope,
    mine,
    st.none() | words,
    st.booleans(),
    st.none() | words,
    versions,
)
records = st.builds(member_commands.UpdateImplementation, scope, mine, implementations, versions)
binds = st.builds(
    member_commands.BindMember, scope, mine, revisions, st.none() | implementations, versions
)
activates = st.builds(member_commands.ActivateRevision, scope, mine, revisions)
retires = st.builds(member_commands.RetireRevision, scope, mine, revisions)
member_command = st.sampled_from(
    [creates, renames, records, binds, binds, binds, activates, activates, retires]
).flatmap(lambda commands: commands)
member_story = st.tuples(creates, st.lists(member_command, min_size=10, max_size=30)).map(
    lambda s: [s[0], *s[1]]
)

owners = st.sampled_from([None, "m1"])
service_command = st.one_of(
    st.builds(
        service_commands.DeployRevision, st.just("sv"), revisions, implementations, words, owners
    ),
    st.builds(service_commands.ServeRevision, revisions),
    st.builds(service_commands.WithdrawRevision, revisions),
)


def fact(stream: StreamId, version: int, event: object) -> Fact:
    return Fact(
        stream, version, f"2026-01-01T00:00:{version:02}.000000Z", f"c{version}", "k", event
    )


def decided(
    decide: Callable[[Any, Any], tuple[Any, ...]], state: object, command: object
) -> tuple[Any, ...] | None:
    """Decide without touching what was given; None is a refusal."""
    before = deepcopy((state, command))
    try:
        return decide(state, command)
    except Problem:
        return None
    finally:
        assert (state, command) == before


def evolved(stream: StreamId, state: Any, events: tuple[Any, ...]) -> list[Any]:  # noqa: ANN401  # any state
    """Give the states after each event."""
    states = []
    for event in events:
        before = deepcopy(state)
        version = (state.version if state else 0) + 1
        following = codec.evolve(state, fact(stream, version, event))
        assert following.version == version
        assert state == before
        state = following
        states.append(state)
    return states


def hold_of_a_member(before: Member | None, after: Member) -> None:
    if before is not None:
        assert (after.kind, after.published_service_id) == (
            before.kind,
            before.published_service_id,
        )
        assert after.created_at == before.created_at
        assert (before.lifecycle_stage, after.lifecycle_stage) not in {
            ("build_ready", "created"),
            ("bind_ready", "created"),
            ("created", "bind_ready"),
        }
        for earlier, later in zip(before.revisions, after.revisions, strict=False):
            assert (
                later
                in {earlier.revision_id: [earlier, replace(earlier, retired=True)]}[
                    later.revision_id
                ]
            )
            assert later.retired or not earlier.retired
    assert after.lifecycle_stage in STAGES_OF_LIFE
    ids = [revision.revision_id for revision in after.revisions]
    assert len(set(ids)) == len(ids)
    assert all(r.implementation["kind"] == after.kind for r in after.revisions)
    if after.serving_revision_id is not None:
        serving = after.revision(after.serving_revision_id)
        assert serving is not None
        assert not serving.retired
    if after.lifecycle_stage == "bind_ready":
        serving = after.revision(str(after.serving_revision_id))
        assert serving is not None
        assert serving.implementation == after.implementation


def _without_expectation(command: Any) -> Any:  # noqa: ANN401  # any command
    expects = hasattr(command, "expected_version")
    return replace(command, expected_version=None) if expects else command


@unhurried
@given(member_story)
def test_a_member_keeps_its_invariants_whatever_is_asked(
    story: list[member_commands.MemberCommand],
) -> None:
    state: Member | None = None
    for command in story:
        events = decided(member_commands.decide, state, command)
        for following in evolved(STREAM, state, events or ()):
            hold_of_a_member(state, following)
            state = following
        if events is None or state is None:
            continue
        if isinstance(command, member_commands.BindMember):
            assert state.lifecycle_stage == "bind_ready"
            assert state.serving_revision_id == command.revision_id
        repeated = _without_expectation(command)
        assert decided(member_commands.decide, state, repeated) == ()


@unhurried
@given(st.lists(service_command, min_size=5, max_size=25))
def test_a_service_never_serves_what_was_withdrawn(
    story: list[service_commands.ServiceCommand],
) -> None:
    stream = StreamId("service", "s1", "sv")
    state: Service | None = None
    for command in story:
        events = decided(service_commands.decide, state, command)
        withdrawn = {d.revision_id for d in state.deployments if d.withdrawn} if state else set()
        for following in evolved(stream, state, events or ()):
            assert following.serving is None or not following.serving.withdrawn
            assert (following.serving is None) == (following.serving_revision_id is None)
            assert withdrawn <= {d.revision_id for d in following.deployments if d.withdrawn}
            assert state is None or following.owner == state.owner
            state = following
        if events is not None:
            assert decided(service_commands.decide, state, command) == ()


@unhurried
@given(st.lists(service_command, max_size=12), st.none() | revisions)
def test_an_invoke_reaches_no_withdrawn_revision(
    story: list[service_commands.ServiceCommand], pinned: str | None
) -> None:
    stream = StreamId("service", "s1", "sv")
    state: Service | None = None
    for asked in story:
        events = decided(service_commands.decide, state, asked)
        state = [state, *evolved(stream, state, events or ())][-1]
    command = run_commands.InvokeMember("s1", "m1", "sv", "run-1", "chat", pinned, "text")

    def register(known: Service | None, invoke: run_commands.InvokeMember) -> tuple[Any, ...]:
        return (run_commands.decide(None, known, invoke, lambda *_: True),)

    events = decided(register, state, command)

    if events is None:
        return
    assert state is not None
    reached = state.deployment(events[0].revision_id)
    assert reached is not None
    assert not reached.withdrawn
    assert events[0].revision_id == (pinned or state.serving_revision_id)
    registered = evolved(StreamId("run", "s1", "run-1"), None, events)[0]
    assert run_commands.decide(registered, state, command, lambda *_: True) is None


run_event = st.one_of(
    st.builds(run.RunAccepted, mine, words, revisions, words, words),
    st.builds(run.RunStarted),
    st.builds(run.RunCompleted, words),
    st.builds(run.RunFailed, words, words),
)


@unhurried
@given(st.lists(run_event, max_size=8))
def test_a_run_ends_once(events: list[run.RunEvent]) -> None:
    stream, state = StreamId("run", "s1", "run-1"), None
    for event in events:
        version = (state.version if state else 0) + 1
        try:
            following = codec.evolve(state, fact(stream, version, event))
        except BrokenHistoryError:
            continue
        assert state is None or not state.ended
        assert (following.failure is None) == (following.word != "failed")
        state = following


evidence = st.just([["members", "member", "s1", "m1", 1]])
operation_event = st.one_of(
    st.builds(
        operation.Committed,
        st.integers(1, 9),
        st.booleans(),
        st.just({"revisionId": "r9"}),
        evidence,
        st.just([]),
    ),
    st.builds(operation.Observed),
    st.builds(operation.Completed),
    st.builds(
        operation.Failed,
        st.just("STUDIO_MEMBER_NOT_FOUND"),
        words,
        st.just("none"),
        st.booleans(),
    ),
    st.builds(operation.TimedOut),
)


def admitted(completion_stage: str) -> operation.Admitted:
    return operation.Admitted(
        principal="p",
        operation="member.bind" if completion_stage == "ready" else "member.update",
        completion_stage=completion_stage,
        target={"resourceType": "member", "scopeId": "s1", "memberId": "m1"},
        expected={},
        command={},
        fingerprint="f",
        deadline_at="2026-01-01T00:01:00.000000Z",
        expires_at="2026-01-02T00:00:00.000000Z",
    )


def operation_story(completion_stage: str, events: list[Any]) -> list[Operation]:
    """Give each state of an operation; what cannot follow is refused and left out."""
    stream = StreamId("operation", "s1", "c1")
    states = evolved(stream, None, (admitted(completion_stage),))
    for event in events:
        if isinstance(event, operation.Failed) and states[-1].proven != "accepted":
            event = replace(event, effect="committed")  # noqa: PLW2901  # as the worker says it
        try:
            states += evolved(stream, states[-1], (event,))
        except BrokenHistoryError:
            continue
    return states


operation_stories = st.builds(
    operation_story, st.sampled_from(["observed", "ready"]), st.lists(operation_event, max_size=10)
)


@unhurried
@given(operation_stories)
def test_an_operation_only_grows_and_ends_once(states: list[Operation]) -> None:
    for before, after in pairwise(states):
        assert not before.decided
        assert STAGES.index(before.stage) <= STAGES.index(after.stage)
        assert STAGES.index(after.stage) <= STAGES.index(after.proven)
        assert before.status == "pending" or after.status != "pending"
        assert after.earlier() == before
        if before.status == after.status == "timed_out":
            assert (after.stage, after.updated_at, after.target, after.failure) == (
                before.stage,
                before.updated_at,
                before.target,
                before.failure,
            )
    for state in states:
        stages = [stage for stage, _ in state.history]
        assert stages == list(STAGES[: len(stages)])
        assert (state.failure is None) == (state.status in {"pending", "ready"})


@cache
def status_validator() -> jsonschema.Draft202012Validator:
    folder = contract.spec_folder() / "schemas"
    schemas = [json.loads(path.read_text()) for path in folder.iterdir()]
    registry: Registry[Any] = Registry().with_resources(
        [(schema["$id"], DRAFT202012.create_resource(schema)) for schema in schemas]
    )
    base = schemas[0]["$id"].rpartition("/")[0]
    return jsonschema.Draft202012Validator(
        {"$ref": f"{base}/status.schema.json"},
        registry=registry,
        format_checker=jsonschema.FormatChecker(),
    )


@unhurried
@given(operation_stories)
def test_every_state_of_an_operation_is_a_document_of_the_contract(states: list[Operation]) -> None:
    read_models = ReadModels(lambda _projection, _scope: 0.0)
    created = member.MemberCreated("M", None, "workflow", "member-m1")
    read_models.restore(fact(STREAM, 1, created))
    receipts = Receipts(Urls(""), read_models)

    for state in states:
        status_validator().validate(receipts.status(Behaviour(), state))


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
stored = st.one_of(
    member_command,
    run_event,
    operation_event,
    st.builds(run_commands.InvokeMember, *[texts] * 5, st.none() | texts, texts),
    st.builds(member.MemberCreated, texts, st.none() | texts, texts, texts),
    st.builds(member.MemberDescribed, texts, st.none() | texts),
    st.builds(member.ImplementationRecorded, implementations),
    st.builds(member.RevisionPublished, texts, implementations),
    st.builds(member.MemberBound, texts),
    st.builds(member.RevisionActivated, texts),
    st.builds(member.RevisionRetired, texts),
    st.builds(service.RevisionDeployed, texts, implementations, texts, st.none() | texts),
    st.builds(service.ServingChanged, st.none() | texts),
    st.builds(service.RevisionWithdrawn, texts),
    st.sampled_from(["observed", "ready"]).map(admitted),
)


@unhurried
@given(stored)
def test_what_is_stored_is_read_back_equal(value: object) -> None:
    assert codec.loads(codec.dumps(value)) == value


def test_the_round_trip_has_every_event() -> None:
    events = {
        kind
        for union in (
            member.MemberEvent,
            service.ServiceEvent,
            run.RunEvent,
            operation.OperationEvent,
            member_commands.MemberCommand,
        )
        for kind in get_args(union)
    }
    named = {kind.__name__ for kind in events} | {"InvokeMember"}

    assert named == set(codec._TYPES)  # noqa: SLF001  # what the store can hold


@pytest.mark.parametrize("kind", ["member", "service", "run", "operation"])
def test_no_history_begins_in_the_middle(kind: str) -> None:
    event = operation.TimedOut() if kind == "operation" else run.RunStarted()

    with pytest.raises(BrokenHistoryError):
        codec.evolve(None, fact(StreamId(kind, "s1", "x"), 2, event))
