"""Invokes: what their receipts name, and the run behind them."""

from typing import Final

from conformance import expect
from conformance.api import Api
from conformance.checks import Judgements, Missing, Scenario, Unverified, scenario
from conformance.history import ACCEPTED
from conformance.urls import absolute

URLS: Final = ("statusUrl", "readModelUrl")


@scenario("INV-01", requests=12, writes=3, leaves=1)
def an_invoke_is_followed_by_its_run_or_operation(api: Api) -> Judgements:
    member = api.bound_member()
    invoked = api.invoke(member.member_id, api.fixture("good"))
    if not invoked.ok:
        raise Unverified(f"a legal invoke was refused: {invoked.line}", invoked)
    settled = api.verdict_of(invoked)
    if invoked.status != ACCEPTED:
        yield expect.branch("synchronous_throughout", invoked)
        return

    if settled.ending == "unreadable":
        raise Unverified(f"the invoke's status cannot be read: {settled.last.line}", invoked)

    run_id = settled.target.get("runId")
    expected = "target.runId in the receipt, or in the status once the run exists"
    actual = f"target {dict(settled.target)}"
    yield expect.that(isinstance(run_id, str), expected, actual, invoked, settled.last)
    location = invoked.header("location") or ""
    origins = api.target.own_origins
    given = {name: absolute(*url, origins) for name in URLS if (url := settled.url(name))}
    if str(run_id) not in given.get("readModelUrl", "").split("/"):
        given.pop("readModelUrl", None)
    own = set(given.values())
    held = location and absolute(location, invoked, origins) in own
    expected = "Location is the status of the operation, or its run"
    yield expect.that(held, expected, location or "no Location", invoked)


@scenario("INV-02", requests=15, writes=3, leaves=1)
def the_run_is_found_at_the_member_with_the_commands_ids(api: Api) -> Judgements:
    member = api.bound_member()
    invoked = api.invoke(member.member_id, api.fixture("good"))

    run = api.run_of(invoked)
    run_id = api.verdict_of(invoked).target.get("runId") or run.members.get("runId")
    listed = api.send.get_member_run(member.member_id, str(run_id))

    for read in (run, listed):
        yield expect.that(read.ok, "the run is readable", expect.answer(read), invoked, read)
        for name in ("commandId", "correlationId"):
            named = invoked.members.get(name)
            if named is None:
                yield Missing(f"the invoke's answer names no {name}", (invoked,))
            else:
                met = read.members.get(name)
                yield expect.equal(met, named, f"{name} of the run", invoked, read)


SCENARIOS: Final[tuple[Scenario, ...]] = (
    an_invoke_is_followed_by_its_run_or_operation,
    the_run_is_found_at_the_member_with_the_commands_ids,
)
