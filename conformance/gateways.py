"""What may come from before the API: from a gateway, a limiter or a framework."""

import re
from typing import Final

from conformance.contract import Operation
from conformance.exchange import Exchange
from conformance.expect import code_of
from conformance.history import BROKEN, BUSY, TRANSPORT

SAFE: Final = ("GET", "HEAD", "OPTIONS", "TRACE")
KEY: Final = "idempotency-key"
CODE: Final = re.compile(r"(?=.{1,63}$)[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
OF_NO_CONDITION: Final = ("", "RATE_LIMITED", "SERVICE_UNAVAILABLE")
UNSENT: Final = ("not sent", "no connection")
TOO_LARGE: Final = 413
TURNED_AWAY: Final = (400, 403, 404)
MISSED: Final = (400, 404)
REDIRECTED: Final = range(300, 400)
DOTS: Final = (".", "..")


def of_the_transport(answer: Exchange, rule: Operation | None) -> bool:
    """Whether a gateway or a limiter answered, or the API only that it cannot at this time."""
    code = code_of(answer)
    ours = rule is not None and code in rule.codes
    return answer.status in TRANSPORT and (not ours or code in OF_NO_CONDITION)


def is_foreign(answer: Exchange, rule: Operation) -> bool:
    """Whether a refusal is none of the API's own, by its status and a code of somebody else's."""
    code = code_of(answer)
    too_large = answer.status == TOO_LARGE and not CODE.fullmatch(code)
    return too_large or (answer.status in TRANSPORT and code not in rule.codes)


def lost_its_answer(asked: Exchange, rule: Operation | None) -> bool:
    """Whether a request may have been served although its answer did not come."""
    if asked.response is None:
        return not (asked.error or "").startswith(UNSENT)
    return asked.status != BUSY and of_the_transport(asked, rule)


def may_go_again(asked: Exchange, rule: Operation | None) -> bool:
    """Whether a request that was not answered, or not by the API, does no harm twice.

    A limiter looks at nothing; after any other answer the request may have been served.
    """
    one_effect = asked.request.method in SAFE or KEY in dict(asked.request.headers)
    if asked.error is not None:
        return (one_effect and "timed out" not in asked.error) or "refused" in asked.error
    return of_the_transport(asked, rule) and (one_effect or asked.status == BUSY)


def in_progress(answer: Exchange) -> bool:
    """Whether a repeat is told that the first request with its key is still under way."""
    return code_of(answer) == "IDEMPOTENCY_IN_PROGRESS"


def says_nothing(answer: Exchange, rule: Operation | None) -> bool:
    """Whether the answer to a repeat leaves open what became of the first request."""
    return answer.response is None or of_the_transport(answer, rule) or in_progress(answer)


def may_be_of_another_path(answer: Exchange) -> bool:
    """Whether an id of dots may have been resolved on the way, so that another path was asked."""
    return any(one in DOTS for one in answer.parameters.values()) and answer.status < BROKEN


def may_end_at_a_gateway(answer: Exchange) -> bool:
    """Whether a gateway may refuse it untyped: for an encoded slash, or dots that it resolves."""
    refused = answer.status in TURNED_AWAY and not CODE.fullmatch(code_of(answer))
    return refused and _is_taken(answer)


def may_be_a_gateways(answer: Exchange) -> bool:
    """Whether an id that a gateway refuses, resolves or redirects kept a request from the API."""
    elsewhere = may_be_of_another_path(answer) and answer.status not in MISSED
    redirected = _is_taken(answer) and answer.status in REDIRECTED
    return elsewhere or redirected or may_end_at_a_gateway(answer)


def _is_taken(answer: Exchange) -> bool:
    ids = answer.parameters.values()
    return any({"/", "\\"} & set(one) or one in DOTS for one in ids)
