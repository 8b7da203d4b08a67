"""Findings as annotations of a GitHub job: lines that its runner reads as commands."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from conformance.reports.printable import printable
from conformance.reports.workflow_command import annotation

MOST: Final = 10
LONGEST: Final = 400
Shown = Mapping[str, Any]


def annotations(report: Shown) -> list[str]:
    """Return the first things that a report is red for, and after them the advice that is broken.

    Args:
        report: a report.json.

    """
    return list(islice(_all(report), MOST))


def _all(report: Shown) -> Iterator[str]:
    verdicts = [one for one in report["verdicts"] if one["scored"]]
    broken = [one for one in verdicts if one["outcome"] == "fail" and not one["waived"]]
    erred = [one for one in verdicts if one["outcome"] == "harness_error"]
    unverified = [one for one in verdicts if one["outcome"] == "not_verified"]
    unexcused = [one for one in unverified if not (one["accepted"] or one["beyond_mode"])]
    musts = [one for one in unexcused if one["level"] == "MUST"]
    advice = [one for one in verdicts if one["outcome"] == "warn"]
    yield from _findings("error", "broken", broken)
    yield from (_unjudged("the kit itself erred", one) for one in erred)
    yield from _troubled((report["waivers"] or {"entries": ()})["entries"])
    yield from (_unjudged("not verified", one) for one in musts)
    yield from _findings("warning", "advice broken", advice)
    unscored = [one for one in report["verdicts"] if not one["scored"]]
    yield from _findings("notice", "broken, not scored", unscored)


def _troubled(waivers: Iterable[Shown]) -> Iterator[str]:
    for one in waivers:
        if one["trouble"]:
            title = f"waiver of {one['requirement']} {one['state']}"
            yield annotation("error", title, printable(one["why"], LONGEST))


def _findings(kind: str, word: str, verdicts: Iterable[Shown]) -> Iterator[str]:
    """Yield one annotation for each sort of finding that is not waived."""
    for verdict in verdicts:
        sorts: dict[str, Shown] = {}
        for one in verdict["findings"]:
            if not one["waived"]:
                sorts.setdefault(one["fingerprint"], one)
        title = f"{verdict['id']} {verdict['level']} {word}"
        text = " ".join(verdict["text"].split())
        yield from (annotation(kind, title, f"{text}\n{_told(one)}") for one in sorts.values())


def _told(finding: Shown) -> str:
    lines = [
        f"expected: {printable(finding['expected'], LONGEST)}",
        f"met: {printable(finding['actual'], LONGEST)}",
        *(f"shown by: {printable(last['line'], LONGEST)}" for last in finding["exchanges"][-1:]),
        f"fingerprint: {finding['fingerprint']}",
    ]
    return "\n".join(lines)


def _unjudged(word: str, verdict: Shown) -> str:
    reasons = "; ".join(verdict["reasons"]).strip().rpartition("\n")[2]
    return annotation(
        "error",
        f"{verdict['id']} {verdict['level']} {word}",
        printable(reasons, LONGEST) or "The run gave no opportunity to judge it.",
    )
