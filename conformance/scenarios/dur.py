"""A crash: what was accepted, shown and decided before it holds after it."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from conformance import expect
from conformance.api import Api, Settled
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
from conformance.history import ACCEPTED, TERMINAL, TRUNCATION, instant, kept_for, not_offered
from conformance.scenarios.idm import keyed
from conformance.scenarios.run import rows_of, run_id_of

BURST: Final = 40
FRACTION: Final = re.compile(r"\.(\d*?)0*(?!\d)")
GONE: Final = (404, 410)
IDENTITY: Final = (
    "scopeId",
    "memberId",
    "publishedServiceId",
    "implementationKind",
    "revisionId",
    "runId",
)
Rows = list[Mapping[str, Any]]


@scenario("DUR-01", requests=24, writes=1 + BURST, leaves=1, restarts=True)
def what_was_accepted_amid_a_crash_is_decided_after_it(api: Api) -> Judgements:
    member_id = api.member().member_id

    restarted = api.restart(amid=[partial(_renamed, member_id, one) for one in range(BURST)])

    for write in restarted.amid:
        yield _decided(api, write, restarted.back)


def _renamed(member_id: str, number: int, api: Api) -> Exchange:
    return api.send.update_member(member_id, {"displayName": f"Renamed {number} times"})


@scenario("DUR-01", requests=17, writes=5, leaves=2, restarts=True)
def a_command_in_flight_at_a_crash_is_decided_after_it(api: Api) -> Judgements:
    in_flight = _in_flight(api)

    restarted = api.restart(*in_flight)

    for write in restarted.pending:
        yield _decided(api, write, restarted.back)


def _in_flight(api: Api) -> tuple[Callable[[], Exchange], Callable[[], Exchange]]:
    """Make ready an invoke that takes long and a bind, each the only one of its member."""
    slow, good = api.fixture("slow"), api.fixture("good")
    invoked, bound = api.bound_member("slow").member_id, api.member(good.kind).member_id
    return (
        partial(api.invoke, invoked, slow),
        partial(api.send.bind_member, bound, dict(good.branch)),
    )


def _decided(api: Api, write: Exchange, back: Exchange) -> Judgement:
    """Judge that a command whose 202 was received is known after a restart, and decided in time."""
    if not write.ok:
        return Missing(f"a legal request was refused: {write.line}", (write,))
    if write.status != ACCEPTED:
        return expect.branch("synchronous_throughout", write)
    read = _verdict_after(api, write, back)
    verdict = read.members.get("status") if read.ok else None
    if _may_have_expired(write, read):
        return Missing(f"the status may have expired: {read.line}", (write, read))
    if verdict == "pending" and api.deadline(write) > api.target.completion_limit:
        return Missing("the run's limit came before the published deadline", (write, read))
    expected = "after the restart its statusUrl answers 200, and with a verdict"
    met = f"200 {verdict}" if read.ok else expect.answer(read)
    return expect.that(verdict in TERMINAL, expected, met, write, read)


def _verdict_after(api: Api, write: Exchange, back: Exchange) -> Exchange:
    """Read the status of a command after a restart until it is decided, or has had its time."""
    since = write if "deadlineAt" in write.members else back
    due = since.received + api.patience(write) - back.received
    for _ in api.looks(back, max(due, api.target.pace.restart_limit)):
        read = api.again(write.members.get("statusUrl"), write)
        if read.ok and read.members.get("status") in TERMINAL:
            break
    return read


def _may_have_expired(write: Exchange, read: Exchange) -> bool:
    """Whether a status that is gone was not promised to be kept for so long."""
    lifetime, age = kept_for(write), timedelta(seconds=read.received - write.sent)
    return read.status in GONE and lifetime is not None and age + TRUNCATION >= lifetime


@scenario("DUR-02", requests=10, writes=2, leaves=1, restarts=True)
def a_member_observed_before_a_crash_is_observed_after_it(api: Api) -> Judgements:
    member_id = api.member().member_id
    api.rename(member_id, "Before the crash")
    read = partial(api.send.get_member, member_id)
    before = read()

    back = api.restart().back

    yield _shown_again(api, before, read, back)


@scenario("DUR-02", requests=16, writes=3, leaves=1, restarts=True)
def a_binding_and_a_run_observed_before_a_crash_are_observed_after_it(api: Api) -> Judgements:
    member_id = api.bound_member().member_id
    run_id = run_id_of(api.run_of(_invoked(api, member_id)))
    binding = partial(api.send.get_member_binding, member_id)
    run = partial(api.send.get_member_run, member_id, run_id)
    bound, ran = binding(), run()

    back = api.restart().back

    yield _shown_again(api, bound, binding, back)
    yield _shown_again(api, ran, run, back)


def _invoked(api: Api, member_id: str) -> Exchange:
    """Invoke the good implementation.

    Raises:
        Unverified: it is refused.

    """
    return _taken(api.invoke(member_id, api.fixture("good")))


def _taken(write: Exchange) -> Exchange:
    if not_offered(write):
        raise NotOffered(write)
    if not write.ok:
        raise Unverified(f"a legal request was refused: {write.line}", write)
    return write


def _shown_again(
    api: Api, before: Exchange, read: Callable[[], Exchange], back: Exchange
) -> Judged | Missing:
    """Judge that a read model shows after a restart what it had shown, once it is rebuilt."""
    if not before.ok:
        return Missing(f"nothing was observed before the restart: {before.line}", (before,))
    identity, version = _identity(before), before.members.get("stateVersion")
    for _ in api.looks(back, api.target.pace.restart_limit):
        after = read()
        kept = identity.items() <= _identity(after).items()
        held = kept and (not expect.is_whole(version) or expect.has_come_to(after, version))
        if after.ok and held:
            break
    at_least = f"stateVersion {version} or later, " if expect.is_whole(version) else ""
    shown = expect.named("stateVersion", after.members.get("stateVersion"))
    met = f"{shown}, {_spelt(_identity(after))}"
    return expect.that(
        after.ok and held,
        at_least + _spelt(identity),
        met if after.ok else expect.answer(after),
        before,
        after,
    )


def _identity(read: Exchange) -> dict[str, object]:
    """Return what names a member, its binding or a run, wherever the document says it."""
    places = {"": read.members}
    for name in ("summary", "lastBinding"):
        inner = read.members.get(name)
        places[f"{name}."] = inner if isinstance(inner, dict) else {}
    return {
        place + name: members[name]
        for place, members in places.items()
        for name in IDENTITY
        if members.get(name) is not None
    }


def _spelt(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items() if value is not None)


@scenario("DUR-03", requests=17, writes=5, leaves=1, restarts=True)
def a_key_used_before_a_crash_gives_its_command_after_it(api: Api) -> Judgements:
    good, how = api.fixture("good"), keyed(api.names.fresh())
    member_id = api.bound_member().member_id
    invoke = partial(api.invoke, member_id, good, how)
    first = _taken(invoke())
    api.verdict_of(first)
    _same_without_a_crash(first, invoke())

    back = api.restart().back

    for _ in api.looks(back, api.target.pace.restart_limit):
        again = invoke()
        if again.ok:
            break
    command_id, met = first.members["commandId"], again.members.get("commandId")
    actual = expect.named("commandId", met) if again.ok else expect.answer(again)
    same = expect.that(met == command_id, f"commandId {command_id}", actual, first, again)
    yield from whole(same, _one_run(api, member_id, first, again))


def _same_without_a_crash(first: Exchange, twin: Exchange) -> None:
    """See that a key does its work at all.

    Raises:
        Unverified: it does not, which is for the profile idempotency to judge.

    """
    ids = [one.members.get("commandId") for one in (first, twin)]
    if not isinstance(ids[0], str) or ids[0] != ids[1]:
        given = " and then ".join(expect.named("commandId", one) for one in ids)
        raise Unverified(f"without a crash, too, the key gives first {given}", first, twin)


def _one_run(api: Api, member_id: str, first: Exchange, again: Exchange) -> Judged | Missing:
    if again.ok:
        api.verdict_of(again)
    listed = api.send.list_member_runs(member_id)
    if not listed.ok:
        return Missing(f"the runs of the member cannot be read: {listed.line}", (listed,))
    runs = rows_of(listed)
    expected, met = "one run of the member", f"{len(runs)} runs"
    return expect.that(len(runs) <= 1, expected, met, first, again, listed)


@scenario("DUR-04", requests=34, writes=8, leaves=3, restarts=True)
def a_verdict_is_the_same_after_a_crash(api: Api) -> Judgements:
    member_id = api.member().member_id
    writes = [api.send.update_member(member_id, {"displayName": "Before the crash"})]
    writes += _invokes(api)
    decided = [api.verdict_of(one) for one in writes if one.ok]

    back = api.restart().back

    for settled in decided:
        yield _kept(api, settled, back)
    yield from (Missing(f"a write was refused: {one.line}", (one,)) for one in writes if not one.ok)


def _invokes(api: Api) -> Iterator[Exchange]:
    """Invoke what succeeds and what fails, as far as the target's owner has them."""
    for name in ("good", "poison"):
        if getattr(api.target, name):
            yield api.invoke(api.bound_member(name).member_id, api.fixture(name))


