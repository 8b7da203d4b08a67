"""Values that are compared as they are: texts, switches, and whatever no rule knows."""

from collections.abc import Iterable
from typing import Any

from conformance.review.nodes import Node
from conformance.review.pairs import SLIGHT, Pair

Json = Any


def texts(pair: Pair, word: str, base: Node | None, head: Node | None) -> None:
    """Compare two texts; how white space is broken into lines is no change."""
    pair.see(base, head)
    one, other = (_words(node) for node in (base, head))
    if one != other:
        pair.tell("text-changed", f"{word} {_became(base, head)}", base, head)


def flags(
    pair: Pair, rules: tuple[str, str], what: str, base: Node | None, head: Node | None
) -> None:
    """Compare two values that are true or false, false where absent: the rules of set and unset."""
    pair.see(base, head)
    one, other = (node is not None and node.value is True for node in (base, head))
    if one != other:
        word = "is set" if other else "is no more set"
        pair.tell(rules[0] if other else rules[1], f"{what} {word}", base, head)
    elif not all(node is None or isinstance(node.value, bool) for node in (base, head)):
        whole(pair, "not-judged", what, base, head)


def whole(pair: Pair, rule: str, what: str, base: Node | None, head: Node | None) -> None:
    """Compare two values as they are."""
    pair.see(base, head)
    if (base and base.digest) != (head and head.digest):
        one, other = (base, head) if rule in SLIGHT else _sharpest(base, head)
        pair.tell(rule, f"{what} {_became(base, head)}", one, other)


def _sharpest(base: Node | None, head: Node | None) -> tuple[Node | None, Node | None]:
    """Go down to the only member that differs, as far as there is only one."""
    one, other = base, head
    while one is not None and other is not None:
        here, there = _parts(one), _parts(other)
        if not here or not there or one.is_list is not other.is_list:
            break
        differing = [
            key
            for key in dict.fromkeys([*here, *there])
            if key not in here or key not in there or here[key].digest != there[key].digest
        ]
        if len(differing) != 1:
            break
        one, other = here.get(differing[0]), there.get(differing[0])
    return one, other


def _parts(node: Node) -> dict[str, Node]:
    elements = ((str(place), one) for place, one in enumerate(node.elements()))
    return dict(node.items()) or dict(elements)


def others(pair: Pair, base: Node, head: Node, known: Iterable[str]) -> None:
    """Tell the members that no rule knows and that differ, or the whole if it has no members."""
    if not (base.is_mapping and head.is_mapping):
        whole(pair, "not-judged", str(base.key), base, head)
        return
    left = [*dict.fromkeys([*base.value, *head.value])]
    for name in left:
        if name not in known:
            whole(pair, "not-judged", name, base.get(name), head.get(name))


def _became(base: Node | None, head: Node | None) -> str:
    if base is None:
        return "is new"
    return "is gone" if head is None else "changed"


def _words(node: Node | None) -> Json:
    if node is None:
        return []
    return node.value.split() if isinstance(node.value, str) else node.data
