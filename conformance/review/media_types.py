"""Which media type of a body is which of the other, and what differs between them."""

import re
from collections.abc import Collection, Iterator
from typing import Final

from conformance.review.comparison import Comparison
from conformance.review.nodes import Node
from conformance.review.pairs import Pair, shared, weight
from conformance.review.renaming import rename, renamed
from conformance.review.values import others, texts, whole

Bodies = dict[str, Node]
"""Media types by their names in one spelling."""
Paired = dict[str, str]
"""Media types of one side, each with the range of the other that holds it."""

QUOTED: Final = re.compile(r'"([\w.+-]*)"')
MOST_IN_A_RANGE: Final = 36


def contents(sides: Comparison, pair: Pair, base: Node, head: Node) -> None:
    """Compare the media types that a body can have."""
    here, there = (_media_types(side.get("content")) for side in (base, head))
    pair.see_empty(base.get("content"), head.get("content"))
    for name in shared(here, there):
        pair.lead(sides.pair(compare_media_types, here[name], there[name]), "body")
    gone = {name: here[name] for name in here if name not in there}
    new = {name: there[name] for name in there if name not in here}
    _same_json(sides, pair, (gone, new), (here, there))
    _ranges(sides, pair, (gone, new), (here, there))
    for one, other in renamed(sides, compare_media_types, gone, new):
        what = f"media type {one} became {other}"
        both = gone.pop(one), new.pop(other)
        pair.lead(sides.pair(compare_media_types, *both), "body")
        rename(pair, "media-type-renamed", what, *both)
    for name, node in gone.items():
        pair.tell("media-type-removed", f"media type {name} is gone", node, None)
    for name, node in new.items():
        pair.tell("media-type-added", f"media type {name} is new", None, node)


def _media_types(node: Node | None) -> Bodies:
    """Return the bodies by name; a name that another one spells differently is kept as it is."""
    bodies = {} if node is None else dict(node.items())
    found = {name: body for name, body in bodies.items() if name == _plain(name)}
    for name, body in bodies.items():
        plain = _plain(name)
        if name != plain:
            found[name if plain in found else plain] = body
    return found


def _plain(name: str) -> str:
    kind, *parameters = QUOTED.sub(r"\1", "".join(name.lower().split())).split(";")
    return ";".join([kind, *sorted({one for one in parameters if one})])


def spelled(name: str) -> str:
    """Spell the name of a media type as every other that means the same."""
    return _bare(_plain(name))


def _same_json(
    sides: Comparison, pair: Pair, lone: tuple[Bodies, Bodies], all_of: tuple[Bodies, Bodies]
) -> None:
    """Take out what differs in the charset of JSON alone, which has none by RFC 8259, section 11.

    Where a side has both names, they are one only if they have the same body.
    """
    (gone, new), (here, there) = lone, all_of
    bare = {_bare(name): name for name in gone}
    for name in list(new):
        one = bare.pop(_bare(name), None)
        if one is not None:
            pair.lead(sides.pair(compare_media_types, gone.pop(one), new.pop(name)), "body")
    for alone, others_ in ((gone, there), (new, here)):
        twins = {_bare(name): body for name, body in others_.items()}
        for name in [one for one in alone if _bare(one) in twins]:
            both = alone[name], twins[_bare(name)]
            inner = sides.pair(compare_media_types, *(both if alone is gone else both[::-1]))
            if not weight(inner):
                pair.lead(inner, "body")
                del alone[name]


def _bare(name: str) -> str:
    kind, *parameters = name.split(";")
    if kind.endswith("json"):
        parameters = [one for one in parameters if one != "charset=utf-8"]
    return ";".join([kind, *parameters])


def _ranges(
    sides: Comparison, pair: Pair, lone: tuple[Bodies, Bodies], all_of: tuple[Bodies, Bodies]
) -> None:
    """Take out what the other side tells by a range around it, and compare with that."""
    (gone, new), (here, there) = lone, all_of
    held, named = _held(gone, there), _held(new, here)
    for one, other in (*held.items(), *((wide, name) for name, wide in named.items())):
        pair.lead(sides.pair(compare_media_types, here[one], there[other]), "body")
    widened = {name: wide for name, wide in held.items() if not range_of(name, here)}
    narrowed = {name: wide for name, wide in named.items() if not range_of(name, there)}
    for name, wide in held.items():
        if name not in widened:
            what = f"media type {name} is told by {wide}"
            rename(pair, "media-type-merged", what, here[name], there[wide])
    for name, wide in named.items():
        if name not in narrowed:
            what = f"media type {name} of {wide} is named by itself"
            rename(pair, "media-type-split", what, here[wide], there[name])
    for wide, names in _by_range(widened):
        what = f"media type {', '.join(names)} became {wide}"
        _became(pair, "media-type-widened", what, [here[one] for one in names], [there[wide]])
    for wide, names in _by_range(narrowed):
        what = f"media type {wide} became {', '.join(names)}"
        _became(pair, "media-type-narrowed", what, [here[wide]], [there[one] for one in names])
    for name in (*held, *narrowed.values()):
        gone.pop(name, None)
    for name in (*named, *widened.values()):
        new.pop(name, None)


def _became(pair: Pair, rule: str, what: str, base: list[Node], head: list[Node]) -> None:
    """Tell a range and all that it stands for as one fact."""
    keys = [", ".join(str(node.key) for node in nodes) for nodes in (base, head)]
    pair.note(rule, what, base[0], head[0], (keys[0], keys[1]))


def _held(lone: Bodies, others_: Bodies) -> Paired:
    """Find the range that holds each, unless one holds so many that nobody would read of each."""
    found = {name: wide for name in lone if (wide := range_of(name, others_))}
    many = {wide for wide, names in _by_range(found) if len(names) > MOST_IN_A_RANGE}
    return {name: wide for name, wide in found.items() if wide not in many}


def _by_range(paired: Paired) -> list[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for name, wide in paired.items():
        found.setdefault(wide, []).append(name)
    return list(found.items())


def range_of(name: str, bodies: Collection[str]) -> str:
    """Return the narrowest range that holds a media type, or nothing."""
    return next((wide for wide in _wider(name) if wide != name and wide in bodies), "")


def _wider(name: str) -> Iterator[str]:
    """Go through the ranges of RFC 9110, section 12.5.1, and the one by suffix of frameworks."""
    kind, _, inner = name.partition(";")[0].partition("/")
    _, plus, suffix = inner.rpartition("+")
    if plus:
        yield f"{kind}/*+{suffix}"
    yield f"{kind}/*"
    yield "*/*"


def schema_at(
    sides: Comparison, pair: Pair, word: str, nodes: tuple[Node, Node], at: str = ""
) -> None:
    """Compare the schemas that stand under a word."""
    before, after = (node.get(word) for node in nodes)
    if before is not None and after is not None:
        pair.lead(sides.schemas((before,), (after,)), at)
        return
    lone = before or after
    if lone is None or lone.value is True or lone.value == {}:
        pair.see(lone)
    elif before is None:
        pair.tell("constraint-added", f"`{word}` is new", None, after)
    else:
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
