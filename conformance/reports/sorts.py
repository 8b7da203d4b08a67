"""Findings of one sort: those that differ only in ids and numbers."""

import re
from collections.abc import Iterable
from typing import Final

from conformance.reports.model import ShownFinding

WORD: Final = re.compile(r"[\w-]+")
DIGIT: Final = re.compile(r"\d")


def sort_of(finding: ShownFinding) -> tuple[str, str, str]:
    """Name what findings have in common that differ only in ids and numbers."""
    return (
        finding.check,
        without_numbers(finding.expected),
        without_numbers(finding.actual),
    )


def without_numbers(text: str) -> str:
    """Put `#` for each word with a digit in it, such as an id or a number."""
    return WORD.sub(lambda word: "#" if DIGIT.search(word[0]) else word[0], text)


def by_sort(findings: Iterable[ShownFinding]) -> list[list[ShownFinding]]:
    """Put findings of one sort together, in the order in which each sort was first met."""
    sorts: dict[tuple[str, str, str], list[ShownFinding]] = {}
    for finding in findings:
        sorts.setdefault(sort_of(finding), []).append(finding)
    return list(sorts.values())
