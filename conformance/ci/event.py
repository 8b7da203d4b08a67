"""What a job of GitHub is about."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def event_of(environment: Mapping[str, str]) -> Mapping[str, Any]:
    """Return what a GitHub job is about; nothing where no job of GitHub is under way."""
    try:
        event = json.loads(Path(environment["GITHUB_EVENT_PATH"]).read_text("utf-8"))
    except (KeyError, ValueError, OSError):
        return {}
    return event if isinstance(event, dict) else {}
