"""What differs between two schemas: one fact for each keyword that asks for something else."""

from conformance.review.allowed import compare_types, compare_values, quoted
from conformance.review.alternatives import alternatives, apart, wrapped
from conformance.review.comparison import Comparison
from conformance.review.limits import limits
from conformance.review.nodes import Node
from conformance.review.pairs import Pair, Schema
from conformance.review.properties import properties
from conformance.review.schema_view import View, view
from conformance.review.schema_words import EXAMPLES, KNOWN
from conformance.review.slots import slots
from conformance.review.values import flags, texts, whole


def compare_schemas(sides: Comparison, base: Schema, head: Schema, pair: Pair) -> None:
    """Compare two schemas, each of parts that hold together."""
    if _odd(pair, base, head):
        return
    one, other = view(sides.base, base), view(sides.head, head)
    pair.see(*one.seen, *other.seen)
    if wrapped(sides, pair, (base, one), (head, other)):
        return
    if _never(pair, one, other) or compare_types(pair, one, other):
        pair.see(*(node for one_side in (one, other) for node in _everything(one_side)))
        return
    compare_values(pair, one, other)
    limits(pair, one, other)
    for word in ("pattern", "format"):
        _strings(pair, word, one, other)
    properties(sides, pair, one, other)
    slots(sides, pair, one, other)
    alternatives(sides, pair, one, other)
    apart(sides, pair, one, other)
    _notes(pair, one, other)
    _rest(pair, one, other)


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


def _strings(pair: Pair, word: str, one: View, other: View) -> None:
    """Compare texts that all hold, such as patterns."""
    pair.see(*one.all(word), *other.all(word))
    here = {str(node.value): node for node in one.all(word)}
    there = {str(node.value): node for node in other.all(word)}
    gone = [here[text] for text in here if text not in there]
    new = [there[text] for text in there if text not in here]
    for before, after in zip(gone, new, strict=False):
        what = f"{word} {quoted(before)} became {quoted(after)}"
        pair.tell(f"{word}-changed", what, before, after)
    for before in gone[len(new) :]:
        pair.tell(f"{word}-removed", f"{word} {quoted(before)} is gone", before, None)
    for after in new[len(gone) :]:
        pair.tell(f"{word}-added", f"{word} {quoted(after)} is new", None, after)


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
