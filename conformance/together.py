"""Requests that leave at the same instant, each from a thread of its own."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

T = TypeVar("T")
MOST: Final = 10
WAIT_SECONDS: Final = 30.0


class Crowd:
    """Threads that stay and start together; one group at a time, so that all of it starts."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(MOST, thread_name_prefix="together")
        self._alone = threading.Lock()

    def at_once(self, ready: Callable[[], object], calls: Sequence[Callable[[], T]]) -> list[T]:
        """Call all, released by a barrier, and return what they return, in the order given.

        Args:
            ready: what each thread does before it waits at the barrier.
            calls: at most 10.

        """
        with self._alone:
            barrier = threading.Barrier(len(calls))

            def start(call: Callable[[], T]) -> T:
                ready()
                barrier.wait(WAIT_SECONDS)
                return call()

            started = [self._pool.submit(start, call) for call in calls]
            return [one.result() for one in started]

    def close(self, *, wait: bool = True) -> None:
        """Let the threads go, and wait until they have gone or not."""
        self._pool.shutdown(wait=wait, cancel_futures=True)
