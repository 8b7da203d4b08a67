"""Refusals are typed."""

from typing import Final

from conformance import expect
from conformance.checks import Invariant, Judged, Judgements, Missing, invariant
from conformance.exchange import Exchange
from conformance.history import RouteHistory, may_end_at_a_gateway

GATEWAY: Final = (413, 429, 502, 503, 504)
REFUSALS: Final = (
    "malformed_requests_of_every_kind",
    "a_missing_member_is_one_404_everywhere",
    "not_found_and_bad_input_never_share_a_code",
    "an_unknown_run_of_a_bound_member",
)


@invariant("ERR-01", over=RouteHistory, stimulus=REFUSALS)
def every_error_has_a_code_and_a_message(route: RouteHistory) -> Judgements:
    for answer in route.answers:
        untyped = answer.status in GATEWAY and not expect.code_of(answer)
        if untyped or may_end_at_a_gateway(answer):
            yield Missing(f"a gateway answered: {answer.line}", (answer,))
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


INVARIANTS: Final[tuple[Invariant, ...]] = (every_error_has_a_code_and_a_message, no_404_is_bare)
