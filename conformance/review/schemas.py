"""What differs between two schemas: one fact for each keyword that asks for something else."""

import json
from typing import TYPE_CHECKING, Any, Final, Literal

from conformance.review.alternatives import alternatives, apart, wrapped
from conformance.review.changes import ABSENT
from conformance.review.limits import limits
from conformance.review.nodes import Node, digest_of
from conformance.review.pairs import Comparison, Pair, Polarity, Schema, flags, texts, whole
from conformance.review.schema_view import EXAMPLES, NOTES, SWITCHES, TYPES, View, kinds, view

if TYPE_CHECKING:
    from conformance.review.sides import Side

Json = Any
# fmt: off
KNOWN: Final = frozenset({
    "type", "nullable", "enum", "const", "pattern", "format", "properties", "required",
    "additionalProperties", "unevaluatedProperties", "unevaluatedItems", "patternProperties",
    "propertyNames", "dependentRequired", "dependentSchemas", "items", "prefixItems", "contains",
    "minContains", "maxContains", "uniqueItems", "not", "if", "then", "else", "discriminator",
    "xml", "contentEncoding", "contentMediaType", "contentSchema", "default", "multipleOf",
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength",
    "minItems", "maxItems", "minProperties", "maxProperties", "anyOf", "oneOf", "allOf", "$ref",
    "$defs", "definitions", *NOTES, *EXAMPLES, *SWITCHES,
})
# fmt: on


def compare_schemas(sides: Comparison, base: Schema, head: Schema) -> Pair:
    """Compare two schemas; the parts of each hold together."""
    base, head = _led(sides.base.follow, base), _led(sides.head.follow, head)
    pair, new = sides.schemas(base, head)
    if not new:
        return pair
    if len(base) == len(head) == 1 and sides.unchanged(base[0], head[0]):
        pair.see(base[0], head[0])
        return pair
    if _odd(pair, base, head):
        return pair
    one, other = view(sides.base, base), view(sides.head, head)
    pair.see(*one.seen, *other.seen)
    if wrapped(sides, pair, (base, one), (head, other), compare_schemas):
        return pair
    if _never(pair, one, other) or _types(pair, one, other):
        pair.see(*(node for one_side in (one, other) for node in _everything(one_side)))
        return pair
    _enums(pair, one, other)
    limits(pair, one, other)
    for word in ("pattern", "format"):
        _strings(pair, word, one, other)
    _properties(sides, pair, one, other)
    _slots(sides, pair, one, other)
    alternatives(sides, pair, one, other, compare_schemas)
    apart(sides, pair, one, other, compare_schemas)
    _notes(pair, one, other)
    _rest(pair, one, other)
    return pair


def _odd(pair: Pair, base: Schema, head: Schema) -> bool:
    """Compare what is neither a mapping nor true nor false, and so no schema, as it is."""
    odd = [
        [node for node in schema if not (node.is_mapping or isinstance(node.value, bool))]
        for schema in (base, head)
    ]
    if not any(odd):
        return False
    whole(pair, "not-judged", "schema", (*odd[0], base[0])[0], (*odd[1], head[0])[0])
    return True


def _led(follow: Any, schema: Schema) -> Schema:  # noqa: ANN401  # of one side
    """Follow a schema that is nothing but a reference."""
    if len(schema) == 1 and schema[0].is_mapping and set(schema[0].value) == {"$ref"}:
        return (follow(schema[0]),)
    return schema


def _everything(one: View) -> list[Node]:
    return [*one.parts, *(node for part in one.apart for node in part)]


def _never(pair: Pair, one: View, other: View) -> bool:
    if one.never is None and other.never is None:
        return False
    if one.never is None or other.never is None:
        rule = "extras-opened" if other.never is None else "extras-closed"
        what = "something" if other.never is None else "nothing"
        pair.tell(rule, f"{what} is allowed", one.home, other.home)
    return True


def _types(pair: Pair, one: View, other: View) -> bool:
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


def _enums(pair: Pair, one: View, other: View) -> None:
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
        said = [_quoted(before), _quoted(after)]
        if said[0] == said[1]:
            said = [f"`{json.dumps(one.data)}`" for one in (before, after)]
        pair.tell("const-changed", f"value {said[0]} became {said[1]}", before, after)
        return
    for value in (here[digest] for digest in here if digest not in there):
        pair.tell("enum-value-removed", f"value {_quoted(value)} is gone", value, None)
        pair.see(_form_of(value))
    for value in (there[digest] for digest in there if digest not in here):
        pair.tell("enum-value-added", f"value {_quoted(value)} is new", None, value)
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
    return f"{word} {', '.join(_quoted(value) for value in list(values.values())[:5])}"


def _quoted(node: Node) -> str:
    return f"`{node.value}`" if isinstance(node.value, str) else f"`{json.dumps(node.data)}`"


