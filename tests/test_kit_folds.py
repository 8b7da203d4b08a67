"""The pure parts of the judge: folds over a trace, verdicts, the gate, the plan."""

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.checks import Judged, Judgement, Missing, OtherBranch
from conformance.contract import Contract, Requirement, load_contract
from conformance.exchange import Exchange, Request, Response
from conformance.history import Histories
from conformance.invariants import INVARIANTS
from conformance.judge import Broke, Exit, Heard, Outcome, Verdict, exit_code, verdict
from conformance.plan import Plan, UnknownSelection, make_plan
from conformance.scenarios import SCENARIOS
from conformance.target import Target
from conformance.target_fixtures import DEFAULTS

BASE = "http://127.0.0.1:1/api/scopes/s1"
STAGES = ("accepted", "committed", "observed", "ready")


@cache
def contract() -> Contract:
    return load_contract()


def target(*profiles: str, max_writes: int | None = None) -> Target:
    good, poison, slow = DEFAULTS["good"], DEFAULTS["poison"], DEFAULTS["slow"]
    claimed = profiles or ("core", "member-first")
    return Target("http://127.0.0.1:1", "s1", claimed, good, poison, slow, max_writes=max_writes)


def exchange(
    method: str, url: str, number: int, status: int = 200, document: object = None, **sent: str
) -> Exchange:
    matched = contract().match(method, url.removeprefix("http://127.0.0.1:1"))
    assert matched, url
    return Exchange(
        number,
        "scenarios",
        "a test",
        matched[0].operation_id,
        matched[1],
        Request(method, url, tuple(sent.items())),
        Response(status, {}, json.dumps(document or {}).encode()),
        float(number),
        number + 0.5,
    )


def _receipt(command: str, stage: str) -> dict[str, Any]:
    return {
        "commandId": command,
        "stage": stage,
        "statusUrl": f"/api/scopes/s1/operations/{command}",
        "readModelUrl": f"/api/scopes/s1/members/m-{command}",
        "target": {"memberId": f"m-{command}", "publishedServiceId": f"svc-{command}"},
    }


@st.composite
def commands(draw: st.DrawFn) -> list[list[Exchange]]:
    """Draw what was exchanged about each of a few commands on members of their own."""
    told = []
    for one in range(draw(st.integers(2, 4))):
        command, number = f"c{one}", one * 100
        write = exchange("POST", f"{BASE}/members", number, 202, _receipt(command, "accepted"))
        reads = [f"{BASE}/operations/{command}", f"{BASE}/members/m-{command}"]
        read = st.tuples(st.sampled_from(reads), st.sampled_from(STAGES))
        told.append(
            [write]
            + [
                exchange("GET", url, number + place, 200, _receipt(command, stage))
                for place, (url, stage) in enumerate(draw(st.lists(read, max_size=6)), start=1)
            ]
        )
    return told


def folded(trace: Sequence[Exchange]) -> Histories:
    histories = Histories(contract(), target())
    for one in trace:
        histories.take(one)
    return histories


@settings(max_examples=60, deadline=None)
@given(commands(), st.randoms(use_true_random=False))
def test_independent_commands_have_the_same_histories_however_interleaved(
    told: list[list[Exchange]], chance: Random
) -> None:
    in_turn = [one for exchanges in told for one in exchanges]
    waiting = [list(exchanges) for exchanges in told]
    mixed = []
    while waiting := [exchanges for exchanges in waiting if exchanges]:
        mixed.append(chance.choice(waiting).pop(0))

    assert folded(mixed).operations == folded(in_turn).operations
    assert folded(mixed).members == folded(in_turn).members


@settings(max_examples=60, deadline=None)
@given(commands())
def test_a_command_history_holds_its_own_exchanges_only(told: list[list[Exchange]]) -> None:
    histories = folded([one for exchanges in told for one in exchanges])

    for command, exchanges in zip(histories.operations.values(), told, strict=True):
        assert command.acknowledgements == exchanges[:1]
        assert [*command.status_reads, *command.model_reads] == sorted(
            exchanges[1:], key=lambda read: "/members/" in read.request.url
        )


