"""All exchanges of one run, in order of sending."""

import threading
import time
from collections.abc import Iterator

from conformance.exchange import Exchange


class Trace:
    """An append-only record that many threads may write to."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sent = 0
        self._exchanges: list[Exchange] = []
        self._began = time.monotonic()

    def now(self) -> float:
        """Return the seconds since the run began."""
        return time.monotonic() - self._began

    def next_number(self) -> int:
        """Reserve the number of a request about to be sent."""
        with self._lock:
            self._sent += 1
            return self._sent

    def record(self, exchange: Exchange) -> None:
        """Keep a finished exchange."""
        with self._lock:
            self._exchanges.append(exchange)

    def first_with(self, value: object) -> Exchange | None:
        """Return the first answer that gives a text, as a value in its body or in a header."""
        if not isinstance(value, str):
            return None
        return next((one for one in self if value in _texts(one)), None)

    def __iter__(self) -> Iterator[Exchange]:
        with self._lock:
            finished = sorted(self._exchanges, key=lambda exchange: exchange.number)
        return iter(finished)

    def __len__(self) -> int:
        return len(self._exchanges)


def _texts(answer: Exchange) -> Iterator[str]:
    """Yield every text of an answer: of its body, of its headers and of the paths in them."""
    left = [answer.document]
    while left:
        value = left.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            left.extend(value.values())
        elif isinstance(value, list):
            left.extend(value)
    for header in answer.response.headers.values() if answer.response else ():
        yield header
        yield from header.split("/")