def _kept(api: Api, settled: Settled, back: Exchange) -> Judgement:
    """Judge that a command's verdict is read after a restart as before it."""
    write, before = settled.write, settled.last
    if settled.ending not in {"ready", "failed"}:
        return Missing(f"{write.line} was no final verdict before: {settled.told}", (write,))
    if not isinstance(write.members.get("statusUrl"), str):
        return expect.branch("synchronous_throughout", write)
    for _ in api.looks(back, api.target.pace.restart_limit):
        after = api.again(write.members.get("statusUrl"), write)
        if _is_same(before, after):
            break
    if _may_have_expired(write, after):
        return Missing(f"the status may have expired: {after.line}", (write, after))
    held = after.ok and _is_same(before, after)
    met = _spelt(_verdict(after)) if after.ok else expect.answer(after)
    return expect.that(held, f"as before: {_spelt(_verdict(before))}", met, before, after)


def _is_same(before: Exchange, after: Exchange) -> bool:
    """Whether two reads show one verdict; its instant may have lost digits that no store holds."""
    earlier, later = _verdict(before), _verdict(after)
    first, again = earlier.pop("completedAt"), later.pop("completedAt")
    if isinstance(first, datetime) and isinstance(again, datetime):
        digits = min(_digits(one.members["completedAt"]) for one in (before, after))
        return earlier == later and abs(again - first) < timedelta(seconds=10**-digits)
    return earlier == later and first == again