def test_a_status_at_a_url_outside_the_contract_is_still_a_status() -> None:
    receipt = _receipt("c1", "accepted") | {"statusUrl": "/elsewhere/c1"}
    write = exchange("POST", f"{BASE}/members", 1, 202, receipt)
    read = replace(
        exchange("GET", f"{BASE}/members", 2, 200, receipt),
        operation_id=None,
        request=Request("GET", "http://127.0.0.1:1/elsewhere/c1"),
    )

    assert folded([write, read]).operations["c1"].samples == (read,)


def test_a_read_before_the_write_belongs_to_no_command() -> None:
    read = exchange("GET", f"{BASE}/operations/c1", 1, 200, _receipt("c1", "ready"))
    write = exchange("POST", f"{BASE}/members", 2, 202, _receipt("c1", "accepted"))

    assert folded([read, write]).operations["c1"].status_reads == []


def test_two_reads_under_way_at_once_are_in_no_order() -> None:
    write = exchange("POST", f"{BASE}/members", 1, 202, _receipt("c1", "accepted"))
    reads = [
        exchange("GET", f"{BASE}/operations/c1", number, 200, _receipt("c1", "ready"))
        for number in (2, 3)
    ]
    overlapping = [reads[0], replace(reads[1], sent=2.2)]

    assert len(list(folded([write, *reads]).operations["c1"].ordered_samples())) == 1
    assert list(folded([write, *overlapping]).operations["c1"].ordered_samples()) == []


EVIDENCE = (exchange("GET", f"{BASE}/members", 1),)
HELD = Judged(held=True, expected="e", actual="a", shown_by=EVIDENCE)
BROKEN = Judged(held=False, expected="e", actual="a", shown_by=EVIDENCE)
CLOSING = OtherBranch("synchronous_throughout", EVIDENCE)
FOREIGN = OtherBranch("decoy_refused", EVIDENCE)
ABSENT = Missing("the target has no poison")
JUDGEMENTS = st.lists(st.sampled_from([HELD, BROKEN, CLOSING, FOREIGN, ABSENT]), max_size=8)
HARMLESS = st.lists(st.sampled_from([HELD, CLOSING, FOREIGN, ABSENT]), max_size=8)
CONTROLS = st.sampled_from([None, "the control failed"])


def requirement(level: str = "MUST", name: str = "ACK-01") -> Requirement:
    closed_by = ("synchronous_throughout",)
    return Requirement(name, level, ("core",), "text", "source", closed_by=closed_by)


def weighed(
    said: Sequence[Judgement],
    level: str = "MUST",
    control: str | None = None,
    *,
    broke: bool = False,
) -> Verdict:
    """Weigh judgements as if two checks had said them, the first half and the rest."""
    half = len(said) // 2
    error = Broke("check", "Traceback: boom") if broke else None
    heard = [
        Heard("ACK-01", "first", tuple(said[:half])),
        Heard("ACK-01", "second", tuple(said[half:]), error),
    ]
    return verdict(requirement(level), heard, control)


@given(JUDGEMENTS, st.sampled_from(["MUST", "SHOULD", "MAY"]), CONTROLS)
def test_a_pass_was_judged_never_broken_and_had_its_control(
    said: list[Judgement], level: str, control: str | None
) -> None:
    outcome = weighed(said, level, control).outcome

    assert (outcome == "pass") == (HELD in said and BROKEN not in said and control is None)


@given(JUDGEMENTS, CONTROLS)
def test_one_counterexample_fails_a_must_and_warns_of_the_rest(
    said: list[Judgement], control: str | None
) -> None:
    said = [*said, BROKEN]

    assert weighed(said, "MUST", control).outcome == "fail"
    assert weighed(said, "SHOULD", control).outcome == "warn"
    assert weighed(said, "MAY", control).outcome == "warn"
    assert len(weighed(said).findings) == said.count(BROKEN)


@given(JUDGEMENTS, CONTROLS)
def test_an_error_of_the_kit_outweighs_everything(
    said: list[Judgement], control: str | None
) -> None:
    judged = weighed(said, "MUST", control, broke=True)

    assert judged.outcome == "harness_error"
    assert judged.reasons == ("Traceback: boom",)


