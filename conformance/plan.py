"""What will run, what will not, and what it costs."""

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from conformance.checks import Check, Invariant, Scenario
from conformance.contract import Contract, Requirement
from conformance.invariants import INVARIANTS
from conformance.modes import READ_ONLY
from conformance.reading import what_is_there_is_read
from conformance.scenarios import SCENARIOS
from conformance.target import Target

LANES: Final = ("scenarios", "generated")
DEFAULT_LANES: Final = ("scenarios",)


class UnknownSelection(Exception):  # noqa: N818  # the CLI words it, with the nearest name
    """A requirement id or profile that the catalogue does not have.

    Attributes: `kind` is "requirement" or "profile", `known` holds the names that exist.
    """

    def __init__(self, kind: str, name: str, known: tuple[str, ...]) -> None:
        super().__init__(f"there is no {kind} {name}")
        self.kind = kind
        self.name = name
        self.known = known


@dataclass(frozen=True, slots=True)
class Plan:
    """The checks of one run.

    Attributes:
        profiles: claimed profiles and those that they include.
        requirements: those that get a verdict, in catalogue order.
        planned: those of the profiles that no check judges yet.
        scenarios: in the order of starting; the control first.
        invariants: those whose requirement gets a verdict.
        unaffordable: scenarios left out because the write limit is too small for them.
        generated: operationIds that generated requests go to; empty without that lane.
        withheld: scenarios left out because they write and the run only reads.

    """

    profiles: tuple[str, ...]
    requirements: tuple[Requirement, ...]
    planned: tuple[Requirement, ...]
    scenarios: tuple[Scenario, ...]
    invariants: tuple[Invariant, ...]
    unaffordable: tuple[Scenario, ...]
    contract_hash: str
    generated: tuple[str, ...] = ()
    withheld: tuple[Scenario, ...] = ()

    @property
    def left_out(self) -> tuple[Scenario, ...]:
        """The scenarios that judge what is selected, and are not run."""
        return (*self.unaffordable, *self.withheld)

    @property
    def checks(self) -> tuple[Check, ...]:
        """Everything that must be heard of: what it performs, and what it leaves out and why."""
        return (*self.scenarios, *self.left_out, *self.invariants)

    @property
    def requests(self) -> int:
        """How many requests it sends at the least."""
        return sum(scenario.requests for scenario in self.scenarios)

    @property
    def writes(self) -> int:
        """How many writes it sends."""
        return sum(scenario.writes for scenario in self.scenarios)

    @property
    def leaves(self) -> int:
        """How many members and services stay behind."""
        return sum(scenario.leaves for scenario in self.scenarios)

    @property
    def services(self) -> int:
        """How many of these are services, which no operation removes."""
        return sum(scenario.services for scenario in self.scenarios)

    def judging(self, requirement: str) -> tuple[Scenario, ...]:
        """Return the scenarios that judge a requirement, those left out among them."""
        everything = (*self.scenarios, *self.left_out)
        return tuple(one for one in everything if one.requirement == requirement)

    def is_thin(self, requirement: str) -> bool:
        """Whether some scenario that judges a requirement, or feeds its invariants, is left out."""
        present = {scenario.name for scenario in self.scenarios}
        own = [one for one in self.invariants if one.requirement == requirement]
        wanted = {name for one in own for name in one.stimulus}
        return bool(wanted - present) or any(
            one.requirement == requirement for one in self.left_out
        )

    @property
    def hash(self) -> str:
        """Name the plan by the hash of everything that it will run and of the contract."""
        content = [
            self.contract_hash,
            [requirement.id for requirement in self.requirements],
            [scenario.name for scenario in self.scenarios],
            [invariant.name for invariant in self.invariants],
            self.generated,
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]


def make_plan(
    contract: Contract,
    target: Target,
    only: Iterable[str] = (),
    lanes: Collection[str] = DEFAULT_LANES,
) -> Plan:
    """Choose the checks for the target's profiles, or for the requirements in `only`.

    Without the lane of scenarios, only the control is run and only invariants judge.

    Raises:
        UnknownSelection: a profile or an id is not in the catalogue.

    """
    only = tuple(only)
    profiles = _included(contract, target.profiles)
    claimed = _claimed(contract, profiles, only)
    by_invariants = {one.requirement for one in INVARIANTS}
    judged = tuple(
        requirement
        for requirement in claimed
        if not requirement.planned and ("scenarios" in lanes or requirement.id in by_invariants)
    )
    wanted = {requirement.id for requirement in judged}
    invariants = tuple(one for one in INVARIANTS if one.requirement in wanted)
    stimuli = {name for one in invariants for name in one.stimulus}
    chosen = sorted(
        (
            one
            for one in SCENARIOS
            if one.control
            or ("scenarios" in lanes and (one.requirement in wanted or one.name in stimuli))
        ),
        key=lambda one: (not one.control, not one.long),
    )
    withheld: tuple[Scenario, ...] = ()
    if target.mode == READ_ONLY:
        withheld = tuple(one for one in chosen if one.writes)
        chosen = [what_is_there_is_read, *(one for one in chosen if not one.writes)]
    affordable, unaffordable = _within(chosen, target.max_writes)
    return Plan(
        profiles,
        judged,
        tuple(requirement for requirement in claimed if requirement.planned),
        affordable,
        invariants,
        unaffordable,
        contract.hash,
        covered_operations(contract, profiles) if "generated" in lanes else (),
        withheld,
    )


def covered_operations(contract: Contract, profiles: Collection[str]) -> tuple[str, ...]:
    """Return the operations on which some requirement of the profiles is judged.

    Those that delete are left out: what a generated request names may be somebody else's.
    """
    named = {
        operation
        for requirement in contract.requirements.values()
        if set(requirement.profiles) & set(profiles)
        for operation in requirement.operations
    }
    return tuple(
        name
        for name, operation in contract.operations.items()
        if name in named and operation.method != "DELETE"
    )


def _included(contract: Contract, profiles: tuple[str, ...]) -> tuple[str, ...]:
    """Return the profiles with those that they include, each before what includes it."""
    known = tuple(contract.profiles)
    for profile in profiles:
        if profile not in known:
            raise UnknownSelection("profile", profile, known)
    included = [one for profile in profiles for one in (*contract.profiles[profile], profile)]
    return tuple(dict.fromkeys(included))


def _claimed(
    contract: Contract, profiles: tuple[str, ...], only: tuple[str, ...]
) -> tuple[Requirement, ...]:
    for name in only:
        if name not in contract.requirements:
            raise UnknownSelection("requirement", name, tuple(contract.requirements))
    if only:
        return tuple(contract.requirements[name] for name in contract.requirements if name in only)
    return tuple(
        requirement
        for requirement in contract.requirements.values()
        if set(requirement.profiles) & set(profiles)
    )


def _within(
    scenarios: list[Scenario], max_writes: int | None
) -> tuple[tuple[Scenario, ...], tuple[Scenario, ...]]:
    if max_writes is None:
        return tuple(scenarios), ()
    affordable: list[Scenario] = []
    left = max_writes
    for scenario in scenarios:
        if scenario.writes <= left:
            affordable.append(scenario)
            left -= scenario.writes
    return tuple(affordable), tuple(one for one in scenarios if one not in affordable)
