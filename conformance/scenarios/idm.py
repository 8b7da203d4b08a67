"""Repeated requests: one key, one effect."""

from collections.abc import Callable
from typing import Final

from conformance import expect
from conformance.api import UNCOMPRESSED, Api, How, Member, Settled, member_id_of, named_by
from conformance.checks import (
    Judged,
    Judgement,
    Judgements,
    Missing,
    NotOffered,
    Scenario,
    Unverified,
    scenario,
    whole,
)
from conformance.exchange import Exchange
from conformance.history import not_offered
from conformance.scenarios.mbr import MEMBER_ID
from conformance.scenarios.pag import walk
from conformance.scenarios.run import rows_of

ROUNDS: Final = 10
CONFLICT: Final = 409
NO_ID: Final = (400, 422)
REUSED: Final = (422, 409, 400)
RECREATED: Final = ("STUDIO_MEMBER_CONFLICT", "INVALID_STUDIO_MEMBER_REQUEST")
UNMET: Final = (412, 409)
MISMATCH: Final = "STATE_VERSION_MISMATCH"
TIMED_OUT: Final = "OPERATION_TIMED_OUT"


def keyed(key: str) -> How:
    """Send an Idempotency-Key, as the structured field's string."""
    return How(headers={"Idempotency-Key": f'"{key}"'})


def _create(api: Api, how: How, name: str, member_id: str = "", description: str = "") -> Exchange:
    """Ask for a member; the server makes its id unless one is given."""
    body = {"displayName": name, "implementationKind": api.target.kind, "description": description}
    return api.send.create_member({**body, **({"memberId": member_id} if member_id else {})}, how)


def _created(api: Api, name: str) -> tuple[Settled, How]:
    """Create a member under a key; under an id of ours where the server makes none."""
    how = keyed(api.names.fresh())
    write = _create(api, how, name)
    if write.status in NO_ID and expect.code_of(write):
        how = keyed(api.names.fresh())
        write = _create(api, how, name, name)
    return _settled(api, write), how


def _settled(api: Api, write: Exchange) -> Settled:
    return api.settle(write, lambda: api.shows(member_id_of(write, _asked(write))))


def _asked(write: Exchange) -> str:
    """Return the memberId that a create asks for; "" where it leaves that to the server."""
    return str(write.given.get("memberId", ""))


def _other_than(api: Api, write: Exchange) -> str:
    """Return an id for a further member, if the server of a create makes none."""
    return api.names.fresh() if _asked(write) else ""


def _in_progress(answer: Exchange) -> bool:
    """Whether a repeat is told to wait for the first one."""
    return answer.status == CONFLICT and expect.code_of(answer) == "IDEMPOTENCY_IN_PROGRESS"


def one_command(first: Exchange, again: Exchange) -> Judged:
    """Judge that a repeat is answered with the command, the status and the thing of the first."""
    names = ("commandId", "statusUrl", "memberId", "runId")
    told = {name: first.members[name] for name in names if first.members.get(name) is not None}
    met = {name: again.members[name] for name in told if again.members.get(name) is not None}
    expected = ", ".join(f"{name} {value}" for name, value in told.items())
    expected = f"the first answer again: {expected or 'a 2xx'}"
    actual = expect.shown(met) if again.ok else expect.answer(again)
    return expect.that(again.ok and met == told, expected, actual, first, again)


@scenario("IDM-01", requests=14, writes=4, leaves=1)
def a_repeated_invoke_with_one_key_is_one_run(api: Api) -> Judgements:
    good, how = api.fixture("good"), keyed(api.names.fresh())
    member_id = api.bound_member().member_id

    invoked = api.invoke(member_id, good, how)
    again = api.invoke(member_id, good, how)
    api.verdict_of(invoked)
    if _in_progress(again):
        again = api.invoke(member_id, good, how)

    yield from whole(_repeated(invoked, again), _one_run(api, member_id, invoked, again))


@scenario("IDM-01", requests=8, writes=3, leaves=2)
def a_repeated_create_with_one_key_is_one_member(api: Api) -> Judgements:
    name = api.names.fresh()
    settled, how = _created(api, name)

    again = _create(api, how, name, _asked(settled.write))

    yield from whole(_repeated(settled.write, again), _one_member(api, settled, again, name))


def _repeated(first: Exchange, again: Exchange) -> Judgement:
    if not first.ok:
        return Missing(f"the first request was refused: {first.line}", (first,))
    return one_command(first, again)


def _one_run(api: Api, member_id: str, invoked: Exchange, again: Exchange) -> Judgement:
    """Judge that a member has one run, which a repeat of the one invoke did not add to."""
    for _ in api.looks(again):
        listed = api.send.list_member_runs(member_id)
        if runs := rows_of(listed):
            break
    if not runs:
        return Missing(f"the runs of the member cannot be read: {listed.line}", (listed,))
    met = f"{len(runs)} runs"
    return expect.that(len(runs) == 1, "one run of the member", met, invoked, again, listed)