@given(HARMLESS)
def test_only_a_listed_branch_closes_what_was_never_judged(said: list[Judgement]) -> None:
    unjudged = [one for one in said if one is not HELD]

    assert weighed(unjudged).outcome == (
        "not_applicable" if CLOSING in unjudged else "not_verified"
    )


@given(JUDGEMENTS)
def test_a_verdict_counts_what_was_said(said: list[Judgement]) -> None:
    judged = weighed(said)

    assert judged.judged == said.count(HELD) + said.count(BROKEN)
    assert judged.other_branch == said.count(CLOSING)
    assert judged.missing == said.count(ABSENT)


@given(JUDGEMENTS, st.randoms(use_true_random=False), CONTROLS)
def test_the_order_of_what_was_said_changes_no_outcome(
    said: list[Judgement], chance: Random, control: str | None
) -> None:
    shuffled = chance.sample(said, len(said))

    assert weighed(said, "MUST", control).outcome == weighed(shuffled, "MUST", control).outcome


@pytest.mark.parametrize(
    ("said", "control", "reason"),
    [
        ([], None, "no traffic of this run gave an opportunity to judge it"),
        ([ABSENT], None, "the target has no poison"),
        ([ABSENT, ABSENT], None, "the target has no poison"),
        ([HELD], "nothing can be created", "nothing can be created"),
        ([CLOSING], None, "synchronous_throughout: GET /api/scopes/s1/members → 200"),
    ],
    ids=["silence", "missing", "missing-twice", "no-control", "closed"],
)
def test_what_was_not_judged_says_why(
    said: list[Judgement], control: str | None, reason: str
) -> None:
    assert weighed(said, "MUST", control).reasons == (reason,)


def _verdicts(*outcomes: str) -> list[Verdict]:
    """Verdicts from words such as "pass", "SHOULD not_verified"; ids are X-1, X-2 ..."""
    made = []
    for number, words in enumerate(outcomes, start=1):
        level, _, outcome = words.rpartition(" ")
        said: Any = outcome
        made.append(Verdict(requirement(level or "MUST", f"X-{number}"), said, 1, 0, 0))
    return made


@pytest.mark.parametrize(
    ("outcomes", "accepted", "interrupted", "code"),
    [
        (["pass", "not_applicable", "SHOULD warn"], [], False, Exit.FINE),
        (["pass", "SHOULD not_verified"], [], False, Exit.FINE),
        (["pass", "not_verified"], ["X-2"], False, Exit.FINE),
        (["pass", "not_verified"], ["X-1"], False, Exit.NOT_VERIFIED),
        (["not_verified", "fail"], [], False, Exit.FAILED),
        (["fail", "pass"], ["X-1"], False, Exit.FAILED),
        ([], [], False, Exit.NOTHING_RAN),
        (["fail", "not_verified", "harness_error"], [], False, Exit.HARNESS),
        (["SHOULD harness_error"], [], False, Exit.HARNESS),
        (["fail", "harness_error"], [], True, Exit.INTERRUPTED),
        ([], [], True, Exit.INTERRUPTED),
    ],
    ids=[
        "a-broken-should-is-fine",
        "an-unverified-should-is-fine",
        "accepted-by-id",
        "another-id-accepted",
        "failed-before-not-verified",
        "a-failure-cannot-be-accepted",
        "nothing-ran",
        "harness-before-failed",
        "harness-of-a-should",
        "interrupted-before-harness",
        "interrupted-at-once",
    ],
)
def test_the_first_of_several_exit_codes_is_taken(
    outcomes: list[str],
    accepted: list[str],
    interrupted: bool,  # noqa: FBT001  # a column of the table
    code: Exit,
) -> None:
    verdicts = _verdicts(*outcomes)

    assert exit_code(verdicts, accepted=accepted, interrupted=interrupted) == code


def test_the_exit_codes_are_the_published_ones() -> None:
    published = {130, 6, 3, 2, 7, 1, 5, 4, 0}

    assert {code.value for code in Exit} == published


OUTCOMES: list[Outcome] = [
    "pass",
    "fail",
    "warn",
    "not_applicable",
    "not_verified",
    "harness_error",
]
SEVERITY = [Exit.FINE, Exit.NOT_VERIFIED, Exit.FAILED, Exit.HARNESS]


