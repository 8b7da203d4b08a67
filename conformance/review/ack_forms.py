"""Whether each form of an acknowledgement says where to look for what was accepted."""

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from conformance.review.changes import Change, Reach
from conformance.review.content import is_true
from conformance.review.duties import ACCEPTED, Duties, keyword
from conformance.review.nodes import Node
from conformance.review.retelling import retold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.review.sides import Side

FORMS: Final = {"alternative-added": "form", "media-type-added": "media type"}
LOSING: Final = frozenset(
    {*FORMS, "media-type-removed", "constraint-removed", "type-changed", "type-widened"}
)
GAINING: Final = frozenset({"media-type-added", "constraint-added", "type-narrowed"})
SCHEMAS: Final = frozenset({"schema", "itemSchema"})
MOST_PARTS: Final = 100


@dataclass(frozen=True, slots=True)
class Answer:
    """What 202 says of where to look, on one side.

    Attributes:
        forms: its media types, and whether every body of each holds a locator.
        located: whether a header always says it.

    """

    forms: dict[str, bool]
    located: bool


def form(change: Change, duties: Duties) -> list[Change] | None:
    """Retell that a form of an acknowledgement lacks a locator, or that every form holds one now.

    Forms are the media types of 202 and the alternatives of its schema. Where a header always says
    where to look, it does not matter what they hold, as long as there is a body at all.
    """
    of_body = not change.rule.startswith("constraint-") or keyword(change) in SCHEMAS
    if change.rule not in LOSING | GAINING or not of_body:
        return None
    for reach in duties.owed(change):
        if reach.status == ACCEPTED and reach.at in {"", "body"}:
            base, head = (_answer(side, reach, duties) for side in (duties.base, duties.head))
            if change.rule in LOSING and _loses(base, head):
                return [retold(change, "ack-locator-lost", _lost(change, head, duties))]
            if change.rule in GAINING and _loses(head, base):
                return [retold(change, "ack-locator-gained", _gained(change, base, duties))]
    return None


def _lost(change: Change, head: Answer, duties: Duties) -> str:
    if not head.forms:
        return f"202 has no more a body: {change.what}"
    where = f"a further {FORMS[change.rule]}" if change.rule in FORMS else "the body"
    return f"{where} of 202 can lack {duties.annotations.locator_properties[0]}: {change.what}"


def _gained(change: Change, base: Answer, duties: Duties) -> str:
    if not base.forms:
        return f"202 has a body: {change.what}"
    return f"the body of 202 holds {duties.annotations.locator_properties[0]}: {change.what}"


def _loses(before: Answer, after: Answer) -> bool:
    """Tell whether what one side holds by which something is found, the other does not."""
    one, other = before.forms, after.forms
    if not other:
        return bool(one)
    if after.located or not any(one.values()):
        return False
    if all(one.values()) or not any(other.values()):
        return not all(other.values())
    return any(promised and not other.get(name, True) for name, promised in one.items())


def _answer(side: "Side", reach: Reach, duties: Duties) -> Answer:
    answer = duties.answer(side, reach)
    content, headers = (answer.get(word) if answer else None for word in ("content", "headers"))
    names = frozenset(duties.annotations.locator_properties)
    forms = {
        name: (schema := side.follow(written).get("schema")) is not None
        and _promises(side, schema, names, {})
        for name, written in (content.items() if content is not None else ())
    }
    located = {one.lower() for one in duties.annotations.locator_headers}
    always = (
        name
        for name, header in (headers.items() if headers is not None else ())
        if name.lower() in located and is_true(side.follow(header), "required")
    )
    return Answer(forms, located=any(always))


def _promises(side: "Side", schema: Node, names: frozenset[str], known: dict[int, bool]) -> bool:
    """Tell whether every value of a schema is an object with a member that locates.

    A schema that asks for members and names no type is taken for one of objects.
    """
    if id(schema) in known or len(known) > MOST_PARTS:
        return known.get(id(schema), False)
    known[id(schema)] = False
    parts = list(islice(_parts(side, schema), MOST_PARTS))
    types = [found for part in parts if (found := _types(part))]
    asked = any(
        str(one.value) in names for part in parts for one in _elements(part.get("required"))
    )
    known[id(schema)] = (not types or {"object"} in types) and (
        asked
        or any(
            all(_promises(side, one, names, known) for one in choices)
            for part in parts
            for word in ("oneOf", "anyOf")
            if (choices := list(_elements(part.get(word))))
        )
    )
    return known[id(schema)]


def _types(part: Node) -> set[str]:
    """Return the types that a schema names; `nullable` is how OpenAPI 3.0 names null."""
    written, nullable = part.get("type"), part.get("nullable")
    if written is None:
        return set()
    named = {str(one.value) for one in _elements(written)} or {str(written.value)}
    return named | ({"null"} if nullable is not None and nullable.value is True else set())


def _parts(side: "Side", schema: Node) -> "Iterator[Node]":
    """Go through a schema and all that holds beside it."""
    waiting, met = [schema], set[int]()
    while waiting:
        node = waiting.pop()
        if id(node) not in met:
            met.add(id(node))
            yield node
            waiting += [side.follow(node), *_elements(node.get("allOf"))]


def _elements(node: Node | None) -> list[Node]:
    return list(node.elements()) if node is not None else []
