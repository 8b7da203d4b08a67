"""Concurrent writes: one wins, each is told, nothing is undone."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from conformance import expect
from conformance.api import Api, How, Settled, member_id_of
from conformance.checks import Judged, Judgements, Missing, Scenario, Unverified, scenario
from conformance.exchange import Exchange

CREATORS: Final = 10
BINDERS: Final = 5
RENAMERS: Final = 4
ROUNDS: Final = 4
PAGES: Final = 12
CONFLICT: Final = ("STUDIO_MEMBER_CONFLICT", "INVALID_STUDIO_MEMBER_REQUEST")
UNKNOWN: Final = ("undecided", "unreadable", "timed_out", "vanished")


@scenario("CON-01", requests=30, writes=10, leaves=1)
def of_many_creates_at_once_one_wins(api: Api) -> Judgements:
    member_id = api.names.fresh()
    names = [f"Creator {number}" for number in range(CREATORS)]
    writes = api.at_once(*(partial(_create, api, member_id, name) for name in names))
    if len({member_id_of(write, member_id) for write in writes if write.ok}) > 1:
        raise Unverified("the server gives every member an id of its own", *writes[:2])
    ended = [_ended(api, write, member_id, name) for write, name in zip(writes, names, strict=True)]

    unknown = [one for one in ended if one is None]
    if unknown:
        raise Unverified(f"{len(unknown)} of {CREATORS} creates have no verdict", writes[0])
    won = [write for write, word in zip(writes, ended, strict=True) if word == "won"]
    yield expect.that(len(won) == 1, "one create wins", f"{len(won)} do", *(won or writes)[:2])
    lost = [(write, word) for write, word in zip(writes, ended, strict=True) if word != "won"]
    for write, code in lost:
        expected = f"a create that lost ends in conflict: {' or '.join(CONFLICT)}"
        yield expect.that(code in CONFLICT, expected, code or expect.answer(write), write)


def _create(api: Api, member_id: str, name: str) -> Exchange:
    body = {"memberId": member_id, "displayName": name, "implementationKind": "workflow"}
    return api.send.create_member(body)


def _ended(api: Api, write: Exchange, member_id: str, name: str) -> str | None:
    """Return `won`, or the code with which a create lost; None where nobody can tell."""
    if not write.ok:
        return expect.code_of(write) or None
    settled = api.verdict_of(write, partial(_is_called, api, member_id, name))
    if settled.ending in UNKNOWN:
        return None
    return "won" if settled.ending == "ready" else str(settled.failure.get("code"))


def _is_called(api: Api, member_id: str, name: str) -> Exchange | None:
    read = api.send.get_member(member_id)
    return read if _summary(read).get("displayName") == name else None


def _summary(read: Exchange) -> dict[str, Any]:
    summary = read.members.get("summary")
    return summary if isinstance(summary, dict) else {}


@scenario("CON-02", requests=30, writes=6, leaves=1)
def of_many_binds_at_once_the_last_that_was_ready_stands(api: Api) -> Judgements:
    good = api.fixture("good")
    member_id = api.member(good.kind).member_id
    revisions = [f"{member_id}-r{number}" for number in range(BINDERS)]
    writes = api.at_once(*(partial(_bind, api, member_id, one) for one in revisions))

    accepted = [(one, name) for one, name in zip(writes, revisions, strict=True) if one.ok]
    settled = [
        (api.verdict_of(one, partial(_bound, api, member_id)), name) for one, name in accepted
    ]
    for one, _ in settled:
        expected = "each bind is decided by its deadline"
        if one.ending in UNKNOWN:
            yield Missing(f"a bind ended {one.ending}: {one.write.line}", (one.write, one.last))
        else:
            yield expect.that(one.ending != "overdue", expected, one.told, one.write, one.last)
    ready = {str(one.target.get("revisionId") or name) for one, name in settled if _ready(one)}
    shown = api.send.get_member_binding(member_id)
    last = shown.members.get("lastBinding")
    met = last.get("revisionId") if isinstance(last, dict) else None
    if not ready or any(one.ending in UNKNOWN for one, _ in settled):
        raise Unverified("which of the binds were ready is not known", shown)
    expected = f"lastBinding names a bind that was ready: {' or '.join(sorted(ready))}"
    yield expect.that(met in ready, expected, met, shown)


def _bind(api: Api, member_id: str, revision_id: str) -> Exchange:
    body = {**api.fixture("good").branch, "revisionId": revision_id}
    return api.send.bind_member(member_id, body)


def _bound(api: Api, member_id: str) -> Exchange | None:
    read = api.send.get_member_binding(member_id)
    return read if isinstance(read.members.get("lastBinding"), dict) else None


def _ready(settled: Settled) -> bool:
    return settled.ending == "ready"


@scenario("CON-03", requests=40, writes=9, leaves=1)
def a_rename_and_a_bind_at_once_undo_nothing_of_each_other(api: Api) -> Judgements:
    member_id = api.member(api.fixture("good").kind).member_id
    for number in range(ROUNDS):
        name, revision_id = f"Renamed {number}", f"{member_id}-r{number}"
        rename = partial(api.send.update_member, member_id, {"displayName": name})
        bind = partial(_bind, api, member_id, revision_id)
        at_once = number % 2 == 0
        both = api.at_once(rename, bind) if at_once else [rename(), bind()]
        renamed = _settled(api, both[0], partial(_is_called, api, member_id, name))
        bound = _settled(api, both[1], partial(_binds, api, member_id, revision_id))
        yield from _both_stand(api, renamed, bound, (name, revision_id))


def _both_stand(
    api: Api, renamed: Settled | None, bound: Settled | None, asked: tuple[str, str]
) -> Judgements:
    """Judge that what ended ready is there, whatever became of the other."""
    ended = [one for one in (renamed, bound) if one]
    shown_by = [one.write for one in ended]
    if not shown_by:
        yield Missing("both a rename and a bind were refused")
        return
    read = api.send.get_member(shown_by[0].parameters["memberId"])
    last = read.members.get("lastBinding")
    if not read.ok:
        yield Missing(f"the member cannot be read: {read.line}", (read,))
    elif renamed and _ready(renamed):
        met = _summary(read).get("displayName")
        yield _left(met, asked[0], "displayName", *shown_by, read)
    if read.ok and bound and _ready(bound):
        revision_id = last.get("revisionId") if isinstance(last, dict) else None
        yield _left(revision_id, asked[1], "lastBinding.revisionId", *shown_by, read)


def _settled(api: Api, write: Exchange, shows: Callable[[], Exchange | None]) -> Settled | None:
    return api.verdict_of(write, shows) if write.ok else None


def _binds(api: Api, member_id: str, revision_id: str) -> Exchange | None:
    read = api.send.get_member_binding(member_id)
    last = read.members.get("lastBinding")
    return read if isinstance(last, dict) and last.get("revisionId") == revision_id else None


def _left(met: object, value: str, what: str, *shown_by: Exchange) -> Judged:
    return expect.equal(met, value, f"{what}, since the command was ready", *shown_by)


@scenario("CON-04", requests=20, writes=5, leaves=1)
def each_change_has_a_version_of_its_own(api: Api) -> Judgements:
    member_id = api.member().member_id
    names = [f"Version {number}" for number in range(RENAMERS)]
    writes = api.at_once(
        *(partial(api.send.update_member, member_id, {"displayName": name}) for name in names)
    )

    settled = [api.verdict_of(write) for write in writes if write.ok]
    versions = {
        one.last.number: (one.last.members.get("stateVersion"), one)
        for one in settled
        if _ready(one) and one.last.members.get("noop") is not True
    }
    given = [version for version, _ in versions.values() if version is not None]
    if len(given) < len(names) // 2:
        raise Unverified(f"{len(given)} of {len(names)} changes name a stateVersion", writes[0])
    shown_by = [one.last for _, one in versions.values()]
    expected = "a stateVersion of its own for each change"
    yield expect.that(len(set(given)) == len(given), expected, sorted(given), *shown_by)


@scenario("CON-05", requests=34, writes=7, leaves=7)
def a_walk_beside_creates_repeats_nothing(api: Api) -> Judgements:
    made = {api.member().member_id for _ in range(3)}
    first = api.send.list_members()
    size = max(1, len(_rows(first)) // (PAGES // 2))
    pages = [_page(api, size, "")]
    while _next(pages[-1]) and len(pages) < PAGES:
        if len(pages) <= RENAMERS:
            made.add(api.member().member_id)
        pages.append(_page(api, size, _next(pages[-1])))
    if len(pages) == 1:
        raise Unverified("the roster has one page only", first)

    seen = [one for page in pages for one in _rows(page) if one in made or _own(api, one)]
    twice = sorted({one for one in seen if seen.count(one) > 1})
    both = [page for page in pages if set(twice[:1]) & set(_rows(page))]
    yield expect.that(not twice, "each member on one page of the walk", twice, *both[:2])


def _page(api: Api, size: int, token: str) -> Exchange:
    query = {"pageSize": str(size)} | ({"pageToken": token} if token else {})
    page = api.send.list_members(How(query=query))
    if not page.ok:
        raise Unverified(f"a page cannot be read: {page.line}", page)
    return page


def _own(api: Api, member_id: str) -> bool:
    return member_id.startswith(api.names.prefix + "-")


def _rows(page: Exchange) -> list[str]:
    listed = page.members.get("members")
    rows = listed if isinstance(listed, list) else []
    return [row["memberId"] for row in rows if isinstance(row, dict) and "memberId" in row]


def _next(page: Exchange) -> str:
    token = page.members.get("nextPageToken")
    return token if isinstance(token, str) else ""


SCENARIOS: Final[tuple[Scenario, ...]] = (
    of_many_creates_at_once_one_wins,
    of_many_binds_at_once_the_last_that_was_ready_stands,
    a_rename_and_a_bind_at_once_undo_nothing_of_each_other,
    each_change_has_a_version_of_its_own,
    a_walk_beside_creates_repeats_nothing,
)
