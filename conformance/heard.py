"""What was heard of the checks of a plan, and what was not."""

from collections.abc import Iterable, Iterator, Sequence

from conformance.checks import Judged, Missing, Scenario
from conformance.contract import Requirement
from conformance.judge import Broke, Heard
from conformance.plan import Plan


def why_not(controls: Sequence[Heard]) -> str | None:
    """Say why the control failed; None if every part of it held at least once and none broke."""
    for heard in controls:
        for judgement in heard.said:
            if isinstance(judgement, Missing):
                return judgement.what
            if isinstance(judgement, Judged) and not judgement.held:
                return f"the control failed: expected {judgement.expected}, met {judgement.actual}"
        if heard.broke or not heard.said:
            return f"the control {heard.check} could not be run"
    return None if controls else "the control was left out, and nothing passes without it"


def about(requirement: Requirement, heard: Iterable[Heard]) -> list[Heard]:
    """Return what was said about one requirement."""
    return [one for one in heard if one.requirement == requirement.id]


def lost(plan: Plan, heard: Iterable[Heard]) -> Iterator[Heard]:
    """Yield an error of the kit for each check of the plan of which nothing was heard."""
    met = {(one.requirement, one.check) for one in heard}
    for one in plan.checks:
        if (one.requirement, one.name) not in met:
            why = f"{one.name} is in the plan, and was neither performed nor left out for a reason"
            yield Heard(one.requirement, one.name, (), Broke(one.name, why))


def unheard(scenario: Scenario, why: str) -> Heard:
    """Say why a scenario was not performed."""
    return Heard(scenario.requirement, scenario.name, (Missing(why),))
