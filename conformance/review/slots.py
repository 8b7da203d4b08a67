"""What differs where a keyword holds one schema, or one for each name or place."""

from conformance.review.comparison import Comparison
from conformance.review.nodes import Node
from conformance.review.pairs import Pair, Polarity
from conformance.review.schema_view import View
from conformance.review.schema_words import NOTES
from conformance.review.values import whole


def slots(sides: Comparison, pair: Pair, one: View, other: View) -> None:
    """Compare the keywords that hold one schema, or one for each name or place."""
    for word in ("additionalProperties", "unevaluatedProperties"):
        _slot(sides, pair, word, (one.first(word), other.first(word)), "/*")
    for word in ("items", "unevaluatedItems"):
        _slot(sides, pair, word, (one.first(word), other.first(word)), "/*")
    for word in ("propertyNames", "contains", "contentSchema"):
        _slot(sides, pair, word, (one.first(word), other.first(word)), "")
    for word in ("patternProperties", "dependentSchemas"):
        here, there = (_members(side.first(word)) for side in (one, other))
        for name in dict.fromkeys([*here, *there]):
            at = "/*" if word == "patternProperties" else ""
            _slot(sides, pair, f"{word} `{name}`", (here.get(name), there.get(name)), at)
        pair.see_empty(*one.all(word), *other.all(word))
    first, second = (list(_elements(side.first("prefixItems"))) for side in (one, other))
    for place in range(max(len(first), len(second))):
        nodes = (_at(first, place), _at(second, place))
        _slot(sides, pair, f"item {place}", nodes, f"/{place}")
    _judged_by_reverse(sides, pair, one, other)


def _judged_by_reverse(sides: Comparison, pair: Pair, one: View, other: View) -> None:
    """Compare `not` and `if`, where fewer valid values do not mean fewer valid wholes."""
    reverse: tuple[tuple[str, Polarity], ...] = (("not", "opposite"), ("if", "unknown"))
    for word, polarity in reverse:
        before, after = one.first(word), other.first(word)
        if before is not None and after is not None:
            pair.lead(sides.schemas((before,), (after,)), polarity=polarity)
        elif before is not None or after is not None:
            rule = "constraint-removed" if after is None else "constraint-added"
            pair.tell(rule, f"`{word}` is {'gone' if after is None else 'new'}", before, after)
    conditional = one.first("if") is not None, other.first("if") is not None
    for word in ("then", "else"):
        if all(conditional):
            _slot(sides, pair, word, (one.first(word), other.first(word)), "")
        elif any(conditional):
            pair.see(one.first(word), other.first(word))
        else:
            whole(pair, "not-judged", f"{word} without if", one.first(word), other.first(word))


def _members(node: Node | None) -> dict[str, Node]:
    return {} if node is None else dict(node.items())


def _elements(node: Node | None) -> list[Node]:
    return [] if node is None else list(node.elements())


def _at(nodes: list[Node], place: int) -> Node | None:
    return nodes[place] if place < len(nodes) else None


def _slot(
    sides: Comparison, pair: Pair, word: str, nodes: tuple[Node | None, Node | None], at: str
) -> None:
    """Compare two schemas that allow everything where they are absent."""
    before, after = nodes
    if before is not None and after is not None and not (is_shut(before) or is_shut(after)):
        pair.lead(sides.schemas((before,), (after,)), at)
        return
    pair.see(*(node for node in nodes if node is not None and (is_open(node) or is_shut(node))))
    if is_open(before) and is_open(after):
        return
    if is_shut(before) and is_shut(after):
        return
    if is_shut(after):
        pair.tell("extras-closed", f"`{word}` allows nothing", before, after)
    elif is_shut(before):
        pair.tell("extras-opened", f"`{word}` allows more", before, after)
    elif is_open(before):
        pair.tell("constraint-added", f"`{word}` is new", before, after)
    else:
        pair.tell("constraint-removed", f"`{word}` is gone", before, after)


def is_open(node: Node | None) -> bool:
    """Tell whether a schema allows everything."""
    return (
        node is None or node.value is True or (node.is_mapping and not set(node.value) - {*NOTES})
    )


def is_shut(node: Node | None) -> bool:
    """Tell whether a schema allows nothing: `false`, or the opposite of what allows everything."""
    if node is not None and node.is_mapping and set(node.value) == {"not"}:
        inner = node.value["not"]
        return inner.value is True or inner.value == {}
    return node is not None and node.value is False
