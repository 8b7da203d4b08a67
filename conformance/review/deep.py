"""Room for schemas that lead to each other thousands of times."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from conformance.review.refused import SideInvalid

MOST_CALLS: Final = 200_000
STACK: Final = 512 * 1024 * 1024
"""Bytes; the system gives them as they are used."""

T = TypeVar("T")


def deeply(work: Callable[[], T]) -> T:
    """Do work that calls itself for each step from schema to schema, and return its result.

    Raises:
        SideInvalid: it goes deeper than there is room for.

    """
    done: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as problem:  # noqa: BLE001  # raised again by the caller
            failed.append(problem)

    with _room():
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        thread.join()
    if failed and isinstance(failed[0], RecursionError):
        raise SideInvalid(
            "The schemas lead to each other through too many steps to be compared. "
            "Shorten the longest chain of references."
        ) from None
    if failed:
        raise failed[0]
    return done[0]


@contextmanager
def _room() -> Iterator[None]:
    calls, stack = sys.getrecursionlimit(), threading.stack_size()
    sys.setrecursionlimit(max(calls, MOST_CALLS))
    threading.stack_size(STACK)
    try:
        yield
    finally:
        threading.stack_size(stack)
        sys.setrecursionlimit(calls)
