"""How long the kit waits, and from where on that is no longer what the contract is judged by."""

from collections.abc import Iterator
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

    def above_caps(self, completion_limit: float) -> Iterator[str]:
        """Say each setting that is above its cap."""
        for name, cap in CAPS.items():
            value = completion_limit if name == "completion_limit" else getattr(self, name)
            if value is not None and value > cap:
                yield f"{name} is {value:g} s, the cap {cap:g} s"


USUAL: Final = Pace()
