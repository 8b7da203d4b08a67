"""Credentials: who is asked for one, whom it lets in, and what is told to whom."""

from collections.abc import Iterator
from typing import Final

from conformance import expect
from conformance.api import Api, How
from conformance.checks import Judgement, Judgements, Missing, Scenario, Unverified, scenario
from conformance.exchange import Exchange
from conformance.scenarios.iso import Kept, kept, secret

UNAUTHENTICATED: Final = 401
FORBIDDEN: Final = 403
NOT_FOUND: Final = 404
NO_ROUTE: Final = ("", "NOT_FOUND", "ROUTE_NOT_FOUND")


@scenario("SEC-01", requests=18, writes=6, leaves=0)
def every_route_asks_for_a_credential(api: Api) -> Judgements:
    nobody, name = api.anonymous(), api.names.fresh()

    for answer in (
        nobody.send.list_members(),
        *nobody.read_everywhere(name),
        *nobody.write_everywhere(name),
        nobody.send.get_operation(name),
        nobody.send.list_operations(),
        nobody.send.get_scope_binding(),
    ):
        yield _asks(api, answer)


def _asks(api: Api, answer: Exchange) -> Judgement:
    if answer.status == NOT_FOUND and expect.code_of(answer) in NO_ROUTE:
        return Missing(f"there is no such route: {answer.line}", (answer,))
    challenge = answer.header("www-authenticate")
    if api.target.token is None and answer.status != UNAUTHENTICATED:
        return expect.branch("authentication_off", answer)
    held = answer.status == UNAUTHENTICATED and challenge
    actual = f"{expect.answer(answer)}, WWW-Authenticate {challenge}"
    return expect.that(held, "401 with WWW-Authenticate", actual, answer)


@scenario("SEC-02", requests=10, writes=5, leaves=2)
def a_credential_for_another_scope_opens_nothing(api: Api) -> Judgements:
    stranger, member_id = api.as_stranger(), kept(api).member_id

    for own, answer in zip(_asked(api, member_id), _asked(stranger, member_id), strict=True):
        code = expect.code_of(answer)
        denied = answer.status == FORBIDDEN and code == "SCOPE_ACCESS_DENIED"
        expected, met = "403 SCOPE_ACCESS_DENIED, or 404", expect.answer(answer)
        if answer.status == NOT_FOUND and code and not own.ok:
            yield Missing(f"the owner was refused too: {own.line}", (own, answer))
        else:
            held = denied or (answer.status == NOT_FOUND and code)
            yield expect.that(held, expected, met, own, answer)


def _asked(acting: Api, member_id: str) -> Iterator[Exchange]:
    """Read and write as somebody, in each way that needs access to the scope."""
    send, named = acting.send, {"displayName": "Somebody's"}
    yield send.get_member(member_id)
    yield send.list_members()
    yield send.update_member(member_id, named)
    created = {**named, "memberId": acting.names.fresh(), "implementationKind": acting.target.kind}
    yield send.create_member(created)


@scenario("SEC-03", requests=8, writes=1, leaves=1)
def a_status_url_opens_nothing_by_itself(api: Api) -> Judgements:
    stranger, created = api.as_stranger(), kept(api).created
    urls = [created.url(name) for name in ("statusUrl", "observeUrl")]
    given = [one for one in urls if one and api.send.may_follow(*one)]
    if not given:
        raise Unverified("no answer gives a statusUrl", created.write)

    for url, given_in in given:
        own = api.send.follow(url, given_in)
        if not own.ok:
            yield Missing(f"the owner cannot read it either: {own.line}", (own,))
            continue
        foreign = stranger.send.follow(url, given_in)
        kept_out = foreign.status in {FORBIDDEN, NOT_FOUND}
        answer = expect.answer(foreign)
        yield expect.that(kept_out, "403 or 404 to a stranger", answer, given_in, foreign)
        nobody = api.anonymous().send.follow(url, given_in)
        asked = nobody.status == UNAUTHENTICATED
        answer = expect.answer(nobody)
        yield expect.that(asked, "401 without a credential", answer, given_in, nobody)


@scenario("SEC-05", requests=7, writes=2, leaves=2)
def one_correlation_in_two_scopes_stays_two(api: Api) -> Judgements:
    other, intent = api.as_other(), secret(api)
    here, there = kept(api, intent=intent), kept(other, intent=intent)

    yield from _two_commands(here, there)
    for acting, foreign in ((api, there), (other, here)):
        listed = acting.send.list_operations(How(query={"correlationId": intent}))
        words = foreign.told_by(listed)
        expected = f"only operations of {acting.target.scope}"
        yield expect.that(not words, expected, ", ".join(words), foreign.created.write, listed)


def _two_commands(here: Kept, there: Kept) -> Iterator[Judgement]:
    one, two = here.created.write, there.created.write
    ids = [write.members.get("commandId") for write in (one, two)]
    if not all(isinstance(name, str) for name in ids):
        yield Missing("an answer names no commandId", (one, two))
        return
    yield expect.that(ids[0] != ids[1], "two commandIds", ids[0], one, two)
    words = here.told_by(two)
    yield expect.that(not words, "a receipt of its own", ", ".join(words), one, two)


@scenario("SEC-06", requests=4, writes=0, leaves=0)
def an_odd_id_is_no_markup(api: Api) -> Judgements:
    name = api.names.fresh()
    odd, how = f'<b>{name}"', How(violates="path: an id has angle brackets and a quote")

    for answer in (
        api.send.get_member(odd, how),
        api.send.get_operation(odd, how),
        api.send.get_member_run(name, odd, how),
        api.send.get_member_endpoint_contract(name, odd, how),
    ):
        yield _reflected(f"<b>{name}", answer)


def _reflected(odd: str, answer: Exchange) -> Judgement:
    media_type = answer.header("content-type") or "no media type"
    reflected = answer.response and odd.encode() in answer.response.body
    if "html" in media_type and not reflected:
        return Missing(f"a page that does not hold the id: {answer.line}", (answer,))
    readable = answer.document is not None and "html" not in media_type
    expected = "the id JSON-encoded, and no HTML"
    actual = f"{media_type}: {expect.answer(answer)}"
    return expect.that(readable or not reflected, expected, actual, answer)


SCENARIOS: Final[tuple[Scenario, ...]] = (
    every_route_asks_for_a_credential,
    a_credential_for_another_scope_opens_nothing,
    a_status_url_opens_nothing_by_itself,
    one_correlation_in_two_scopes_stays_two,
    an_odd_id_is_no_markup,
)
