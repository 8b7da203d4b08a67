"""The words that views share: labels, places, operations, and what differs between two values."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from conformance.reports.counted import counted
from conformance.review.changes import ABSENT, Approval, Change, Reach, Review
from conformance.review.nodes import Place
from conformance.review.views.told import LABELS, Shown

Json = Any
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "guarantee": {"weakened": "guarantee weakened", "strengthened": "guarantee strengthened"},
    "clients": {"breaks": "clients break", "may-break": "clients may break"},
    "servers": {"new-duty": "servers must do more", "relaxed": "servers must do less"},
}
NAMED: Final = 2
CONTEXT: Final = 40


def labels_of(change: Change) -> list[str]:
    """Say whom a change touches, such as `clients break`; nothing where it touches nobody."""
    values = {
        "guarantee": change.guarantee,
        "clients": change.clients,
        "servers": change.servers,
    }
    said = [WORDS[name].get(value, "") for name, value in values.items()]
    return [one for one in (*said, "" if change.judged else "not judged") if one]


def where(reach: Reach) -> str:
    """Say where in an operation: `response 202, header Location`."""
    by_server = reach.direction == "request" and reach.flow == "from-server"
    message = f"{reach.direction} {reach.status}".strip() + (
        " from the server" if by_server else ""
    )
    if not reach.at:
        return message if reach.status or by_server else ""
    return f"{message}, {reach.at}"


def operations_told(change: Change, rest: str) -> str:
    """Say which operations a change reaches.

    Args:
        change: any.
        rest: where all of them stand, for when only the first are named.

    """
    names = change.operations
    if not names:
        return "none: no operation uses what was changed"
    if len(names) == 1:
        parts = list(dict.fromkeys(filter(None, map(where, change.reaches))))
        more = f" and {len(parts) - 1} more parts ({rest})" if len(parts) > NAMED + 1 else ""
        first = parts if not more else parts[:1]
        told = f" ({'; '.join(first)})" if first else ""
        return f"{names[0]}{told}{more}"
    directions = sorted({one.direction for one in change.reaches})
    told = f"{len(names)} operations, in their {' and '.join(f'{one}s' for one in directions)}: "
    if len(names) <= NAMED + 1:
        return told + ", ".join(names)
    return f"{told}{', '.join(names[:NAMED])} and {len(names) - NAMED} more ({rest})"


def places_told(change: Change) -> str:
    """Say where a change is written on each side."""
    if change.head is None:
        return f"{change.base} in the base; it is gone from the head"
    if change.base is None:
        return f"{change.head} (new)"
    if str(change.base) == str(change.head):
        return f"{change.head} on both sides"
    return f"{change.head} (base: {change.base})"


def sides(change: Change) -> Iterator[tuple[str, Place]]:
    """Go through the places of a change with the names of their sides."""
    if change.base:
        yield "base", change.base
    if change.head:
        yield "head", change.head


def requirements_told(change: Change) -> str:
    """Spell what becomes of requirements: `ACK-01 removed, ACK-02 changed`."""
    return ", ".join(f"{one.id} {one.how}" for one in change.requirements)


def tests_told(change: Change) -> list[str]:
    """Say what becomes of tests."""
    said = {
        "must change": change.tests.must_change,
        "now prove nothing": change.tests.prove_nothing,
    }
    return [f"{word}: {', '.join(names)}" for word, names in said.items() if names]


def approval_told(approval: Approval) -> str:
    """Say who approved, until when and why."""
    pr = f" ({approval.pr})" if approval.pr else ""
    return f"by {approval.who} until {approval.until}: {approval.why}{pr}"


def detail_of(label: str, review: Review, shown: Sequence[Shown]) -> str:
    """Say more of the changes that have a label: operations, requirements or tests."""
    changes = [one.change for one in shown if LABELS[label][1](one.change)]
    if not changes:
        return ""
    if label == "requirements":
        effects = sorted({effect for one in changes for effect in one.requirements})
        return ", ".join(f"{one.id} {one.how}" for one in effects)
    if label == "tests":
        must = {name for one in changes for name in one.tests.must_change}
        nothing = {name for one in changes for name in one.tests.prove_nothing}
        said = {"must change": must, "now prove nothing": nothing}
        return ", ".join(f"{len(names)} {word}" for word, names in said.items() if names)
    operations = {name for one in changes for name in one.operations}
    known = max(review.base.operations, review.head.operations)
    of = f" of {known}" if len(operations) <= known else ""
    return f"{len(operations)}{of} operations" if operations else "no operation"


def spelt(value: Json) -> str:
    """Spell a value on one line or, if it is a text, as it is."""
    if value == ABSENT:
        return ABSENT
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def differing(before: Json, after: Json) -> tuple[str, str]:
    """Spell two values by the part in which they differ, with some words around it."""
    was, now = spelt(before), spelt(after)
    if ABSENT in (before, after):
        return was, now
    same = alike(was, now)
    ahead = max(same - CONTEXT, 0)
    ahead = was.rfind(" ", 0, ahead) + 1 if ahead else 0
    tail = alike(was[same:][::-1], now[same:][::-1])
    behind = max(tail - CONTEXT, 0)
    return _cut(was, ahead, behind), _cut(now, ahead, behind)


def alike(one: Sequence[object], other: Sequence[object]) -> int:
    """Count how many of the first elements are the same."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def _cut(text: str, ahead: int, behind: int) -> str:
    end = len(text) - behind
    if behind and (space := text.find(" ", end)) >= 0:
        end = space
    return f"{'… ' if ahead else ''}{text[ahead:end]}{' …' if end < len(text) else ''}"


def shortened(text: str, longest: int) -> str:
    """Cut a text after a word, where it stands in full elsewhere."""
    if len(text) <= longest:
        return text
    return f"{text[: text.rfind(' ', 0, longest) if ' ' in text[:longest] else longest]} …"


def sentence(clause: str) -> str:
    """End a clause that may end as a sentence already."""
    return clause if clause.endswith((".", "…", "!", "?")) else f"{clause}."


def numbers_told(numbers: Sequence[int]) -> str:
    """Spell numbers of changes: `change 3`, `changes 1 to 4, 7`."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    spelled = (
        f"{one[0]} to {one[-1]}" if len(one) > NAMED else ", ".join(map(str, one)) for one in runs
    )
    return f"{counted(len(numbers), 'change').partition(' ')[2]} {', '.join(spelled)}"
