"""Repeated requests: one key, one effect."""

from collections.abc import Callable
from typing import Final

from conformance import expect
from conformance.api import Api, How, Member, Settled, member_id_of, named_by
from conformance.checks import (
    Judged,
    Judgement,
    Judgements,
    Missing,
    Scenario,
    Unverified,
    scenario,
)
from conformance.exchange import Exchange

ROUNDS: Final = 10
CONFLICT: Final = 409
REUSED: Final = (422, 409, 400)
RECREATED: Final = ("STUDIO_MEMBER_CONFLICT", "INVALID_STUDIO_MEMBER_REQUEST")
UNMET: Final = (412, 409)
MISMATCH: Final = "STATE_VERSION_MISMATCH"


def keyed(key: str) -> How:
    """Send an Idempotency-Key, as the structured field's string."""
    return How(headers={"Idempotency-Key": f'"{key}"'})


def _create(api: Api, how: How, name: str) -> Exchange:
    """Ask for a member whose id the server makes."""
    return api.send.create_member({"displayName": name, "implementationKind": "workflow"}, how)


def _settled(api: Api, write: Exchange) -> Settled:
    return api.settle(write, lambda: api.shows(member_id_of(write, "")))


def _in_progress(answer: Exchange) -> bool:
    """Whether a repeat is told to wait for the first one."""
    return answer.status == CONFLICT and expect.code_of(answer) == "IDEMPOTENCY_IN_PROGRESS"


def one_command(first: Exchange, again: Exchange) -> Judged:
    """Judge that a repeat is answered with the command, the status and the thing of the first."""
    names = ("commandId", "statusUrl", "memberId", "runId")
    told = {name: first.members[name] for name in names if name in first.members}
    met = {name: again.members.get(name) for name in told}
    expected = ", ".join(f"{name} {value}" for name, value in told.items())
    expected = f"the first answer again: {expected or 'a 2xx'}"
    actual = expect.shown(met) if again.ok else expect.answer(again)
    return expect.that(again.ok and met == told, expected, actual, first, again)


@scenario("IDM-01", requests=14, writes=7, leaves=3)
def a_repeated_key_gives_the_same_command(api: Api) -> Judgements:
    good, how = api.fixture("good"), keyed(api.names.fresh())
    member_id = api.bound_member().member_id
    invoked = api.invoke(member_id, good, how)
    again = api.invoke(member_id, good, how)
    api.verdict_of(invoked)
    if _in_progress(again):
        again = api.invoke(member_id, good, how)
    yield _repeated(invoked, again)

    how, name = keyed(api.names.fresh()), api.names.fresh()
    first = _create(api, how, name)
    settled = _settled(api, first)
    yield _repeated(first, _create(api, how, name))
    yield _once(api, settled, _create(api, How(), name))


def _repeated(first: Exchange, again: Exchange) -> Judgement:
    if not first.ok:
        return Missing(f"the first request was refused: {first.line}", (first,))
    return one_command(first, again)


def _once(api: Api, settled: Settled, other: Exchange) -> Judgement:
    """Judge that a request with no key makes a thing of its own, as nothing else would tell."""
    one, another = named_by(settled, ""), member_id_of(other, "")
    if not other.ok or not one or not another:
        return Missing(f"the twin without a key names no member: {other.line}", (other,))
    _settled(api, other)
    apart = "another member for a request without the key"
    return expect.that(one != another, apart, another, settled.write, other)


@scenario("IDM-02", requests=9, writes=4, leaves=1)
def a_key_that_came_with_another_body_is_refused(api: Api) -> Judgements:
    member_id, how = api.member().member_id, keyed(api.names.fresh())
    first = api.send.update_member(member_id, {"description": "First"}, how)
    if not first.ok:
        raise Unverified(f"a change with a key was refused: {first.line}", first)
    api.verdict_of(first)

    other = api.send.update_member(member_id, {"description": "Other"}, how)
    if other.ok:
        api.verdict_of(other)
    kept = api.send.get_member(member_id)
    twin = api.send.update_member(member_id, {"description": "Other"}, keyed(api.names.fresh()))

    what = "a key that came with another body"
    yield expect.refused_unlike(twin, other, REUSED, ("IDEMPOTENCY_KEY_REUSED",), what)
    summary = kept.members.get("summary")
    met = summary.get("description") if isinstance(summary, dict) else None
    yield expect.that(met != "Other", "the other request is not executed", met, other, kept)


@scenario("IDM-03", requests=40, writes=22, leaves=1)
def two_requests_at_once_with_one_key_are_one_command(api: Api) -> Judgements:
    member_id = api.bound_member().member_id
    for _ in range(ROUNDS):
        both = api.at_once(*[_invoking(api, member_id, keyed(api.names.fresh()))] * 2)
        accepted = [one for one in both if one.ok]
        if not accepted:
            raise Unverified(f"neither of two requests with one key was accepted: {both[0].line}")
        named = {_name(one) for one in accepted}
        met = f"{len(named)}: {', '.join(sorted(named))}"
        yield expect.that(len(named) == 1, "one command for both", met, *both)


def _invoking(api: Api, member_id: str, how: How) -> Callable[[], Exchange]:
    return lambda: api.invoke(member_id, api.fixture("good"), how)


