"""`ackproof waive`: a finding of a report as a ready entry of the waivers file."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from conformance.nearest import hint
from conformance.published_schemas import validator_of
from conformance.waiver_file import day, is_fit, wanted_of

LONGEST_DAYS: Final = 366


class NotWaivable(Exception):  # noqa: N818  # the CLI words it
    """No entry can be made of what was asked for; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What somebody says of a waiver; the kit makes up none of it."""

    reason: str
    issue: str
    owner: str
    expires: str


def print_entries(file: Path, requirement: str, fingerprint: str | None, answers: Answers) -> int:
    """Print an entry for each kind of finding of a requirement that is not waived yet.

    Args:
        file: a report.json.
        requirement: an id.
        fingerprint: the one kind to waive; None for all of them.
        answers: the rest of the entry.

    Raises:
        NotWaivable: the report, the id, the fingerprint or an answer will not do.

    """
    check_answers(answers, datetime.now(UTC).date())
    report = read_report(file)
    chosen = fingerprints_of(report, requirement, fingerprint)
    print("\n".join(entry(requirement, one, answers) for one in chosen), end="")  # noqa: T201
    return 0


def check_answers(answers: Answers, today: date) -> None:
    """Refuse an answer that the waivers file would, and a day that is past or too far ahead.

    Raises:
        NotWaivable: one of them will not do.

    """
    for key in ("reason", "issue", "owner", "expires"):
        value = getattr(answers, key)
        if not is_fit(key, value):
            met = json.dumps(value) if value.strip() else "empty"
            raise NotWaivable(f"--{key} is {met}; expected: {wanted_of(key)}.")
    expires, latest = day(answers.expires), today + timedelta(days=LONGEST_DAYS)
    if expires is None:
        raise NotWaivable(f"--expires {answers.expires} is no day of the calendar.")
    if expires < today:
        raise NotWaivable(f"--expires {expires} is past: today is {today}, in UTC.")
    if expires > latest:
        raise NotWaivable(
            f"--expires {expires} is more than {LONGEST_DAYS} days ahead: choose a day up to "
            f"{latest}, and decide anew then."
        )


def read_report(file: Path) -> dict[str, Any]:
    """Read a report.json.

    Raises:
        NotWaivable: it cannot be read, or is not a report of this kit.

    """
    try:
        report: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except OSError as problem:
        raise NotWaivable(f"{file} cannot be read: {problem.strerror}.") from problem
    except ValueError as problem:
        raise NotWaivable(f"{file} is not JSON. Give a report.json of ackproof run.") from problem
    wrong = next(validator_of("report").iter_errors(report), None)
    if wrong is not None:
        place = ".".join(str(step) for step in wrong.instance_path) or "the document"
        raise NotWaivable(f"{file} is no report.json of this version: {place}: {wrong.message}.")
    return report


def fingerprints_of(
    report: Mapping[str, Any], requirement: str, fingerprint: str | None
) -> Sequence[str]:
    """Return the kinds of finding to waive.

    Raises:
        NotWaivable: the run did not see the requirement fail, or not with that fingerprint.

    """
    verdicts = {one["id"]: one for one in report["verdicts"]}
    if requirement not in verdicts:
        near = hint(requirement, verdicts) if verdicts else ""
        raise NotWaivable(f"The run of that report did not judge {requirement}. {near}".strip())
    verdict = verdicts[requirement]
    if verdict["outcome"] != "fail":
        outcome = verdict["outcome"].replace("_", " ")
        raise NotWaivable(
            f"{requirement} did not fail, its outcome is {outcome}: nothing to waive."
        )
    if not verdict.get("scored", True):
        raise NotWaivable(f"{requirement} is not scored: it closes no gate and wants no waiver.")
    met: list[str] = verdict["fingerprints"]
    if fingerprint is not None:
        if fingerprint not in met:
            near = hint(fingerprint, met)
            raise NotWaivable(f"No finding of {requirement} has {fingerprint}. {near}")
        return [fingerprint]
    waived = {one["fingerprint"] for one in _used(report, requirement)}
    left = [one for one in met if one not in waived]
    if not left:
        raise NotWaivable(f"Every finding of {requirement} is waived already.")
    return left


def _used(report: Mapping[str, Any], requirement: str) -> Iterator[Mapping[str, Any]]:
    entries = (report["waivers"] or {"entries": []})["entries"]
    return (one for one in entries if one["requirement"] == requirement and one["state"] == "used")


def entry(requirement: str, fingerprint: str, answers: Answers) -> str:
    """Spell an entry of the waivers file in TOML."""
    texts = {
        "requirement": requirement,
        "fingerprint": fingerprint,
        "reason": answers.reason.strip(),
        "issue": answers.issue,
        "owner": answers.owner.strip(),
    }
    lines = [f"{key} = {_spelt(value)}" for key, value in texts.items()]
    return "\n".join(["[[waiver]]", *lines, f"expires = {answers.expires}", ""])


def _spelt(text: str) -> str:
    """Spell a text as a basic string: JSON's escapes are TOML's, which has one character more."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