def _one_member(api: Api, settled: Settled, again: Exchange, name: str) -> Judgement:
    """Judge that the roster shows one member for both creates, and one for a third without a key.

    The third is waited for, so that whatever the second one made is there by then, too.
    """
    member_id = _other_than(api, settled.write)
    twin = _settled(api, _create(api, How(), name, member_id, "Of its own"))
    made = {named_by(one, _asked(one.write)) for one in (settled, twin)}
    if len(made) == 1:
        what = f"a create without the key made no member of its own: {twin.write.line}"
        return Missing(what, (twin.write,))
    for _ in api.looks(twin.last):
        roster = walk(api)
        listed = {row["memberId"] for row in roster.rows if row.get("displayName") == name}
        if made <= listed:
            break
    if not made <= listed:
        return Missing(f"the roster does not show the members: {roster.last.line}", (roster.last,))
    expected, met = f"{' and '.join(sorted(made))} of that name", ", ".join(sorted(listed))
    return expect.that(listed == made, expected, met, settled.write, again, roster.last)


@scenario("IDM-02", requests=9, writes=4, leaves=1)
def a_key_that_came_with_another_body_is_refused(api: Api) -> Judgements:
    member_id, how = api.member().member_id, keyed(api.names.fresh())
    first = api.send.update_member(member_id, {"description": "First"}, how)
    _accepted(first)
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


def _accepted(write: Exchange) -> None:
    """Stop where a request with a key is refused, so that nothing can be repeated."""
    if not_offered(write):
        raise NotOffered(write)
    if not write.ok:
        raise Unverified(f"a request with a key was refused: {write.line}", write)


@scenario("IDM-03", requests=28, writes=22, leaves=1)
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
    """Return what tells two commands apart: the command id, else the run that came of it.

    Raises:
        Unverified: the answer names neither.

    """
    names = (write.members.get(name) for name in ("commandId", "runId"))
    named = [name for name in names if isinstance(name, str)]
    if not named:
        raise Unverified(f"the answer names no command and no run: {write.line}", write)
    return named[0]


@scenario("IDM-05", requests=10, writes=3, leaves=3)
def a_key_of_one_scope_says_nothing_in_another(api: Api) -> Judgements:
    other, name = api.as_other(), api.names.fresh()
    here, how = _created(api, name)

    there = _create(other, how, name, _asked(here.write))

    namesake, key = _other_than(api, here.write), keyed(api.names.fresh())
    twin = _create(other, key, api.names.fresh(), namesake)
    if not twin.ok:
        raise Unverified(f"the other scope takes no creates with a key: {twin.line}", twin)
    _settled(other, twin)
    if _asked(there) and expect.code_of(there) in RECREATED:
        raise Unverified("the memberId is taken in the other scope as well", here.write, there)
    mixed = not there.ok or _name(there) == _name(here.write)
    met = expect.answer(there) if not there.ok else _name(there)
    expected = f"a command of its own, as {_name(here.write)} is of {api.target.scope}"
    yield expect.that(not mixed, expected, met, here.write, there, twin)
    for acting, made in ((api, here), (other, _settled(other, there))):
        named = named_by(made, _asked(made.write))
        if api.send.contract.validators.part(MEMBER_ID, named):
            yield Missing(f"a memberId that no path can bear: {named}", (made.write,))
            continue
        shown = acting.shows(named)
        yield expect.that(shown, f"a member in {acting.target.scope}", "none", made.write)


@scenario("IDM-07", requests=18, writes=8, leaves=2)
def a_key_is_honoured_after_its_command_is_decided(api: Api) -> Judgements:
    late = keyed(api.names.fresh())
    waiting = _lingering(api, late) if api.target.slow else None

    good, how = api.fixture("good"), keyed(api.names.fresh())
    member_id = api.bound_member().member_id
    decided = api.invoke(member_id, good, how)
    api.verdict_of(decided)
    yield _repeated(decided, api.invoke(member_id, good, how))

    slow = api.fixture("slow")
    waiting = waiting or _lingering(api, late)
    undecided = api.invoke(waiting.parameters["memberId"], slow, late)
    if _in_progress(undecided):
        known = "the key is known while its command is undecided"
        yield expect.that(True, known, "", waiting, undecided)  # noqa: FBT003
    else:
        yield _repeated(waiting, undecided)


def _lingering(api: Api, how: How) -> Exchange:
    return api.invoke(api.bound_member("slow").member_id, api.fixture("slow"), how)


