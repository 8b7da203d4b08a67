"""How much a run does: everything, reads alone, or a look whether the kit is wired right."""

from collections.abc import Sequence
from typing import Final, Literal

Mode = Literal["full", "read-only", "smoke"]

FULL: Final = "full"
READ_ONLY: Final = "read-only"
SMOKE: Final = "smoke"
NEEDS_WRITES: Final = "needs writes"
NOT_SHOWN: Final = f"{NEEDS_WRITES}: nothing there to read shows it"
OF_A_WRITE: Final = (NEEDS_WRITES, "no receipt names the command that failed")


class NotInThisMode(Exception):  # noqa: N818  # the CLI words it
    """Something was asked for that the mode of the run does not do; the message is one sentence."""


def is_beyond(mode: str, outcome: str, reasons: Sequence[str]) -> bool:
    """Whether a requirement was not verified for no other reason than that the run sent no write.

    Args:
        mode: of the run.
        outcome: of the requirement.
        reasons: why it is not verified.

    """
    read_only = mode == READ_ONLY and outcome == "not_verified"
    return read_only and all(one.startswith(OF_A_WRITE) for one in reasons)
