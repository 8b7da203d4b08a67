"""Concurrent writes: one wins, each is told, nothing is undone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from conformance import expect
from conformance.api import Api, Settled, member_id_of
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
from conformance.history import ACCEPTED, BROKEN, TRANSPORT, not_offered
from conformance.scenarios.pag import Walk, next_token, pages_of, rows_of, walk

CREATORS: Final = 10
BINDERS: Final = 5
RENAMERS: Final = 5
CREATES: Final = 2
CONFLICT: Final = ("STUDIO_MEMBER_CONFLICT", "INVALID_STUDIO_MEMBER_REQUEST")
CONFLICT_STATUS: Final = 409
AT_ONCE: Final = "at once"
ORDERS: Final = (AT_ONCE, "rename first", "bind first", AT_ONCE)


@dataclass(frozen=True, slots=True)
class Ended:
    """How one of several writes at once ended.

    Attributes:
        asked: what told it from the others.
        settled: its verdict; None where it was refused.

    """

    asked: str
    write: Exchange
    settled: Settled | None

    @property
    def code(self) -> str:
        """The code of its refusal or failure."""
        failure = self.settled.failure if self.settled else {}
        return str(failure.get("code") or "") if self.write.ok else expect.code_of(self.write)

    @property
    def ready(self) -> bool:
        """Whether its answers say that it was done; a 200 without a receipt says so too."""
        return self.settled is not None and self.settled.ending == "ready" and not self._untold

    @property
    def unknown(self) -> bool:
        """Whether nobody can say what became of it."""
        if self.write.response is None or self.write.status in TRANSPORT:
            return True
        decided = self.settled is None or self.ready or self.settled.ending == "failed"
        return self._untold or not decided

    @property
    def _untold(self) -> bool:
        """Whether it was accepted, without a word about where to see its verdict."""
        named = isinstance(self.write.members.get("statusUrl"), str)
        return self.write.status == ACCEPTED and not named

    @property
    def revision_id(self) -> str:
        """The revision that a bind made, as its answers name it."""
        expected = self.write.members.get("expected")
        places = (
            self.settled.target if self.settled else {},
            expected if isinstance(expected, dict) else {},
            self.write.members,
        )
        named = (place.get("revisionId") for place in places)
        return next((name for name in named if isinstance(name, str)), self.asked)


def _followed(api: Api, asked: str, write: Exchange, shows: Callable[[], Exchange | None]) -> Ended:
    """Follow a write to its verdict, by its receipt or by what shows it."""
    return Ended(asked, write, api.verdict_of(write, shows) if write.ok else None)


@scenario("CON-01", requests=12, writes=10, leaves=1)
def of_many_creates_at_once_one_wins(api: Api) -> Judgements:
    member_id = api.names.fresh()
    is_there = partial(api.shows, member_id)
    names = [f"Creator {number}" for number in range(CREATORS)]
    writes = api.at_once(*(partial(_create, api, member_id, name) for name in names))
    named = {member_id_of(write, member_id) for write in writes if write.ok}
    if named and member_id not in named:
        yield expect.branch("ids_are_the_servers", *writes[:2])
        return
    if named - {member_id}:
        raise Unverified("creates of one memberId were accepted under several", *writes)

    ended = [_followed(api, *one, is_there) for one in zip(names, writes, strict=True)]

    lost = [_ends_in_conflict(one) for one in ended if not (one.ready or one.unknown)]
    yield from whole(_one_won(ended), *lost, _kept(api, member_id, ended))


def _ends_in_conflict(one: Ended) -> Judged:
    expected = f"a create that lost ends in conflict: {' or '.join(CONFLICT)}"
    held = one.code in CONFLICT or (one.code and one.write.status == CONFLICT_STATUS)
    return expect.that(held, expected, _told(one), one.write)


def _create(api: Api, member_id: str, name: str) -> Exchange:
    body = {"memberId": member_id, "displayName": name}
    return api.send.create_member({**body, "implementationKind": api.target.kinds[0]})


def _told(one: Ended) -> str:
    return one.settled.told if one.settled else expect.answer(one.write)


def _one_won(ended: list[Ended]) -> Judgement:
    won, unknown = [one for one in ended if one.ready], [one for one in ended if one.unknown]
    if len(won) <= 1 and unknown:
        what = f"what became of {len(unknown)} of {len(ended)} creates is unknown"
        return Missing(what, (unknown[0].write,))
    shown_by = [one.write for one in (won or ended)[:2]]
    return expect.that(len(won) == 1, "one create wins", f"{len(won)} do", *shown_by)


def _kept(api: Api, member_id: str, ended: list[Ended]) -> Judgement:
    """Judge that the member is as a create that was told so asked for it."""
    won = [one for one in ended if one.ready or one.unknown]
    read = api.send.get_member(member_id)
    name = _summary(read).get("displayName")
    if not won or not read.ok:
        return Missing(f"nobody won, or the member cannot be read: {read.line}", (read,))
    expected = f"displayName {' or '.join(one.asked for one in won)}"
    held = name in [one.asked for one in won]
    return expect.that(held, expected, name, won[0].write, read)


def _summary(read: Exchange) -> dict[str, Any]:
    summary = read.members.get("summary")
    return summary if isinstance(summary, dict) else {}


@scenario("CON-02", requests=18, writes=6, leaves=1)
def of_many_binds_at_once_one_that_was_ready_stands(api: Api) -> Judgements:
    member_id = api.member(api.fixture("good").kind).member_id
    is_bound = partial(_shows_binding, api, member_id)
    revisions = [f"{member_id}-r{number}" for number in range(BINDERS)]
    writes = api.at_once(*(partial(_bind, api, member_id, one) for one in revisions))

    ended = [_followed(api, *one, is_bound) for one in zip(revisions, writes, strict=True)]

    stands = _bound_by_one_that_was_ready(api.send.get_member_binding(member_id), ended)
    yield from whole(*_decided(ended), stands)


def _decided(ended: list[Ended]) -> Iterator[Judged]:
    for one in ended:
        if one.settled and not one.unknown:
            yield expect.that(True, "a verdict", "", one.write, one.settled.last)  # noqa: FBT003
        elif one.settled and one.settled.ending == "overdue":
            expected = "a verdict by the deadline"
            yield expect.that(False, expected, _told(one), one.write, one.settled.last)  # noqa: FBT003


def _bind(api: Api, member_id: str, revision_id: str) -> Exchange:
    body = {**api.fixture("good").branch, "revisionId": revision_id}
    return api.send.bind_member(member_id, body)


def _bound_by_one_that_was_ready(read: Exchange, ended: list[Ended]) -> Judgement:
    last = _last_bound(read)
    ready = sorted(one.revision_id for one in ended if one.ready)
    lost = {one.revision_id: one for one in ended if not (one.ready or one.unknown)}
    if last in lost:
        expected = f"lastBinding names a bind that was ready: {' or '.join(ready) or 'none'}"
        met = f"{last}, whose bind was not: {_told(lost[last])}"
        return expect.that(False, expected, met, lost[last].write, read)  # noqa: FBT003
    if last not in ready:
        return Missing(f"lastBinding names {last}, which no bind is known by", (read,))
    return expect.that(True, "lastBinding names a bind that was ready", last, read)  # noqa: FBT003


def _shows_binding(api: Api, member_id: str, revision_id: str = "") -> Exchange | None:
    read = api.send.get_member_binding(member_id)
    last = _last_bound(read)
    return read if last and revision_id in {"", last} else None


def _last_bound(read: Exchange) -> str:
    last = read.members.get("lastBinding")
    return expect.spelt(last.get("revisionId")) if isinstance(last, dict) else ""


@scenario("CON-03", requests=28, writes=9, leaves=1)
def a_rename_and_a_bind_at_once_undo_nothing_of_each_other(api: Api) -> Judgements:
    member_id = api.member(api.fixture("good").kind).member_id
    for number, order in enumerate(ORDERS):
        name, revision_id = f"Renamed {number}", f"{member_id}-r{number}"
        rename = partial(api.send.update_member, member_id, {"displayName": name})
        writes = _in_order(api, order, rename, partial(_bind, api, member_id, revision_id))
        renamed = _followed(api, name, writes[0], partial(api.is_called, member_id, name))
        is_bound = partial(_shows_binding, api, member_id, revision_id)
        bound = _followed(api, revision_id, writes[1], is_bound)

        member, binding = api.send.get_member(member_id), api.send.get_member_binding(member_id)
        yield from whole(*_both_stand(renamed, bound, member, binding))


def _both_stand(
    renamed: Ended, bound: Ended, member: Exchange, binding: Exchange
) -> Iterator[Judgement]:
    writes = (renamed.write, bound.write)
    yield from _fails_typed(renamed, bound)
    if renamed.ready:
        met = _summary(member).get("displayName")
        yield _stands(met, renamed.asked, "displayName", *writes, member)
    if bound.ready:
        met = _last_bound(binding)
        yield _stands(met, bound.revision_id, "lastBinding", *writes, binding)


def _in_order(
    api: Api, order: str, rename: Callable[[], Exchange], bind: Callable[[], Exchange]
) -> list[Exchange]:
    """Send a rename and a bind, none waiting for the other's verdict; return them in this order."""
    if order == AT_ONCE:
        return api.at_once(rename, bind)
    if order == "bind first":
        return [bind(), rename()][::-1]
    return [rename(), bind()]


