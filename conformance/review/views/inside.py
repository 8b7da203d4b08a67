"""What a change says of itself, label by label, for views that are lines of text."""

from collections.abc import Iterator
from typing import Final

from conformance.reports.printable import printable
from conformance.review.views import words
from conformance.review.views.told import Shown

LONGEST_VALUE: Final = 240
REST: Final = "--format json has all"
Fields = Iterator[tuple[str, str]]


def fields_of(shown: Shown, longest: int = LONGEST_VALUE) -> Fields:
    """Yield each label with its value, cut at `longest` where it is the contract's own.

    A label that has several values comes several times; one that has none does not come.
    """
    for label, value in _fields(shown, longest):
        if value:
            yield label, printable(value)


def _fields(shown: Shown, longest: int) -> Fields:
    change = shown.change
    was, now = words.differing(change.before, change.after)
    yield "rule", f"{change.rule}, fingerprint {shown.fingerprint}"
    yield "labels", ", ".join(words.labels_of(change))
    yield "was", printable(was, longest)
    yield "is", printable(now, longest)
    yield "reaches", words.operations_told(change, REST)
    yield "written", words.places_told(change)
    yield "requirements", words.requirements_told(change)
    for one in words.tests_told(change):
        yield "tests", one
    yield "forbidden by", " and ".join(shown.violates)
    if shown.approval:
        yield "approved", words.approval_told(shown.approval)


def lines_of(shown: Shown) -> list[str]:
    """Spell a change as lines."""
    change = shown.change
    head = [printable(change.what), *([printable(change.means)] if change.means else [])]
    return [*head, *(f"{label:<13}{value}" for label, value in fields_of(shown))]
