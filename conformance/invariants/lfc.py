"""What a lifecycle stage says of the rest of a document."""

from collections.abc import Iterator
from typing import Any, Final

from conformance import expect
from conformance.checks import EVERY_WRITE, Invariant, Judgements, invariant
from conformance.exchange import Exchange
from conformance.history import MemberHistory, RouteHistory

STAGES: Final = ("created", "build_ready", "bind_ready")
ROSTER: Final = ("every_surface_of_a_member",)
UPDATED: Final = ("another_implementation_leaves_bind_ready",)
BOUND: Final = ("a_bind_that_completes_leaves_bind_ready",)


@invariant("LFC-01", over=MemberHistory, stimulus=(*EVERY_WRITE, *ROSTER))
def the_stages_are_a_closed_list(member: MemberHistory) -> Judgements:
    for summary, shown_by in member.summaries:
        stage = summary.get("lifecycleStage", "missing")
        expected = f"lifecycleStage is {', '.join(STAGES[:-1])} or {STAGES[-1]}"
        yield expect.that(stage in STAGES, expected, stage, shown_by)


@invariant("LFC-03", over=RouteHistory, stimulus=(*EVERY_WRITE, *UPDATED))
def a_built_member_has_an_implementation_of_its_kind(route: RouteHistory) -> Judgements:
    for read, summary in _details(route):
        stage, kind = summary.get("lifecycleStage"), summary.get("implementationKind")
        if stage in STAGES[1:]:
            reference = read.members.get("implementationRef")
            held = reference is not None and _agrees(reference, "implementationKind", kind)
            expected = f"{stage} with an implementationRef of kind {kind}"
            yield expect.that(held, expected, f"implementationRef {reference}", read)


@invariant("LFC-04", over=RouteHistory, stimulus=(*EVERY_WRITE, *BOUND))
def a_bind_ready_member_has_a_binding_of_its_own(route: RouteHistory) -> Judgements:
    for read, summary in _details(route):
        if summary.get("lifecycleStage") == STAGES[-1]:
            last = read.members.get("lastBinding")
            own = {name: summary.get(name) for name in ("publishedServiceId", "implementationKind")}
            agrees = all(_agrees(last, name, value) for name, value in own.items())
            expected = f"bind_ready with a lastBinding of {own}"
            yield expect.that(last is not None and agrees, expected, last, read)


def _agrees(shown: object, name: str, value: object) -> bool:
    """Whether an object says no other value; what either leaves out is for its schema (MBR-07)."""
    said = shown.get(name) if isinstance(shown, dict) else None
    return said is None or value is None or said == value


def _details(route: RouteHistory) -> Iterator[tuple[Exchange, dict[str, Any]]]:
    """Yield the reads of a member that answered with its detail, each with its summary."""
    for read in route.answers if route.rule.operation_id == "getMember" else ():
        summary = read.members.get("summary")
        if read.ok and isinstance(summary, dict):
            yield read, summary


INVARIANTS: Final[tuple[Invariant, ...]] = (
    the_stages_are_a_closed_list,
    a_built_member_has_an_implementation_of_its_kind,
    a_bind_ready_member_has_a_binding_of_its_own,
)
