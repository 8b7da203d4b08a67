"""Annotations that promise something: what becomes of the promise."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from conformance.review.changes import ABSENT, Change, RequirementEffect
from conformance.review.duties import Duties, found, keyword
from conformance.review.nodes import Node
from conformance.review.retelling import place_of, retold
from conformance.review.sayable import code_lists

if TYPE_CHECKING:
    from collections.abc import Callable

Json = Any
Both = tuple[Node | None, Node | None]
LOWERED: Final = "guarantee-annotation-lowered"
RAISED: Final = "guarantee-annotation-raised"
STAGE: Final = "completionStage"
CODES: Final = "failureCodes"


def annotated(change: Change, duties: Duties) -> list[Change] | None:
    """Retell a change of an annotation that promises something."""
    names = duties.annotations
    word = keyword(change)
    if change.rule != "not-judged":
        return None
    by_name: dict[str, Callable[[Change, Duties], list[Change] | None]] = {
        names.receipt: _receipt,
        names.error_codes: _error_codes,
        names.requirements: _requirements,
        names.requirement: _requirement,
        **dict.fromkeys(names.exempting, _exempting),
        **dict.fromkeys(names.ordered, _ordered),
    }
    return by_name[word](change, duties) if word in by_name else None


def _nodes(change: Change, duties: Duties) -> Both:
    return found(duties.base, change.base), found(duties.head, change.head)


def _moved(change: Change, raised: bool, what: str) -> list[Change]:  # noqa: FBT001  # the sense of it
    return [retold(change, RAISED if raised else LOWERED, what)]


def _receipt(change: Change, duties: Duties) -> list[Change] | None:
    base, head = _nodes(change, duties)
    if base is None or head is None:
        gone = "is new" if base is None else "is gone"
        return _moved(change, base is None, f"{keyword(change)} {gone}")
    if not (base.is_mapping and head.is_mapping):
        return None
    told: list[Change] = []
    for name in dict.fromkeys([*base.value, *head.value]):
        one, other = base.get(name), head.get(name)
        if (one and one.digest) != (other and other.digest):
            told += _part(change, duties, name, (one, other))
    return told


def _part(change: Change, duties: Duties, name: str, nodes: Both) -> list[Change]:
    """Tell what became of one member of the annotation of a receipt."""
    if name == CODES and all(one is None or one.is_list for one in nodes):
        return code_lists(change, *nodes, "as the end of an accepted command")
    base, head = nodes
    before, after = (one.data if one is not None else ABSENT for one in nodes)
    part = replace(
        change,
        what=f"{name} of {keyword(change)} changed",
        base=place_of(base),
        head=place_of(head),
        before=before,
        after=after,
    )
    ranks = [duties.stages.index(one) if one in duties.stages else -1 for one in (before, after)]
    if name == STAGE and ranks[0] != ranks[1]:
        return _moved(part, ranks[1] > ranks[0], f"{STAGE} {_became(before, after)}")
    return [part]


def _became(before: Json, after: Json) -> str:
    if before == ABSENT:
        return f"is {after}, and was not said"
    return f"was {before}, and is not said" if after == ABSENT else f"{before} became {after}"


def _error_codes(change: Change, duties: Duties) -> list[Change] | None:
    base, head = _nodes(change, duties)
    if base is None or head is None:
        gone = "is new" if base is None else "is gone"
        return _moved(change, base is None, f"{keyword(change)} {gone}")
    if base.is_list and head.is_list:
        return code_lists(change, base, head, "here")
    if not (base.is_mapping and head.is_mapping):
        return None
    told: list[Change] = []
    for status in dict.fromkeys([*base.value, *head.value]):
        lists = base.get(status), head.get(status)
        if any(one is not None and not one.is_list for one in lists):
            return None
        told += code_lists(change, *lists, f"with {status}")
    return told


def _ordered(change: Change, duties: Duties) -> list[Change] | None:
    """Retell a step up or down; not to be there is below everything."""
    order = list(duties.annotations.ordered[keyword(change)])
    if any(one not in order and one != ABSENT for one in (change.before, change.after)):
        return None
    before, after = (
        order.index(one) if one in order else -1 for one in (change.before, change.after)
    )
    what = f"{keyword(change)} {_became(change.before, change.after)}"
    return _moved(change, after > before, what)


def _exempting(change: Change, duties: Duties) -> list[Change] | None:
    del duties
    before, after = (bool(one) and one != ABSENT for one in (change.before, change.after))
    if before == after:
        return None
    what = f"{keyword(change)} {'holds' if after else 'no more holds'}"
    return _moved(change, before, what)


def _requirements(change: Change, duties: Duties) -> list[Change] | None:
    """Tell each requirement that an operation no more names, or names now."""
    base, head = _nodes(change, duties)
    if any(one is not None and not one.is_list for one in (base, head)):
        return None
    was, now = (
        {str(one.data): one for one in node.elements()} if node is not None else {}
        for node in (base, head)
    )
    told: list[Change] = []
    for name in [*was, *now]:
        if name not in now:
            places = {"base": was[name].place, "head": None, "before": name, "after": ABSENT}
            told.append(_linked(change, "requirement-unlinked", name, places))
        elif name not in was:
            places = {"base": None, "head": now[name].place, "before": ABSENT, "after": name}
            told.append(_linked(change, "requirement-linked", name, places))
    return told


def _requirement(change: Change, duties: Duties) -> list[Change] | None:
    """Tell that a branch of a schema is no more a requirement, or is another."""
    del duties
    rule = "requirement-linked" if change.before == ABSENT else "requirement-unlinked"
    names = [str(one) for one in (change.before, change.after) if one != ABSENT]
    what = f"{keyword(change)} of a schema {_became(change.before, change.after)}"
    effects = tuple(RequirementEffect(name, "relinked") for name in names)
    return [retold(change, rule, what, requirements=effects)]


def _linked(change: Change, rule: str, name: str, places: dict[str, Json]) -> Change:
    more = rule == "requirement-linked"
    what = f"{name} is named here, too" if more else f"{name} is no more named here"
    effects = (RequirementEffect(name, "relinked"),)
    return retold(change, rule, what, requirements=effects, **places)
