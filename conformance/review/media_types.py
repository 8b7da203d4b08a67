"""Which media type of a body is which of the other, and what differs between them."""

from typing import Final

from conformance.review.comparison import Comparison
from conformance.review.nodes import Node
from conformance.review.pairs import Pair, shared
from conformance.review.renaming import rename, renamed
from conformance.review.values import others, texts, whole

Bodies = dict[str, Node]
"""Media types by their names in lower case, without spaces."""

JSON_CHARSET: Final = ";charset=utf-8"


def contents(sides: Comparison, pair: Pair, base: Node, head: Node) -> None:
    """Compare the media types that a body can have."""
    here, there = (_media_types(side.get("content")) for side in (base, head))
    pair.see_empty(base.get("content"), head.get("content"))
    for name in shared(here, there):
        pair.lead(sides.pair(compare_media_types, here[name], there[name]), "body")
    gone = {name: here[name] for name in here if name not in there}
    new = {name: there[name] for name in there if name not in here}
    _ranges(sides, pair, (gone, new), (here, there))
    for one, other in renamed(sides, compare_media_types, gone, new):
        what = f"media type {one} became {other}"
        _as_another(sides, pair, ("media-type-renamed", what), (gone.pop(one), new.pop(other)))
    for name, node in gone.items():
        pair.tell("media-type-removed", f"media type {name} is gone", node, None)
    for name, node in new.items():
        pair.tell("media-type-added", f"media type {name} is new", None, node)


def _as_another(
    sides: Comparison, pair: Pair, told: tuple[str, str], both: tuple[Node, Node]
) -> None:
    """Tell under which name a body comes now, and compare it with what it was."""
    pair.lead(sides.pair(compare_media_types, *both), "body")
    rename(pair, *told, *both)


def _ranges(
    sides: Comparison, pair: Pair, lone: tuple[Bodies, Bodies], all_of: tuple[Bodies, Bodies]
) -> None:
    """Take out what the other side tells by a range around it, and compare with that."""
    around = [
        {name: wide for name in lone[place] if (wide := _around(name, all_of[not place]))}
        for place in (0, 1)
    ]
    for name, wide in around[0].items():
        both = all_of[0][name], all_of[1][wide]
        merged = "media-type-merged", f"media type {name} is told by {wide}"
        widened = "media-type-widened", f"media type {name} became {wide}"
        _as_another(sides, pair, merged if wide in all_of[0] else widened, both)
    for name, wide in around[1].items():
        both = all_of[0][wide], all_of[1][name]
        split = "media-type-split", f"media type {name} is named beside {wide}"
        narrowed = "media-type-narrowed", f"media type {wide} became {name}"
        _as_another(sides, pair, split if wide in all_of[1] else narrowed, both)
    for place in (0, 1):
        for name in {*around[place], *around[not place].values()}:
            lone[place].pop(name, None)


def _around(name: str, ranges: Bodies) -> str:
    """Return the narrowest of the ranges that hold a media type, or nothing."""
    return max((one for one in ranges if _holds(one, name)), key=len, default="")


def _holds(wide: str, name: str) -> bool:
    """Tell whether one is a range around the other, by RFC 9110, section 12.5.1.

    `application/*+json`, which frameworks write, holds every type with that suffix.
    """
    kind, *asked = wide.split(";")
    other, *given = name.split(";")
    before, star, after = kind.partition("*")
    held = kind == "*/*" or (
        other.startswith(before) and other.endswith(after) if star else other == kind
    )
    return held and set(asked) <= set(given) and wide != name


def _media_types(node: Node | None) -> Bodies:
    """Return the bodies by name; a charset of JSON says nothing, by RFC 8259, section 11."""
    bodies = {} if node is None else dict(node.items())
    named = {"".join(name.lower().split()): body for name, body in bodies.items()}
    return {_bare(name, named): body for name, body in named.items()}


def _bare(name: str, named: Bodies) -> str:
    bare = name.removesuffix(JSON_CHARSET) if name.endswith(f"json{JSON_CHARSET}") else name
    return name if bare in named else bare


def schema_at(
    sides: Comparison, pair: Pair, word: str, nodes: tuple[Node, Node], at: str = ""
) -> None:
    """Compare the schemas that stand under a word."""
    before, after = (node.get(word) for node in nodes)
    if before is not None and after is not None:
        pair.lead(sides.schemas((before,), (after,)), at)
    elif after is not None:
        pair.tell("constraint-added", f"`{word}` is new", None, after)
    elif before is not None:
        pair.tell("constraint-removed", f"`{word}` is gone", before, None)


def compare_media_types(sides: Comparison, base: Node, head: Node, pair: Pair) -> None:
    """Compare what a body of one media type is."""
    pair.see_empty(base, head)
    for word, at in (("schema", ""), ("itemSchema", "/*")):
        schema_at(sides, pair, word, (base, head), at)
    examples(sides, pair, base, head)
    for word in ("encoding", "prefixEncoding", "itemEncoding"):
        whole(pair, "encoding-changed", word, base.get(word), head.get(word))
    known = {"schema", "itemSchema", "example", "examples", "encoding", "prefixEncoding",
             "itemEncoding", "$ref"}  # fmt: skip
    others(pair, base, head, known)


def examples(sides: Comparison, pair: Pair, base: Node, head: Node) -> None:
    """Compare what is shown of a value, with or without a name."""
    whole(pair, "example-changed", "example", base.get("example"), head.get("example"))
    here, there = (_members(side.get("examples")) for side in (base, head))
    pair.see_empty(base.get("examples"), head.get("examples"))
    for name in dict.fromkeys([*here, *there]):
        if name in here and name in there:
            pair.lead(sides.pair(compare_examples, here[name], there[name]))
        else:
            whole(pair, "example-changed", f"example `{name}`", here.get(name), there.get(name))


def _members(node: Node | None) -> dict[str, Node]:
    return {} if node is None else dict(node.items())


def compare_examples(_: Comparison, base: Node, head: Node, pair: Pair) -> None:
    """Compare two examples with a name."""
    for word in ("summary", "description"):
        texts(pair, word, base.get(word), head.get(word))
    known = {"value", "externalValue", "dataValue", "serializedValue"}
    for word in sorted(known):
        whole(pair, "example-changed", word, base.get(word), head.get(word))
    others(pair, base, head, known | {"summary", "description", "$ref"})
