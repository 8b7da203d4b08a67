"""Commands that are accepted and then fail."""

from collections.abc import Callable
from typing import Final

from conformance import expect
from conformance.api import Api, Settled
from conformance.checks import Judged, Judgements, Missing, OtherBranch, Scenario, scenario
from conformance.exchange import Exchange
from conformance.history import instant

REFUSALS: Final = (400, 409, 422)
TOO_EARLY: Final = ("STUDIO_MEMBER_NOT_BOUND", "STUDIO_MEMBER_NOT_READY")
CHAT: Final = ("chat", {"prompt": "hello"})
READ_AGAIN: Final = 5
UNPREPARABLE: Final = {
    "workflow": {"workflowYamls": ["name: broken\nsteps:\n  - id: one\n    type: no-such-step\n"]}
}


@scenario("FLR-01", requests=19, writes=3, leaves=1)
def a_poisoned_invoke_ends_failed(api: Api) -> Judgements:
    yield from _ends_failed(api, _poisoned(api), None)


@scenario("FLR-02", requests=14, writes=3, leaves=1)
def the_failure_of_a_poisoned_invoke_is_whole(api: Api) -> Judgements:
    write = _poisoned(api)
    if not write.ok:
        yield _refused(write)
        return
    settled = api.verdict_of(write)
    if settled.ending in {"failed", "timed_out"} and settled.failure:
        wanted = ("code", "message", "stage", "retryable", "effect", "occurredAt")
        missing = [name for name in wanted if name not in settled.failure]
        if instant(settled.failure.get("occurredAt")) is None:
            missing.append("an instant in occurredAt")
        yield expect.that(
            not missing, "a whole failure", f"it lacks {', '.join(missing)}", settled.last
        )
    else:
        what = f"the poisoned invoke ended {settled.ending} and shows no failure"
        yield Missing(what, (write, settled.last))


@scenario("FLR-07", requests=13, writes=2, leaves=1)
def a_bind_that_cannot_be_prepared_ends_failed(api: Api) -> Judgements:
    if "workflow" not in api.target.kinds:
        yield Missing("the target offers no workflow, and the kit knows no other broken bind")
        return
    member = api.member("workflow")
    write = api.send.bind_member(member.member_id, UNPREPARABLE)
    yield from _ends_failed(api, write, lambda: api.send.invoke_member(member.member_id, *CHAT))


def _poisoned(api: Api) -> Exchange:
    poison = api.fixture("poison")
    member = api.bound_member("poison")
    return api.invoke(member.member_id, poison)


def _ends_failed(api: Api, write: Exchange, use: Callable[[], Exchange] | None) -> Judgements:
    """Follow a poisoned write; `use` tries what came of it, where ready could be true as well."""
    if not write.ok:
        yield _refused(write)
        return
    settled = api.verdict_of(write)
    for _ in range(READ_AGAIN):
        api.look_up(write)
    if settled.ending == "ready" and use:
        yield _usable(settled, use())
    else:
        yield _failed(settled)


def _refused(write: Exchange) -> OtherBranch | Missing:
    if write.status in REFUSALS and expect.code_of(write) not in {"", *TOO_EARLY}:
        return expect.branch("refused_synchronously", write)
    what = f"the poison was neither accepted nor refused: {write.line} {expect.answer(write)}"
    return Missing(what, (write,))


def _usable(settled: Settled, used: Exchange) -> Judged | Missing:
    if used.ok or used.status not in REFUSALS:
        what = f"nothing failed: {settled.write.line} ended ready, and then {used.line}"
        return Missing(what, (settled.write, used))
    expected = "its statusUrl ends failed, or what it calls ready can be invoked"
    return expect.that(False, expected, expect.answer(used), settled.write, settled.last, used)  # noqa: FBT003


def _failed(settled: Settled) -> Judged | Missing:
    if settled.ending in {"undecided", "unreadable", "timed_out"}:
        what = f"what became of {settled.write.line} cannot be told: {settled.ending}"
        return Missing(what, (settled.write, settled.last))
    expected = "its statusUrl ends at status failed with a failure"
    actual = f"{settled.ending}: {settled.last.line}"
    held = settled.ending == "failed" and settled.failure
    return expect.that(held, expected, actual, settled.write, settled.last)


SCENARIOS: Final[tuple[Scenario, ...]] = (
    a_poisoned_invoke_ends_failed,
    the_failure_of_a_poisoned_invoke_is_whole,
    a_bind_that_cannot_be_prepared_ends_failed,
)
