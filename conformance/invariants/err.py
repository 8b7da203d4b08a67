"""Refusals are typed."""

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from conformance import expect
from conformance.checks import Invariant, Judged, Judgements, Missing, invariant
from conformance.exchange import Exchange
from conformance.gateways import CODE, is_foreign, may_end_at_a_gateway
from conformance.history import RouteHistory

PROBLEM: Final = "application/problem+json"
IDS: Final = ("scopeId", "memberId", "revisionId", "endpointId", "runId", "commandId")
WRONG_TYPE: Final = 415
REFUSALS: Final = (
    "malformed_requests_of_every_kind",
    "a_missing_member_is_one_404_everywhere",
    "not_found_and_bad_input_never_share_a_code",
    "an_unknown_run_of_a_bound_member",
)


@invariant("ERR-01", over=RouteHistory, stimulus=REFUSALS)
def every_error_has_a_code_and_a_message(route: RouteHistory) -> Judgements:
    for answer in route.answers:
        untyped = answer.status == WRONG_TYPE and not expect.code_of(answer)
        if untyped or is_foreign(answer, route.rule) or may_end_at_a_gateway(answer):
            yield Missing(f"a gateway or a framework answered: {answer.line}", (answer,))
        elif answer.status >= 400:  # noqa: PLR2004
            yield _typed(answer)


@invariant("ERR-04", over=RouteHistory, stimulus=REFUSALS)
def no_404_is_bare(route: RouteHistory) -> Judgements:
    for answer in route.answers:
        if answer.status == 404 and not may_end_at_a_gateway(answer):  # noqa: PLR2004
            yield _typed(answer)


def _typed(answer: Exchange) -> Judged:
    message = answer.members.get("message")
    held = expect.code_of(answer) and isinstance(message, str) and message
    expected = "a JSON object with code and message"
    cause = "untyped 404" if answer.status == 404 else ""  # noqa: PLR2004
    return expect.that(held, expected, expect.answer(answer), answer, cause=cause)


@invariant("ERR-03", over=RouteHistory, stimulus=REFUSALS)
def every_code_is_of_the_one_form(route: RouteHistory) -> Judgements:
    for answer in _refusals(route):
        if code := expect.code_of(answer):
            expected = "an UPPER_SNAKE code of at most 63 characters"
            yield expect.that(CODE.fullmatch(code), expected, code, answer)


@invariant("ERR-07", over=RouteHistory, stimulus=REFUSALS)
def a_problem_repeats_its_status(route: RouteHistory) -> Judgements:
    for answer in _refusals(route):
        if PROBLEM not in (answer.header("content-type") or "").lower():
            yield expect.branch("plain_json", answer)
            continue
        met = {name: answer.members.get(name) for name in ("type", "title", "status")}
        texts = isinstance(met["type"], str) and isinstance(met["title"], str)
        expected = f"a type, a title and status {answer.status}"
        yield expect.that(texts and met["status"] == answer.status, expected, met, answer)


@invariant("ERR-08", over=RouteHistory, stimulus=REFUSALS)
def message_and_detail_say_the_same(route: RouteHistory) -> Judgements:
    for answer in _refusals(route):
        message, detail = (answer.members.get(name) for name in ("message", "detail"))
        if isinstance(message, str) and isinstance(detail, str):
            held = message.startswith(detail) or detail.startswith(message)
            yield expect.that(held, f"detail: {message}", detail, answer)
        else:
            yield Judged(True, "one sentence", "", (answer,))  # noqa: FBT003


@invariant("ERR-11", over=RouteHistory, stimulus=REFUSALS)
def a_refusal_echoes_only_what_was_asked(route: RouteHistory) -> Judgements:
    for answer in _refusals(route):
        query = dict(parse_qsl(urlsplit(answer.request.url).query))
        asked = _given(answer) | query | answer.parameters
        told = {name: answer.members[name] for name in IDS if name in answer.members}
        foreign = {
            name: value
            for name, value in told.items()
            if isinstance(value, str) and _plain(value) != _plain(str(asked.get(name, value)))
        }
        own = {name: asked[name] for name in told if asked.get(name) is not None}
        expected = f"no other id than {expect.shown(own)}"
        yield expect.that(not foreign, expected, foreign, answer)


def _given(answer: Exchange) -> dict[str, Any]:
    """Return what the body named; a create may be refused under an id of the server's own."""
    own = {"memberId"} if answer.operation_id == "createMember" else set()
    return {name: value for name, value in answer.given.items() if name not in own}


def _plain(spelt: str) -> str:
    """Return an id as it is meant, however it is escaped or padded."""
    return unquote(spelt).strip()


def _refusals(route: RouteHistory) -> Iterator[Exchange]:
    """Yield the refusals of a route that are the API's own, by its code or by their status."""
    for answer in route.answers:
        foreign = is_foreign(answer, route.rule)
        refused = answer.status >= 400 and answer.members  # noqa: PLR2004
        if refused and not foreign and not may_end_at_a_gateway(answer):
            yield answer


INVARIANTS: Final[tuple[Invariant, ...]] = (
    every_error_has_a_code_and_a_message,
    no_404_is_bare,
    every_code_is_of_the_one_form,
    a_problem_repeats_its_status,
    message_and_detail_say_the_same,
    a_refusal_echoes_only_what_was_asked,
)
