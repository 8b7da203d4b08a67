"""Entries of `spec-approvals.yaml` that are ready but for what only a person can say."""

from typing import Final

import yaml

from conformance.review.changes import Change

TO_FILL_IN: Final = {"who": "YOUR NAME", "why": "YOUR REASON", "until": "YYYY-MM-DD"}


def ready_entry(change: Change) -> str:
    """Return the entry that approves a change, in ASCII, ending in a line break."""
    key = {"rule": change.rule, "pointer": change.pointer, "values": change.values}
    return str(yaml.safe_dump([key | TO_FILL_IN], sort_keys=False, width=float("inf")))