def _name(write: Exchange) -> str:
    """Return what tells two commands apart: the command id, else the run that came of it."""
    names = (write.members.get(name) for name in ("commandId", "runId"))
    return next((name for name in names if isinstance(name, str)), "no name at all")


@scenario("IDM-07", requests=18, writes=7, leaves=2)
def a_key_is_honoured_after_its_command_is_decided(api: Api) -> Judgements:
    slow, late = api.fixture("slow"), keyed(api.names.fresh())
    member_id = api.bound_member("slow").member_id
    waiting = api.invoke(member_id, slow, late)

    good, how = api.fixture("good"), keyed(api.names.fresh())
    other_id = api.bound_member().member_id
    decided = api.invoke(other_id, good, how)
    api.verdict_of(decided)
    yield _repeated(decided, api.invoke(other_id, good, how))

    undecided = api.invoke(member_id, slow, late)
    if _in_progress(undecided):
        yield Missing(f"the slow invoke is still in progress: {undecided.line}", (undecided,))
    else:
        yield _repeated(waiting, undecided)


@scenario("IDM-06", requests=10, writes=3, leaves=1)
def a_member_created_again_is_the_same_member(api: Api) -> Judgements:
    made = api.names.fresh()
    fields = {"memberId": made, "displayName": "First", "implementationKind": "workflow"}
    first = api.send.create_member(fields)
    settled = api.settle(first, lambda: api.shows(member_id_of(first, made)))
    if named_by(settled, made) != made:
        raise Unverified("the server gives every member an id of its own", first)

    equal = api.send.create_member(fields)
    ended = api.verdict_of(equal, lambda: api.shows(made)) if equal.ok else None
    converged = ended and ended.ending == "ready"
    told = ended.told if ended else expect.answer(equal)
    yield expect.that(converged, "an equal create ends ready", told, first, equal)

    other = api.send.create_member({**fields, "displayName": "Second"})
    code = api.refusal_of(other)
    expected = f"a create with other fields is refused, at once or later: {' or '.join(RECREATED)}"
    yield expect.that(code in RECREATED, expected, code or other.line, first, other)
    kept = api.read(made)
    yield _keeps(kept, "displayName", "First", other)


def _keeps(member: Member, name: str, value: str, write: Exchange) -> Judgement:
    summary = member.shown_by.members["summary"]
    return expect.equal(summary.get(name), value, f"{name} afterwards", write, member.shown_by)


@scenario("IDM-08", requests=13, writes=4, leaves=1)
def a_change_of_a_stale_version_is_refused(api: Api) -> Judgements:
    member_id = api.member().member_id
    read = api.send.get_member(member_id)
    stale = read.header("etag")
    if not stale:
        yield expect.branch("no_etag", read)
        return
    api.rename(member_id, "Renamed meanwhile")
    current = api.send.get_member(member_id).header("etag") or stale

    refused = api.send.update_member(member_id, {"description": "Stale"}, _if_match(stale))
    code = api.refusal_of(refused)
    after = api.send.get_member(member_id)
    twin = api.send.update_member(member_id, {"description": "Current"}, _if_match(current))
    yield _unmet(twin, refused, code)
    kept = after.members.get("summary", {}).get("description")
    yield expect.that(kept != "Stale", "the description is not written", kept, refused, after)


def _if_match(tag: str) -> How:
    return How(headers={"If-Match": tag})


def _unmet(twin: Exchange, refused: Exchange, code: str) -> Judgement:
    if not twin.ok:
        return Missing(f"the twin with the current ETag was refused too: {twin.line}", (twin,))
    held = code == MISMATCH and (refused.ok or refused.status in UNMET)
    expected = f"412 with {MISMATCH}, or a command that fails with it"
    return expect.that(held, expected, code or expect.answer(refused), twin, refused)


@scenario("IDM-09", requests=14, writes=3, leaves=1)
def a_bind_that_is_repeated_serves_once(api: Api) -> Judgements:
    good = api.fixture("good")
    member = api.member(good.kind)
    first = api.bind(member.member_id, good)

    again = api.send.bind_member(member.member_id, dict(good.branch))
    ended = api.verdict_of(again) if again.ok else None
    told = ended.told if ended else expect.answer(again)
    done = ended and ended.ending in {"ready", "unreadable"}
    yield expect.that(done, "an equal bind ends ready", told, first.write, again)

    listed = api.send.list_member_revisions(member.member_id)
    rows = listed.members.get("revisions")
    if not listed.ok or not isinstance(rows, list):
        raise Unverified(f"the revisions cannot be read: {listed.line}", listed)
    serving = [row for row in rows if isinstance(row, dict) and row.get("isServing") is True]
    met = f"{len(serving)} of {len(rows)} serve"
    yield expect.that(len(serving) <= 1, "at most one revision serves", met, again, listed)


SCENARIOS: Final[tuple[Scenario, ...]] = (
    a_repeated_key_gives_the_same_command,
    a_key_that_came_with_another_body_is_refused,
    two_requests_at_once_with_one_key_are_one_command,
    a_key_is_honoured_after_its_command_is_decided,
    a_member_created_again_is_the_same_member,
    a_change_of_a_stale_version_is_refused,
    a_bind_that_is_repeated_serves_once,
)
