"""What a reader of a result must know, beside the verdicts: by what lesser means it came about."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final, Literal

from conformance.exchange import Exchange
from conformance.modes import FULL
from conformance.pace import above_caps
from conformance.restarting import RESTART
from conformance.target import Target

Kind = Literal[
    "certificate_not_verified",
    "hooks_not_run",
    "lesser_mode",
    "no_outage_seen",
    "non_conforming_timing",
    "served_though_declared_not_offered",
    "stopped_answering",
]
AWAY: Final = (502, 503, 504)
SILENCE: Final = 3


@dataclass(frozen=True, slots=True)
class Notice:
    """One such thing, as a public word and a sentence."""

    kind: Kind
    text: str


def beforehand(target: Target) -> Iterator[Notice]:
    """Yield what is known before anything is sent."""
    if target.mode != FULL:
        yield Notice(
            "lesser_mode",
            f"mode {target.mode}: no write is sent and no profile is claimed; the exit code tells "
            "of what can be judged without writes.",
        )
    elif target.hooks_not_run:
        yield Notice(
            "hooks_not_run",
            f"{'; '.join(target.hooks_not_run.values())}. A hook acts on the server that it was "
            "written for: give it in the place that names the URL, or this server a target file "
            "of its own.",
        )
    if not target.verify:
        yield Notice(
            "certificate_not_verified",
            "verify = false: nobody checked that this is the server it claims to be.",
        )
    above = tuple(above_caps(target.waits))
    if above:
        yield Notice(
            "non_conforming_timing",
            f"The waits are longer than a conforming run allows: {'; '.join(above)}.",
        )


def afterwards(exchanges: Sequence[Exchange], back: Exchange | None = None) -> Iterator[Notice]:
    """Yield what the answers show besides, and that there were none in the end.

    Args:
        exchanges: of the run, in order of sending.
        back: the first answer after the restart; None where there was none.

    """
    served: dict[str, Exchange] = {}
    for one in exchanges:
        if one.ok and one.declared_away and one.operation_id:
            served.setdefault(one.operation_id, one)
    for operation, one in served.items():
        yield Notice(
            "served_though_declared_not_offered",
            f"not_offered names {operation}, which is served: exchange {one.number}, {one.line}.",
        )
    if back is not None:
        yield from _no_outage(exchanges, back)
    yield from _silence(exchanges)


def _no_outage(exchanges: Sequence[Exchange], back: Exchange) -> Iterator[Notice]:
    """Tell of a restart amid which everything was answered; instances may have taken turns."""
    began = next(one.sent for one in exchanges if one.cause == RESTART)
    amid = [one for one in exchanges if began <= one.sent <= back.sent]
    if not any(map(_is_unanswered, amid)):
        yield Notice(
            "no_outage_seen",
            f"The restart hook did its work, and none of the {len(amid)} requests sent meanwhile "
            "met a server that was down. Either instances took turns, or nothing was restarted, "
            "and then what is said of durability was not put to the test. See that the hook kills "
            "the server that answers here.",
        )


def _silence(exchanges: Sequence[Exchange]) -> Iterator[Notice]:
    """Tell of a target that answered at first and not at all in the end."""
    silent = list(takewhile(_is_unanswered, reversed(exchanges)))
    if SILENCE <= len(silent) < len(exchanges):
        last, first = exchanges[-len(silent) - 1], silent[-1]
        yield Notice(
            "stopped_answering",
            f"The target stopped answering {first.sent:.1f} s into the run: exchange {last.number} "
            f"was the last with an answer, and none of the {len(silent)} after it had one "
            f"({first.error or first.status}). What they were to show is not verified. Find out "
            "why it stopped, then run again.",
        )


def _is_unanswered(exchange: Exchange) -> bool:
    return exchange.response is None or exchange.status in AWAY
