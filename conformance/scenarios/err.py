"""Refusals: one condition, one shape, on every route."""

from collections.abc import Callable, Collection
from typing import Final

from conformance import expect
from conformance.api import Api, How
from conformance.checks import Judged, Judgements, Missing, Scenario, Unverified, scenario
from conformance.exchange import Exchange
from conformance.scenarios.rev import act, done, revised

MISSING: Final = "STUDIO_MEMBER_NOT_FOUND"
NOT_FOUND: Final = 404
BAD_REQUEST: Final = 400
UNPROCESSABLE: Final = 422


def _created(api: Api, more: dict[str, object], violates: str, media_type: str = "") -> Exchange:
    body = {
        "memberId": api.names.fresh(),
        "displayName": "x",
        "implementationKind": api.target.kind,
    }
    headers = {"Content-Type": media_type} if media_type else {}
    return api.send.create_member({**body, **more}, How(headers, violates=violates or None))


MALFORMED: Final[tuple[Callable[[Api], Exchange], ...]] = (
    lambda api: _created(api, {"displayName": 5}, "body: displayName is a number"),
    lambda api: _created(api, {"displayName": ""}, "body: displayName is blank"),
    lambda api: _created(api, {"implementationKind": "none"}, "body: no such kind"),
    lambda api: _created(api, {}, "header: the media type is not JSON", "text/plain"),
    lambda api: api.send.list_members(_token("never-given")),
    lambda api: api.send.get_member("a.b", How(violates="path: no memberId has a dot")),
    lambda api: api.send.get_operation("~", How(violates="path: no commandId begins so")),
)


def _token(token: str) -> How:
    return How(query={"pageToken": token}, violates="query: pageToken was never given")


@scenario("ERR-01", requests=7, writes=4, leaves=0)
def malformed_requests_of_every_kind(api: Api) -> Judgements:
    answers = [send(api) for send in MALFORMED]

    if all(answer.ok for answer in answers):
        yield Missing("no malformed request was refused", tuple(answers))


@scenario("ERR-02", requests=16, writes=7, leaves=1)
def a_missing_member_is_one_404_everywhere(api: Api) -> Judgements:
    member_id = api.member().member_id
    missing = api.names.fresh()
    answers = [*api.read_everywhere(missing), *api.write_everywhere(missing)]
    absent = api.not_routed(answers, member_id)
    for answer in (one for one in answers if one.operation_id not in absent):
        if answer.ok and answer.request.method != "GET":
            code = api.refusal_of(answer)
            yield expect.equal(code, MISSING, "failure.code of a write to no member", answer)
        else:
            yield _typed(api, answer, missing)


def _typed(api: Api, answer: Exchange, member_id: str) -> Judged:
    wanted = {"code": MISSING, "scopeId": api.target.scope, "memberId": member_id}
    held = answer.status == NOT_FOUND and wanted.items() <= _texts(answer).items()
    told = [f"{name} {answer.members.get(name, 'missing')}" for name in ("scopeId", "memberId")]
    expected = f"404 {MISSING} that echoes scopeId and memberId"
    return expect.that(held, expected, f"{expect.answer(answer)} with {', '.join(told)}", answer)


def _texts(answer: Exchange) -> dict[str, str]:
    return {name: value for name, value in answer.members.items() if isinstance(value, str)}


@scenario("ERR-05", requests=6, writes=3, leaves=1)
def not_found_and_bad_input_never_share_a_code(api: Api) -> Judgements:
    member = api.member()

    nobody = api.send.bind_member(api.names.fresh(), dict(api.fixture("good").branch))
    yield _ends(api, nobody, {404}, MISSING, "a bind on a missing member")

    empty = How(violates="body: no implementation, and none is stored")
    malformed = api.send.bind_member(member.member_id, {}, empty)
    code, what = "INVALID_STUDIO_MEMBER_BINDING", "a bind without an implementation"
    yield _ends(api, malformed, {400, 422}, code, what)


