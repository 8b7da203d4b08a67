"""What an answer says, in a line: neither ids and links nor instants, and no member whole."""

import json
from typing import Any, Final

NAMES: Final = ("Id", "Url", "At", "Path")
FURNITURE: Final = frozenset({"type", "title", "instance", "detail", "target", "etag"})
LONGEST: Final = 80


def telling(body: str) -> str:
    """Return the telling members of a JSON object, and of anything else the text as it is."""
    try:
        document = json.loads(body)
    except ValueError:
        return body
    if not isinstance(document, dict):
        return body
    told = [
        f"{name}: {spelt(value)}"
        for name, value in document.items()
        if not name.endswith(NAMES) and name not in FURNITURE
    ]
    return ", ".join(told) or body


def spelt(value: Any) -> str:  # noqa: ANN401  # any JSON value
    """Spell a JSON value, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
