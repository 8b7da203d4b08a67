"""Bindings: none, the one that was asked for, and what a bind leaves alone."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from conformance import expect
from conformance.api import UNPREPARABLE, Api, How, Settled
from conformance.checks import (
    Judgement,
    Judgements,
    Missing,
    Scenario,
    Unverified,
    scenario,
    whole,
)
from conformance.exchange import Exchange
from conformance.history import TRANSPORT, TRUNCATION, instant
from conformance.refusals import REFUSALS, ends_refused
from conformance.scenarios.mbr import (
    BINDING,
    FOREIGN,
    TELLABLE_SECONDS,
    TWO,
    UNFIT_BIND,
)

NAMES: Final = ("publishedServiceId", "revisionId", "implementationKind")
DEFAULT: Final = (
    "available",
    "serviceId",
    "defaultServingRevisionId",
    "activeServingRevisionId",
    "deploymentId",
)
UNFIT_STATUSES: Final = (400, 422)
NOT_READY: Final = "STUDIO_MEMBER_NOT_READY"
NONE: Final = How(violates="body: no implementation, and none is stored")


@scenario("BND-01", requests=4, writes=1, leaves=1)
def a_member_never_bound_has_a_null_binding(api: Api) -> Judgements:
    member = api.member(api.target.kinds[0])

    read = api.send.get_member_binding(member.member_id)

    held = read.ok and "lastBinding" in read.members and read.members["lastBinding"] is None
    yield expect.that(held, "200 with lastBinding null", expect.answer(read), read)


@scenario("BND-03", requests=17, writes=3, leaves=1)
def the_binding_shows_the_revision_that_was_bound(api: Api) -> Judgements:
    good = api.fixture("good")
    member_id = api.member(good.kind).member_id
    for revision_id in (f"{member_id}-a", f"{member_id}-b"):
        bound = api.bind(member_id, good, revisionId=revision_id)
        named = bound.target.get("revisionId")

        read = api.send.get_member_binding(member_id)

        last = read.members.get("lastBinding")
        shown = last if isinstance(last, dict) else {}
        if named is None:
            yield Missing("neither receipt nor status names the revision", (bound.write,))
        else:
            both = (bound.write, read)
            yield expect.equal(shown.get("revisionId"), named, "lastBinding.revisionId", *both)
        member, service = api.read(member_id), shown.get("publishedServiceId")
        if not member.service_id:
            yield Missing("the member shows no publishedServiceId", (member.shown_by,))
        else:
            what = "lastBinding.publishedServiceId"
            yield expect.equal(service, member.service_id, what, member.shown_by, read)


@scenario("BND-04", requests=20, writes=4, leaves=2)
def a_bind_changes_its_own_member_only(api: Api) -> Judgements:
    good = api.fixture("good")
    one = api.bound_member().member_id
    other = api.member(good.kind, member_id=f"{one}-b").member_id
    binding, default = _bound(api, one), api.send.get_scope_binding()

    bound = api.bind(other, good).write

    after = _binding(api, one)
    what = "lastBinding of another member"
    yield expect.equal(_last(after, NAMES), _last(binding, NAMES), what, binding, bound, after)
    after = api.send.get_scope_binding()
    if default.ok and after.ok:
        what = "the default binding of the scope"
        yield expect.equal(_default(after), _default(default), what, default, bound, after)


def _default(read: Exchange) -> dict[str, object]:
    rows = read.members.get("revisions")
    shown = rows if isinstance(rows, list) else ()
    listed = [row.get("revisionId") for row in shown if isinstance(row, dict)]
    return {name: read.members.get(name) for name in DEFAULT} | {"revisions": listed}


@scenario("BND-05", requests=13, writes=3, leaves=1)
def a_rebind_makes_a_revision_of_the_same_service(api: Api) -> Judgements:
    first = api.fixture("good")
    second = api.another(first)
    member_id = api.member(first.kind).member_id
    bound = api.bind(member_id, first)
    before = _bound(api, member_id)

    write = api.send.bind_member(member_id, dict(second.branch))
    rebound = api.settle(write, partial(_moved_on, api, member_id, before))

    after = _binding(api, member_id)
    yield from whole(*_of_the_same_service(bound, before, rebound, after))


def _of_the_same_service(
    bound: Settled, before: Exchange, rebound: Settled, after: Exchange
) -> Iterator[Judgement]:
    shown_by = (bound.write, before, rebound.write, after)
    revisions = _revision(bound, before), _revision(rebound, after)
    if None in revisions:
        yield Missing("neither the bind nor the binding names its revision", shown_by)
    else:
        held = revisions[0] != revisions[1]
        yield expect.that(held, "a revision of its own for a rebind", revisions[1], *shown_by)
    services = [_last(read, NAMES).get("publishedServiceId") for read in (before, after)]
    if None in services:
        yield Missing("the binding shows no publishedServiceId", shown_by)
    else:
        what = "lastBinding.publishedServiceId after a rebind"
        yield expect.equal(services[1], services[0], what, *shown_by)


def _revision(bound: Settled, read: Exchange) -> object:
    return bound.target.get("revisionId") or _last(read, NAMES).get("revisionId")


def _moved_on(api: Api, member_id: str, before: Exchange) -> Exchange | None:
    """Read the binding; None while it is what it was."""
    read = api.send.get_member_binding(member_id)
    changed = _last(read, BINDING) != _last(before, BINDING)
    return read if read.ok and changed else None


@scenario("BND-06", requests=17, writes=4, leaves=1)
def a_failed_bind_leaves_what_served_before(api: Api) -> Judgements:
    good = api.fixture("good")
    member_id = api.bound_member().member_id
    before = _bound(api, member_id)

    broken = api.send.bind_member(member_id, UNPREPARABLE[good.kind])
    failure = _failure(api, broken)

    expected = "what was bound before, or a failure whose effect is not none"
    if failure.get("effect", "none") != "none":
        yield expect.that(True, expected, "", broken)  # noqa: FBT003
        return
    after = _binding(api, member_id)
    what = "lastBinding after a bind that failed"
    kept = expect.equal(_last(after, NAMES), _last(before, NAMES), what, before, broken, after)
    serving = _last(before, NAMES).get("revisionId")
    yield from whole(kept, _reaches(api, member_id, serving, broken))


def _failure(api: Api, broken: Exchange) -> Mapping[str, Any]:
    """Return the failure of a bind that cannot succeed; empty if it was refused at once.

    Raises:
        Unverified: it succeeded, or nothing is known of it.

    """
    if not broken.ok:
        if broken.status in REFUSALS and expect.code_of(broken):
            return {}
        raise Unverified(f"the broken bind was neither accepted nor refused: {broken.line}", broken)
    settled = api.verdict_of(broken)
    if settled.ending != "failed":
        raise Unverified(f"the broken bind did not fail: {settled.told}", broken, settled.last)
    return settled.failure


def _reaches(api: Api, member_id: str, revision_id: object, broken: Exchange) -> Judgement:
    """Judge that an invoke still runs on the revision."""
    invoked = api.invoke(member_id, api.fixture("good"))
    expected = f"an invoke that runs on revision {revision_id}, which served before"
    if not invoked.ok and (invoked.status not in TRANSPORT or expect.code_of(invoked) == NOT_READY):
        return expect.that(False, expected, expect.answer(invoked), broken, invoked)  # noqa: FBT003
    settled = api.verdict_of(invoked)
    if settled.ending == "failed":
        return expect.that(False, expected, settled.told, broken, invoked)  # noqa: FBT003
    run = api.run_in(settled)
    met = run.members.get("revisionId")
    if not run.ok or met is None:
        return Missing(f"the run names no revisionId: {run.line}", (run,))
    return expect.that(met == revision_id, expected, met, broken, run)


@scenario("BND-07", requests=6, writes=4, leaves=1)
def a_bind_of_nothing_and_a_bind_of_two_are_refused(api: Api) -> Judgements:
    good = api.fixture("good")
    member_id = api.member(good.kind).member_id
    two = {**good.branch, **FOREIGN[good.kind]}

    nothing = api.send.bind_member(member_id, {}, NONE)
    _wait(api, nothing)
    both = api.send.bind_member(member_id, two, TWO)
    _wait(api, both)

    twin = api.send.bind_member(member_id, dict(good.branch))
    what, codes = "a bind without an implementation", UNFIT_BIND[1:]
    yield ends_refused(api, twin, nothing, codes, what, statuses=UNFIT_STATUSES)
    what = "a bind of two implementations"
    yield ends_refused(api, twin, both, UNFIT_BIND, what, statuses=REFUSALS)


def _wait(api: Api, write: Exchange, shows: Callable[[], Exchange | None] | None = None) -> None:
    if write.ok:
        api.verdict_of(write, shows)


@scenario("BND-08", requests=18, writes=4, leaves=1, long=True)
def the_time_of_a_bind_is_that_of_its_commit_and_stays(api: Api) -> Judgements:
    good = api.fixture("good")
    member_id = api.member(good.kind).member_id
    api.bind(member_id, good)
    first, name = api.send.get_member_binding(member_id), api.names.fresh()

    api.let_pass(TELLABLE_SECONDS)
    reads = [api.send.get_member_binding(member_id) for _ in range(2)]
    renamed = api.send.update_member(member_id, {"displayName": name})
    _wait(api, renamed, partial(api.is_called, member_id, name))
    reads.append(api.send.get_member_binding(member_id))

    for later in reads:
        yield _dated_alike(first, later)
    rebound = api.bind(member_id, api.another(good), revisionId=f"{member_id}-again")
    yield _dated_by_its_commit(rebound, api.send.get_member_binding(member_id))


def _dated_alike(first: Exchange, later: Exchange) -> Judgement:
    dates = [_last(read, BINDING).get("boundAt") for read in (first, later)]
    bound, met = map(instant, dates)
    if bound is None or met is None:
        told = ", then ".join(map(expect.shown, dates))
        return Missing(f"the binding shows no boundAt: {told}", (first, later))
    held = abs(met - bound) <= TRUNCATION
    return expect.that(held, f"boundAt {dates[0]}, to the second", dates[1], first, later)


def _dated_by_its_commit(bound: Settled, read: Exchange) -> Judgement:
    accepted = instant(bound.write.members.get("acceptedAt"))
    completed = instant(bound.last.members.get("completedAt"))
    met = instant(_last(read, BINDING).get("boundAt"))
    shown_by = (bound.write, bound.last, read)
    if accepted is None or completed is None or met is None:
        return Missing("the bind's acceptedAt or completedAt or its boundAt is missing", shown_by)
    held = accepted - TRUNCATION <= met <= completed + TRUNCATION
    expected = f"boundAt between {accepted.isoformat()} and {completed.isoformat()}, to the second"
    return expect.that(held, expected, met.isoformat(), *shown_by)


def _binding(api: Api, member_id: str) -> Exchange:
    """Read the binding of a bound member.

    Raises:
        Unverified: it is not answered.

    """
    read = api.send.get_member_binding(member_id)
    if read.response is None or read.status in TRANSPORT:
        raise Unverified(f"the binding cannot be read: {read.line}", read)
    return read


def _bound(api: Api, member_id: str) -> Exchange:
    """Read the binding of a bound member; raise Unverified also where it shows none."""
    read = _binding(api, member_id)
    if not _last(read, NAMES):
        raise Unverified(f"the bound member shows no lastBinding: {read.line}", read)
    return read


def _last(read: Exchange, names: tuple[str, ...]) -> dict[str, object]:
    """Return what a read shows of the last binding, as far as the contract knows it."""
    last = read.members.get("lastBinding")
    return {name: last.get(name) for name in names} if isinstance(last, dict) else {}


SCENARIOS: Final[tuple[Scenario, ...]] = (
    a_member_never_bound_has_a_null_binding,
    the_binding_shows_the_revision_that_was_bound,
    a_bind_changes_its_own_member_only,
    a_rebind_makes_a_revision_of_the_same_service,
    a_failed_bind_leaves_what_served_before,
    a_bind_of_nothing_and_a_bind_of_two_are_refused,
    the_time_of_a_bind_is_that_of_its_commit_and_stays,
)