def _strings(pair: Pair, word: str, one: View, other: View) -> None:
    """Compare texts that all hold, such as patterns."""
    pair.see(*one.all(word), *other.all(word))
    here = {str(node.value): node for node in one.all(word)}
    there = {str(node.value): node for node in other.all(word)}
    gone = [here[text] for text in here if text not in there]
    new = [there[text] for text in there if text not in here]
    for before, after in zip(gone, new, strict=False):
        what = f"{word} {_quoted(before)} became {_quoted(after)}"
        pair.tell(f"{word}-changed", what, before, after)
    for before in gone[len(new) :]:
        pair.tell(f"{word}-removed", f"{word} {_quoted(before)} is gone", before, None)
    for after in new[len(gone) :]:
        pair.tell(f"{word}-added", f"{word} {_quoted(after)} is new", None, after)


def _properties(sides: Comparison, pair: Pair, one: View, other: View) -> None:
    here, there = one.properties(), other.properties()
    asked, asks = one.required(), other.required()
    for side in (one, other):
        pair.see_empty(*side.all("properties"))
        pair.see(*(node for node in side.all("required") if node.is_list))
    for name in dict.fromkeys([*here, *there, *asked, *asks]):
        if name in here and name in there:
            was, only = _only(sides.base, here[name]), _only(sides.head, there[name])
            only = only if was == only else ""
            inner = compare_schemas(sides, here[name], there[name])
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
                pair.lead(compare_schemas(sides, extra, there[name]), f"/{name}", only=fact.only)
        elif name in here:
            rule = f"{_kind_of(other, asked, name)}-removed"
            fact = pair.tell(rule, f"property `{name}` is gone", here[name][0], None)
            fact.only = _only(sides.base, here[name])
            pair.see(*here[name])
            if extra := _extra(other):
                pair.lead(compare_schemas(sides, here[name], extra), f"/{name}", only=fact.only)
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
    return () if patterns or extra is None or _open(extra) or _shut(extra) else (extra,)


def _slots(sides: Comparison, pair: Pair, one: View, other: View) -> None:
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
            pair.lead(compare_schemas(sides, (before,), (after,)), polarity=polarity)
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
    if before is not None and after is not None and not (_shut(before) or _shut(after)):
        pair.lead(compare_schemas(sides, (before,), (after,)), at)
        return
    pair.see(*(node for node in nodes if node is not None and (_open(node) or _shut(node))))
    if _open(before) and _open(after):
        return
    if _shut(before) and _shut(after):
        return
    if _shut(after):
        pair.tell("extras-closed", f"`{word}` allows nothing", before, after)
    elif _shut(before):
        pair.tell("extras-opened", f"`{word}` allows more", before, after)
    elif _open(before):
        pair.tell("constraint-added", f"`{word}` is new", before, after)
    else:
        pair.tell("constraint-removed", f"`{word}` is gone", before, after)


def _open(node: Node | None) -> bool:
    return (
        node is None or node.value is True or (node.is_mapping and not set(node.value) - {*NOTES})
    )


def _shut(node: Node | None) -> bool:
    """Tell whether a schema allows nothing: `false`, or the opposite of what allows everything."""
    if node is not None and node.is_mapping and set(node.value) == {"not"}:
        inner = node.value["not"]
        return inner.value is True or inner.value == {}
    return node is not None and node.value is False


def _notes(pair: Pair, one: View, other: View) -> None:
    for word in ("title", "description", "$comment"):
        texts(pair, word, one.first(word), other.first(word))
    whole(
        pair, "text-changed", "externalDocs", one.first("externalDocs"), other.first("externalDocs")
    )
    for word in EXAMPLES:
        whole(pair, "example-changed", word, one.first(word), other.first(word))
    flags(
        pair, ("deprecated", "undeprecated"), "`deprecated`",
        one.first("deprecated"), other.first("deprecated"),
    )  # fmt: skip
    for word in ("readOnly", "writeOnly"):
        rules = ("access-changed", "access-changed")
        flags(pair, rules, f"`{word}`", one.first(word), other.first(word))
    whole(pair, "default-changed", "default", one.first("default"), other.first("default"))


def _rest(pair: Pair, one: View, other: View) -> None:
    flags(
        pair, ("constraint-added", "constraint-removed"), "`uniqueItems`",
        one.first("uniqueItems"), other.first("uniqueItems"),
    )  # fmt: skip
    for word in ("contentEncoding", "contentMediaType"):
        whole(pair, "encoding-changed", word, one.first(word), other.first(word))
    whole(pair, "xml-changed", "xml", one.first("xml"), other.first("xml"))
    _dependents(pair, one, other)
    words = [*dict.fromkeys([*one.words, *other.words])]
    for word in words:
        if word not in KNOWN:
            whole(pair, "not-judged", word, one.first(word), other.first(word))


def _dependents(pair: Pair, one: View, other: View) -> None:
    """Compare which properties ask for which others."""
    found: list[dict[tuple[str, str], Node]] = []
    for side in (one, other):
        nodes = side.all("dependentRequired")
        pair.see(*nodes)
        found.append(
            {
                (name, str(needed.value)): needed
                for node in nodes
                for name, needs in node.items()
                for needed in needs.elements()
            }
        )
    here, there = found
    for name, needed in (key for key in {**here, **there} if not (key in here and key in there)):
        new = (name, needed) in there
        said = f"`{name}` {'asks' if new else 'asks no more'} for `{needed}`"
        rule = "constraint-added" if new else "constraint-removed"
        pair.tell(rule, said, here.get((name, needed)), there.get((name, needed)))
