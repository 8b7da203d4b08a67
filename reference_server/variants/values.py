"""Legitimate ways to write values: numbers, instants, entity tags."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from reference_server.behaviour import Behaviour
from reference_server.exchange import Answer

_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}Z")
_ELSEWHERE = timezone(timedelta(hours=5, minutes=30))


class FloatVersions(Behaviour):
    """Writes every whole number with a zero fraction, such as 3.0."""

    def answer_sent(self, operation_id: str, answer: Answer, origin: str) -> Answer:
        """Rewrite the numbers."""
        sent = super().answer_sent(operation_id, answer, origin)
        return Answer(sent.status, _rewritten(sent.body, _as_float), sent.headers)


class OtherInstants(Behaviour):
    """Writes every instant in whole seconds and with an offset."""

    def answer_sent(self, operation_id: str, answer: Answer, origin: str) -> Answer:
        """Rewrite the instants."""
        sent = super().answer_sent(operation_id, answer, origin)
        return Answer(sent.status, _rewritten(sent.body, _elsewhere), sent.headers)


class OpaqueTags(Behaviour):
    """Writes ETags from which no version can be read."""

    factor, offset = 7919, 104_729

    def answer_sent(self, operation_id: str, answer: Answer, origin: str) -> Answer:
        """Scramble the tag."""
        sent = super().answer_sent(operation_id, answer, origin)
        headers = dict(sent.headers)
        if "ETag" in headers:
            headers["ETag"] = f'"{int(headers["ETag"].strip(chr(34))) * self.factor + self.offset}"'
        return Answer(sent.status, sent.body, headers)

    def expects(self, expected_version: int | None) -> int | None:
        """Read a tag of its own; any other expects version 0, which nothing has."""
        if expected_version is None:
            return super().expects(None)
        version, rest = divmod(expected_version - self.offset, self.factor)
        return super().expects(0 if rest or version < 0 else version)


def _rewritten(value: Any, leaf: Callable[[Any], Any]) -> Any:  # noqa: ANN401  # any JSON
    if isinstance(value, list):
        return [_rewritten(inner, leaf) for inner in value]
    if isinstance(value, dict):
        return {name: _rewritten(inner, leaf) for name, inner in value.items()}
    return leaf(value)


def _as_float(value: Any) -> Any:  # noqa: ANN401  # any JSON
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _elsewhere(value: Any) -> Any:  # noqa: ANN401  # any JSON
    if not (isinstance(value, str) and _INSTANT.fullmatch(value)):
        return value
    moved = datetime.fromisoformat(value).astimezone(_ELSEWHERE)
    return moved.isoformat(timespec="seconds")