def _fails_typed(*both: Ended) -> Iterator[Judgement]:
    for one in both:
        if not_offered(one.write):
            raise NotOffered(one.write)
        if not (one.ready or one.unknown):
            held = one.code and one.write.status < BROKEN
            yield expect.that(held, "done, or refused with a code", _told(one), one.write)
        elif one.unknown:
            yield Missing(f"what became of a write is unknown: {one.write.line}", (one.write,))


def _stands(met: object, value: str, what: str, *shown_by: Exchange) -> Judged | Missing:
    """Judge what a command that was ready left; the last exchange is the read that shows it."""
    read = shown_by[-1]
    if not read.ok:
        return Missing(f"what the write left cannot be read: {read.line}", (read,))
    return expect.that(met == value, f"{what} {value}, as its command was ready", met, *shown_by)


@scenario("CON-04", requests=16, writes=8, leaves=1)
def each_change_has_a_version_of_its_own(api: Api) -> Judgements:
    member_id = api.member(api.target.kinds[0]).member_id
    before = api.rename(member_id, "Version before")
    renames = [
        partial(api.send.update_member, member_id, {"displayName": f"Version {number}"})
        for number in range(RENAMERS)
    ]

    settled = [api.verdict_of(write) for write in api.at_once(*renames) if write.ok]

    after = api.rename(member_id, "Version after")
    first, last = _versioned([before]), _versioned([after])
    between = _versioned([one for one in settled if one.ending == "ready"])
    if not (first and last):
        raise Unverified("the verdict of a rename tells no stateVersion", before.last)
    yield _all_apart(between or first)
    yield from (_later(first[0], one) for one in (*between, *last))
    yield from (_later(one, last[0]) for one in between)


