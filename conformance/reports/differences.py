"""What changed between two answers to the same request."""

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

from conformance.reports.shown_findings import ShownExchange
from conformance.reports.telling import spelt

MOST: Final = 8
ABSENT: Final = object()


def differences(exchanges: Sequence[ShownExchange]) -> list[str]:
    """Compare neighbours that read the same; return a line for each member that changed.

    Args:
        exchanges: of one finding, in the order of sending.

    """
    lines = [
        f"{before.number} to {after.number}  {line}"
        for before, after in pairwise(exchanges)
        if _same_read(before, after)
        for line in _changed(_document(before), _document(after))
    ]
    left = len(lines) - MOST
    return lines if left <= 0 else [*lines[:MOST], f"and {left} more"]


def _same_read(before: ShownExchange, after: ShownExchange) -> bool:
    reads = before.request.method == after.request.method == "GET"
    return reads and before.request.url == after.request.url


def _document(exchange: ShownExchange) -> Any:  # noqa: ANN401  # any JSON value
    try:
        return json.loads(exchange.response.body) if exchange.response else None
    except ValueError:
        return None


def _changed(before: Any, after: Any, path: str = "") -> Iterator[str]:  # noqa: ANN401  # any JSON value
    if isinstance(before, dict) and isinstance(after, dict):
        for name in {**before, **after}:
            below = f"{path}.{name}" if path else name
            yield from _changed(before.get(name, ABSENT), after.get(name, ABSENT), below)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, pair in enumerate(zip(before, after, strict=True)):
            yield from _changed(*pair, f"{path}[{number}]")
    elif before != after:
        yield f"{path or 'body'}: {_spelt(before)} → {_spelt(after)}"


def _spelt(value: Any) -> str:  # noqa: ANN401  # any JSON value
    return "absent" if value is ABSENT else spelt(value)
