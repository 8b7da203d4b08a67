"""Input: its limits, its forms, and what comes back of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final
from unicodedata import normalize
from urllib.parse import quote

from conformance import expect
from conformance.api import Api, Encoded, How, member_id_of
from conformance.checks import Judgement, Judgements, Missing, Scenario, Unverified, scenario
from conformance.exchange import Exchange
from conformance.gateways import may_be_a_gateways
from conformance.history import names_a_command

BAD_REQUEST: Final = 400
MALFORMED: Final = (400,)
TOO_LARGE: Final = 413
WRONG_TYPE: Final = 415
LIMITS: Final = (400, 413, 422)
TURNED_AWAY: Final = (400, 404)
REFUSED: Final = range(400, 500)
FAMILY: Final = ("INVALID_STUDIO_MEMBER_REQUEST", "INVALID_REQUEST_BODY")
OVERSIZED: Final = 2 * 1024 * 1024
LONGEST_NAME: Final = 256
SHORTER_NAME: Final = 64
LONGEST_ID: Final = 64
LETTERS: Final = "Zoë trägt 日本語, ça va? Ωμέγα «кавычки» "

FORMS: Final = (
    ("a colon", "{}:x"),
    ("a slash", "{}/x"),
    ("a backslash", "{}\\x"),
    ("a question mark", "{}?x=y"),
    ("a hash", "{}#x"),
    ("a blank", "{} x"),
    ("one dot", "."),
    ("two dots", ".."),
    ("a leading dash", "-{}"),
    ("65 characters", "a" * (LONGEST_ID + 1)),
)
BLANK: Final = ("nothing but a blank", " ")


def _create(api: Api, violates: str | None = None, **given: object) -> Exchange:
    """Create a member under a fresh id, with what is given in place of the legal rest."""
    body = {
        "memberId": api.names.fresh(),
        "displayName": "Within the limits",
        "implementationKind": api.target.kinds[0],
    }
    return api.send.create_member({**body, **given}, How(violates=violates))


def _accepted(write: Exchange, what: str) -> Judgement:
    if not write.ok and write.status not in LIMITS:
        return Missing(f"{what} was refused for another reason: {write.line}", (write,))
    return expect.that(write.ok, f"{what} is accepted", expect.answer(write), write)


def _refused(
    api: Api, twin: Exchange, refusal: Exchange, what: str, statuses: range | tuple[int, ...]
) -> Judgement:
    """Judge that a request is refused with a code, at once or, if it was accepted, later."""
    if not twin.ok:
        return Missing(f"the twin without the fault was refused too: {twin.line}", (twin, refusal))
    read = refusal.ok and refusal.request.method == "GET"
    code = "" if read else api.refusal_of(refusal)
    held = code and (refusal.ok or refusal.status in statuses)
    wanted = "a refusal" if isinstance(statuses, range) else " or ".join(map(str, statuses))
    expected = f"{what}: {wanted} with a code"
    return expect.that(held, expected, expect.answer(refusal), twin, refusal)


@scenario("INP-01", requests=5, writes=5, leaves=1)
def a_display_name_has_1_to_256_characters(api: Api) -> Judgements:
    longest = _create(api, displayName="a" * LONGEST_NAME)
    yield _accepted(longest, "a displayName of 256 characters")

    for name, what in (
        ("", "an empty displayName"),
        ("   ", "a displayName of blanks"),
        (None, "no displayName"),
        ("a" * (LONGEST_NAME + 1), "a displayName of 257 characters"),
    ):
        refusal = _create(api, f"body: {what}", displayName=name)
        yield expect.refused_unlike(longest, refusal, MALFORMED, FAMILY, what)


@scenario("INP-02", requests=2, writes=2, leaves=1)
def a_description_has_at_most_2048_characters(api: Api) -> Judgements:
    longest = _create(api, description="a" * 2048)
    yield _accepted(longest, "a description of 2048 characters")

    what = "a description of 2049 characters"
    refusal = _create(api, f"body: {what}", description="a" * 2049)
    yield expect.refused_unlike(longest, refusal, MALFORMED, FAMILY, what)


@scenario("INP-03", requests=11, writes=11, leaves=1)
def no_member_is_created_under_an_id_of_another_form(api: Api) -> Judgements:
    twin = _twin_of_own_name(api)
    for what, form in FORMS:
        refusal = _create(api, f"body: memberId: {what}", memberId=form.format(api.names.fresh()))
        yield _refused(api, twin, refusal, f"a memberId with {what}", TURNED_AWAY)


def _twin_of_own_name(api: Api) -> Exchange:
    """Create a member under an id of ours.

    Raises:
        Unverified: the server chooses the ids, so that none of ours means anything to it.

    """
    asked = api.names.fresh()
    twin = _create(api, memberId=asked)
    if twin.ok and member_id_of(twin, asked) != asked:
        raise Unverified("the server chooses memberIds itself", twin)
    return twin


@scenario("INP-03", requests=66, writes=14, leaves=1)
def an_id_of_another_form_in_a_path_reaches_nothing(api: Api) -> Judgements:
    member = api.bound_member()
    twins = dict(_everywhere(api, member.member_id))
    for what, form in (*FORMS, BLANK):
        bad = form.format(member.member_id)
        spelt = Encoded(quote(bad, safe="").replace(".", "%2E"))
        for route, answer in _everywhere(api, spelt, f"path: memberId: {what}"):
            if may_be_a_gateways(answer):
                yield Missing(
                    f"a gateway may have answered or resolved it: {answer.line}", (answer,)
                )
                continue
            yield _refused(api, twins[route], answer, f"a memberId with {what}", TURNED_AWAY)


def _everywhere(
    api: Api, member_id: str, violates: str | None = None
) -> Iterator[tuple[str, Exchange]]:
    send, good, how = api.send, api.fixture("good"), How(violates=violates)
    yield "detail", send.get_member(member_id, how)
    yield "binding", send.get_member_binding(member_id, how)
    yield "contract", send.get_member_endpoint_contract(member_id, good.endpoint, how)
    yield "runs", send.list_member_runs(member_id, how)
    yield "invoke", api.invoke(member_id, good, how)


@scenario("INP-04", requests=5, writes=3, leaves=2)
def only_the_listed_kinds_are_kinds(api: Api) -> Judgements:
    kind, name = api.target.kinds[0], api.names.fresh()
    twin = _create(api)

    what = "implementationKind lambda"
    unknown = _create(api, f"body: {what}", implementationKind="lambda")
    yield expect.refused_unlike(twin, unknown, MALFORMED, FAMILY, what)

    what = f"implementationKind {kind.capitalize()}"
    cased = _create(api, f"body: {what}", memberId=name, implementationKind=kind.capitalize())
    yield (
        _canonical(api, twin, cased, name)
        if cased.ok
        else expect.refused_unlike(twin, cased, MALFORMED, FAMILY, what)
    )


def _canonical(api: Api, twin: Exchange, cased: Exchange, name: str) -> Judgement:
    """Judge that a kind in another case is stored as the contract spells it, or failed."""
    named = member_id_of(cased, name)
    settled = api.verdict_of(cased, partial(api.shows, named))
    if settled.ending != "ready":
        return Missing(f"a create under a kind in another case: {settled.told}", (cased,))
    summary = api.read(named).shown_by.members["summary"]
    what = "implementationKind of a member created in another case"
    return expect.equal(summary.get("implementationKind"), api.target.kinds[0], what, twin, cased)


@dataclass(frozen=True, slots=True)
class Ids:
    """The identifiers of a member that is bound, one of them perhaps padded."""

    scope_id: str
    member_id: str
    endpoint_id: str
    revision_id: str

    def padded(self, name: str) -> "Ids":
        """Return them with blanks around one."""
        return replace(self, **{name: f" {getattr(self, name)} "})


Word = tuple[str, Exchange]
ROUTES: Final[Mapping[str, Callable[[Api, Ids, How], Exchange]]] = {
    "detail": lambda api, ids, how: api.send.get_member(ids.member_id, how),
    "binding": lambda api, ids, how: api.send.get_member_binding(ids.member_id, how),
    "contract": lambda api, ids, how: api.send.get_member_endpoint_contract(
        ids.member_id, ids.endpoint_id, how
    ),
    "invoke": lambda api, ids, how: api.send.invoke_member(
        ids.member_id, ids.endpoint_id, dict(api.fixture("good").payload), how
    ),
    "activate": lambda api, ids, how: api.send.activate_member_revision(
        ids.member_id, ids.revision_id, how
    ),
}
TAKEN_BY: Final = {
    "scope_id": ("detail", "binding", "contract", "invoke"),
    "member_id": ("detail", "contract", "invoke"),
    "endpoint_id": ("contract", "invoke"),
    "revision_id": ("activate",),
}


@scenario("INP-05", requests=24, writes=10, leaves=1)
def padded_identifiers_are_trimmed_everywhere_or_nowhere(api: Api) -> Judgements:
    ids = _bound(api)
    plain = {route: _use(api, route, ids) for route in ROUTES}
    for name, routes in TAKEN_BY.items():
        padded = ids.padded(name)
        violates = f"path: {name} has blanks around it"
        words = [_word(api, plain[one], _use(api, one, padded, violates)) for one in routes]
        words += [_created_padded(api)] if name == "member_id" else []
        words += [_bound_padded(api, ids.member_id)] if name == "revision_id" else []
        yield _one_policy(name, [one for one in words if one[0]])


def _bound(api: Api) -> Ids:
    member_id = api.bound_member().member_id
    read = api.send.get_member_binding(member_id)
    last = read.members.get("lastBinding")
    revision_id = last.get("revisionId") if isinstance(last, dict) else None
    if not isinstance(revision_id, str):
        raise Unverified(f"the binding shows no revisionId: {read.line}", read)
    return Ids(api.target.scope, member_id, api.endpoint, revision_id)


def _use(api: Api, route: str, ids: Ids, violates: str | None = None) -> Exchange:
    """Ask a route, and wait for what it accepts."""
    target = replace(api.target, scope=ids.scope_id)
    there = replace(api, target=target, send=replace(api.send, target=target))
    answer = ROUTES[route](there, ids, How(violates=violates))
    if answer.ok and answer.request.method != "GET":
        api.verdict_of(answer)
    return answer


def _word(api: Api, plain: Exchange, padded: Exchange) -> Word:
    """Say what became of a padded identifier; "" where even the plain one tells nothing."""
    told = plain.ok and (padded.ok or padded.status in REFUSED)
    failed = padded.ok and padded.request.method != "GET" and api.refusal_of(padded)
    word = "trimmed" if padded.ok and not failed else "refused"
    return (word if told else ""), padded


def _created_padded(api: Api) -> Word:
    name = api.names.fresh()
    write = _create(api, "body: memberId has blanks around it", memberId=f" {name} ")
    if not write.ok:
        return ("refused" if write.status in REFUSED else ""), write
    named = member_id_of(write, f" {name} ")
    settled = api.verdict_of(write, partial(api.shows, named))
    became = {name: "trimmed", f" {name} ": "kept"} if settled.ending == "ready" else {}
    return ("refused" if settled.ending == "failed" else became.get(named, "")), write


def _bound_padded(api: Api, member_id: str) -> Word:
    name, good = api.names.fresh(), api.fixture("good")
    body = {**good.branch, "revisionId": f" {name} "}
    how = How(violates="body: revisionId has blanks around it")
    write = api.send.bind_member(member_id, body, how)
    if not write.ok:
        return ("refused" if write.status in REFUSED else ""), write
    shown = partial(_binding_of, api, member_id, name)
    settled = api.verdict_of(write, shown)
    last = api.send.get_member_binding(member_id).members.get("lastBinding")
    met = last.get("revisionId") if isinstance(last, dict) else None
    became = {name: "trimmed", f" {name} ": "kept"}.get(str(met), "")
    return ("refused" if settled.ending == "failed" else became), write


def _binding_of(api: Api, member_id: str, revision_id: str) -> Exchange | None:
    read = api.send.get_member_binding(member_id)
    last = read.members.get("lastBinding")
    met = last.get("revisionId") if isinstance(last, dict) else None
    return read if isinstance(met, str) and met.strip() == revision_id else None


def _one_policy(name: str, words: list[Word]) -> Judgement:
    if not words:
        return Missing(f"no route takes the plain {name}, so none tells of the padded one")
    met = dict(words)
    told = ", ".join(f"{word} by {exchange.line}" for word, exchange in met.items())
    held = len(met) == 1 and "kept" not in met
    return expect.that(held, f"a padded {name} trimmed or refused everywhere", told, *met.values())


@scenario("INP-06", requests=3, writes=2, leaves=1)
def a_body_that_is_too_large_does_nothing(api: Api) -> Judgements:
    name = api.names.fresh()
    twin = _create(api)

    large = _create(api, "body: larger than any may be", memberId=name, displayName="a" * OVERSIZED)
    read = api.send.get_member(name)

    refused = large.status == TOO_LARGE or (large.status == BAD_REQUEST and expect.code_of(large))
    expected = "413 or a typed 400, and no member of that id"
    met = f"{expect.answer(large)}, then {expect.answer(read)}"
    yield (
        expect.that(refused and not read.ok, expected, met, large, read)
        if twin.ok
        else Missing(f"the twin of an ordinary size was refused too: {twin.line}", (twin, large))
    )


@scenario("INP-07", requests=30, writes=26, leaves=2)
def a_body_of_another_form_is_refused(api: Api) -> Judgements:
    good = api.fixture("good")
    member_id = api.member(good.kind).member_id
    send, branch = api.send, dict(good.branch)
    create = {"displayName": "Twin", "implementationKind": good.kind}
    writes: tuple[tuple[Callable[[dict[str, Any], How], Exchange], dict[str, Any], str], ...] = (
        (send.create_member, {**create, "memberId": api.names.fresh()}, "displayName"),
        (partial(send.update_member, member_id), {"displayName": "Renamed"}, "displayName"),
        (partial(send.update_member_implementation, member_id), branch, next(iter(branch))),
        (partial(send.bind_member, member_id), branch, next(iter(branch))),
        (partial(send.invoke_member, member_id, good.endpoint), dict(good.payload), "prompt"),
    )
    for write, body, name in writes:
        twin = write(body, How())
        if twin.ok:
            api.verdict_of(twin, lambda: api.shows(member_id))
        for how, wrong in _malformed(body, name):
            yield _has_no_receipt(twin, write(wrong, how), str(how.violates))


def _malformed(body: dict[str, Any], name: str) -> Iterator[tuple[How, dict[str, Any]]]:
    yield How(content=b"{", violates="body: malformed JSON"), body
    yield How(content=b"[]", violates="body: an array"), body
    yield How(violates=f"body: {name} is a number"), {**body, name: 5}
    yield How({"Content-Type": "text/plain"}, violates="header: the body is text/plain"), body


def _has_no_receipt(twin: Exchange, refusal: Exchange, what: str) -> Judgement:
    """Judge that a body is refused; that of a 415 may be the framework's own."""
    if not twin.ok:
        return Missing(f"the twin without the fault was refused too: {twin.line}", (twin, refusal))
    typed = refusal.status == BAD_REQUEST and expect.code_of(refusal)
    held = (typed or refusal.status == WRONG_TYPE) and not names_a_command(refusal)
    expected = f"{what}: 400 or 415 with a code"
    return expect.that(held, expected, expect.answer(refusal), twin, refusal)