@scenario("IDM-06", requests=9, writes=3, leaves=1)
def a_member_created_again_is_the_same_member(api: Api) -> Judgements:
    made, kind = api.names.fresh(), api.target.kinds[0]
    fields = {"memberId": made, "displayName": "First", "implementationKind": kind}
    first = api.send.create_member(fields)
    settled = api.settle(first, lambda: api.shows(member_id_of(first, made)))
    made = fields["memberId"] = named_by(settled, made)

    equal = api.send.create_member(fields)
    if first.given["memberId"] != made and named_by(api.verdict_of(equal), made) != made:
        yield expect.branch("ids_are_the_servers", first, equal)
        return
    yield _converged(api, first, equal, lambda: api.shows(made))

    other = api.send.create_member({**fields, "displayName": "Second"})
    code = api.refusal_of(other)
    if code == TIMED_OUT:
        raise Unverified("what became of a create with other fields is unknown", other)
    expected = f"a create with other fields is refused, at once or later: {' or '.join(RECREATED)}"
    yield expect.that(code in RECREATED, expected, code or other.line, first, other)
    kept = api.read(made)
    yield _keeps(kept, "displayName", "First", other)


def _converged(
    api: Api, first: Exchange, again: Exchange, shows: Callable[[], Exchange | None]
) -> Judgement:
    """Judge that a write which asks for what is there already is ready."""
    expected = "the same again ends ready"
    if not again.ok:
        return expect.that(False, expected, expect.answer(again), first, again)  # noqa: FBT003
    ended = api.verdict_of(again, shows)
    if ended.ending in {"ready", "failed"}:
        return expect.that(ended.ending == "ready", expected, ended.told, first, again, ended.last)
    return Missing(f"the repeat ended {ended.told}: {again.line}", (again, ended.last))


def _keeps(member: Member, name: str, value: str, write: Exchange) -> Judgement:
    summary = member.shown_by.members["summary"]
    return expect.equal(summary.get(name), value, f"{name} afterwards", write, member.shown_by)


@scenario("IDM-08", requests=13, writes=4, leaves=1)
def a_change_of_a_stale_version_is_refused(api: Api) -> Judgements:
    member_id = api.member().member_id
    read = api.send.get_member(member_id, UNCOMPRESSED)
    stale = read.header("etag")
    if not stale:
        yield expect.branch("no_etag", read)
        return
    api.rename(member_id, "Renamed meanwhile")
    current = api.send.get_member(member_id, UNCOMPRESSED).header("etag") or stale
    if current == stale:
        raise Unverified("the ETag of a member is the same after a rename", read)

    refused = api.send.update_member(member_id, {"description": "Stale"}, _if_match(stale))
    code = api.refusal_of(refused)
    after = api.send.get_member(member_id)
    twin = api.send.update_member(member_id, {"description": "Current"}, _if_match(current))
    if not twin.ok:
        raise Unverified(f"the twin with the current ETag was refused too: {twin.line}", twin)
    held = code == MISMATCH and (refused.ok or refused.status in UNMET)
    expected = f"412 with {MISMATCH}, or a command that fails with it"
    yield expect.that(held, expected, code or expect.answer(refused), twin, refused)
    summary = after.members.get("summary")
    kept = summary.get("description") if isinstance(summary, dict) else None
    yield expect.that(kept != "Stale", "the description is not written", kept, refused, after)


def _if_match(tag: str) -> How:
    return How(headers={"If-Match": tag})


@scenario("IDM-09", requests=14, writes=3, leaves=1)
def a_bind_that_is_repeated_serves_once(api: Api) -> Judgements:
    good = api.fixture("good")
    member = api.member(good.kind)
    first = api.bind(member.member_id, good)

    again = api.send.bind_member(member.member_id, dict(good.branch))
    yield _converged(api, first.write, again, lambda: _is_bound(api, member.member_id))

    listed = api.send.list_member_revisions(member.member_id)
    rows = listed.members.get("revisions")
    if not listed.ok or not isinstance(rows, list):
        raise Unverified(f"the revisions cannot be read: {listed.line}", listed)
    serving = [row for row in rows if isinstance(row, dict) and row.get("isServing") is True]
    met = f"{len(serving)} of {len(rows)} serve"
    yield expect.that(len(serving) <= 1, "at most one revision serves", met, again, listed)


def _is_bound(api: Api, member_id: str) -> Exchange | None:
    read = api.send.get_member_binding(member_id)
    return read if isinstance(read.members.get("lastBinding"), dict) else None


SCENARIOS: Final[tuple[Scenario, ...]] = (
    a_repeated_invoke_with_one_key_is_one_run,
    a_repeated_create_with_one_key_is_one_member,
    a_key_that_came_with_another_body_is_refused,
    two_requests_at_once_with_one_key_are_one_command,
    a_key_of_one_scope_says_nothing_in_another,
    a_key_is_honoured_after_its_command_is_decided,
    a_member_created_again_is_the_same_member,
    a_change_of_a_stale_version_is_refused,
    a_bind_that_is_repeated_serves_once,
)
