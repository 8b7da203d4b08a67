"""Refusals: one condition, one shape, on every route."""

from collections.abc import Callable
from typing import Final

from conformance import expect
from conformance.api import Api, How
from conformance.checks import Judged, Judgements, Scenario, scenario
from conformance.exchange import Exchange

MISSING: Final = "STUDIO_MEMBER_NOT_FOUND"
Route = Callable[[Api, str], Exchange]
WRITES: Final[tuple[Route, ...]] = (
    lambda api, member: api.send.update_member(member, {"displayName": "Nobody"}),
    lambda api, member: api.send.update_member_implementation(member, _branch(api)),
    lambda api, member: api.send.bind_member(member, _branch(api)),
    lambda api, member: api.send.activate_member_revision(member, "r1"),
    lambda api, member: api.send.retire_member_revision(member, "r1"),
    lambda api, member: api.invoke(member, api.fixture("good")),
)


def _branch(api: Api) -> dict[str, object]:
    return dict(api.fixture("good").branch)


@scenario("ERR-02", requests=16, writes=7, leaves=1)
def a_missing_member_is_one_404_everywhere(api: Api) -> Judgements:
    api.member(api.fixture("good").kind)
    missing = api.names.fresh()
    for answer in api.read_everywhere(missing):
        yield _typed(api, answer, missing)
    for write in WRITES:
        answer = write(api, missing)
        if answer.ok:
            code = api.verdict_of(answer).failure.get("code")
            yield expect.equal(code, MISSING, "failure.code of a write to no member", answer)
        else:
            yield _typed(api, answer, missing)


def _typed(api: Api, answer: Exchange, member_id: str) -> Judged:
    wanted = {"code": MISSING, "scopeId": api.target.scope, "memberId": member_id}
    held = answer.status == 404 and wanted.items() <= _texts(answer).items()  # noqa: PLR2004
    shown = {name: answer.members.get(name) for name in wanted}
    expected = f"404 {MISSING} that echoes scopeId and memberId"
    return expect.that(held, expected, f"{expect.answer(answer)} with {shown}", answer)


def _texts(answer: Exchange) -> dict[str, str]:
    return {name: value for name, value in answer.members.items() if isinstance(value, str)}


@scenario("ERR-05", requests=6, writes=3, leaves=1)
def not_found_and_bad_input_never_share_a_code(api: Api) -> Judgements:
    member = api.member(api.fixture("good").kind)

    nobody = api.send.bind_member(api.names.fresh(), _branch(api))
    code = api.verdict_of(nobody).failure.get("code") if nobody.ok else expect.code_of(nobody)
    yield expect.equal(code, MISSING, "code of a bind on a missing member", nobody)

    empty = How(violates="body: no implementation, and none is stored")
    malformed = api.send.bind_member(member.member_id, {}, empty)
    what = "a bind without an implementation"
    yield expect.refused(malformed, {400, 422}, ("INVALID_STUDIO_MEMBER_BINDING",), what)


@scenario("ERR-04", requests=7, writes=2, leaves=1)
def unknown_run_is_a_typed_404(api: Api) -> Judgements:
    member = api.bound_member()
    unknown = api.send.get_member_run(member.member_id, api.names.fresh())
    yield expect.that(unknown.status == 404, "404", expect.answer(unknown), unknown)  # noqa: PLR2004


SCENARIOS: Final[tuple[Scenario, ...]] = (
    a_missing_member_is_one_404_everywhere,
    not_found_and_bad_input_never_share_a_code,
    unknown_run_is_a_typed_404,
)