@scenario("INP-08", requests=3, writes=1, leaves=1)
def text_comes_back_as_it_was_given(api: Api) -> Judgements:
    for length in (LONGEST_NAME, SHORTER_NAME):
        name = (LETTERS * length)[:length].strip()
        given = {"displayName": name, "description": f'{LETTERS}\n"quoted"\n{LETTERS * 20}end'}
        asked = api.names.fresh()
        write = _create(api, memberId=asked, **given)
        if write.ok:
            named = member_id_of(write, asked)
            api.settle(write, partial(api.shows, named))
            yield from _comes_back(api, write, given, named)
            return
    yield Missing(f"text beyond ASCII was refused: {write.line}", (write,))


def _comes_back(api: Api, write: Exchange, given: Mapping[str, str], member_id: str) -> Judgements:
    read = api.read(member_id).shown_by
    for what, text in given.items():
        met = read.members["summary"].get(what)
        shown = normalize("NFC", met).strip() if isinstance(met, str) else met
        yield expect.equal(shown, normalize("NFC", text), f"{what}, which was given", write, read)


@scenario("INP-09", requests=7, writes=5, leaves=1)
def control_characters_are_refused(api: Api) -> Judgements:
    asked = api.names.fresh()
    twin = _create(api, memberId=asked)
    chosen = twin.ok and member_id_of(twin, asked) != asked
    for character, what in (("\0", "NUL"), ("\n", "a line break")):
        asked, name = api.names.fresh(), f"before{character}after"
        refusal = _create(api, f"body: displayName holds {what}", memberId=asked, displayName=name)
        yield _refused(api, twin, refusal, f"a displayName with {what}", REFUSED)
        read = api.send.get_member(asked)
        yield expect.that(not read.ok, "no member by a refused create", read.line, refusal, read)

        bad = _create(api, f"body: memberId holds {what}", memberId=f"{asked}{character}x")
        yield (
            Missing(f"the server chooses memberIds itself: {bad.line}", (bad,))
            if (chosen and bad.ok)
            else _refused(api, twin, bad, f"a memberId with {what}", REFUSED)
        )


SCENARIOS: Final[tuple[Scenario, ...]] = (
    a_display_name_has_1_to_256_characters,
    a_description_has_at_most_2048_characters,
    no_member_is_created_under_an_id_of_another_form,
    an_id_of_another_form_in_a_path_reaches_nothing,
    only_the_listed_kinds_are_kinds,
    padded_identifiers_are_trimmed_everywhere_or_nowhere,
    a_body_that_is_too_large_does_nothing,
    a_body_of_another_form_is_refused,
    text_comes_back_as_it_was_given,
    control_characters_are_refused,
)
