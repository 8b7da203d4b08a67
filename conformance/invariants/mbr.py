"""What every document of a member says of it."""

from typing import Final

from conformance import expect
from conformance.checks import EVERY_WRITE, Invariant, Judgements, invariant
from conformance.history import TRUNCATION, MemberHistory, RouteHistory, instant

DETAIL: Final = "/components/schemas/MemberDetail/properties/"
TYPED: Final = ("implementationRef", "lastBinding")


@invariant("MBR-07", over=RouteHistory)
def implementation_and_binding_are_typed(route: RouteHistory) -> Judgements:
    details = route.answers if route.rule.operation_id == "getMember" else []
    for read in (one for one in details if one.ok):
        for name in TYPED:
            shown = read.members.get(name, "missing")
            violations = route.validators.part(f"{DETAIL}{name}", shown)
            opaque = isinstance(shown, dict) and "@type" in shown
            expected = f"{name} is null or an object of the contract, and no dump of a state"
            yield expect.that(not violations and not opaque, expected, shown, read)


LONG_AFTER: Final = ("a_member_is_changed_long_after_its_create",)


@invariant("MBR-10", over=MemberHistory, stimulus=(*EVERY_WRITE, *LONG_AFTER))
def created_at_never_changes(member: MemberHistory) -> Judgements:
    dated = [
        (created, shown_by)
        for summary, shown_by in member.summaries
        if (created := instant(summary.get("createdAt")))
    ]
    for created, shown_by in dated[1:]:
        first, first_by = dated[0]
        held = abs(created - first) <= TRUNCATION
        expected = f"createdAt {first.isoformat()} of {member.member_id}, to the second"
        yield expect.that(held, expected, created.isoformat(), first_by, shown_by)


INVARIANTS: Final[tuple[Invariant, ...]] = (
    implementation_and_binding_are_typed,
    created_at_never_changes,
)
