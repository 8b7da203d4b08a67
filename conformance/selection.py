"""What the command line says about the target and what to judge."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Selection:
    """The options that most commands share.

    Attributes:
        file: the target file; None without one.
        flags: what the command line overrides of its `[target]` table.
        only: ids to judge instead of the profiles.

    """

    file: Path | None
    flags: dict[str, Any]
    only: tuple[str, ...]
