"""What differs between the types and the listed values that two schemas allow."""

import json
from typing import Any

from conformance.review.bare_forms import kinds
from conformance.review.changes import ABSENT
from conformance.review.nodes import Node, digest_of
from conformance.review.pairs import Pair
from conformance.review.schema_view import View
from conformance.review.schema_words import TYPES
from conformance.review.values import flags, whole

Json = Any


def compare_types(pair: Pair, one: View, other: View) -> bool:
    """Compare what type is allowed; tell whether the two have nothing in common."""
    here, there = one.types(), other.types()
    for side in (one, other):
        pair.see(*side.all("type"), *side.all("nullable"), side.null)
    if here == there or (_enumerated(one) is not None and _enumerated(other) is not None):
        _without_effect(pair, one, other)
        return False
    gone, new = here - there, there - here
    rule = "type-changed" if gone and new else "type-narrowed" if gone else "type-widened"
    before, after = _named(one), _named(other)
    what = f"type {_spelled(before)} became {_spelled(after)}"
    pair.tell(rule, what, _typed(one), _typed(other), (before, after))
    return not here & there


def _without_effect(pair: Pair, one: View, other: View) -> None:
    """Tell a `nullable` that allows nothing more, unless null is allowed in another way there."""
    said = [node and node.data for node in (one.first("type"), other.first("type"))]
    if said[0] == said[1] and one.null is other.null is None:
        before, after = one.first("nullable"), other.first("nullable")
        flags(pair, ("not-judged", "not-judged"), "`nullable` that allows no null", before, after)


def _typed(one: View) -> Node:
    choices = [node for node, _ in one.type_choices]
    return one.first("type") or one.first("nullable") or one.null or next(iter(choices), one.home)


def _named(one: View) -> Json:
    types = one.types()
    if len(types) == len(TYPES):
        return ABSENT
    return sorted(types - {"integer"} if "number" in types else types)


def _spelled(types: Json) -> str:
    return "(any)" if types == ABSENT else " or ".join(types)


def _enumerated(one: View) -> dict[bytes, Node] | None:
    """Return the values that are allowed, by digest; None if they are not listed."""
    listed, types = _listed(one), one.types()
    if listed is None:
        return None
    found = {digest: node for digest, node in listed.items() if kinds(node.value) & types}
    if one.null is not None:
        found[digest_of(None)] = one.null
    return found


def _listed(one: View) -> dict[bytes, Node] | None:
    """Return the values that every list of values has, whether their type is allowed or not."""
    lists = [
        {value.digest: value for value in node.elements()}
        for node in one.all("enum")
        if node.is_list
    ]
    lists += [{node.digest: node} for node in one.all("const")]
    lists += [values for _, values in one.value_choices]
    if not lists:
        return None
    return {
        digest: node for digest, node in lists[0].items() if all(digest in other for other in lists)
    }


def compare_values(pair: Pair, one: View, other: View) -> None:
    """Compare the values that are listed, by enum, const or forms of nothing but values."""
    here, there = _enumerated(one), _enumerated(other)
    nodes = [[*side.all("enum"), *side.all("const")] for side in (one, other)]
    pair.see(*nodes[0], *nodes[1])
    for side, its in zip((one, other), nodes, strict=True):
        its += [node for node, _ in side.value_choices]
    if here is None or there is None:
        if there is not None:
            pair.tell("enum-introduced", _list("only", there), None, nodes[1][0])
        elif here is not None:
            pair.tell("enum-lifted", _list("no more only", here), nodes[0][0], None)
        return
    _enumerated_in_vain(pair, (one, here), (other, there))
    if len(here) == len(there) == 1 and here.keys() != there.keys():
        before, after = *here.values(), *there.values()
        said = [quoted(before), quoted(after)]
        if said[0] == said[1]:
            said = [f"`{json.dumps(one.data)}`" for one in (before, after)]
        pair.tell("const-changed", f"value {said[0]} became {said[1]}", before, after)
        return
    for value in (here[digest] for digest in here if digest not in there):
        pair.tell("enum-value-removed", f"value {quoted(value)} is gone", value, None)
        pair.see(_form_of(value))
    for value in (there[digest] for digest in there if digest not in here):
        pair.tell("enum-value-added", f"value {quoted(value)} is new", None, value)
        pair.see(_form_of(value))


def _enumerated_in_vain(
    pair: Pair, base: tuple[View, dict[bytes, Node]], head: tuple[View, dict[bytes, Node]]
) -> None:
    """Tell listed values that the type beside them forbids, such as texts among integers."""
    here, there = (
        {digest: node for digest, node in (_listed(one) or {}).items()
         if digest not in allowed and node.value is not None}
        for one, allowed in (base, head)
    )  # fmt: skip
    for digest in {**here, **there}:
        before, after = here.get(digest), there.get(digest)
        if (before is None) != (after is None):
            whole(pair, "not-judged", "value that its type forbids", before, after)


def _form_of(value: Node) -> Node | None:
    """Return the form that is nothing but a value, with the words on it."""
    form = value.parent
    return (
        form
        if value.key == "const"
        and form is not None
        and form.parent is not None
        and form.parent.is_list
        else None
    )


def _list(word: str, values: dict[bytes, Node]) -> str:
    return f"{word} {', '.join(quoted(value) for value in list(values.values())[:5])}"


def quoted(node: Node) -> str:
    """Spell a value for a sentence."""
    return f"`{node.value}`" if isinstance(node.value, str) else f"`{json.dumps(node.data)}`"
