"""Examples of an acknowledgement that show what the rule forbids."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from conformance.review.changes import ABSENT, Change
from conformance.review.duties import ACCEPTED, Duties, found, keyword
from conformance.review.nodes import Node
from conformance.review.retelling import place_of, retold

if TYPE_CHECKING:
    from conformance.review.sides import Side

Json = Any
Both = tuple[Node | None, Node | None]
OBJECT: Final = frozenset({"summary", "description", "value", "dataValue"})  # an Example Object


def example(change: Change, duties: Duties) -> list[Change] | None:
    """Retell an example of a 202 that shows, or no more shows, what must not be there."""
    reaches = [
        one
        for one in change.reaches
        if one.status == ACCEPTED and duties.owes(one) and one.at.strip("/ ") in {"", "body"}
    ]
    if change.rule != "example-changed" or not reaches:
        return None
    operation = reaches[0].operation
    told = [_retold(one, duties, operation) for one in _each(change, duties)]
    return told if any(one.rule != change.rule for one in told) else None


def _each(change: Change, duties: Duties) -> list[Change]:
    """Return a change of each example that differs, where they are changed all at once."""
    base, head = found(duties.base, change.base), found(duties.head, change.head)
    if keyword(change) != "examples" or not all(
        one is None or one.is_mapping for one in (base, head)
    ):
        return [change]
    was, now = (dict(one.items()) if one is not None else {} for one in (base, head))
    pairs = [(was.get(name), now.get(name)) for name in dict.fromkeys([*was, *now])]
    return [
        _of_one(change, *_shown(duties, one, other))
        for one, other in pairs
        if (one and one.digest) != (other and other.digest)
    ]


def _of_one(change: Change, base: Node | None, head: Node | None) -> Change:
    before, after = (ABSENT if one is None else one.data for one in (base, head))
    return replace(
        change,
        what="example changed",
        base=place_of(base),
        head=place_of(head),
        before=before,
        after=after,
    )


def _shown(duties: Duties, base: Node | None, head: Node | None) -> Both:
    """Return two examples, or their values where those are all that differs."""
    one = None if base is None else duties.base.follow(base)
    other = None if head is None else duties.head.follow(head)
    if one is None or other is None:
        return one, other
    values = one.get("value"), other.get("value")
    rest = [{**part.data, "value": None} if part.is_mapping else None for part in (one, other)]
    if rest[0] is None or rest[0] != rest[1] or None in values:
        return one, other
    return values


def _retold(change: Change, duties: Duties, operation: str) -> Change:
    before = _forbidden(change.before, duties, duties.base, operation)
    after = _forbidden(change.after, duties, duties.head, operation)
    if after:
        return retold(change, "example-contradicts", f"an example of 202 {after}")
    if before:
        return retold(change, "example-agrees", f"an example of 202 no more {before}")
    return change


def _forbidden(written: Json, duties: Duties, side: "Side", operation: str) -> str:
    """Say what an example shows that it must not; empty if there is nothing."""
    for shown in _values(written):
        names = duties.annotations
        status = str(shown.get("status", ""))
        if status.lower() in names.final_statuses:
            return f"says {status}"
        if _is_complete(shown, duties, side, operation):
            return f"is at stage {shown['stage']}, at which nothing is left to do"
        true = [name for name in names.claims if shown.get(name) is True]
        if true:
            return f"says that {true[0]} is true"
        is_receipt = bool(duties.completion_stage(side, operation))
        locators = names.locator_properties
        if is_receipt and locators and not any(shown.get(name) for name in locators):
            return f"lacks {locators[0]}"
    return ""


def _is_complete(shown: dict[str, Json], duties: Duties, side: "Side", operation: str) -> bool:
    stage = shown.get("stage")
    complete = shown.get("completionStage") or duties.completion_stage(side, operation)
    if stage not in duties.stages or complete not in duties.stages:
        return False
    return duties.stages.index(stage) >= duties.stages.index(complete)


def _values(written: Json) -> Iterator[dict[str, Json]]:
    """Go through the values that an example, or the value of an Example Object, shows."""
    if not isinstance(written, dict):
        return
    named = {"value", "dataValue"} & set(written)
    if named and set(written) <= OBJECT:
        yield from (one for key in named if isinstance(one := written[key], dict))
    else:
        yield written
