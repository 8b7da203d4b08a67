"""Failures that can be told: by a status, by a code, by a value."""

from dataclasses import replace
from typing import Any, Final

from conformance.review.changes import ABSENT, Change, Reach
from conformance.review.duties import Duties, member
from conformance.review.nodes import Node
from conformance.review.retelling import retold

Json = Any
LESS: Final = ("enum-value-removed", "enum-introduced", "alternative-removed")
MEMBER_LOST: Final = (
    "property-became-optional",
    "property-removed",
    "closed-property-removed",
    "required-closed-property-removed",
    "required-property-removed",
)
MEMBER_GAINED: Final = (
    "property-became-required",
    "property-added",
    "closed-property-added",
    "required-closed-property-added",
    "required-property-added",
)
MORE: Final = ("enum-value-added", "enum-lifted", "alternative-added")


def is_failure(status: str) -> bool:
    """Tell whether a status is that of a failure; `default` stands for all that are not named."""
    return status[:1] in {"4", "5"} or status.lower() == "default"


def answers(change: Change, duties: Duties) -> list[Change] | None:
    """Retell an answer of failure that is gone, is new, or became another."""
    del duties
    if not any(one.flow == "from-server" for one in change.reaches):
        return None
    if change.rule == "response-status-changed":
        return _status_changed(change)
    told = sorted({one.status for one in change.reaches if is_failure(one.status)})
    if told and change.rule == "response-removed":
        return [retold(change, "failure-became-unsayable", f"{told[0]} is no more answered")]
    if told and change.rule == "response-added":
        return [retold(change, "failure-became-sayable", f"{told[0]} is answered, too")]
    return None


def _status_changed(change: Change) -> list[Change] | None:
    """Retell that a failure has another status: it can no more be told by the old one."""
    before, after = str(change.before), str(change.after)
    if not is_failure(before) and not is_failure(after):
        return None
    rule = "failure-became-unsayable" if is_failure(before) else "failure-became-sayable"
    return [retold(change, rule, f"{before} became {after}")]


def values(change: Change, duties: Duties) -> list[Change] | None:
    """Retell a value that tells a failure and is gone or new, or a member that does."""
    if change.rule in {*MEMBER_LOST, *MEMBER_GAINED}:
        return _member(change, duties)
    if change.rule not in {*LESS, *MORE} or not _tells_failures(change, duties):
        return None
    rule = "failure-became-unsayable" if change.rule in LESS else "failure-became-sayable"
    return [retold(change, rule, change.what)]


def _member(change: Change, duties: Duties) -> list[Change] | None:
    answers = [one for one in change.reaches if one.flow == "from-server"]
    if not any(_in_a_failure(change, one, duties) for one in answers):
        return None
    lost = change.rule in MEMBER_LOST
    rule = "failure-became-unsayable" if lost else "failure-became-sayable"
    told = retold(change, rule, change.what)
    return [replace(told, clients="breaks") if change.clients == "breaks" else told]


def _tells_failures(change: Change, duties: Duties) -> bool:
    """Tell whether an enumeration tells failures apart.

    It does where only answers of failure have it, where its member is one of those that tell
    failures apart and stands in a part for failures, and where the value itself is a failure's.
    """
    reaches = [one for one in change.reaches if one.flow == "from-server"]
    if not reaches:
        return False
    if all(is_failure(one.status) for one in reaches):
        return True
    if set(_differing(change)) & set(duties.annotations.failure_values):
        return True
    return any(_in_a_failure(change, one, duties) for one in reaches)


def _in_a_failure(change: Change, reach: Reach, duties: Duties) -> bool:
    if member(change, reach) not in duties.annotations.failure_properties:
        return False
    steps = reach.at.lower()
    return is_failure(reach.status) or any(
        word in steps for word in ("failure", "error", "problem")
    )


def _differing(change: Change) -> list[str]:
    before, after = (
        one if isinstance(one, list) else [one] for one in (change.before, change.after)
    )
    return [str(one) for one in (*before, *after) if (one in before) != (one in after)]


def code_lists(change: Change, base: Node | None, head: Node | None, where: str) -> list[Change]:
    """Tell each code of a list that is gone or new.

    Args:
        change: in which the lists are.
        base: the list that was; None for an empty one.
        head: the list that is; None for an empty one.
        where: the codes come, such as `with 404`.

    """
    told: list[Change] = []
    was, now = _codes(base), _codes(head)
    for code in [one for one in was if one not in now]:
        what = f"{code} can no more come {where}"
        places = {"base": was[code].place, "head": None}
        fact = retold(change, "failure-became-unsayable", what, before=code, after=ABSENT, **places)
        told.append(fact)
    for code in [one for one in now if one not in was]:
        what = f"{code} can come {where}, too"
        places = {"base": None, "head": now[code].place}
        fact = retold(change, "failure-became-sayable", what, before=ABSENT, after=code, **places)
        told.append(fact)
    return told


def _codes(node: Node | None) -> dict[Json, Node]:
    return {str(one.data): one for one in node.elements()} if node is not None else {}
