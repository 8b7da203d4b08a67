"""The name somebody probably meant."""

import difflib
from collections.abc import Iterable


def hint(name: str, known: Iterable[str]) -> str:
    """Return a sentence that names the nearest known name, or all of them if none is near."""
    spelt = {one.lower(): one for one in known}
    near = difflib.get_close_matches(name.lower(), spelt, n=1, cutoff=0.5)
    if near:
        return f"Did you mean {spelt[near[0]]}?"
    return f"There are: {', '.join(spelt.values())}."
