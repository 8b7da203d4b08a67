"""Paging: the roster from its first page to its last, and who is on it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from conformance import expect
from conformance.api import Api, How, named_by
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
from conformance.history import OK

SMALL: Final = 2
FEW_PAGES: Final = 15
MOST_PAGES: Final = 60
EMPTY_PAGES: Final = 5
TRIES: Final = 3
LARGEST: Final = 200
LONGEST_TOKEN: Final = 1024
BAD_REQUEST: Final = 400
CODES: Final = ("INVALID_STUDIO_MEMBER_REQUEST", "INVALID_PAGE_TOKEN")
NO_ACCESS: Final = (401, 403)
NO_SCOPE: Final = (400, 404)
REFUSED: Final = range(400, 500)


@dataclass(frozen=True, slots=True)
class Walk:
    """Pages of the roster from the first on; `repeated` are two that show the same member."""

    pages: tuple[Exchange, ...]
    repeated: tuple[Exchange, ...] = ()

    @property
    def last(self) -> Exchange:
        """The page at which the walk stopped."""
        return self.pages[-1]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The members of all pages."""
        return [row for page in self.pages for row in rows_of(page)]

    @property
    def ids(self) -> set[str]:
        """The memberIds of all pages."""
        return {row["memberId"] for row in self.rows}

    @property
    def small(self) -> int:
        """A page size that cuts all this into a few pages, none larger than the first was."""
        return max(SMALL, min(len(self.rows) // FEW_PAGES, len(rows_of(self.pages[0]))))

    @property
    def ended(self) -> bool:
        """Whether the last page names no further one."""
        return self.last.ok and not next_token(self.last)

    @property
    def runs_dry(self) -> bool:
        """Whether the last pages are empty, and each of them names a further one."""
        emptied = self.pages[-EMPTY_PAGES:]
        return len(emptied) == EMPTY_PAGES and not any(
            rows_of(page) or not next_token(page) for page in emptied
        )


def rows_of(page: Exchange) -> list[dict[str, Any]]:
    """Return the rows of a page of the roster that name a member."""
    listed = page.members.get("members")
    rows = listed if page.ok and isinstance(listed, list) else []
    return [row for row in rows if isinstance(row, dict) and isinstance(row.get("memberId"), str)]


def next_token(page: Exchange) -> str:
    """Return the token of the next page; "" where the page names none."""
    token = page.members.get("nextPageToken")
    return token if isinstance(token, str) else ""


def paged(size: int | None, token: str = "", violates: str | None = None) -> How:
    """Ask for a page of a size, and for the one that a token names."""
    query = {"pageSize": str(size)} if size else {}
    if len(token) > LONGEST_TOKEN:
        violates = "query: pageToken is as long as the server made it"
    return How(query=query | ({"pageToken": token} if token else {}), violates=violates)


def walk(api: Api, size: int | None = None, known: frozenset[str] = frozenset()) -> Walk:
    """Read the roster page by page, to its end or to a member of `known` that is met again."""
    pages: list[Exchange] = []
    for page in pages_of(api, size):
        pages.append(page)
        repeated = _repeated(api, pages, known)
        if repeated:
            return Walk(tuple(pages), repeated)
        if Walk(tuple(pages)).runs_dry:
            break
    return Walk(tuple(pages))


def pages_of(api: Api, size: int | None) -> Iterator[Exchange]:
    token = ""
    for _ in range(MOST_PAGES):
        page = api.send.list_members(paged(size, token))
        yield page
        token = next_token(page)
        if not token:
            return


def _repeated(api: Api, pages: list[Exchange], known: frozenset[str]) -> tuple[Exchange, ...]:
    """Return the newest page and an older one that both show a member, also when read again.

    They are read again in this order: whatever is inserted meanwhile moves members from older
    pages to newer ones, and never back.
    """
    newest = pages[-1]
    for page in pages[:-1]:
        both = known & _ids(page) & _ids(newest)
        if both and both & _ids(_again(api, newest)) & _ids(_again(api, page)):
            return page, newest
    return ()


def _ids(page: Exchange) -> frozenset[str]:
    return frozenset(row["memberId"] for row in rows_of(page))


def _again(api: Api, page: Exchange) -> Exchange:
    return api.send.follow(page.request.url, page)


def _own(api: Api, listed: Walk, made: set[str]) -> frozenset[str]:
    """Return the members of this run that a walk met, but for those that it deletes.

    The names of these begin otherwise.
    """
    return frozenset(
        one for one in listed.ids if one in made or one.startswith(api.names.prefix + "-")
    )


def _made(api: Api, count: int) -> set[str]:
    return {api.member(api.target.kinds[-1]).member_id for _ in range(count)}


@scenario("PAG-01", requests=16, writes=3, leaves=3)
def a_walk_meets_every_member_once(api: Api) -> Judgements:
    made = _made(api, SMALL + 1)
    whole = walk(api)
    known = _own(api, whole, made)
    if len(known) <= SMALL:
        raise Unverified(f"the roster shows {len(known)} of the run's members", whole.last)
    yield _met_once(api, whole, known)


def _met_once(api: Api, whole: Walk, known: frozenset[str]) -> Judgement:
    """Judge small pages against large ones; what is lost must be lost in each of three walks."""
    size = whole.small
    lost, expected = known, f"each of {len(known)} members on one page of {size}"
    for _ in range(TRIES):
        again = walk(api, size, known)
        if again.repeated:
            both = sorted(known & _ids(again.repeated[0]) & _ids(again.repeated[1]))
            return expect.that(False, expected, f"{both} on two", *again.repeated)  # noqa: FBT003
        if not (again.ended or again.runs_dry):
            return Missing(f"the walk did not end: {again.last.line}", (again.last,))
        lost -= again.ids
        if not lost:
            return expect.that(True, expected, "", again.last)  # noqa: FBT003
    return expect.that(False, expected, f"{sorted(lost)} on none", *whole.pages[:1], again.last)  # noqa: FBT003


@scenario("PAG-02", requests=13, writes=2, leaves=2)
def only_the_last_page_names_no_next_one(api: Api) -> Judgements:
    made = _made(api, SMALL)
    whole = walk(api)
    known = _own(api, whole, made)
    for size in (1, SMALL):
        first = api.send.list_members(paged(size))
        hidden = first.ok and known - _ids(first)
        if hidden:
            expected = f"a nextPageToken, since {len(hidden)} members are on no page yet"
            given = first.members.get("nextPageToken", "none")
            yield expect.that(next_token(first), expected, given, whole.last, first)
    small = walk(api, whole.small)
    yield from (_ends(one) for one in (whole, small))


def _ends(walked: Walk) -> Judgement:
    expected = "a last page whose nextPageToken is absent or null"
    if walked.runs_dry:
        endless = f"{EMPTY_PAGES} empty pages, each with a nextPageToken"
        return expect.that(False, expected, endless, *walked.pages[-2:])  # noqa: FBT003
    if not walked.ended:
        return Missing(f"the walk did not end: {walked.last.line}", (walked.last,))
    token = walked.last.members.get("nextPageToken")
    return expect.that(token is None, expected, repr(token), walked.last)


@scenario("PAG-03", requests=2, writes=0, leaves=0)
def no_page_is_larger_than_200(api: Api) -> Judgements:
    plain = api.send.list_members()
    large = api.send.list_members(paged(100_000, violates="query: pageSize is above 200"))

    if plain.ok:
        yield _bounded(plain, "at most 200 members where no pageSize is given")
    if not (plain.ok or large.ok):
        raise Unverified(f"the twin without a pageSize was refused too: {plain.line}", plain, large)
    refused = large.status == BAD_REQUEST and expect.code_of(large)
    expected = "at most 200 members, or a typed 400"
    yield (
        _bounded(large, expected)
        if large.ok
        else expect.that(refused, expected, expect.answer(large), large)
    )


def _bounded(page: Exchange, expected: str) -> Judged:
    return expect.that(len(rows_of(page)) <= LARGEST, expected, len(rows_of(page)), page)


@scenario("PAG-04", requests=9, writes=1, leaves=1)
def a_page_that_cannot_be_meant_is_refused(api: Api) -> Judgements:
    api.member()
    twin = api.send.list_members(paged(1))
    other = api.send.list_operations(paged(1))
    for query, what in (
        ({"pageSize": "-1"}, "pageSize is negative"),
        ({"pageSize": "abc"}, "pageSize is not a number"),
        ({"pageToken": "garbage"}, "pageToken was never given"),
        ({"pageToken": "Z2FyYmFnZQ"}, "pageToken was never given"),
        ({"pageToken": next_token(other)}, "pageToken is of another list"),
    ):
        if "" in query.values():
            yield Missing(f"the list of operations gave no token: {other.line}", (other,))
            continue
        refusal = api.send.list_members(How(query=query, violates=f"query: {what}"))
        yield expect.refused_unlike(twin, refusal, {BAD_REQUEST}, CODES, what)


def elsewhere(api: Api) -> Api:
    """Return the api of another scope, whose name nobody uses if the target names none."""
    fresh = f"{api.target.scope}--{api.names.fresh()}"
    return api.in_scope(api.target.other_scope or fresh)


def roster_of(there: Api) -> Exchange:
    """Read the roster of another scope.

    Raises:
        Unverified: the scope is closed to this principal, or does not exist.

    """
    roster = there.send.list_members()
    unknown = roster.status in NO_SCOPE and "SCOPE" in expect.code_of(roster)
    made_up = roster.status == BAD_REQUEST and there.target.other_scope is None
    if roster.status in NO_ACCESS or unknown or made_up:
        raise Unverified(
            "no other scope can be read: name one that the token may read and that has no members "
            f"as other_scope in the target file ({roster.line})",
            roster,
        )
    return roster


@scenario("PAG-05", requests=1, writes=0, leaves=0)
def a_scope_without_members_has_an_empty_roster(api: Api) -> Judgements:
    roster = roster_of(elsewhere(api))

    if api.target.other_scope and rows_of(roster):
        raise Unverified("the other_scope of the target file has members", roster)
    held = roster.status == OK and roster.members.get("members") == []
    yield expect.that(held, "200 with no members", expect.answer(roster), roster)


@scenario("PAG-06", requests=6, writes=1, leaves=1)
def a_token_lists_nothing_of_its_scope_in_another(api: Api) -> Judgements:
    api.member()
    there = elsewhere(api)
    twin = roster_of(there)
    if not twin.ok:
        raise Unverified(f"the other scope cannot be read: {twin.line}", twin)
    first, whole = api.send.list_members(paged(1)), api.send.list_members()
    if not next_token(first):
        raise Unverified("no page of one member names a next one", first)

    how = paged(1, next_token(first), "query: pageToken is of another scope")
    crossed = there.send.list_members(how)

    if not crossed.ok and (crossed.status not in REFUSED or not expect.code_of(crossed)):
        raise Unverified(f"the token was neither taken nor refused: {crossed.line}", crossed)
    leaked = (_ids(crossed) & (_ids(whole) | _ids(first))) - _ids(twin)
    scope, other = api.target.scope, there.target.scope
    expected = f"in {other} a token of {scope} is refused, or lists no member of {scope}"
    met = f"members of {scope}: {', '.join(sorted(leaked))}"
    yield expect.that(not leaked, expected, met, first, twin, crossed, twin=twin)


@scenario("PAG-07", requests=8, writes=2, leaves=1)
def a_renamed_member_in_the_roster(api: Api) -> Judgements:
    member = api.member(api.target.kinds[-1])
    before = walk(api)
    if member.member_id not in before.ids:
        yield Missing("the roster does not show the member", (before.last,))

    api.rename(member.member_id, "Renamed in between")

    api.read(member.member_id)
    walk(api)


@scenario("PAG-08", requests=8, writes=3, leaves=1)
def whoever_was_created_is_listed_and_nobody_else(api: Api) -> Judgements:
    kind, asked, nobody = api.target.kinds[0], api.names.fresh(), api.names.fresh()
    settled = api.create(kind, member_id=asked)
    named = named_by(settled, asked)
    yield _listed(api, settled.write, named)

    other = {"displayName": "Another altogether", "implementationKind": kind}
    unknown = {**other, "memberId": nobody, "implementationKind": "none"}
    refused = api.send.create_member(unknown, How(violates="body: no such kind"))
    yield _unlisted(api, refused, {"memberId": nobody})
    conflict = api.send.create_member({**other, "memberId": named})
    yield _unlisted(api, conflict, {"memberId": named, "displayName": other["displayName"]})


def _listed(api: Api, create: Exchange, member_id: str) -> Judgement:
    """Judge that a member is on the roster, at once or by the deadline of its create."""
    expected = f"{member_id} on the roster once it was observed"
    walks: list[Walk] = []

    def shown() -> Exchange | None:
        walks.append(walk(api))
        return walks[-1].last if member_id in walks[-1].ids else None

    found, last = api.awaited(create, shown), walks[-1].last
    decided = walks[-1].ended and api.deadline(create) <= api.target.completion_limit
    if found is None and not decided:
        return Missing(f"the roster was not read to its end in time: {last.line}", (last,))
    return expect.that(found is not None, expected, "not on it", create, last)


def _unlisted(api: Api, create: Exchange, asked: Mapping[str, str]) -> Judgement:
    """Judge that a create which failed left nothing of what it asked for on the roster."""
    if not (create.status in REFUSED or (create.ok and api.refusal_of(create))):
        return Missing(f"a create that cannot succeed did not fail: {create.line}", (create,))
    whole = walk(api)
    listed = [row for row in whole.rows if asked.items() <= _texts(row).items()]
    if not (listed or whole.ended):
        return Missing(f"the roster was not read to its end: {whole.last.line}", (whole.last,))
    expected = f"no row with {dict(asked)}, whose create failed"
    return expect.that(not listed, expected, listed, create, whole.last)


def _texts(row: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name, value in row.items() if isinstance(value, str)}


SCENARIOS: Final[tuple[Scenario, ...]] = (
    a_walk_meets_every_member_once,
    only_the_last_page_names_no_next_one,
    no_page_is_larger_than_200,
    a_page_that_cannot_be_meant_is_refused,
    a_scope_without_members_has_an_empty_roster,
    a_token_lists_nothing_of_its_scope_in_another,
    a_renamed_member_in_the_roster,
    whoever_was_created_is_listed_and_nobody_else,
)
