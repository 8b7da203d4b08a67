"""Comparisons in the contract's words; each returns one judgement."""

from collections.abc import Collection, Sequence
from typing import Any, TypeGuard

from conformance.checks import Judged, Missing, OtherBranch
from conformance.exchange import Exchange
from conformance.validators import Violation

SHOWN_CHARACTERS = 200
NOTHING = "nothing"


def spelt(value: object) -> str:
    """Spell a value whole; what is not there is nothing."""
    if value is None:
        return NOTHING
    return value if isinstance(value, str) else repr(value)


def shown(value: object) -> str:
    """Spell a value briefly for a finding."""
    text = spelt(value)
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


def named(name: str, value: object) -> str:
    """Spell a member of a document with its value, or say that the document has none."""
    return f"no {name}" if value is None else f"{name} {value}"


def that(
    held: object,
    expected: str,
    actual: object,
    *shown_by: Exchange,
    cause: str = "",
    twin: Exchange | None = None,
) -> Judged:
    """Judge a condition worked out by the caller."""
    return Judged(bool(held), expected, shown(actual), shown_by, cause, twin)


def equal(actual: object, expected: object, what: str, *shown_by: Exchange) -> Judged:
    """Judge that `what` has exactly the expected value."""
    return that(actual == expected, f"{what} is {shown(expected)}", actual, *shown_by)


def branch(word: str, *shown_by: Exchange) -> OtherBranch:
    """Note that the server took another answer that the contract allows."""
    return OtherBranch(word, shown_by)


def valid(violations: Sequence[Violation], what: str, exchange: Exchange) -> Judged:
    """Judge that a document breaks nothing of its schema."""
    return that(not violations, what, "; ".join(map(str, violations[:3])), exchange)


def shows_version(read: Exchange, version: object, claim: Exchange) -> Judged:
    """Judge that a read model shows a state version at least as new as a claim says."""
    met = read.members.get("stateVersion")
    held = is_whole(met) and is_whole(version) and met >= version
    claimed = "the stateVersion of the claim" if version is None else f"stateVersion {version}"
    where = claim.members.get("readModelUrl") or "the read model"
    actual = f"{read.status} with {named('stateVersion', met)}"
    return that(held, f"{where} shows {claimed} or later", actual, claim, read)


def is_whole(value: object) -> TypeGuard[float]:
    """Whether a JSON value is an integer as JSON Schema means it: 1.0 is one, true is none."""
    if isinstance(value, float):
        return value.is_integer()
    return isinstance(value, int) and not isinstance(value, bool)


def is_behind(read: Exchange, version: object) -> bool:
    """Whether a read model says itself that it has not come to a state version yet."""
    met = read.members.get("stateVersion")
    return is_whole(met) and is_whole(version) and met < version


def has_come_to(read: Exchange, version: object) -> bool:
    """Whether a read model says itself that it shows a state version."""
    met = read.members.get("stateVersion")
    return is_whole(met) and is_whole(version) and met >= version


def code_of(exchange: Exchange) -> str:
    """Return the typed code of a refusal; "" if it has none."""
    code = exchange.members.get("code")
    return code if isinstance(code, str) else ""


def refused(
    exchange: Exchange, statuses: Collection[int], codes: Collection[str], what: str
) -> Judged:
    """Judge that a request is refused with one of the statuses and one of the codes."""
    expected = f"{what}: {_either(sorted(statuses))} with {_either(codes)}"
    held = exchange.status in statuses and code_of(exchange) in codes
    return that(held, expected, answer(exchange), exchange)


def refused_unlike(
    twin: Exchange,
    refusal: Exchange,
    statuses: Collection[int],
    codes: Collection[str],
    what: str,
) -> Judged | Missing:
    """Judge that a request is refused for its one fault.

    Args:
        twin: the same request without the fault; unless it was accepted, nothing is known of why
            the other was refused.
        refusal: the request with the fault.
        statuses: those that the contract allows.
        codes: those that the contract allows.
        what: the fault, in a few words.

    """
    if not twin.ok:
        return Missing(f"the twin without the fault was refused too: {twin.line}", (twin, refusal))
    judged = refused(refusal, statuses, codes, what)
    return Judged(judged.held, judged.expected, judged.actual, (twin, refusal), twin=twin)


def answer(exchange: Exchange) -> str:
    """Spell an answer: status and code, or the transport error."""
    if exchange.response is None:
        return exchange.error or "no answer"
    body = code_of(exchange) or _beginning(exchange.response.body)
    return f"{exchange.status} {body}"


def _beginning(body: bytes) -> str:
    return shown(body.decode("utf-8", "replace")) if body else "with an empty body"


def _either(values: Collection[Any]) -> str:
    return " or ".join(str(value) for value in values)
