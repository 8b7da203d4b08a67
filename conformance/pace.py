"""How long the kit waits, and from where on that is no longer what the contract is judged by."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

CAPS: Final = {
    "completion_limit": 120.0,
    "request_timeout": 30.0,
    "poll_least": 1.0,
    "poll_most": 5.0,
    "deadline_slack": 5.0,
    "restart_limit": 120.0,
}


@dataclass(frozen=True, slots=True)
class Pace:
    """The table `[timing]`; all in seconds.

    Attributes:
        request_timeout: how long an answer may take.
        poll_least, poll_most: the first pause between two polls, and the pause that it grows to.
        deadline_slack: by how much a published deadline may be missed; None for what the distance
            to the target suggests.
        restart_limit: how long after a restart the target may take to answer, and to show again
            what it had shown.

    """

    request_timeout: float = 10.0
    poll_least: float = 0.01
    poll_most: float = 0.25
    deadline_slack: float | None = None
    restart_limit: float = 30.0


def is_above_cap(name: str, seconds: float) -> bool:
    """Whether a setting is longer than a conforming run allows."""
    return seconds > CAPS[name]


def above_caps(waits: Mapping[str, float]) -> Iterator[str]:
    """Say each setting that is above its cap, of those that `Target.waits` gives."""
    for name, seconds in waits.items():
        if is_above_cap(name, seconds):
            yield f"{name} is {seconds:g} s, the cap {CAPS[name]:g} s"


USUAL: Final = Pace()
