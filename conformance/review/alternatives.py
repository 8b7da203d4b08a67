"""Which form of one side is which form of the other."""

from collections.abc import Callable
from typing import Any, Final

from conformance.review.comparison import Comparison
from conformance.review.nodes import Node
from conformance.review.pairs import ENOUGH, Fact, Pair, Schema, shared, weight
from conformance.review.schema_view import View
from conformance.review.values import others

Whole = tuple[Schema, View]
ALIKE: Final = 4


def wrapped(sides: Comparison, pair: Pair, base: Whole, head: Whole) -> bool:
    """Read a schema that became one of several forms, or was one, as such; tell whether it is."""
    for (_, one), (_, other) in ((base, head), (head, base)):
        if one.alternatives or not _only_forms(other) or one.says_nothing:
            continue
        word, node, forms = other.alternatives[0]
        here, there = ([base[0]], forms) if one is base[1] else (forms, [head[0]])
        _forms(sides, pair, word, (here, there))
        pair.see_empty(node)
        return True
    return False


def _only_forms(one: View) -> bool:
    return len(one.alternatives) == 1 and not (
        one.apart or one.type_choices or one.value_choices or one.never or one.null or _asks(one)
    )


def _asks(one: View) -> set[str]:
    return set(one.words) - {"title", "description", "$comment"}


def alternatives(sides: Comparison, pair: Pair, one: View, other: View) -> None:
    """Compare anyOf and oneOf, and what tells their forms apart."""
    here, there = list(one.alternatives), list(other.alternatives)
    for (word, before, forms), (now, after, forms_now) in zip(here, there, strict=False):
        if word != now:
            said = f"{word} became {now}"
            pair.facts.append(Fact("alternatives-changed", said, before, after, word, now))
        _forms(sides, pair, now, (forms, forms_now))
    for word, node, _ in here[len(there) :]:
        pair.tell("constraint-removed", f"`{word}` is gone", node, None)
    for word, node, _ in there[len(here) :]:
        pair.tell("constraint-added", f"`{word}` is new", None, node)
    _null(pair, one, other)
    _discriminator(sides, pair, (one, other))


def _null(pair: Pair, one: View, other: View) -> None:
    """Compare whether null is one of several forms; elsewhere it is a type."""
    if not (one.alternatives and other.alternatives) or one.first("type") or other.first("type"):
        return
    if (one.null is None) != (other.null is None):
        rule = "alternative-removed" if other.null is None else "alternative-added"
        pair.tell(rule, f"null is {'gone' if other.null is None else 'new'}", one.null, other.null)


def apart(sides: Comparison, pair: Pair, one: View, other: View) -> None:
    """Compare the members of allOf that could not be merged."""
    gone, new = _matched(sides, pair, (one.apart, other.apart))
    for schema in gone:
        pair.tell("constraint-removed", "a member of `allOf` is gone", schema[0], None)
    for schema in new:
        pair.tell("constraint-added", "a member of `allOf` is new", None, schema[0])


def _forms(
    sides: Comparison,
    pair: Pair,
    word: str,
    forms: tuple[list[Schema], list[Schema]],
) -> None:
    gone, new = _matched(sides, pair, forms)
    for schema in gone:
        pair.tell("alternative-removed", f"{_called(schema)} of `{word}` is gone", schema[0], None)
    for schema in new:
        pair.tell("alternative-added", f"{_called(schema)} of `{word}` is new", None, schema[0])


def _called(schema: Schema) -> str:
    name = _name(schema)
    return f"`{name}`" if name else "a form"


def _name(schema: Schema) -> str:
    reference = schema[0].get("$ref")
    return "" if reference is None else str(reference.value).rpartition("/")[2]


def _matched(
    sides: Comparison,
    pair: Pair,
    forms: tuple[list[Schema], list[Schema]],
) -> tuple[list[Schema], list[Schema]]:
    """Lead to the forms that stand for each other; return the others of both sides."""
    here, there = list(forms[0]), list(forms[1])
    for word in (_digest, _name):
        for one, found in _same(here, there, word):
            if word is _name or sides.unchanged(one[0], found[0]):
                here.remove(one)
                there.remove(found)
                pair.lead(sides.schemas(one, found))
    for alike in (_equal, _similar):
        for one in list(here):
            found_ = alike(sides, one, sides.guesses(there))
            if found_ is not None:
                here.remove(one)
                there.remove(found_)
                pair.lead(sides.schemas(one, found_))
    if len(here) == len(there) == 1:
        inner = sides.schemas(here[0], there[0])
        if weight(inner) < ENOUGH and not _foreign(inner):
            pair.lead(inner)
            return [], []
    return here, there


def _foreign(inner: Pair) -> bool:
    return any(fact.rule in {"type-changed", "const-changed"} for fact in inner.facts)


def _digest(schema: Schema) -> bytes:
    return schema[0].digest


def _same(
    here: list[Schema], there: list[Schema], word: Callable[[Schema], str | bytes]
) -> list[tuple[Schema, Schema]]:
    """Pair the forms of which something is the same, in the order of writing."""
    known: dict[str | bytes, list[Schema]] = {}
    for other in there:
        known.setdefault(word(other), []).append(other)
    found = [(one, known.get(word(one), [])) for one in here if word(one)]
    return [(one, others_.pop(0)) for one, others_ in found if others_]


def _equal(sides: Comparison, one: Schema, there: list[Schema]) -> Schema | None:
    return next((other for other in there if not weight(sides.schemas(one, other))), None)


def _similar(sides: Comparison, one: Schema, there: list[Schema]) -> Schema | None:
    found = [(weight(sides.schemas(one, other)), other) for other in there]
    found = [
        (many, other)
        for many, other in found
        if many < ALIKE and not _foreign(sides.schemas(one, other))
    ]
    return min(found, key=lambda item: item[0])[1] if found else None


def _discriminator(sides: Comparison, pair: Pair, views: tuple[View, View]) -> None:
    before, after = (one.first("discriminator") for one in views)
    if before is None or after is None:
        if before is not None or after is not None:
            said = "is new" if before is None else "is gone"
            pair.tell("discriminator-changed", f"discriminator {said}", before, after)
        return
    for node in (before, after):
        pair.see(*(node.get(word) for word in ("propertyName", "mapping", "defaultMapping")))
    others(pair, before, after, {"propertyName", "mapping", "defaultMapping"})
    if _told(before, views[0]) != _told(after, views[1]):
        pair.note("discriminator-changed", "discriminator changed", before, after)
    here, there = (_mapping(node) for node in (before, after))
    for name in shared(here, there):
        one, other = sides.base.mapped(here[name]), sides.head.mapped(there[name])
        if one is not None and other is not None:
            pair.lead(sides.schemas((one,), (other,)))


def _mapping(node: Node) -> dict[str, Node]:
    mapping = node.get("mapping")
    return {} if mapping is None else dict(mapping.items())


def _told(node: Node, one: View) -> tuple[Any, frozenset[str]]:
    """Return the property and the names that may stand in it."""
    said = _mapping(node)
    mapped = {str(target.value).rpartition("/")[2] for target in said.values()}
    names = {_name(form) for _, _, forms in one.alternatives for form in forms}
    words = [node.get(word) for word in ("propertyName", "defaultMapping")]
    told = tuple(word and word.data for word in words)
    return told, frozenset([*said, *(names - mapped - {""})])
