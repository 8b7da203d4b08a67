"""A failure after acceptance is told, and told whole."""

from typing import Final

from conformance import expect
from conformance.checks import Invariant, Judgements, invariant
from conformance.history import TRUNCATION, OperationHistory, instant

POISON: Final = ("a_poisoned_invoke_ends_failed", "a_bind_that_cannot_be_prepared_ends_failed")


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
        if failure.get("stage") != claim.members.get("stage"):
            wrong.append(f"failure.stage {failure.get('stage')} at {claim.members.get('stage')}")
        occurred = instant(failure.get("occurredAt"))
        if occurred and accepted and accepted - occurred > TRUNCATION:
            wrong.append(f"occurredAt {failure['occurredAt']} is before acceptedAt")
        expected = "code, message, the document's own stage, retryable, effect and occurredAt"
        yield expect.that(not wrong, expected, "; ".join(wrong), claim)


INVARIANTS: Final[tuple[Invariant, ...]] = (
    a_failure_is_shown_exactly_where_the_verdict_is_one,
    a_failure_is_whole_and_agrees_with_its_document,
)
