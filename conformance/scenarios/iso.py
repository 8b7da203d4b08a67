"""Scopes: the same id in two of them, a URL of one used in the other, and who may read it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final
from urllib.parse import quote, unquote

from conformance import expect
from conformance.api import Api, How, Settled, member_id_of, named_by
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
from conformance.history import TRANSPORT
from conformance.scenarios.pag import elsewhere, roster_of

KEPT_OUT: Final = (403, 404)
NOT_SHOWN: Final = (400, 404, 410)
TURNED_AWAY: Final = (400, 403, 404, 409, 422)
NO_ACCESS: Final = (401, 403)
BETWEEN: Final = re.compile("[-_]")


@dataclass(frozen=True, slots=True)
class Kept:
    """What one principal has in its scope.

    Attributes:
        member_id: of a member.
        words: written into it by the run, and nowhere else.
        created: how its create ended.

    """

    member_id: str
    words: tuple[str, ...]
    created: Settled

    def told_by(self, answer: Exchange) -> list[str]:
        """Return its words that an answer holds and the request did not."""
        request, answered = answer.request, answer.response
        sent = " ".join((unquote(request.url), *(value for _, value in request.headers)))
        sent += (request.body or b"").decode("utf-8", "replace")
        got = answered.body.decode("utf-8", "replace") if answered else ""
        return [word for word in self.words if word in got and word not in sent]


def secret(api: Api) -> str:
    """Return a word that no other check of any run uses, nor a longer word begins with."""
    return f"{api.names.fresh()}-secret"


def kept(api: Api, member_id: str = "", intent: str = "") -> Kept:
    """Create a member whose display name and correlation id nobody else knows."""
    title, intent = secret(api), intent or secret(api)
    asked = member_id or secret(api)
    body = {"memberId": asked, "displayName": title, "implementationKind": api.target.kind}
    write = api.send.create_member(body, How({"X-Correlation-Id": intent}))
    created = api.settle(write, partial(api.shows, member_id_of(write, asked)))
    named = named_by(created, asked)
    own = (named,) if named == asked else ()
    return Kept(named, (title, intent, *own), created)


def _own_reads(api: Api, owned: Kept) -> Iterator[Exchange]:
    """Bind and invoke the member, and read everything of it that can be read."""
    good = api.fixture("good")
    api.bind(owned.member_id, good)
    yield api.run_of(api.invoke(owned.member_id, good))
    yield from api.read_everywhere(owned.member_id)
    status = owned.created.url("statusUrl")
    if status and api.send.may_follow(*status):
        yield api.send.follow(*status)


@scenario("ISO-01", requests=7, writes=1, leaves=1)
def a_member_is_in_no_other_scope(api: Api) -> Judgements:
    member_id, there = kept(api).member_id, elsewhere(api)
    roster_of(there)

    for twin, read in (
        (api.send.get_member(member_id), there.send.get_member(member_id)),
        (api.send.get_member_binding(member_id), there.send.get_member_binding(member_id)),
    ):
        yield _not_shown(twin, read, f"no member {member_id} in another scope")


def _not_shown(twin: Exchange, read: Exchange, expected: str) -> Judgement:
    """Judge that a read which the owner is answered shows nothing elsewhere, and says so."""
    if read.ok:
        return expect.that(False, expected, expect.answer(read), twin, read)  # noqa: FBT003
    if read.status in NO_ACCESS:
        return Missing(f"the token may not read the other scope: {read.line}", (read,))
    if not twin.ok:
        return Missing(f"the owner cannot read it either: {twin.line}", (twin, read))
    if read.status not in NOT_SHOWN or not expect.code_of(read):
        return Missing(f"it was neither shown nor refused with a code: {read.line}", (read,))
    return expect.that(True, expected, "", twin, read)  # noqa: FBT003


@scenario("ISO-01", requests=14, writes=5, leaves=2)
def the_same_id_in_two_scopes_names_two_members(api: Api) -> Judgements:
    other, good, name = api.as_other(), api.fixture("good"), api.names.fresh()
    here, there = kept(api, name), kept(other, name)
    if here.member_id != there.member_id:
        raise Unverified("the server makes its own ids, so none is the same", there.created.write)

    api.bind(name, good)
    run = api.run_of(api.invoke(name, good))

    for acting, owned in ((api, here), (other, there)):
        read = acting.send.get_member(name)
        title, summary = owned.words[0], read.members.get("summary")
        met = summary.get("displayName") if isinstance(summary, dict) else None
        yield expect.equal(met, title, f"displayName in {acting.target.scope}", read)
    binding = other.send.get_member_binding(name)
    last = binding.members.get("lastBinding")
    yield expect.equal(last, None, "lastBinding where only the namesake was bound", run, binding)
    yield from _has_no_run_of(other, name, run)
    invoked = other.invoke(name, good)
    code = other.refusal_of(invoked)
    yield expect.that(code, "an invoke of the unbound one is refused", invoked.line, run, invoked)


def _has_no_run_of(other: Api, name: str, run: Exchange) -> Iterator[Judgement]:
    run_id, listed = run.members.get("runId"), other.send.list_member_runs(name)
    rows = listed.members.get("runs")
    if not isinstance(run_id, str) or not isinstance(rows, list):
        yield Missing(f"the runs cannot be compared: {run.line}, {listed.line}", (run, listed))
        return
    ids = [row.get("runId") for row in rows if isinstance(row, dict)]
    yield expect.that(run_id not in ids, "no run of its namesake", run_id, run, listed)


@scenario("ISO-02", requests=18, writes=3, leaves=1)
def what_one_may_read_tells_a_stranger_nothing(api: Api) -> Judgements:
    stranger, owned = api.as_stranger(), kept(api)

    for own in _own_reads(api, owned):
        told = stranger.send.follow(own.request.url, own)
        if own.ok:
            yield _tells_nothing(owned, own, told)


def _tells_nothing(owned: Kept, own: Exchange, told: Exchange) -> Judged:
    words = owned.told_by(told)
    held = told.status in KEPT_OUT and expect.code_of(told) and not words
    expected = "403 or 404 with a code and nothing of what stands there"
    actual = f"{expect.answer(told)} {' '.join(words)}".strip()
    return expect.that(held, expected, actual, own, told)


@scenario("ISO-03", requests=17, writes=3, leaves=1)
def a_url_with_another_scope_shows_nothing_of_this_one(api: Api) -> Judgements:
    other, owned = api.as_other(), kept(api)
    here, there = (f"/scopes/{quote(one.target.scope, safe='')}/" for one in (api, other))

    for own in _own_reads(api, owned):
        if not own.ok or here not in own.request.url:
            yield Missing(f"nothing is there to be shown, or no scope: {own.line}", (own,))
            continue
        swapped = other.send.follow(own.request.url.replace(here, there, 1), own)
        words = owned.told_by(swapped)
        expected = f"nothing of {api.target.scope} under {other.target.scope}"
        yield expect.that(not words, expected, ", ".join(words), own, swapped)


@scenario("ISO-04", requests=8, writes=3, leaves=1)
def no_id_with_a_separator_names_a_member_of_another_scope(api: Api) -> Judgements:
    owned = kept(api, f"{api.names.fresh()}_z")
    named, twin = owned.member_id, owned.created.write
    for place in BETWEEN.finditer(named):
        yield _no_alias(api, named, place[0], named[: place.start()], named[place.end() :])
    for between, word in ((":", "colon"), ("/", "slash")):
        front = api.names.fresh()
        body = {
            "memberId": f"{front}{between}z",
            "displayName": "x",
            "implementationKind": api.target.kind,
        }
        crafted = api.send.create_member(body, How(violates=f"body: memberId has a {word}"))
        if crafted.ok and not api.refusal_of(crafted):
            yield _no_alias(api, named, between, front, "z")
        elif crafted.ok or (crafted.status in TURNED_AWAY and expect.code_of(crafted)):
            yield expect.that(True, "refused, or no alias", "", twin, crafted)  # noqa: FBT003
        else:
            yield Missing(f"it was refused without a code of its own: {crafted.line}", (crafted,))


def _no_alias(api: Api, named: str, between: str, front: str, back: str) -> Judgement:
    """Read a member by the front of an id as scope; the twin is what the owner may read."""
    twin = api.send.get_member(named)
    read = api.in_scope(f"{api.target.scope}{between}{front}").send.get_member(back)
    return _not_shown(twin, read, f"no member {back} in a scope that was never used")


@scenario("ISO-05", requests=9, writes=1, leaves=1)
def a_stranger_cannot_tell_what_is_there(api: Api) -> Judgements:
    stranger, there, nowhere = api.as_stranger(), kept(api).member_id, api.names.fresh()

    for ask in (
        stranger.send.get_member,
        stranger.send.get_member_binding,
        stranger.send.list_member_runs,
    ):
        known, unknown = ask(there), ask(nowhere)
        if any(one.response is None or one.status in TRANSPORT for one in (known, unknown)):
            yield Missing(f"the transport answered: {known.line}, {unknown.line}", (known, unknown))
            continue
        met = f"{expect.answer(known)}, and {expect.answer(unknown)}"
        alike = (known.status, expect.code_of(known)) == (unknown.status, expect.code_of(unknown))
        yield expect.that(alike, "one answer, whether it is there or not", met, known, unknown)


@scenario("ISO-06", requests=11, writes=3, leaves=3)
def no_answer_carries_an_id_of_another_scope(api: Api) -> Judgements:
    other = api.as_other()
    first, theirs = kept(api), kept(other)

    for answer in (
        api.create().write,
        api.send.list_members(),
        api.send.list_operations(),
        api.send.list_member_runs(first.member_id),
        api.send.get_member(secret(api)),
        api.send.get_operation(secret(api)),
    ):
        words = theirs.told_by(answer)
        expected = f"nothing of {other.target.scope}"
        yield expect.that(not words, expected, ", ".join(words), theirs.created.write, answer)


SCENARIOS: Final[tuple[Scenario, ...]] = (
    a_member_is_in_no_other_scope,
    the_same_id_in_two_scopes_names_two_members,
    what_one_may_read_tells_a_stranger_nothing,
    a_url_with_another_scope_shows_nothing_of_this_one,
    no_id_with_a_separator_names_a_member_of_another_scope,
    a_stranger_cannot_tell_what_is_there,
    no_answer_carries_an_id_of_another_scope,
)
