"""Exchanges as a sequence of requests and answers, in the order in which they left and came."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from conformance.reports.counted import counted
from conformance.reports.printable import printable
from conformance.reports.shown_findings import ShownExchange

LONGEST_LINE: Final = 300


@dataclass(frozen=True, slots=True)
class Step:
    """A request on its way out, an answer on its way back, or one that never came.

    Attributes:
        at: seconds since the run began.
        number: of the exchange.
        text: what the arrow carries.

    """

    kind: Literal["request", "answer", "no answer"]
    at: float
    number: int
    text: str


def steps(exchanges: Sequence[ShownExchange]) -> list[Step]:
    """Return the steps of some exchanges in the order of time.

    Requests that were under way together stand so: their answers come after both.
    """
    senders = {_sender(exchange) for exchange in exchanges}
    both = (
        step for exchange in exchanges for step in _of_one(exchange, tell_sender=len(senders) > 1)
    )
    return sorted(both, key=lambda step: step.at)


def _of_one(exchange: ShownExchange, *, tell_sender: bool) -> Iterator[Step]:
    sender = f" as {_sender(exchange)}" if tell_sender else ""
    twin = " (twin)" if exchange.role == "twin" else ""
    request = printable(exchange.line.partition(" → ")[0], LONGEST_LINE) + sender + twin
    yield Step("request", exchange.sent, exchange.number, request)
    if exchange.response is None:
        error = printable(exchange.error or "no answer", LONGEST_LINE)
        yield Step("no answer", exchange.received, exchange.number, error)
    else:
        answer = f"{exchange.status}, {counted(exchange.response.body_bytes, 'byte')}"
        yield Step("answer", exchange.received, exchange.number, answer)


def _sender(exchange: ShownExchange) -> str:
    given = (value for name, value in exchange.request.headers if name.lower() == "authorization")
    return printable(next(given, "nobody")).removeprefix("Bearer ")
