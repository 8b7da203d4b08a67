"""For each check of the kit, a behaviour of the reference server that breaks what it judges."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

from conformance.checks import Scenario
from conformance.histories_judged import END
from conformance.invariants import INVARIANTS
from conformance.scenarios import SCENARIOS
from reference_server.behaviour import Behaviour
from reference_server.faults import FAULTS

Decision = Callable[..., Any]

CONTROL: Final = next(one.name for one in SCENARIOS if one.control)
SLOW: Final = "a_slow_invoke_is_decided_by_its_deadline"
# What nobody's request decides: how the server comes back after a crash.
AFTER_A_CRASH: Final = (
    "leaves-undecided-commands-to-nobody",
    "forgets-what-has-run",
    "shows-members-as-of-an-earlier-snapshot",
    "takes-failed-commands-for-pending",
    "stamps-old-verdicts-anew",
    "forgets-keys-when-it-starts",
    "begins-cut-off-runs-anew",
)
GENERATED: Final = (
    "breaks-on-malformed-json",
    "breaks-on-a-large-page",
    "takes-a-blank-display-name",
    "says-another-status-in-the-problem",
)
# Where a requirement without a scenario of its own is broken, if not at its first stimulus.
PLACED: Final = {
    "ACK-03": ("a_renamed_member_in_the_roster", "answers-rename-with-the-bare-member"),
    "ACK-04": ("a_renamed_member_keeps_its_service_from_others", "answers-rename-without-body"),
    "STA-04": (SLOW, "takes-a-timed-out-command-for-pending-again"),
    "STA-08": (END, "forgets-a-decided-command-soon"),
    "ERR-11": ("every_documented_route_is_there", "echoes-the-neighbours-run"),
    "BND-02": ("a_bind_that_completes_leaves_bind_ready", "leaves-readiness-out-of-a-bind"),
    "RDY-01": ("a_bind_that_is_ready_reads_ready", "gives-no-reason-for-ready"),
    "IDM-04": ("a_key_that_came_with_another_body_is_refused", "accepts-anew-what-it-replays"),
}
# An operation that never ends hides what is wrong with one that timed out; others never end, too.
LEFT_OUT: Final = {SLOW: "forgets-the-deadline"}
# Decisions that are given a document, or a thing like one, and give it back changed.
PASSED_ON: Final = frozenset(
    {
        "binding_shown",
        "contract_shown",
        "detail_shown",
        "failure",
        "last_binding_shown",
        "member_shown",
        "problem_body",
        "readiness_shown",
        "receipt",
        "refusal",
        "restored",
        "revision_shown",
        "roster_shown",
        "row_shown",
        "run_list_shown",
        "run_shown",
        "sample",
        "status",
    }
)
GIVEN_FIRST: Final = frozenset({"sample", "restored"})


@cache
def behaviour_for(cause: str) -> Behaviour:
    """Give the behaviour with all the faults that are placed at a check."""
    return composed(placed().get(cause, ()))


@cache
def placed() -> dict[str, list[str]]:
    """Place a fault at each scenario, and one for each requirement that has none."""
    found = {one.name: [fault] for one, fault in _own() if LEFT_OUT.get(one.name) != fault}
    found |= {"": [*AFTER_A_CRASH], "generated": [*GENERATED]}
    judged = {one.requirement for one in SCENARIOS if not one.control}
    for requirement in dict.fromkeys(one.requirement for one in INVARIANTS):
        if requirement not in judged:
            name, fault = PLACED.get(requirement) or next(_free_places(requirement, found))
            found.setdefault(name, []).append(fault)
    return found


def _free_places(requirement: str, found: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Yield scenarios whose traffic can show a fault beside those that they have, nearest first."""
    near = [name for one in INVARIANTS if one.requirement == requirement for name in one.stimulus]
    writing = sorted((one for one in SCENARIOS if _serves(one)), key=lambda one: -one.writes)
    for name in (*near, *(one.name for one in writing)):
        taken = {decision for other in found[name] for decision in _decides(other)}
        for fault in _breaking(requirement):
            if not _decides(fault) & taken:
                yield name, fault


def _own() -> Iterator[tuple[Scenario, str]]:
    """Yield a fault for each scenario: another one for each of those of one requirement."""
    met = Counter[str]()
    for one in SCENARIOS:
        breaking = _breaking(one.requirement)
        if breaking and not one.control:
            yield one, breaking[met[one.requirement] % len(breaking)]
            met[one.requirement] += 1


def _serves(one: Scenario) -> bool:
    return not (one.control or one.restarts) and bool(_breaking(one.requirement))


def _breaking(requirement: str) -> list[str]:
    return [one.name for one in FAULTS.values() if requirement in one.breaks]


def _decides(fault: str) -> set[str]:
    """The decisions of a fault that another one cannot share."""
    own = (one for one in FAULTS[fault].behaviour.__mro__ if one not in Behaviour.__mro__)
    return {name for one in own for name in vars(one) if name[0] != "_"} - PASSED_ON


def composed(faults: Sequence[str]) -> Behaviour:
    """Make a behaviour that has several faults."""
    kinds = [FAULTS[one].behaviour for one in faults]

    def begin(behaviour: Behaviour) -> None:
        for kind in kinds:
            kind.__init__(behaviour)

    if not kinds:
        return Behaviour()
    bases = tuple(
        one
        for one in kinds
        if not any(issubclass(other, one) for other in kinds if other is not one)
    )
    shared = Counter(name for one in bases for name in vars(one) if name in PASSED_ON)
    passing = {
        name: _passing(name, [vars(one)[name] for one in bases if name in vars(one)])
        for name, times in shared.items()
        if times > 1
    }
    made: Behaviour = type("Composed", bases, {"__init__": begin, **passing})()
    return made


def _passing(name: str, decisions: Sequence[Decision]) -> Decision:
    """Make a decision that gives what each of several has made of a document to the next."""
    place = 0 if name in GIVEN_FIRST else -1

    def decide(behaviour: Behaviour, *given: Any) -> Any:  # noqa: ANN401  # as the decisions have it
        told = list(given)
        for one in decisions:
            if told[place]:
                told[place] = one(behaviour, *told)
        return told[place]

    return decide
