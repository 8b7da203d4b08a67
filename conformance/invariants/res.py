"""One member, one published service, on every surface."""

from typing import Final

from conformance import expect
from conformance.checks import EVERY_WRITE, Invariant, Judgements, invariant
from conformance.history import MemberHistory


@invariant("RES-01", over=MemberHistory, stimulus=("every_surface_of_a_member", *EVERY_WRITE))
def every_surface_names_one_published_service(member: MemberHistory) -> Judgements:
    for service, shown_by in member.services[1:]:
        first_service, first = member.services[0]
        if shown_by.operation_id != first.operation_id or service != first_service:
            what = f"publishedServiceId of {member.member_id}"
            yield expect.equal(service, first_service, what, first, shown_by)


INVARIANTS: Final[tuple[Invariant, ...]] = (every_surface_names_one_published_service,)
