"""An invoke and its run come to the same end."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from conformance import expect
from conformance.checks import EVERY_WRITE, Invariant, Judged, Judgements, invariant
from conformance.exchange import Exchange
from conformance.history import TERMINAL, TRUNCATION, OperationHistory, instant

POISON: Final = ("a_run_that_failed_is_told_by_its_invoke",)
SLOW: Final = ("a_slow_invoke_is_decided_by_its_deadline",)
VERDICTS: Final = {
    "completed": ("ready", ()),
    "failed": ("failed", ("RUN_FAILED",)),
    "stopped": ("failed", ("RUN_STOPPED", "RUN_CANCELLED", "OPERATION_CANCELLED")),
    "timed_out": ("failed", ("RUN_TIMED_OUT",)),
}


@invariant("INV-07", over=OperationHistory, stimulus=(*EVERY_WRITE, *POISON, *SLOW))
def the_outcome_of_the_run_is_the_verdict_of_its_invoke(operation: OperationHistory) -> Judgements:
    if operation.rule.operation_id != "invokeMember":
        return
    for verdict in _verdicts(operation):
        due = instant(operation.first_of("deadlineAt"))
        decided = instant(verdict.members.get("completedAt") or verdict.members.get("updatedAt"))
        if verdict.members["status"] != "timed_out":
            for run in _ended(operation)[-1:]:
                yield _alike(run, verdict)
        elif due and decided:
            yield _overdue(due, decided, verdict)


def _verdicts(operation: OperationHistory) -> Iterator[Exchange]:
    """Yield the first claim of each verdict."""
    seen: set[str] = set()
    for claim in operation.claims:
        status = claim.members.get("status")
        if status in TERMINAL and status not in seen:
            seen.add(status)
            yield claim


def _ended(operation: OperationHistory) -> list[Exchange]:
    return [read for read in operation.model_reads if read.ok and word_of(read) in VERDICTS]


def word_of(run: Exchange) -> object:
    """Return the run word, which stands in `status` where no runStatus and no stage is."""
    older = None if "stage" in run.members else run.members.get("status")
    return run.members.get("runStatus", older)


def _alike(run: Exchange, verdict: Exchange) -> Judged:
    status, codes = VERDICTS[str(word_of(run))]
    failure = verdict.members.get("failure")
    code = failure.get("code") if isinstance(failure, dict) else None
    met = f"{verdict.members['status']} {code or ''}".strip()
    held = verdict.members["status"] == status and (code is None or code in (codes or (code,)))
    expected = f"{status} {' or '.join(codes)}".strip() + f", as the run is {word_of(run)}"
    return expect.that(held, expected, met, run, verdict)


def _overdue(due: datetime, decided: datetime, verdict: Exchange) -> Judged:
    expected = f"timed_out not before deadlineAt {due.isoformat()}"
    return expect.that(due - decided <= TRUNCATION, expected, decided.isoformat(), verdict)


INVARIANTS: Final[tuple[Invariant, ...]] = (the_outcome_of_the_run_is_the_verdict_of_its_invoke,)
