"""Revisions: activated, retired, and refused where they are unknown or retired."""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from conformance import expect
from conformance.api import Api, Settled
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
from conformance.history import TRANSPORT, not_offered
from conformance.refusals import ends_refused

MISSING: Final = "STUDIO_MEMBER_NOT_FOUND"
UNBOUND: Final = "STUDIO_MEMBER_NOT_BOUND"
UNKNOWN: Final = "STUDIO_MEMBER_BINDING_REVISION_NOT_FOUND"
RETIRED: Final = "STUDIO_MEMBER_BINDING_REVISION_RETIRED"
FAMILY: Final = {
    "activate": "INVALID_STUDIO_MEMBER_BINDING_ACTIVATION_REQUEST",
    "retire": "INVALID_STUDIO_MEMBER_BINDING_REVISION_REQUEST",
}
REFUSALS: Final = (400, 404, 409)

refused = partial(ends_refused, statuses=REFUSALS)


def revised(api: Api, count: int = 2) -> tuple[str, list[str]]:
    """Bind a fresh member so many times; give its id and its revisions, the serving one last.

    Raises:
        Unverified: a bind names no revision, or none of its own.

    """
    good = api.fixture("good")
    member_id = api.member(good.kind).member_id
    revisions: list[str] = []
    for number in range(count):
        bound = api.bind(member_id, good, revisionId=f"{member_id}-r{number + 1}")
        named = bound.target.get("revisionId") or _last_bound(api, member_id)
        if not isinstance(named, str) or named in revisions:
            raise Unverified(f"a bind made no revision of its own, but {named}", bound.write)
        revisions.append(named)
    return member_id, revisions


def _last_bound(api: Api, member_id: str) -> object:
    last = api.send.get_member_binding(member_id).members.get("lastBinding")
    return last.get("revisionId") if isinstance(last, dict) else None


def act(api: Api, action: str, member_id: str, revision_id: str) -> Exchange:
    """Ask to activate or to retire a revision."""
    if action == "activate":
        return api.send.activate_member_revision(member_id, revision_id)
    return api.send.retire_member_revision(member_id, revision_id)


def done(api: Api, action: str, member_id: str, revision_id: str) -> Settled:
    """Activate or retire a revision and wait until it is ready."""
    write = act(api, action, member_id, revision_id)
    return api.settle(write, partial(shows, api, action, member_id, revision_id))


def shows(api: Api, action: str, member_id: str, revision_id: str) -> Exchange | None:
    """Read where an activation or a retirement can be seen; None until it is."""
    if action == "activate":
        read = api.send.get_member_endpoint_contract(member_id, api.endpoint)
        return read if read.members.get("revisionId") == revision_id else None
    read = api.send.list_member_revisions(member_id)
    retired = {"revisionId": revision_id, "status": "retired"}.items()
    return read if any(retired <= row.items() for row in _rows(read)) else None


def _rows(listed: Exchange) -> list[dict[str, Any]]:
    rows = listed.members.get("revisions")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


@scenario("REV-02", requests=16, writes=6, leaves=1)
def an_unknown_revision_is_neither_activated_nor_retired(api: Api) -> Judgements:
    member_id, (known,) = revised(api, 1)
    unknown = api.names.fresh()
    for action, family in FAMILY.items():
        twin = done(api, action, member_id, known).write

        asked = act(api, action, member_id, unknown)

        yield refused(api, twin, asked, (UNKNOWN, family), f"to {action} an unknown revision")


@scenario("REV-03", requests=27, writes=7, leaves=1)
def a_retired_revision_is_not_activated_again(api: Api) -> Judgements:
    member_id, (retired, serving) = revised(api)
    done(api, "retire", member_id, retired)

    asked = act(api, "activate", member_id, retired)

    if asked.ok:
        api.verdict_of(asked)
    invoked = api.verdict_of(api.invoke(member_id, api.fixture("good")))
    twin = done(api, "activate", member_id, serving).write
    codes, what = (RETIRED, FAMILY["activate"]), "to activate a retired revision"
    yield refused(api, twin, asked, codes, what)
    yield _ran(api.run_in(invoked), serving, asked)


def _ran(run: Exchange, revision_id: str, asked: Exchange) -> Judgement:
    """Judge that the serving revision stayed; a run that names none is not compared."""
    met = run.members.get("revisionId")
    if not run.ok or met is None:
        return Missing(f"the run names no revisionId: {run.line}", (run,))
    return expect.equal(met, revision_id, "revisionId of an unpinned run after it", asked, run)


@scenario("REV-04", requests=25, writes=6, leaves=1)
def a_repeated_revision_action_converges(api: Api) -> Judgements:
    member_id, (retired, serving) = revised(api)
    first = done(api, "retire", member_id, retired)
    revisions = partial(api.send.list_member_revisions, member_id)
    before = api.caught_up(first, revisions, partial(_lists, retired, "retired"))

    endings: list[Settled] = []
    for action, revision_id in (("retire", retired), ("activate", serving)):
        again = act(api, action, member_id, revision_id)
        shown = partial(shows, api, action, member_id, revision_id)
        settled = api.verdict_of(again, shown) if again.ok else None
        converged = _converged(again, settled, action)
        if settled is None or settled.ending != "ready":
            yield converged
            return
        endings.append(settled)

    yield from whole(converged, *_left_as_it_was(api, before, endings[-1], serving))