def _digits(told: str) -> int:
    """Return how many digits of a second an instant is told to, zeros at its end left out."""
    fraction = FRACTION.search(told)
    return len(fraction[1]) if fraction else 0


def _verdict(status: Exchange) -> dict[str, object]:
    members, failure = status.members, status.members.get("failure")
    completed = members.get("completedAt")
    return {
        "status": members.get("status"),
        "stage": members.get("stage"),
        "failure.code": failure.get("code") if isinstance(failure, dict) else None,
        "completedAt": instant(completed) or completed,
    }


@scenario("DUR-05", requests=19, writes=5, leaves=2, restarts=True)
def a_command_in_flight_at_a_crash_takes_effect_once(api: Api) -> Judgements:
    in_flight = _in_flight(api)

    restarted = api.restart(*in_flight)

    invoke, bind = restarted.pending
    yield _once(api, invoke, restarted.back, "run", partial(_runs, api))
    yield _once(api, bind, restarted.back, "revision", partial(_revisions, api))


def _runs(api: Api, member_id: str) -> tuple[Exchange, Rows]:
    page = api.send.list_member_runs(member_id)
    return page, list(rows_of(page))


def _revisions(api: Api, member_id: str) -> tuple[Exchange, Rows]:
    page = api.send.list_member_revisions(member_id)
    rows = page.members.get("revisions")
    return page, [one for one in (rows if isinstance(rows, list) else []) if isinstance(one, dict)]


def _once(
    api: Api,
    write: Exchange,
    back: Exchange,
    what: str,
    listed: Callable[[str], tuple[Exchange, Rows]],
) -> Judged | Missing:
    """Judge that the only command of its kind at a member has brought one thing, or none."""
    last = _verdict_after(api, _taken(write), back)
    verdict = last.members.get("status")
    if not last.ok or verdict not in TERMINAL:
        return Missing(f"the command in flight came to no verdict: {last.line}", (write, last))
    for _ in api.looks(last, api.target.pace.restart_limit):
        page, rows = listed(write.parameters["memberId"])
        if page.ok and (rows or verdict != "ready"):
            break
    if not page.ok:
        return Missing(f"what it brought cannot be listed: {page.line}", (write, page))
    held = len(rows) == 1 or (not rows and verdict != "ready")
    expected = f"one {what} of one command that ended {verdict}"
    return expect.that(held, expected, f"{len(rows)} {what}s", write, last, page)


SCENARIOS: Final[tuple[Scenario, ...]] = (
    what_was_accepted_amid_a_crash_is_decided_after_it,
    a_command_in_flight_at_a_crash_is_decided_after_it,
    a_member_observed_before_a_crash_is_observed_after_it,
    a_binding_and_a_run_observed_before_a_crash_are_observed_after_it,
    a_key_used_before_a_crash_gives_its_command_after_it,
    a_verdict_is_the_same_after_a_crash,
    a_command_in_flight_at_a_crash_takes_effect_once,
)
