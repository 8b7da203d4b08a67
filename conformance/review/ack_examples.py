"""Examples of an acknowledgement that show what the rule forbids."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from conformance.review.changes import Change, Reach
from conformance.review.duties import ACCEPTED, Duties, header
from conformance.review.retelling import retold

if TYPE_CHECKING:
    from conformance.review.sides import Side

Json = Any
OBJECT: Final = frozenset({"summary", "description", "value", "dataValue"})  # an Example Object


def example(change: Change, duties: Duties) -> list[Change] | None:
    """Retell an example of a 202 that shows, or no more shows, what must not be there."""
    reaches = [
        one
        for one in change.reaches
        if one.status == ACCEPTED and duties.owes(one) and _is_of_the_whole(one)
    ]
    if change.rule != "example-changed" or not reaches:
        return None
    operation = reaches[0].operation
    before = _forbidden(change.before, duties, duties.base, operation)
    after = _forbidden(change.after, duties, duties.head, operation)
    if after:
        return [retold(change, "example-contradicts", f"an example of 202 {after}")]
    if before:
        return [retold(change, "example-agrees", f"an example of 202 no more {before}")]
    return None


def _is_of_the_whole(reach: Reach) -> bool:
    return not header(reach) and not reach.at.removeprefix("body").strip(" /")


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
        if is_receipt and not any(shown.get(name) for name in names.locator_properties):
            return f"lacks {names.locator_properties[0]}"
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
