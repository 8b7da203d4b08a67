"""What version a change of the contract needs, by semantic versioning."""

import re
from collections.abc import Collection, Iterable
from typing import Final, Literal

from semver import Version

from conformance.review.changes import Change, VersionAdvice

Level = Literal["major", "minor", "patch", "none"]
LEVELS: Final[tuple[Level, ...]] = ("major", "minor", "patch", "none")
BELOW_ONE: Final = {"major": "minor", "minor": "patch", "patch": "patch"}
NEW_MUST: Final = frozenset({"must-added", "must-strengthened"})
OUTSIDE: Final = frozenset({"proof-strengthened", "proof-weakened"})
"""Rules of what is beside the contract and no part of it."""

WORDING: Final = frozenset(
    {
        "example-agrees",
        "example-changed",
        "example-contradicts",
        "info-changed",
        "openapi-changed",
        "path-parameter-renamed",
        "requirement-changed",
        "tags-changed",
        "text-changed",
    }
)
"""Rules of what promises nothing by itself; the gate looks at their labels all the same."""
SHORT: Final = re.compile(r"v?\d+\.\d+|v\d+")
REWORDED: Final = frozenset({"ack-meaning-changed", "must-reworded"})
ITSELF: Final = "#/info/version"
WANTED: Final = "MAJOR.MINOR.PATCH"


def parsed(text: str) -> Version | None:
    """Read a version: `1.2.3`, `1.2.3-rc.1`, `1.2`, each also after a `v`, or `v1`; else None.

    A date such as 2026-12-31 is none.
    """
    number = text.removeprefix("v")
    if SHORT.fullmatch(text):
        number += ".0" * (2 - number.count("."))
    return Version.parse(number) if Version.is_valid(number) else None


def level_of(change: Change, approved: Collection[str] = ()) -> Level:
    """Say what a change asks for.

    Args:
        change: whatever changed; the version itself asks for nothing.
        approved: fingerprints. Other words of a promise are a lesser promise until somebody says
            that they are not.

    """
    itself = change.rule == "info-changed" and change.pointer.endswith(ITSELF)
    if itself or change.rule in OUTSIDE:
        return "none"
    if change.clients == "breaks":
        return "major"
    if change.rule in REWORDED and change.fingerprint in approved:
        return "patch"
    if change.rule in WORDING:
        return "patch"
    return "major" if _reasons([change]) else "minor"


def smallest(base: Version, level: Level) -> Version:
    """Return the smallest version that is enough of a step.

    Below 1.0.0 a minor version is enough for what breaks clients, and a patch for the rest. A
    pre-release is followed by the next one, if the release that they lead to is enough of a step.
    """
    if level == "none":
        return base
    release = base.next_version(BELOW_ONE[level] if base.major == 0 else level)
    leads_there = base.prerelease and base.finalize_version() == release
    return base.bump_prerelease() if leads_there else release


def has_major(base: str, head: str) -> bool:
    """Whether the head's version is enough of a step for what breaks clients."""
    return _is_enough(parsed(base), parsed(head), "major")


def advise(
    base: str, head: str, changes: Iterable[Change], approved: Collection[str] = ()
) -> VersionAdvice:
    """Say what version changes need, and whether the head has it.

    Args:
        base: the version of that side, empty for none.
        head: the same.
        changes: all of them, those included that somebody approved.
        approved: their fingerprints.

    """
    found = list(changes)
    levels = [level_of(one, approved) for one in found]
    level: Level = min(levels, key=LEVELS.index, default="none")
    first = parsed(base)
    needed = str(smallest(first, level)) if first else ""
    enough = _is_enough(first, parsed(head), level)
    asking = [one for one, its in zip(found, levels, strict=True) if its == level]
    if level == "none":
        return VersionAdvice(level, needed, enough, _nothing_new(base, head, enough=enough))
    return VersionAdvice(level, needed, enough, _sentence(base, head, needed, _why(level, asking)))


def _is_enough(base: Version | None, head: Version | None, level: Level) -> bool:
    """Whether a version is enough of a step from another; a pre-release counts as its release."""
    if base is None or head is None:
        return level == "none"
    if level == "none":
        return head >= base
    return head > base and head.finalize_version() >= smallest(base, level).finalize_version()


def _reasons(changes: Iterable[Change]) -> list[str]:
    """Say what of the changes needs a major version; empty if nothing does."""
    found = list(changes)
    reasons = {
        "clients break": any(one.clients == "breaks" for one in found),
        "a guarantee is weakened": any(one.guarantee == "weakened" for one in found),
        "a MUST is new": any(one.rule in NEW_MUST for one in found),
    }
    return [reason for reason, met in reasons.items() if met]


def _why(level: Level, asking: Iterable[Change]) -> str:
    if level == "major":
        return " and ".join(_reasons(asking))
    return "more than wording changed" if level == "minor" else "wording changed"


def _nothing_new(base: str, head: str, *, enough: bool) -> str:
    if base == head:
        return "Nothing changed that needs another version."
    if enough or not (parsed(base) and parsed(head)):
        return f"Nothing changed that needs another version: {_named(base)} became {_named(head)}."
    return f"Nothing changed that needs another version, and {head} is less than {base}: keep that."


def _sentence(base: str, head: str, needed: str, why: str) -> str:
    if not needed:
        named = f"Version {base}" if base else "A base without a version"
        return f"{named} is no {WANTED}, so no next version can be named; {why}."
    if not parsed(head):
        has = f"{head}, which is no {WANTED}" if head else "no version"
        return f"This needs {needed} or more, since {why}; the head has {has}."
    has = f"{head}, which is not changed" if head == base else head
    return f"This needs {needed} or more after {base}, since {why}; the head has {has}."


def _named(version: str) -> str:
    return f"version {version}" if version else "no version"
