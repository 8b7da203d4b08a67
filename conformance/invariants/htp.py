"""Media types and caching of everything that was answered."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from conformance import expect
from conformance.checks import EVERY_WRITE, Invariant, Judgement, Judgements, Missing, invariant
from conformance.exchange import Exchange
from conformance.history import RouteHistory

TRAFFIC: Final = (*EVERY_WRITE, "every_documented_route_is_there")
VOLATILE: Final = ("getOperation", "getMemberBindingReadiness", "getMemberRun")
UNCACHED: Final = {"no-store", "no-cache", "max-age=0"}
JSON: Final = re.compile(r"application/(problem\+)?json\s*(;.*)?", re.IGNORECASE)
REFUSED: Final = 400


@invariant("HTP-01", over=RouteHistory, stimulus=TRAFFIC)
def what_changes_is_not_cached(route: RouteHistory) -> Judgements:
    reads = route.answers if route.rule.operation_id in VOLATILE else []
    for answer in (*route.receipts(), *(one for one in reads if one.ok)):
        given = answer.header("cache-control") or ""
        directives = {one.strip().lower() for one in given.split(",")}
        expected = f"Cache-Control with {', '.join(sorted(UNCACHED))}"
        yield expect.that(directives & UNCACHED, expected, given or "no such header", answer)


@invariant("HTP-02", over=RouteHistory, stimulus=TRAFFIC)
def bodies_are_json_and_say_so(route: RouteHistory) -> Judgements:
    for answer in route.answers:
        if answer.response and answer.response.body:
            yield from _body(answer, answer.response.body)


def _body(answer: Exchange, body: bytes) -> Iterator[Judgement]:
    media_type = answer.header("content-type") or "no media type"
    named, wrong = JSON.fullmatch(media_type), _wrong(body)
    if answer.status >= REFUSED and wrong and not named:
        yield Missing(f"a refusal in {media_type} may be a gateway's: {answer.line}", (answer,))
        return
    expected = "application/json or application/problem+json, UTF-8, each name once"
    yield expect.that(named and not wrong, expected, f"{media_type}: {wrong or 'JSON'}", answer)


def _wrong(body: bytes) -> str:
    """Say what keeps a body from being plain JSON; "" if nothing does."""
    try:
        json.loads(body.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as problem:
        return str(problem)
    return ""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        twice = next(name for name, _ in pairs if [one for one, _ in pairs].count(name) > 1)
        raise ValueError(f"{twice} stands twice in an object")
    return members


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


INVARIANTS: Final[tuple[Invariant, ...]] = (
    what_changes_is_not_cached,
    bodies_are_json_and_say_so,
)