def _ends(api: Api, asked: Exchange, statuses: Collection[int], code: str, what: str) -> Judged:
    """Judge that a write is refused so, or accepted and failed with the same code."""
    met = api.refusal_of(asked)
    if asked.ok:
        return expect.equal(met, code, f"{what}: failure.code", asked)
    return expect.refused(asked, statuses, (code,), what)


@scenario("ERR-04", requests=7, writes=2, leaves=1)
def an_unknown_run_of_a_bound_member(api: Api) -> Judgements:
    member = api.bound_member()

    unknown = api.send.get_member_run(member.member_id, api.names.fresh())

    if unknown.status != NOT_FOUND:
        yield Missing(f"an unknown run is not answered 404: {unknown.line}", (unknown,))


@scenario("ERR-06", requests=22, writes=8, leaves=2)
def three_conditions_of_a_revision_have_three_codes(api: Api) -> Judgements:
    member_id, (retired, _) = revised(api)
    done(api, "retire", member_id, retired)
    unbound = api.member().member_id

    asked = {
        "unbound": act(api, "activate", unbound, "no-such-revision"),
        "unknown": act(api, "activate", member_id, "no-such-revision"),
        "retired": act(api, "activate", member_id, retired),
    }

    codes = {what: api.refusal_of(one) for what, one in asked.items()}
    told = ", ".join(f"{what}: {code or 'none'}" for what, code in codes.items())
    if not all(codes.values()):
        raise Unverified(f"not each was refused with a code: {told}", *asked.values())
    apart = len(set(codes.values())) == len(codes)
    yield expect.that(apart, "a code of its own for each", told, *asked.values())


@scenario("ERR-09", requests=2, writes=2, leaves=1)
def a_malformed_body_is_told_where_it_is_wrong(api: Api) -> Judgements:
    twin = _created(api, {}, "")
    wrong = _created(api, {"displayName": "", "implementationKind": "none"}, "body: two faults")

    if not twin.ok or wrong.status not in {BAD_REQUEST, UNPROCESSABLE}:
        yield Missing(f"the malformed body was not refused for its form: {wrong.line}", (wrong,))
        return
    errors = wrong.members.get("errors")
    rows = [one for one in errors if isinstance(one, dict)] if isinstance(errors, list) else []
    places = [str(row.get("pointer") or row.get("parameter") or "") for row in rows]
    named = [one for one in places if "displayName" in one or "implementationKind" in one]
    yield expect.that(named, "errors[] that names displayName or implementationKind", errors, wrong)


BODIES: Final[tuple[tuple[dict[str, object], How], ...]] = (
    ({"displayName": 5}, How(violates="body: displayName is a number")),
    ({}, How({"Content-Type": "text/plain"}, violates="header: the media type is not JSON")),
)


@scenario("ERR-10", requests=8, writes=6, leaves=0)
def identity_comes_before_the_body(api: Api) -> Judgements:
    nobody = api.anonymous()
    read = nobody.send.list_members()
    if read.ok and api.target.token is None:
        yield expect.branch("authentication_off", read)
        return
    yield from _one_answer(nobody)
    yield from _one_answer(api.as_stranger())


def _one_answer(outsider: Api) -> Judgements:
    body = {"displayName": "x", "implementationKind": outsider.target.kind}
    plain = outsider.send.create_member(body)
    for change, how in BODIES:
        wrong = outsider.send.create_member({**body, **change}, how)
        alike = (plain.status, expect.code_of(plain)) == (wrong.status, expect.code_of(wrong))
        met = f"{expect.answer(plain)}, and {expect.answer(wrong)} to a wrong body"
        expected = "a caller without access is refused alike, whatever the body is"
        yield expect.that(alike and not plain.ok, expected, met, plain, wrong)


SCENARIOS: Final[tuple[Scenario, ...]] = (
    malformed_requests_of_every_kind,
    a_missing_member_is_one_404_everywhere,
    not_found_and_bad_input_never_share_a_code,
    an_unknown_run_of_a_bound_member,
    three_conditions_of_a_revision_have_three_codes,
    a_malformed_body_is_told_where_it_is_wrong,
    identity_comes_before_the_body,
)
