"""An invoke and its run come to the same end."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from conformance import expect
from conformance.checks import EVERY_WRITE, Invariant, Judged, Judgements, invariant
from conformance.exchange import Exchange
from conformance.history import TERMINAL, TRUNCATION, OperationHistory, instant, run_word

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
    return [
        read for read in operation.model_reads if read.ok and run_word(read.members) in [*VERDICTS]
    ]


def _alike(run: Exchange, verdict: Exchange) -> Judged:
    status, codes = VERDICTS[str(run_word(run.members))]
    code = _code(verdict)
    met = f"{verdict.members['status']} {code}".strip()
    held = verdict.members["status"] == status and (not code or not codes or code in codes)
    expected = f"{status} {' or '.join(codes)}".strip()
    expected = f"{expected}, as the run is {run_word(run.members)}"
    return expect.that(held, expected, met, run, verdict)


def _code(verdict: Exchange) -> str:
    """Return the code with which a run failed; "" where nothing failed, or before there was one."""
    failure = verdict.members.get("failure")
    if not isinstance(failure, dict) or failure.get("stage") == "accepted":
        return ""
    return str(failure.get("code") or "")


def _overdue(due: datetime, decided: datetime, verdict: Exchange) -> Judged:
    expected = f"timed_out not before deadlineAt {due.isoformat()}"
    return expect.that(due - decided <= TRUNCATION, expected, decided.isoformat(), verdict)


INVARIANTS: Final[tuple[Invariant, ...]] = (the_outcome_of_the_run_is_the_verdict_of_its_invoke,)
