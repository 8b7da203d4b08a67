"""Endpoint contracts: whole, wherever one is read."""

from typing import Final

from conformance import expect
from conformance.checks import Invariant, Judgements, invariant
from conformance.history import RouteHistory, not_offered

CONTRACT: Final = "/components/schemas/EndpointContract"
READ: Final = ("the_invoke_path_is_the_members_own",)


@invariant("EPC-01", over=RouteHistory, stimulus=READ)
def a_contract_is_whole(route: RouteHistory) -> Judgements:
    described = route.rule.operation_id == "getMemberEndpointContract"
    for read in route.answers if described else ():
        if not_offered(read):
            yield expect.branch("not_offered", read)
        elif read.ok:
            violations = route.validators.part(CONTRACT, read.document)
            yield expect.valid(violations, "a contract with every member that it owes", read)


INVARIANTS: Final[tuple[Invariant, ...]] = (a_contract_is_whole,)
