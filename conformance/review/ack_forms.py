"""A further form of an acknowledgement, by which nothing is found that was accepted."""

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final

from conformance.review.changes import Change, Reach
from conformance.review.duties import ACCEPTED, Duties, bare, found, operations
from conformance.review.nodes import Node
from conformance.review.retelling import retold

if TYPE_CHECKING:
    from conformance.review.sides import Side

FORMS: Final = {"alternative-added": "form", "media-type-added": "media type"}
MOST_PARTS: Final = 100


def form(change: Change, duties: Duties) -> list[Change] | None:
    """Retell a form without a locator that is new beside others that have one."""
    reaches = [
        one
        for one in duties.owed(change)
        if one.status == ACCEPTED and one.at in {"", "body"} and not _is_located(one, duties)
    ]
    node = found(duties.head, change.head) if change.rule in FORMS and reaches else None
    if node is None or node.parent is None or _promises(node, duties):
        return None
    beside = [*node.parent.elements(), *(one for _, one in node.parent.items())]
    if not any(_promises(one, duties) for one in beside if one is not node):
        return None
    name = duties.annotations.locator_properties[0]
    what = f"a further {FORMS[change.rule]} of 202 can lack {name}: {change.what}"
    return [retold(change, "ack-locator-lost", what)]


def _promises(node: Node, duties: Duties) -> bool:
    """Tell whether a schema, or that of a media type, asks for a member that locates."""
    side = duties.head
    schema = side.follow(node).get("schema") or node
    names = set(duties.annotations.locator_properties)
    return any(
        str(name.value) in names
        for part in islice(_parts(side, schema), MOST_PARTS)
        for name in _elements(part.get("required"))
    )


def _parts(side: "Side", schema: Node) -> Iterator[Node]:
    """Go through a schema and all that holds beside it."""
    waiting, met = [schema], set[int]()
    while waiting:
        node = waiting.pop()
        if id(node) not in met:
            met.add(id(node))
            yield node
            waiting += [side.follow(node), *_elements(node.get("allOf"))]


def _elements(node: Node | None) -> Iterator[Node]:
    return node.elements() if node is not None else iter(())


def _is_located(reach: Reach, duties: Duties) -> bool:
    """Tell whether a header of the same answer always says where to look."""
    side = duties.head
    names = {one.lower() for one in duties.annotations.locator_headers}
    for path, method, operation in operations(side):
        if bare(f"{method.upper()} {path}") == bare(reach.operation):
            answers = operation.get("responses")
            answer = answers.get(reach.status) if answers is not None else None
            headers = side.follow(answer).get("headers") if answer is not None else None
            for name, header in headers.items() if headers is not None else ():
                asked = side.follow(header).get("required")
                if name.lower() in names and asked is not None and asked.value is True:
                    return True
    return False
