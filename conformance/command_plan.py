"""`ackproof plan` and `ackproof explain`: what would be judged, and what one requirement means."""

import os
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from conformance.command_run import check_mode, is_embedded
from conformance.contract import Requirement, load_contract
from conformance.embedded import EMBEDDED_SERVER, NOT_STARTED, ServerNotStarted, listed_faults
from conformance.invariants import INVARIANTS
from conformance.modes import SMOKE, NotInThisMode
from conformance.plan import Plan, UnknownSelection, make_plan
from conformance.reports.counted import counted
from conformance.reports.hanging import print_hanging
from conformance.scenarios import SCENARIOS
from conformance.selection import Selection
from conformance.target import Target
from conformance.target_check import check_target
from conformance.target_file import load_target


def show_plan(selection: Selection, lanes: Sequence[str]) -> int:
    """Print what a run with the same options would judge, send and leave behind.

    Raises:
        NotInThisMode: such a run has no plan.

    """
    contract, file, flags = load_contract(), selection.file, selection.flags
    embedded = is_embedded(file, flags)
    target = NOT_STARTED.target(flags, os.environ) if embedded else load_target(file, flags)
    check_target(contract, target)
    if target.mode == SMOKE:
        raise NotInThisMode("A smoke run judges nothing, so that it has no plan: run it.")
    check_mode(target, lanes, None, selection.only)
    plan = make_plan(contract, target, selection.only, lanes)
    console = Console()
    console.print(_heading(plan, target, embedded=embedded))
    for requirement in plan.requirements:
        names = ", ".join(_checks(requirement.id, plan)) or "nothing"
        label = f"{requirement.id} {requirement.level:<6}  "
        print_hanging(console, Text(label), names.replace("_", " "))
    for line in _afterwards(plan, target, embedded=embedded):
        print_hanging(console, Text(), line)
    return 0


def _heading(plan: Plan, target: Target, *, embedded: bool) -> Text:
    where = EMBEDDED_SERVER if embedded else target.url
    return Text(
        f"plan {plan.hash} for {where}\n"
        f"  profiles {', '.join(plan.profiles)} · contract {plan.contract_hash[:12]}\n"
    )


def _checks(requirement: str, plan: Plan) -> list[str]:
    names = [one.name for one in plan.scenarios if one.requirement == requirement]
    return names + [one.name for one in plan.invariants if one.requirement == requirement]


def _afterwards(plan: Plan, target: Target, *, embedded: bool) -> list[str]:
    requirements = counted(len(plan.requirements), "requirement")
    scenarios = counted(len(plan.scenarios), "scenario")
    invariants = counted(len(plan.invariants), "invariant")
    requests = counted(plan.requests, "request")
    made = counted(plan.leaves, "member or service", "members and services")
    lines = [
        "",
        f"{requirements} by {scenarios} and {invariants}",
        f"sends at least {requests}, {counted(plan.writes, 'write')} among them",
        f"leaves {made} behind"
        if target.keep
        else f"makes {made}, and deletes the members where it can",
    ]
    if plan.services and not target.keep:
        services = counted(plan.services, "service")
        stay = "stays" if plan.services == 1 else "stay"
        lines.append(f"{services} of the legacy binding {stay}, which no operation removes")
    if plan.generated:
        lines.append(
            f"generated requests to {counted(len(plan.generated), 'operation')} come on top"
        )
    restarting = counted(sum(one.restarts for one in plan.scenarios), "scenario")
    if any(one.restarts for one in plan.scenarios):
        lines += ["", f"{restarting} around a restart of the target, at the end of the run"]
        why = target.hooks_not_run.get("restart", "there is no restart hook")
        restarts = embedded or target.restart is not None
        lines[-1] += "" if restarts else f": not verified, since {why}"
    if plan.planned:
        ids = ", ".join(one.id for one in plan.planned)
        lines += ["", f"{len(plan.planned)} planned, not judged yet: {ids}"]
    unscored = [one.id for one in plan.requirements if not one.scored]
    if unscored:
        lines += ["", f"{len(unscored)} not scored, judged and told alone: {', '.join(unscored)}"]
    if plan.unaffordable:
        names = ", ".join(one.name for one in plan.unaffordable)
        lines += ["", f"{len(plan.unaffordable)} beyond the write limit, left out: {names}"]
    if plan.withheld:
        names = ", ".join(one.name for one in plan.withheld)
        withheld = counted(len(plan.withheld), "scenario that writes", "scenarios that write")
        lines += ["", f"{withheld}, left out by mode read-only: {names}"]
    return lines


def show_requirement(name: str) -> int:
    """Print everything that the contract and the kit say about one requirement.

    Raises:
        UnknownSelection: the catalogue does not have it.

    """
    contract = load_contract()
    if name not in contract.requirements:
        raise UnknownSelection("requirement", name, tuple(contract.requirements))
    requirement = contract.requirements[name]
    console = Console()
    profiles = ", ".join(requirement.profiles)
    console.print(Text(f"{requirement.id} {requirement.level} · {profiles}", "bold"))
    print_hanging(console, Text(), _line(requirement.text))
    console.print()
    for label, value in _facts(requirement).items():
        if value:
            print_hanging(console, Text(f"{label:<12}", "dim"), _line(value))
    return 0


def _facts(requirement: Requirement) -> dict[str, str]:
    return {
        "why": requirement.why,
        "source": requirement.source,
        "operations": ", ".join(requirement.operations),
        "method": requirement.check,
        "guard": requirement.guard,
        "scored": "" if requirement.scored else "no: it is judged and told, and decides nothing",
        "judged by": _judged_by(requirement),
        "closed by": ", ".join(requirement.closed_by) or "nothing: it is judged or not verified",
        "broken by": _broken_by(requirement.id),
    }


def _judged_by(requirement: Requirement) -> str:
    if requirement.planned:
        return "nothing yet: it is planned"
    scenarios = [f"scenario {one.name}" for one in SCENARIOS if one.requirement == requirement.id]
    invariants = [
        f"invariant {one.name}" for one in INVARIANTS if one.requirement == requirement.id
    ]
    return ", ".join(scenarios + invariants) or "nothing"


def _broken_by(requirement: str) -> str:
    try:
        faults = listed_faults()
    except ServerNotStarted as problem:
        return f"unknown ({problem})"
    broken = [one for one in faults if requirement in one["breaks"]]
    said = [f"{one['name']} ({one['summary'].rstrip('.')})" for one in broken]
    return "; ".join(said) or "no fault"


def _line(text: str) -> str:
    return " ".join(text.split())
