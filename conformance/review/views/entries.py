"""Entries of `spec-approvals.yaml` that are ready but for what only a person can say."""

from typing import Final

import yaml

from conformance.review.changes import Change


class _Dumper(yaml.SafeDumper):
    """Quotes a hash, which a reader could take for a number: 1234567890123e45."""


class _Hash(str):
    __slots__ = ()


def _quoted(dumper: _Dumper, text: _Hash) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')


_Dumper.add_representer(_Hash, _quoted)

TO_FILL_IN: Final = {"who": "YOUR NAME", "why": "YOUR REASON", "until": "YYYY-MM-DD"}


def ready_entry(change: Change) -> str:
    """Return the entry that approves a change, in ASCII, ending in a line break."""
    key = {"rule": change.rule, "pointer": change.pointer, "values": _Hash(change.values)}
    entry = [key | TO_FILL_IN]
    return str(yaml.dump(entry, Dumper=_Dumper, sort_keys=False, width=float("inf")))
