"""Readiness: whether a member can be invoked now, and that asking changes nothing."""

from functools import partial
from typing import Any, Final

from conformance import expect
from conformance.api import Api, Settled
from conformance.checks import (
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
from conformance.history import TRANSPORT, not_offered
from conformance.refusals import REFUSALS

MISSING: Final = ("STUDIO_MEMBER_NOT_FOUND",)
UNBOUND: Final = ("STUDIO_MEMBER_NOT_BOUND", "INVALID_STUDIO_MEMBER_REQUEST")
UNREADY: Final = ("_NOT_BOUND", "_NOT_READY", "_TARGET_UNAVAILABLE", "_TARGET_NOT_FOUND")
LOOKS: Final = 10
AFTERWARDS: Final = f"after {LOOKS} looks at readiness"


def readiness_of(api: Api, member_id: str) -> Exchange:
    """Ask whether a member can be invoked now.

    Raises:
        NotOffered: the server says that it does not offer the question.
        Unverified: the transport answers.

    """
    read = api.send.get_member_binding_readiness(member_id)
    if not_offered(read):
        raise NotOffered(read)
    if read.response is None or read.status in TRANSPORT:
        raise Unverified(f"readiness cannot be read: {read.line}", read)
    return read


def _look(api: Api, settled: Settled) -> Exchange | None:
    """Follow the readinessUrl that a write's answers give; None where they give none."""
    given = settled.url("readinessUrl")
    return api.send.follow(*given) if given and api.send.may_follow(*given) else None


@scenario("RDY-02", requests=10, writes=3, leaves=1)
def what_reads_ready_can_be_invoked(api: Api) -> Judgements:
    good = api.fixture("good")
    member_id = api.member(good.kind).member_id
    readiness_of(api, member_id)
    bind = api.send.bind_member(member_id, dict(good.branch))
    if not bind.ok:
        raise Unverified(f"a legal bind was refused: {bind.line}", bind)

    ready = api.in_a_hurry().until(bind, partial(_ready, api, member_id))
    invoked = api.invoke(member_id, good)

    yield _taken(api, ready, invoked)


def _ready(api: Api, member_id: str) -> Exchange | None:
    read = readiness_of(api, member_id)
    return read if read.members.get("status") == "ready" else None


def _taken(api: Api, ready: Exchange, invoked: Exchange) -> Judgement:
    code = api.refusal_of(invoked)
    unready = code.endswith(UNREADY)
    if not invoked.ok and not unready:
        return Missing(f"the invoke was refused for another reason: {invoked.line}", (invoked,))
    expected = "an invoke after a ready reading is not refused as too early"
    return expect.that(not unready, expected, code, ready, invoked)


@scenario("RDY-03", requests=11, writes=3, leaves=1)
def readiness_is_about_the_revision_that_it_names(api: Api) -> Judgements:
    other = _another(api)
    member = api.bound_member()
    member_id = member.member_id
    ready = api.until(member.shown_by, partial(_ready, api, member_id))
    expected = "a ready reading names target.revisionId or stateVersion"
    named = expect.that(_subject(ready), expected, ready.members.get("target"), ready)
    if not named.held:
        yield named
        return

    write = api.send.update_member_implementation(member_id, other)
    updated = api.settle(write)

    later = api.until(write, partial(_stale, api, member_id, updated.version))
    held = later.members.get("status") != "ready" or "ImplementationCurrent" in _untrue(later)
    expected = "not ready once another implementation is stored, or ImplementationCurrent false"
    stale = expect.that(held, expected, _said(later), ready, updated.last, later)
    yield from whole(named, stale)


def _another(api: Api) -> dict[str, Any]:
    """Return another implementation of the good one's kind, as the body of an update."""
    good = api.fixture("good")
    for other in (api.target.slow, api.target.poison):
        if other and other.kind == good.kind and other.branch != good.branch:
            return dict(other.branch)
    raise Unverified(
        "the target has one implementation only: describe another of the same kind under "
        "[implementations.slow] or [implementations.poison] in the target file"
    )


def _subject(ready: Exchange) -> object:
    target = ready.members.get("target")
    named = target.get("revisionId") if isinstance(target, dict) else None
    return named or ready.members.get("stateVersion")


def _stale(api: Api, member_id: str, version: object) -> Exchange | None:
    """Read readiness; None while it is ready and has not said that it saw the version."""
    read = readiness_of(api, member_id)
    seen = [read.members.get(name) for name in ("stateVersion", "observedStateVersion")]
    newest = max((one for one in seen if expect.is_whole(one)), default=0)
    told = expect.is_whole(version) and newest >= version
    return read if told or (read.ok and read.members.get("status") != "ready") else None


def _untrue(read: Exchange) -> list[object]:
    listed = read.members.get("conditions")
    rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
    return [row.get("type") for row in rows if row.get("status") != "true"]


def _said(read: Exchange) -> str:
    words = (read.members.get(name) for name in ("status", "reason"))
    return " ".join(map(str, [read.status, *(one for one in words if one is not None)]))


@scenario("RDY-04", requests=9, writes=2, leaves=1)
def a_bind_that_is_ready_reads_ready(api: Api) -> Judgements:
    api, good = api.in_a_hurry(), api.fixture("good")
    member_id = api.member(good.kind).member_id
    readiness_of(api, member_id)
    bind = api.send.bind_member(member_id, dict(good.branch))
    _look(api, Settled(bind, "undecided", bind))

    settled = api.settle(bind)

    read = _look(api, settled)
    if read is None:
        raise Unverified("neither receipt nor status gives a readinessUrl", bind, settled.last)
    target = read.members.get("target")
    met = target.get("revisionId") if isinstance(target, dict) else None
    named = settled.target.get("revisionId")
    held = read.members.get("status") == "ready" and (met == named or None in (met, named))
    expected = f"ready for {expect.named('revision', named)} once the bind is ready"
    actual = f"{_said(read)} for {expect.shown(met)}"
    yield expect.that(held, expected, actual, settled.last, read)


@scenario("RDY-06", requests=6, writes=2, leaves=1)
def the_readiness_of_a_bind_that_failed(api: Api) -> Judgements:
    broken = api.unpreparable
    member_id = api.member(broken.kind).member_id
    readiness_of(api, member_id)
    bind = api.send.bind_member(member_id, broken.branch)
    if bind.status in REFUSALS and expect.code_of(bind):
        yield expect.branch("refused_synchronously", bind)
        return

    settled = api.verdict_of(bind)
    read = _look(api, settled)

    if settled.ending != "failed":
        yield Missing(f"the broken bind ended {settled.ending}", (bind, settled.last))
    elif read is None:
        yield Missing("neither receipt nor status gives a readinessUrl", (bind, settled.last))


@scenario("RDY-08", requests=19, writes=1, leaves=1)
def asking_for_readiness_changes_nothing(api: Api) -> Judgements:
    member = api.member(api.target.kinds[0])
    member_id = member.member_id
    for _ in api.looks(member.shown_by):
        revisions = api.send.list_member_revisions(member_id)
        if revisions.ok or not_offered(revisions):
            break
    before, first = _state(api, member_id)

    reads = [readiness_of(api, member_id) for _ in range(LOOKS)]

    after, last = _state(api, member_id)
    yield from whole(
        *(
            expect.equal(after[name], value, f"{name} {AFTERWARDS}", first, reads[0], last)
            if name in after
            else Missing(f"{name} cannot be read {AFTERWARDS}", (first, last))
            for name, value in before.items()
        )
    )


def _state(api: Api, member_id: str) -> tuple[dict[str, object], Exchange]:
    detail, revisions = api.read(member_id).shown_by, api.send.list_member_revisions(member_id)
    summary = detail.members["summary"]
    state = {name: detail.members.get(name) for name in ("lastBinding", "implementationRef")}
    state |= {name: summary.get(name) for name in ("lifecycleStage", "stateVersion")}
    state["version of the document"] = detail.members.get("stateVersion")
    if revisions.ok:
        state["revisions"] = revisions.members.get("revisions")
    return state, detail


@scenario("RDY-09", requests=13, writes=3, leaves=2)
def readiness_tells_missing_from_unbound(api: Api) -> Judgements:
    bound, unbound = api.bound_member(), api.member()
    twin = readiness_of(api, bound.member_id)

    missing = readiness_of(api, api.names.fresh())
    early = readiness_of(api, unbound.member_id)

    yield expect.refused_unlike(twin, missing, {404}, MISSING, "readiness of a missing member")
    what = "readiness of an unbound member"
    if early.ok:
        said = (early.members.get("status"), early.members.get("reason"))
        yield expect.equal(said, ("pending", UNBOUND[0]), f"{what} (status, reason)", early)
    else:
        yield expect.refused_unlike(twin, early, {400, 404, 409}, UNBOUND, what)


SCENARIOS: Final[tuple[Scenario, ...]] = (
    what_reads_ready_can_be_invoked,
    readiness_is_about_the_revision_that_it_names,
    a_bind_that_is_ready_reads_ready,
    the_readiness_of_a_bind_that_failed,
    asking_for_readiness_changes_nothing,
    readiness_tells_missing_from_unbound,
)
