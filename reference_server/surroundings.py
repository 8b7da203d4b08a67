"""What the server takes from outside: time, new ids, chance."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from reference_server import instants


def _new_id(prefix: str) -> str:
    return prefix + uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The system's own unless others are given; `new_id` puts its argument before the id."""

    clock: instants.Clock = instants.now
    new_id: Callable[[str], str] = _new_id
    random: Random = field(default_factory=Random)
