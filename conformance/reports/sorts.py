"""Findings of one sort: those with one fingerprint."""

from collections.abc import Iterable

from conformance.reports.shown_findings import ShownFinding


def by_sort(findings: Iterable[ShownFinding]) -> list[list[ShownFinding]]:
    """Put findings of one sort together, in the order in which each sort was first met."""
    sorts: dict[str, list[ShownFinding]] = {}
    for finding in findings:
        sorts.setdefault(finding.fingerprint, []).append(finding)
    return list(sorts.values())
