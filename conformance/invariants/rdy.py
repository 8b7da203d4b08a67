"""Readiness documents: their words, their conditions, and the commands that they answer for."""

from collections.abc import Mapping
from typing import Final

from conformance import expect
from conformance.checks import Invariant, Judgements, Missing, invariant
from conformance.exchange import Exchange
from conformance.history import OperationHistory, ReadinessHistory, broke_down, not_offered

ASKED: Final = ("a_bind_that_is_ready_reads_ready", "readiness_is_about_the_revision_that_it_names")
BROKEN: Final = ("the_readiness_of_a_bind_that_failed",)
FAILED: Final = ("failed", "timed_out")


@invariant("RDY-01", over=ReadinessHistory, stimulus=ASKED)
def readiness_says_one_of_four_words_and_why(readiness: ReadinessHistory) -> Judgements:
    for read in readiness.documents:
        violations = readiness.validators.shape("readiness", read.document)
        expected = "a target, one of the four words, a reason and observedAt"
        yield expect.valid(violations, expected, read)
    yield from _if_not_offered(readiness)


def _if_not_offered(readiness: ReadinessHistory) -> Judgements:
    yield from (expect.branch("not_offered", one) for one in readiness.reads if not_offered(one))


@invariant("RDY-05", over=ReadinessHistory, stimulus=ASKED)
def the_readiness_of_a_pending_command_is_there(readiness: ReadinessHistory) -> Judgements:
    for read in readiness.reads:
        if not_offered(read):
            yield expect.branch("not_offered", read)
        elif broke_down(read):
            yield Missing(f"the transport answered: {read.line}", (read,))
        elif receipts := [one.receipt for one in readiness.operations if _undecided(one, read)]:
            expected = "200 at the readinessUrl of a command that has not failed"
            yield expect.that(read.ok, expected, expect.answer(read), receipts[0], read)


def _undecided(operation: OperationHistory, read: Exchange) -> bool:
    """Whether the command was accepted before the read, and cannot have failed by then."""
    failed = operation.claims[-1].members.get("status") == "failed"
    pending = [one for one in operation.samples if one.members.get("status") == "pending"]
    still = any(one.sent >= read.received for one in pending)
    return read.sent >= operation.receipt.received and (still or not failed)


@invariant("RDY-06", over=ReadinessHistory, stimulus=BROKEN)
def a_failed_readiness_says_what_failed(readiness: ReadinessHistory) -> Judgements:
    failed = {one.command_id: one for one in readiness.operations if _failure(one.claims[-1])}
    for read in readiness.documents:
        if read.members.get("status") in FAILED:
            wrong = list(map(str, readiness.validators.rule("RDY-06", "readiness", read.document)))
            wrong += _differences(read, failed)
            expected = "a whole failure, under the ids of the command that failed"
            if not wrong and read.members.get("commandId") not in failed:
                yield Missing(f"no receipt names the command that failed: {read.line}", (read,))
            else:
                yield expect.that(not wrong, expected, "; ".join(wrong), read)
        elif any(read.sent >= _told_at(one) for one in failed.values()):
            yield expect.branch("no_failed_readiness", read)


def _told_at(operation: OperationHistory) -> float:
    """Return when the failure of a command was first told."""
    return next(claim.received for claim in operation.claims if _failure(claim))


def _differences(read: Exchange, failed: Mapping[str, OperationHistory]) -> list[str]:
    """Say in what a readiness differs from the failed command that it is about."""
    named = read.members.get("commandId")
    if failed and not named:
        return ["it names no commandId"]
    if not isinstance(named, str) or named not in failed:
        return []
    last, wrong = failed[named].claims[-1], []
    if read.members.get("correlationId") != last.members.get("correlationId"):
        wrong.append(expect.named("correlationId", read.members.get("correlationId")))
    if _failure(read) != _failure(last):
        told = expect.named("failure.code", _failure(read))
        wrong.append(f"{told} where the status has {expect.shown(_failure(last))}")
    return wrong


def _failure(shown: Exchange) -> object:
    failure = shown.members.get("failure")
    return failure.get("code") if isinstance(failure, dict) else None


@invariant("RDY-07", over=ReadinessHistory, stimulus=ASKED)
def conditions_bear_the_status_out(readiness: ReadinessHistory) -> Judgements:
    for read in readiness.documents:
        wrong = list(map(str, readiness.validators.rule("RDY-07", "readiness", read.document)))
        listed = read.members.get("conditions")
        rows = listed if isinstance(listed, list) else []
        met = [row.get("status") for row in rows if isinstance(row, dict)]
        if read.members.get("status") == "pending" and met and all(one == "true" for one in met):
            wrong.append("pending, though every condition is true")
        expected = "each prerequisite, all true exactly where the status is ready"
        yield expect.that(not wrong, expected, "; ".join(wrong[:3]), read)
    yield from _if_not_offered(readiness)


INVARIANTS: Final[tuple[Invariant, ...]] = (
    readiness_says_one_of_four_words_and_why,
    the_readiness_of_a_pending_command_is_there,
    a_failed_readiness_says_what_failed,
    conditions_bear_the_status_out,
)