@given(st.lists(st.sampled_from(OUTCOMES), min_size=1), st.sampled_from(OUTCOMES))
def test_one_more_verdict_never_makes_the_gate_milder(first: list[str], more: str) -> None:
    before, after = exit_code(_verdicts(*first)), exit_code(_verdicts(*first, more))

    assert SEVERITY.index(after) >= SEVERITY.index(before)


def plan(*only: str, profiles: Sequence[str] = (), max_writes: int | None = None) -> Plan:
    return make_plan(contract(), target(*profiles, max_writes=max_writes), only)


JUDGED = [one.id for one in contract().requirements.values() if not one.planned]


@pytest.mark.parametrize("name", JUDGED)
def test_selecting_a_requirement_selects_its_checks_their_stimuli_and_the_control(
    name: str,
) -> None:
    chosen = plan(name)

    invariants = {one.name for one in INVARIANTS if one.requirement == name}
    stimuli = {word for one in INVARIANTS if one.requirement == name for word in one.stimulus}
    own = {one.name for one in SCENARIOS if one.requirement == name or one.control}
    assert [one.id for one in chosen.requirements] == [name]
    assert {one.name for one in chosen.invariants} == invariants
    assert {one.name for one in chosen.scenarios} == own | stimuli


def test_selecting_a_planned_requirement_runs_nothing_for_it() -> None:
    planned = next(one for one in contract().requirements.values() if one.planned)
    chosen = plan(planned.id)

    assert chosen.requirements == ()
    assert [one.id for one in chosen.planned] == [planned.id]


def test_a_profile_brings_those_that_it_includes() -> None:
    assert plan(profiles=["member-first"]).profiles == ("core", "member-first")


def test_every_judged_and_planned_requirement_of_a_profile_is_in_the_plan() -> None:
    chosen = plan(profiles=["core"])
    claimed = {one.id for one in contract().requirements.values() if "core" in one.profiles}

    assert {one.id for one in (*chosen.requirements, *chosen.planned)} == claimed
    assert not {one.id for one in chosen.requirements} & {one.id for one in chosen.planned}


@pytest.mark.parametrize(
    ("only", "profiles", "kind"),
    [(["RCP-99"], [], "requirement"), ([], ["cor"], "profile")],
    ids=["requirement", "profile"],
)
def test_an_unknown_selection_is_refused(only: list[str], profiles: list[str], kind: str) -> None:
    with pytest.raises(UnknownSelection) as refused:
        plan(*only, profiles=profiles)

    assert refused.value.kind == kind


def test_the_control_is_planned_first_and_long_scenarios_next() -> None:
    order = [(one.control, one.long) for one in plan().scenarios]

    assert order == sorted(order, key=lambda one: (not one[0], not one[1]))
    assert order[0][0]


def test_the_plan_hash_names_its_content() -> None:
    whole = plan()

    assert plan().hash == whole.hash
    assert plan("ACK-01", "STA-02").hash == plan("STA-02", "ACK-01").hash
    changed = [
        plan("ACK-01"),
        plan("ACK-02"),
        plan(profiles=["core"]),
        replace(whole, contract_hash="0"),
        replace(whole, requirements=whole.requirements[1:]),
        replace(whole, scenarios=whole.scenarios[:-1]),
        replace(whole, invariants=whole.invariants[:-1]),
    ]
    assert len({whole.hash, *(one.hash for one in changed)}) == len(changed) + 1


@given(st.integers(0, 250))
def test_a_plan_keeps_to_the_write_limit_and_loses_no_scenario(limit: int) -> None:
    whole, limited = plan(), plan(max_writes=limit)

    assert limited.writes <= limit
    assert {*limited.scenarios, *limited.unaffordable} == set(whole.scenarios)
    assert not set(limited.scenarios) & set(limited.unaffordable)
    assert limited.requirements == whole.requirements


def test_a_limit_of_all_writes_leaves_nothing_out() -> None:
    whole = plan()

    assert plan(max_writes=whole.writes).unaffordable == ()
    assert plan(max_writes=whole.writes - 1).unaffordable != ()