Versioned = tuple[float, Settled]


def _versioned(settled: list[Settled]) -> list[Versioned]:
    told = [(one.last.members.get("stateVersion"), one) for one in settled]
    return [(version, one) for version, one in told if isinstance(version, int | float)]


def _all_apart(changes: list[Versioned]) -> Judged:
    versions = sorted(version for version, _ in changes)
    expected = f"{len(changes)} changes at once with a stateVersion each"
    shown_by = [one.last for _, one in changes]
    return expect.that(len(set(versions)) == len(versions), expected, versions, *shown_by)


def _later(earlier: Versioned, later: Versioned) -> Judged:
    expected = f"stateVersion above {earlier[0]}, that of a change before"
    return expect.that(later[0] > earlier[0], expected, later[0], earlier[1].last, later[1].last)


@scenario("CON-05", requests=22, writes=5, leaves=5)
def a_walk_beside_creates_repeats_nothing(api: Api) -> Judgements:
    kind = api.target.kinds[-1]
    made = [api.member(kind) for _ in range(CREATES + 1)]
    size = walk(api).small

    pages: list[Exchange] = []
    for page in pages_of(api, size):
        pages.append(page)
        if len(pages) <= CREATES and next_token(page):
            made.append(api.member(kind))

    if len(pages) <= CREATES or not pages[-1].ok:
        raise Unverified(f"the roster is walked in {len(pages)} pages of {size}", *pages)
    expected = f"each member once on {len(pages)} pages of {size}"
    twice = _shown_twice(api, Walk(tuple(pages)))
    met = twice[0][0]["memberId"] if twice else ""
    yield expect.that(not twice, expected, f"{met} twice", *(twice[0][1:] if twice else pages[:2]))


def _shown_twice(api: Api, whole: Walk) -> list[tuple[dict[str, Any], Exchange, Exchange]]:
    """Return the rows of this run that two pages show alike, each with these pages.

    A member that changed in between may have moved, and then its row is another.
    """
    rows = [(row, page) for page in whole.pages for row in rows_of(page)]
    own = [(row, page) for row, page in rows if row["memberId"].startswith(f"{api.names.prefix}-")]
    return [
        (row, page, other)
        for place, (row, page) in enumerate(own)
        for again, other in own[place + 1 :]
        if again == row
    ]


SCENARIOS: Final[tuple[Scenario, ...]] = (
    of_many_creates_at_once_one_wins,
    of_many_binds_at_once_one_that_was_ready_stands,
    a_rename_and_a_bind_at_once_undo_nothing_of_each_other,
    each_change_has_a_version_of_its_own,
    a_walk_beside_creates_repeats_nothing,
)
