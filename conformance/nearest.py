"""The name somebody probably meant."""

import difflib
from collections.abc import Iterable
from typing import Final

FEW: Final = 12


def hint(name: str, known: Iterable[str]) -> str:
    """Return a sentence that names the nearest known name; if none is near, some or all."""
    spelt = {one.lower(): one for one in known}
    near = difflib.get_close_matches(name.lower(), spelt, n=1, cutoff=0.5)
    if near:
        return f"Did you mean {spelt[near[0]]}?"
    names = list(spelt.values())
    if len(names) > FEW:
        return f"There are {len(names)}, among them {', '.join(names[:3])}."
    return f"There are: {', '.join(names)}."
