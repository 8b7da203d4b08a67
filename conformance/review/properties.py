"""What differs between the properties of two schemas."""

from typing import TYPE_CHECKING, Literal

from conformance.review.comparison import Comparison
from conformance.review.nodes import Node
from conformance.review.pairs import Pair, Schema
from conformance.review.schema_view import View, view
from conformance.review.slots import is_open, is_shut

if TYPE_CHECKING:
    from conformance.review.sides import Side


def properties(sides: Comparison, pair: Pair, one: View, other: View) -> None:
    """Compare which there are, which are asked for, and what each has to be."""
    here, there = one.properties(), other.properties()
    asked, asks = one.required(), other.required()
    for side in (one, other):
        pair.see_empty(*side.all("properties"))
        pair.see(*(node for node in side.all("required") if node.is_list))
    for name in dict.fromkeys([*here, *there, *asked, *asks]):
        if name in here and name in there:
            was, only = _only(sides.base, here[name]), _only(sides.head, there[name])
            only = only if was == only else ""
            inner = sides.schemas(here[name], there[name])
            pair.lead(inner, f"/{name}", only=only)
            _asking(
                pair, name, (asked.get(name), here[name][0]), (asks.get(name), there[name][0]), only
            )
        elif name in there:
            rule = f"{_kind_of(one, asks, name)}-added"
            fact = pair.tell(rule, f"property `{name}` is new", None, there[name][0])
            fact.only = _only(sides.head, there[name])
            pair.see(*there[name])
            if extra := _extra(one):
                pair.lead(sides.schemas(extra, there[name]), f"/{name}", only=fact.only)
        elif name in here:
            rule = f"{_kind_of(other, asked, name)}-removed"
            fact = pair.tell(rule, f"property `{name}` is gone", here[name][0], None)
            fact.only = _only(sides.base, here[name])
            pair.see(*here[name])
            if extra := _extra(other):
                pair.lead(sides.schemas(here[name], extra), f"/{name}", only=fact.only)
        elif (name in asked) != (name in asks):
            rule = "constraint-added" if name in asks else "constraint-removed"
            said = f"property `{name}` is {'asked' if name in asks else 'no more asked'} for"
            pair.tell(rule, said, asked.get(name), asks.get(name))


def _kind_of(without: View, required: dict[str, Node], name: str) -> str:
    """Name a property by whether it is asked for, and whether the side without it is closed."""
    words = ["required"] * (name in required) + ["closed"] * _closed(without)
    return "-".join([*words, "property"])


def _asking(
    pair: Pair,
    name: str,
    base: tuple[Node | None, Node],
    head: tuple[Node | None, Node],
    only: Literal["request", "response", ""],
) -> None:
    if (base[0] is None) == (head[0] is None):
        return
    became = "optional" if head[0] is None else "required"
    fact = pair.note(
        f"property-became-{became}",
        f"property `{name}` became {became}",
        base[0] or base[1],
        head[0] or head[1],
        (f"{name}: {'optional' if became == 'required' else 'required'}", f"{name}: {became}"),
    )
    fact.only = only


def _only(side: "Side", schema: Schema) -> Literal["request", "response", ""]:
    """Return the one direction that a property is sent in; empty for both."""
    one = view(side, schema)
    for word in ("readOnly", "writeOnly"):
        mark = one.first(word)
        if mark is not None and mark.value is True:
            return "response" if word == "readOnly" else "request"
    return ""


def _closed(one: View) -> bool:
    words = ("additionalProperties", "unevaluatedProperties")
    return any(node.value is False for word in words for node in one.all(word))


def _extra(one: View) -> Schema:
    """Return what a property has to be that is not named; nothing where that is anything."""
    extra = one.first("additionalProperties")
    patterns = one.first("patternProperties")
    return () if patterns or extra is None or is_open(extra) or is_shut(extra) else (extra,)
