"""Instants: RFC 3339 in UTC with microseconds, so that their text sorts as they do."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def now() -> datetime:
    """Read the system clock."""
    return datetime.now(UTC)


def text(instant: datetime) -> str:
    """Write an instant."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parsed(written: str) -> datetime:
    """Read what text wrote."""
    return datetime.strptime(written, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def after(instant: datetime, seconds: float) -> str:
    """Write the instant so many seconds later."""
    return text(instant + timedelta(seconds=seconds))
