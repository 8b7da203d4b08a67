"""A failure after acceptance is told, and told whole."""

import re
from typing import Any, Final

from conformance import expect
from conformance.checks import Invariant, Judgements, invariant
from conformance.exchange import Exchange
from conformance.history import TRUNCATION, OperationHistory, RouteHistory, instant

POISON: Final = ("a_poisoned_invoke_ends_failed", "a_bind_that_cannot_be_prepared_ends_failed")
HALF: Final = ("a_bind_that_breaks_half_way_ends_partial",)
UNKNOWN: Final = ("an_unknown_command_is_a_typed_404",)
REFUSED: Final = 400
INTERNALS: Final = re.compile(
    r"Traceback \(most recent call last\)"
    r"|(?m:^\s+at [\w.<>`$+]+\()"
    r"|\w\.(?:cs|py|java|go|ts|js|rb):(?:line )?\d+"
    r'|File "[^"]+", line \d+'
    r"|\w+://[^/\s:@]+:[^/\s@]+@"
    r"|(?i:\b(?:password|pwd|accountkey|sharedaccesskey)=[^\s;]+)"
    r"|\b(?:\w+\.){2,}\w*(?:Exception|GAgent|Actor|Grain)\b"
)


@invariant("FLR-01", over=OperationHistory, stimulus=POISON)
def a_failure_is_shown_exactly_where_the_verdict_is_one(operation: OperationHistory) -> Judgements:
    for claim in operation.claims:
        violations = operation.validators.rule("FLR-01", "status", claim.document)
        if violations:
            yield expect.valid(violations, "a failure exactly on failed and timed_out", claim)


@invariant("FLR-02", over=OperationHistory, stimulus=POISON)
def a_failure_is_whole_and_agrees_with_its_document(operation: OperationHistory) -> Judgements:
    accepted = instant(operation.receipt.members.get("acceptedAt"))
    for claim in operation.claims:
        failure = claim.members.get("failure")
        if not isinstance(failure, dict):
            continue
        wrong = [str(one) for one in operation.validators.rule("FLR-02", "status", claim.document)]
        stages = failure.get("stage"), claim.members.get("stage")
        if stages[0] != stages[1]:
            told = expect.named("failure.stage", stages[0])
            wrong.append(f"{told} at {expect.shown(stages[1])}")
        occurred = instant(failure.get("occurredAt"))
        if occurred and accepted and accepted - occurred > TRUNCATION:
            wrong.append(f"occurredAt {failure['occurredAt']} is before acceptedAt")
        expected = "code, message, the document's own stage, retryable, effect and occurredAt"
        yield expect.that(not wrong, expected, "; ".join(wrong), claim)


@invariant("FLR-05", over=OperationHistory, stimulus=HALF)
def what_is_half_done_names_its_steps(operation: OperationHistory) -> Judgements:
    for sample in operation.samples:
        partial = _failure(sample).get("effect") == "partial"
        if not partial or sample.members.get("status") != "failed":
            continue
        steps = sample.members.get("steps")
        rows = [one for one in steps if isinstance(one, dict)] if isinstance(steps, list) else []
        said = [one.get("status") for one in rows if one.get("name")]
        expected = "steps by name, those that are done and the one that failed"
        yield expect.that("done" in said and "failed" in said, expected, f"steps {steps}", sample)


@invariant("FLR-09", over=RouteHistory, stimulus=(*UNKNOWN, *POISON))
def a_refusal_tells_nothing_of_the_inside(route: RouteHistory) -> Judgements:
    for answer in route.answers:
        if answer.status >= REFUSED:
            told = [answer.members.get(name) for name in ("message", "detail")]
            yield from _safe(answer, answer, *told)


@invariant("FLR-09", over=OperationHistory, stimulus=POISON)
def a_failure_tells_nothing_of_the_inside(operation: OperationHistory) -> Judgements:
    for claim in operation.claims:
        yield from _safe(operation.receipt, claim, _failure(claim).get("message"))


def _safe(asked: Exchange, shown: Exchange, *told: object) -> Judgements:
    """Judge what is told; what the caller wrote into the request may come back."""
    given = f"{asked.request.url} {(asked.request.body or b'').decode('utf-8', 'replace')}"
    for text in told:
        if isinstance(text, str):
            found = (one[0] for one in INTERNALS.finditer(text) if one[0] not in given)
            inside = next(found, "")
            expected = "a message without stack, source path, credential or type name"
            yield expect.that(not inside, expected, inside.strip(), shown)


def _failure(claim: Exchange) -> dict[str, Any]:
    failure = claim.members.get("failure")
    return failure if isinstance(failure, dict) else {}


INVARIANTS: Final[tuple[Invariant, ...]] = (
    a_failure_is_shown_exactly_where_the_verdict_is_one,
    a_failure_is_whole_and_agrees_with_its_document,
    what_is_half_done_names_its_steps,
    a_refusal_tells_nothing_of_the_inside,
    a_failure_tells_nothing_of_the_inside,
)
