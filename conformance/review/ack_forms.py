"""Which change takes the locator from a form of an acknowledgement, or gives it one."""

from typing import Final

from conformance.review.changes import Change, Reach
from conformance.review.duties import ACCEPTED, Duties, bare, found, operations
from conformance.review.locating import Acknowledgement, Locating
from conformance.review.nodes import Node
from conformance.review.placed import text_of
from conformance.review.retelling import retold, told

FORMS: Final = {"alternative-added": "form", "media-type-added": "media type"}
LOSING: Final = frozenset(
    {*FORMS, "media-type-removed", "constraint-removed", "type-changed", "type-widened"}
    | {"enum-lifted", "extras-opened"}
)
GAINING: Final = frozenset({"media-type-added", "constraint-added", "type-narrowed"})


def form(change: Change, duties: Duties) -> list[Change] | None:
    """Retell that a form of an acknowledgement lacks a locator, or that every form holds one now.

    Forms are the media types of 202 and the alternatives of its schema. Where a header always says
    where to look, it does not matter what they hold, as long as there is a body at all.
    """
    if change.rule not in LOSING | GAINING:
        return None
    for reach in duties.owed(change):
        both = _both(reach, duties) if reach.at in {"", "body"} else None
        if both is None:
            continue
        base, head = both
        if change.rule in LOSING and base.holds_more_than(head) and _is_loss(change, duties):
            return [retold(change, "ack-locator-lost", _lost(change, head, duties))]
        gains = change.rule in GAINING and head.holds_more_than(base)
        if gains and _holds(duties.locating[1], found(duties.head, change.head)):
            return [retold(change, "ack-locator-gained", _gained(change, base, duties))]
    return None


def untold(changes: list[Change], duties: Duties) -> list[Change]:
    """Tell which 202 lost or gained a locator where no change was told to be the cause."""
    spoken = {
        (change.rule, bare(reach.operation))
        for change in changes
        for reach in change.reaches
        if reach.status == ACCEPTED
    }
    reached: dict[tuple[str, Node, Node], list[Reach]] = {}
    for path, method, node in operations(duties.head):
        name, id_of = f"{method.upper()} {path}", text_of(node, "operationId")
        reach = Reach(name, id_of, "response", "from-server", ACCEPTED, "body")
        both = _both(reach, duties) if duties.owes(reach) else None
        base, head = (duties.answer(side, reach) for side in (duties.base, duties.head))
        if both is None or base is None or head is None:
            continue
        for rule, (one, other) in (("ack-locator-lost", both), ("ack-locator-gained", both[::-1])):
            if one.holds_more_than(other) and (rule, bare(name)) not in spoken:
                reached.setdefault((rule, base, head), []).append(reach)
    return [
        told(rule, _said(rule, duties), base, head, (base.data, head.data), reaches=reaches)
        for (rule, base, head), reaches in reached.items()
    ]


def _said(rule: str, duties: Duties) -> str:
    how = "can lack" if rule == "ack-locator-lost" else "holds"
    return f"the body of 202 {how} {duties.annotations.locator_properties[0]}"


def _both(reach: Reach, duties: Duties) -> tuple[Acknowledgement, Acknowledgement] | None:
    """Return what both sides say in a 202; None where a side does not answer it."""
    base, head = (duties.answer(side, reach) for side in (duties.base, duties.head))
    if reach.status != ACCEPTED or base is None or head is None:
        return None
    here, there = duties.locating
    return here.acknowledgement(base), there.acknowledgement(head)


def _is_loss(change: Change, duties: Duties) -> bool:
    """Tell whether a change is of a form that loses its locator, or of a new one without."""
    here, there = duties.locating
    if change.rule in FORMS:
        return not _holds(there, found(duties.head, change.head))
    return _holds(here, found(duties.base, change.base))


def _holds(locating: Locating, node: Node | None) -> bool:
    """Tell whether a form, or the one that this is a keyword of or in a keyword of, locates."""
    holder = node.parent if node is not None else None
    around = (node, holder, holder.parent if holder is not None else None)
    return any(locating.holds(one) for one in around if one is not None)


def _lost(change: Change, head: Acknowledgement, duties: Duties) -> str:
    if not head.forms:
        return f"202 has no more a body: {change.what}"
    if change.rule not in FORMS:
        return f"{_said('ack-locator-lost', duties)}: {change.what}"
    name = duties.annotations.locator_properties[0]
    return f"a further {FORMS[change.rule]} of 202 can lack {name}: {change.what}"


def _gained(change: Change, base: Acknowledgement, duties: Duties) -> str:
    if not base.forms:
        return f"202 has a body: {change.what}"
    return f"{_said('ack-locator-gained', duties)}: {change.what}"
