"""What a write is answered: at once, whatever reads show, and no receipt for nonsense."""

from collections.abc import Iterator
from statistics import median
from typing import Final

from conformance import expect
from conformance.api import Api, How
from conformance.checks import (
    Judgement,
    Judgements,
    Missing,
    NotOffered,
    Scenario,
    Unverified,
    scenario,
)
from conformance.exchange import Exchange
from conformance.history import (
    ACCEPTED,
    TRANSPORT,
    names_a_command,
    not_offered,
)

BURST: Final = 30
REJECTED: Final = (400, 413, 415, 422)
TOO_LONG: Final = {"displayName": "a" * 257}
NO_JSON: Final = How(content=b'{"displayName": ', violates="body: it is no JSON")
TRIALS: Final = 3
SLOW_SECONDS: Final = 2.0
TIMES_AS_SLOW: Final = 10
AT_ONCE: Final = How(headers={"Prefer": "respond-async"})


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


@scenario("ACK-08", requests=22, writes=12, leaves=2)
def what_a_body_alone_makes_wrong_is_rejected_at_once(api: Api) -> Judgements:
    member_id = api.bound_member().member_id
    for what, twin, refusal in _malformed(api, member_id):
        yield _rejected(twin, refusal, what)


def _malformed(api: Api, member_id: str) -> Iterator[tuple[str, Exchange, Exchange]]:
    """Write in each way that takes a body: what is wrong, legally first, and then so."""
    send, good = api.send, api.fixture("good")
    named = {"displayName": "Well formed"}
    number = dict.fromkeys(good.branch, 5)
    wrong = How(violates="body: the implementation is a number")
    created = {**named, "implementationKind": good.kind}
    yield (
        "a create of a kind that is none",
        send.create_member({**created, "memberId": api.names.fresh()}),
        send.create_member(
            {**named, "memberId": api.names.fresh(), "implementationKind": "none"},
            How(violates="body: no such implementationKind"),
        ),
    )
    yield (
        "a rename to 257 characters",
        send.update_member(member_id, named),
        send.update_member(member_id, TOO_LONG, How(violates="body: displayName is too long")),
    )
    yield (
        "an implementation that is a number",
        send.update_member_implementation(member_id, dict(good.branch)),
        send.update_member_implementation(member_id, number, wrong),
    )
    yield (
        "a bind of a number",
        api.bind(member_id, good).write,
        send.bind_member(member_id, number, wrong),
    )
    yield (
        "an invoke that is no JSON",
        api.invoke(member_id, good),
        api.invoke(member_id, good, NO_JSON),
    )


def _rejected(twin: Exchange, refusal: Exchange, what: str) -> Judgement:
    if refusal.response is None or refusal.status in TRANSPORT:
        return Missing(f"the transport answered: {refusal.line}", (refusal,))
    if not twin.ok:
        return Missing(f"the twin without the fault was refused too: {twin.line}", (twin, refusal))
    typed = refusal.status in REJECTED and expect.code_of(refusal)
    expected = f"{what}: 400, 413, 415 or 422 with a code, and no receipt"
    met = expect.answer(refusal)
    if names_a_command(refusal):
        met = f"{refusal.status} with a receipt of {refusal.members['commandId']}"
    return expect.that(typed and not names_a_command(refusal), expected, met, twin, refusal)


@scenario("ACK-09", requests=9, writes=4, leaves=1)
def a_write_is_answered_before_reads_show_it(api: Api) -> Judgements:
    member_id = api.member(api.target.kinds[0]).member_id
    writes, reads = zip(
        *(_renamed(api, member_id, number) for number in range(TRIALS)), strict=True
    )

    complete = [one for one in writes if one.status != ACCEPTED]
    if complete:
        yield expect.branch("synchronous_throughout", complete[0])
        return
    write, read = (median(one.received - one.sent for one in kind) for kind in (writes, reads))
    expected = f"an answer within {SLOW_SECONDS:.0f} s, or {TIMES_AS_SLOW} times as long as a GET"
    prompt = write <= max(SLOW_SECONDS, TIMES_AS_SLOW * read)
    met = f"{write:.2f} s, and {read:.2f} s for a GET"
    yield expect.that(prompt, expected, met, *writes, reads[0])


def _renamed(api: Api, member_id: str, number: int) -> tuple[Exchange, Exchange]:
    """Rename a member, and read it, each timed.

    Raises:
        Unverified: the rename was refused.

    """
    named = {"displayName": f"Renamed {number} times"}
    write, read = api.send.update_member(member_id, named, AT_ONCE), api.send.get_member(member_id)
    if not_offered(write):
        raise NotOffered(write)
    if not write.ok:
        raise Unverified(f"a legal rename was refused: {write.line}", write)
    return write, read


SCENARIOS: Final[tuple[Scenario, ...]] = (
    thirty_creates_in_a_burst_can_be_looked_up,
    what_a_body_alone_makes_wrong_is_rejected_at_once,
    a_write_is_answered_before_reads_show_it,
)
