"""Invokes: what their receipts name, and the run behind them."""

from typing import Final

from conformance import expect
from conformance.api import Api
from conformance.checks import Judgements, Scenario, scenario
from conformance.history import ACCEPTED, absolute


@scenario("INV-01", requests=12, writes=3, leaves=1)
def an_invoke_is_followed_by_its_run_or_operation(api: Api) -> Judgements:
    member = api.bound_member()
    invoked = api.invoke(member.member_id, api.fixture("good"))
    settled = api.verdict_of(invoked)
    if invoked.ok and invoked.status != ACCEPTED:
        yield expect.branch("synchronous_throughout", invoked)
        return

    run_id = settled.target.get("runId")
    expected = "target.runId in the receipt, or in the status once the run exists"
    actual = f"target {dict(settled.target)}"
    yield expect.that(isinstance(run_id, str), expected, actual, invoked, settled.last)
    location = invoked.header("location") or ""
    given = (settled.document.get(name) for name in ("statusUrl", "readModelUrl"))
    own = [absolute(url, invoked) for url in given if isinstance(url, str)]
    held = location and absolute(location, invoked) in own
    expected = "Location is the status of the operation, or its run"
    yield expect.that(held, expected, location or "no Location", invoked)


@scenario("INV-02", requests=12, writes=3, leaves=1)
def the_run_is_found_at_the_member_with_the_commands_ids(api: Api) -> Judgements:
    member = api.bound_member()
    invoked = api.invoke(member.member_id, api.fixture("good"))

    run = api.run_of(invoked)

    yield expect.that(run.ok, "the run is readable", expect.answer(run), invoked, run)
    for name in ("commandId", "correlationId"):
        met, named = run.members.get(name), invoked.members.get(name)
        yield expect.equal(met, named, f"{name} of the run", invoked, run)


SCENARIOS: Final[tuple[Scenario, ...]] = (
    an_invoke_is_followed_by_its_run_or_operation,
    the_run_is_found_at_the_member_with_the_commands_ids,
)
