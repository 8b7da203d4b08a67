"""What a run waited for, and how long; read off its trace, and no verdict rests on it."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal

from conformance.contract import Contract
from conformance.exchange import Exchange
from conformance.fold import Histories
from conformance.gateways import SAFE
from conformance.histories_judged import AMID_A_RESTART
from conformance.history import ACCEPTED, OperationHistory, http_date, rank, retry_after
from conformance.pace import USUAL
from conformance.target import Target

Kind = Literal[
    "write_accepted",
    "write_refused",
    "read_answered",
    "observed_after_202",
    "verdict_after_202",
    "timed_out_after_202",
    "retry_after_heeded",
]


@dataclass(frozen=True, slots=True)
class Waited:
    """One wait that came to its end.

    Attributes:
        operation: operationId; None for a URL outside the contract.

    """

    kind: Kind
    operation: str | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Spread:
    """Some waits in four numbers, in seconds; each is that of one of them."""

    count: int
    p50: float
    p95: float
    longest: float


def spread(seconds: Collection[float]) -> Spread:
    """Return the spread of at least one wait; a percentile is the least that so many reach."""
    ordered = sorted(seconds)
    p50, p95 = (ordered[ceil(share * len(ordered) / 100) - 1] for share in (50, 95))
    return Spread(len(ordered), p50, p95, ordered[-1])


def waits_of(
    contract: Contract, target: Target, exchanges: Iterable[Exchange]
) -> tuple[Waited, ...]:
    """Return every wait of a run that an answer ended.

    Args:
        contract: by which the run was judged.
        target: how long the kit waited between two looks.
        exchanges: of the run, in order of sending; those around a restart are left out.

    """
    looked_at = [one for one in exchanges if one.cause not in AMID_A_RESTART]
    histories = Histories(contract, target)
    for one in looked_at:
        histories.take(one)
    return (
        *(_answered(one) for one in looked_at if one.response is not None),
        *(waited for one in histories.operations.values() for waited in _after_202(one)),
        *_heeded(looked_at, target),
    )


def _answered(one: Exchange) -> Waited:
    kind: Kind = "write_accepted" if one.ok else "write_refused"
    if one.request.method in SAFE:
        kind = "read_answered"
    return Waited(kind, one.operation_id, one.received - one.sent)


def _after_202(command: OperationHistory) -> Iterator[Waited]:
    """Yield how long after its receipt a command was first seen observed, and at its verdict.

    What nobody looked for in time is left out: it was there before, nobody knows how long.
    """
    receipts = [one for one in command.acknowledgements if one.status == ACCEPTED]
    if not receipts:
        return
    receipt = min(receipts, key=_received)
    reads = (one for one in command.status_reads if one.received >= receipt.received)
    looks = [receipt, *sorted(reads, key=_received)]
    met: set[Kind] = set()
    for place, look in enumerate(looks):
        for kind in _shown(look):
            if kind not in met and _is_in_time(looks[: place + 1], command.target):
                seconds = look.received - receipt.received
                yield Waited(kind, command.rule.operation_id, seconds)
            met.add(kind)


def _received(one: Exchange) -> float:
    return one.received


def _shown(look: Exchange) -> Iterator[Kind]:
    if not look.ok:
        return
    if rank(look.members.get("stage")) >= rank("observed"):
        yield "observed_after_202"
    status = look.members.get("status")
    if status in ("ready", "failed"):
        yield "verdict_after_202"
    if status == "timed_out":
        yield "timed_out_after_202"


def _is_in_time(looks: Sequence[Exchange], target: Target) -> bool:
    """Whether the last look came as soon after the one before as polls do."""
    before = looks[-2:][0]
    return looks[-1].sent - before.received <= _longest_pause(before, looks[-1], target)


def _heeded(exchanges: Iterable[Exchange], target: Target) -> Iterator[Waited]:
    """Yield the pauses before a repeat that are as long as Retry-After asked for."""
    asking: dict[tuple[str, ...], Exchange] = {}
    for one in exchanges:
        asked_by = (one.lane, one.cause, one.request.method, one.request.url)
        before = asking.pop(asked_by, None)
        if before is not None:
            pause = one.sent - before.received
            if _asked(before, target) <= pause <= _longest_pause(before, one, target):
                yield Waited("retry_after_heeded", one.operation_id, pause)
        if _asked(one, target) > 0:
            asking[asked_by] = one


def _longest_pause(before: Exchange, after: Exchange, target: Target) -> float:
    """Return twice the longest pause between two polls, since a machine may be busy."""
    answer = after.received - after.sent
    usual = max(USUAL.poll_most, target.pace.poll_most)
    return 2 * max(usual, answer, _asked(before, target))


def _asked(answer: Exchange, target: Target) -> float:
    """Return for how many seconds a poll heeds an answer's Retry-After.

    0 for a date without a Date beside it, which says something else each time it is read.
    """
    digits = (answer.header("retry-after") or "").strip().isdigit()
    told = digits or http_date(answer.header("date")) is not None
    return min(retry_after(answer), target.completion_limit) if told else 0.0