def _left_as_it_was(
    api: Api, before: Exchange, again: Settled, serving: str
) -> Iterator[Judgement]:
    """Judge the list, the contract and the readiness after repeats of what was so already."""
    member_id = again.write.parameters["memberId"]
    revisions = partial(api.send.list_member_revisions, member_id)
    after = api.caught_up(again, revisions, lambda read: _states(read) == _states(before))
    if not_offered(after):
        yield expect.branch("not_offered", after)
    elif not (before.ok and after.ok) or expect.is_behind(after, again.version):
        yield Missing(f"the revisions cannot be compared: {after.line}", (before, after))
    else:
        what = "status and isServing of each revision afterwards"
        yield expect.equal(_states(after), _states(before), what, before, again.write, after)
    contract = partial(api.send.get_member_endpoint_contract, member_id, api.endpoint)
    shown = api.caught_up(again, contract, lambda read: read.members.get("revisionId") == serving)
    yield from _about(serving, again, "afterwards", shown, _readiness(api, again))


def _lists(revision_id: str, word: str, listed: Exchange) -> bool:
    return not listed.ok or _states(listed).get(revision_id, [None])[0] == word


def _states(listed: Exchange) -> dict[object, list[object]]:
    """Return what a list says of each revision."""
    return {
        row.get("revisionId"): [row.get("status"), row.get("isServing")] for row in _rows(listed)
    }


def _converged(again: Exchange, settled: Settled | None, action: str) -> Judgement:
    expected = f"to {action} again what is so already ends ready"
    if again.response is None or again.status in TRANSPORT:
        return Missing(f"the transport answered: {again.line}", (again,))
    if settled is None:
        return expect.that(False, expected, expect.answer(again), again)  # noqa: FBT003
    if settled.ending in {"undecided", "unreadable", "timed_out"}:
        return Missing(f"{again.line} then was {settled.ending}", (again, settled.last))
    return expect.that(settled.ending == "ready", expected, settled.told, again, settled.last)


@scenario("REV-05", requests=19, writes=4, leaves=1)
def an_activated_revision_is_default_and_serving(api: Api) -> Judgements:
    member_id, (first, _) = revised(api)

    activated = done(api.in_a_hurry(), "activate", member_id, first)

    contract = api.send.get_member_endpoint_contract(member_id, api.endpoint)
    readiness = _readiness(api, activated)
    yield from whole(*_about(first, activated, "once the activate is ready", contract, readiness))


def _readiness(api: Api, change: Settled) -> Exchange:
    """Read readiness until it no longer says itself that it has not seen a change."""
    member_id = change.write.parameters["memberId"]
    look = partial(api.send.get_member_binding_readiness, member_id)
    return api.caught_up(change, look, lambda _: True)


def _about(
    revision_id: str, change: Settled, when: str, contract: Exchange, readiness: Exchange
) -> Iterator[Judgement]:
    """Judge which revision the contract and the readiness are about, where they name one."""
    target = readiness.members.get("target")
    named = target.get("revisionId") if isinstance(target, dict) else None
    shown = {
        "contract": (contract, contract.members.get("revisionId")),
        "readiness": (readiness, named),
    }
    for name, (read, met) in shown.items():
        if not_offered(read):
            yield expect.branch("not_offered", read)
        elif not read.ok or expect.is_behind(read, change.version):
            yield Missing(f"the {name} cannot be compared: {read.line}", (read,))
        elif isinstance(met, str):
            what = f"revisionId of the {name} {when}"
            yield expect.equal(met, revision_id, what, change.last, read)
    if not any(isinstance(met, str) for _, met in shown.values()):
        yield Missing("neither contract nor readiness names a revision", (contract, readiness))


@scenario("REV-06", requests=24, writes=9, leaves=2)
def a_revision_of_nobody_and_one_of_an_unbound_member(api: Api) -> Judgements:
    member_id, (known,) = revised(api, 1)
    unbound, nobody = api.member(api.fixture("good").kind).member_id, api.names.fresh()
    for action, family in FAMILY.items():
        twin = done(api, action, member_id, known).write

        missing = act(api, action, nobody, known)
        early = act(api, action, unbound, known)

        yield refused(
            api, twin, missing, (MISSING,), f"to {action} at a missing member", statuses={404}
        )
        yield refused(api, twin, early, (UNBOUND, family), f"to {action} at an unbound member")


SCENARIOS: Final[tuple[Scenario, ...]] = (
    an_unknown_revision_is_neither_activated_nor_retired,
    a_retired_revision_is_not_activated_again,
    a_repeated_revision_action_converges,
    an_activated_revision_is_default_and_serving,
    a_revision_of_nobody_and_one_of_an_unbound_member,
)
