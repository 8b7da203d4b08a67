"""What the answer to a write promises: its status, where to look, when to come back, its words."""

from typing import Final

from conformance.review.changes import Change, Reach
from conformance.review.duties import ACCEPTED, Duties, header, keyword, member
from conformance.review.retelling import retold
from conformance.review.rules import RULES
from conformance.review.sayable import is_failure

HEADER_LOST: Final = ("header-removed", "required-header-removed", "header-became-optional")
LOOSENED: Final = (
    "property-removed",
    "closed-property-removed",
    "required-closed-property-removed",
    "required-property-removed",
    "property-became-optional",
    "format-removed",
    "pattern-removed",
    "bound-loosened",
    "type-widened",
    "enum-lifted",
    "constraint-removed",
    "alternative-added",
    "extras-opened",
)
LOST: Final = frozenset({*HEADER_LOST, *LOOSENED} & set(RULES))
GAINED: Final = frozenset(RULES[rule].mirror for rule in LOST)
HINT_LOST: Final = frozenset(HEADER_LOST)
HINT_GAINED: Final = frozenset(RULES[rule].mirror for rule in HINT_LOST)
BOUNDS: Final = ("bound-loosened", "bound-tightened")  # of them, the shortest text says something
FORMATS: Final = ("uri-reference", "iri-reference", "iri", "uri")  # the laxest first


def status(change: Change, duties: Duties) -> list[Change] | None:
    """Retell an answer of 202 that is gone, is new, or became another."""
    if not any(duties.owes(one) for one in change.reaches):
        return None
    if change.rule == "response-status-changed":
        return _status_changed(change)
    if not any(one.status == ACCEPTED for one in change.reaches):
        return None
    if change.rule == "response-removed":
        return [retold(change, "ack-status-changed", "202 is no more answered")]
    if change.rule == "response-added":
        return [retold(change, "ack-status-gained", "202 is answered, too")]
    return None


def _status_changed(change: Change) -> list[Change] | None:
    before, after = str(change.before), str(change.after)
    if before == ACCEPTED:
        return [retold(change, "ack-status-changed", f"{before} became {after}")]
    if after == ACCEPTED and not is_failure(before):
        return [retold(change, "ack-status-gained", f"{before} became {after}")]
    return None


def locator(change: Change, duties: Duties) -> list[Change] | None:
    """Retell what becomes of the means to find what was accepted."""
    names = duties.annotations
    reaches = duties.owed(change)
    headers = {one.lower() for one in names.locator_headers}
    within = [
        one
        for one in reaches
        if header(change, one) in headers or member(change, one) in names.locator_properties
    ]
    if change.rule == "header-renamed" and reaches:
        return _renamed(change, headers, "ack-locator")
    if not within:
        return None
    if change.rule == "format-changed":
        return _format(change, within[0])
    is_other_bound = change.rule in BOUNDS and keyword(change) != "minLength"
    if _is_text_no_more(change) or (change.rule in LOST and not is_other_bound):
        return [retold(change, "ack-locator-lost", _what(change, within[0]))]
    if change.rule in GAINED and not is_other_bound:
        return [retold(change, "ack-locator-gained", _what(change, within[0]))]
    return None


def _is_text_no_more(change: Change) -> bool:
    """Tell whether what was text, as a URL is, is of another type."""
    return change.rule == "type-changed" and "string" in change.before


def _renamed(change: Change, headers: set[str], name: str) -> list[Change] | None:
    before, after = (str(one).lower() in headers for one in (change.before, change.after))
    if before == after:
        return None
    what = f"header {change.before} became {change.after}"
    return [retold(change, f"{name}-lost" if before else f"{name}-gained", what)]


def _format(change: Change, reach: Reach) -> list[Change] | None:
    """Tell a laxer format from a stricter one; one that is no URL is laxer than each that is."""
    before, after = (
        FORMATS.index(one) if one in FORMATS else -1 for one in (change.before, change.after)
    )
    if before == after:
        return None
    rule = "ack-locator-lost" if after < before else "ack-locator-gained"
    return [retold(change, rule, _what(change, reach))]


def _what(change: Change, reach: Reach) -> str:
    """Name what a change is about, unless its own words do."""
    name = reach.at.partition(" ")[2].rpartition("/")[2]
    return change.what if name in change.what else f"{name}: {change.what}"


def retry_hint(change: Change, duties: Duties) -> list[Change] | None:
    """Retell what becomes of the header that says when to come back.

    It is looked at in every answer of a write that owes an acknowledgement, and in the 2xx of any
    operation, where it can only speak of what is still under way.
    """
    headers = {one.lower() for one in duties.annotations.retry_headers}
    answers = [
        one
        for one in change.reaches
        if one.flow == "from-server" and (one.status[:1] == "2" or duties.owes(one))
    ]
    if change.rule == "header-renamed" and answers:
        return _renamed(change, headers, "ack-retry-hint")
    within = [one for one in answers if header(change, one) in headers]
    if within and change.rule in HINT_LOST:
        return [retold(change, "ack-retry-hint-lost", _what(change, within[0]))]
    if within and change.rule in HINT_GAINED:
        return [retold(change, "ack-retry-hint-gained", _what(change, within[0]))]
    return None


def meaning(change: Change, duties: Duties) -> list[Change] | None:
    """Retell other words of what a 2xx of a write means; white space alone is no other word.

    They are of the answer itself where they reach no part of it; only a link has no part either.
    """
    if change.rule != "text-changed" or "/links/" in change.place.pointer:
        return None
    said = sorted({one.status for one in duties.owed(change) if not one.at})
    if not said or str(change.before).split() == str(change.after).split():
        return None
    answers = ", ".join(said)
    return [retold(change, "ack-meaning-changed", f"what {answers} means is said in other words")]
