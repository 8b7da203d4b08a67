"""Writes in a burst, each looked up at once."""

from typing import Final

from conformance.api import Api
from conformance.checks import Judgements, Missing, Scenario, scenario

BURST: Final = 30


@scenario("ACK-07", requests=2 * BURST, writes=BURST, leaves=BURST)
def thirty_creates_in_a_burst_can_be_looked_up(api: Api) -> Judgements:
    for _ in range(BURST):
        name = api.names.fresh()
        write = api.send.create_member(
            {"memberId": name, "displayName": name, "implementationKind": api.target.kinds[0]}
        )
        if not write.ok:
            yield Missing(f"a create of the burst was refused: {write.line}", (write,))
        api.look_up(write)


SCENARIOS: Final[tuple[Scenario, ...]] = (thirty_creates_in_a_burst_can_be_looked_up,)
