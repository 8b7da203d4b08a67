"""The plan: what a selection brings along, what it costs, and how it is named."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.contract import Contract, load_contract
from conformance.invariants import INVARIANTS
from conformance.plan import Plan, UnknownSelection, make_plan
from conformance.scenarios import SCENARIOS
from conformance.target import Target
from conformance.target_fixtures import DEFAULTS


@cache
def contract() -> Contract:
    return load_contract()


def target(*profiles: str, max_writes: int | None = None) -> Target:
    good, poison, slow = DEFAULTS["good"], DEFAULTS["poison"], DEFAULTS["slow"]
    claimed = profiles or ("core", "member-first")
    return Target("http://127.0.0.1:1", "s1", claimed, good, poison, slow, max_writes=max_writes)


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


def test_a_whole_plan_judges_nothing_on_part_of_its_traffic() -> None:
    chosen = plan(profiles=tuple(contract().profiles))

    assert [one.id for one in chosen.requirements if chosen.is_thin(one.id)] == []


def test_without_the_scenarios_everything_is_judged_on_part_of_its_traffic() -> None:
    chosen = make_plan(contract(), target(), lanes=("generated",))

    assert chosen.requirements
    assert [one.id for one in chosen.requirements if not chosen.is_thin(one.id)] == []


def test_what_the_write_limit_leaves_out_is_judged_on_part_of_its_traffic() -> None:
    chosen = plan(max_writes=3)
    left_out = {one.requirement for one in chosen.unaffordable}

    assert left_out
    assert all(chosen.is_thin(name) for name in left_out)
