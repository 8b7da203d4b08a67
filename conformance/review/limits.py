"""What differs between the limits of two schemas."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

from conformance.review.changes import ABSENT
from conformance.review.nodes import Node
from conformance.review.pairs import Pair
from conformance.review.schema_view import View
from conformance.review.schema_words import AT_LEAST, AT_MOST, LOWER, UPPER
from conformance.review.values import whole

Json = Any
Limit = tuple[float, bool, Node | None]
FROM: Final = {"minContains": 1, "minLength": 0, "minItems": 0, "minProperties": 0}


def limits(pair: Pair, one: View, other: View) -> None:
    """Compare the least and the most of everything that has them."""
    for words, lower in ((LOWER, True), (UPPER, False)):
        for word in words:
            pair.see(*one.all(word), *other.all(word))
        here, there = (
            _whole(side, _bound(side, words, lower=lower), lower=lower) for side in (one, other)
        )
        _limit(pair, words[0], here, there, lower=lower)
    for word in (*AT_LEAST, "minContains", *AT_MOST, "maxContains"):
        lower = word in FROM
        pair.see(*one.all(word), *other.all(word))
        here, there = (_bound(side, (word, "-"), lower=lower) for side in (one, other))
        _limit(pair, word, _default(word, here), _default(word, there), lower=lower)
    for word in (*LOWER, *UPPER, *AT_LEAST, "minContains", *AT_MOST, "maxContains"):
        odd = [next((node for node in side.all(word) if not _is_limit(node)), None)
               for side in (one, other)]  # fmt: skip
        whole(pair, "not-judged", word, *odd)
    _multiples(pair, one.first("multipleOf"), other.first("multipleOf"))


def _is_limit(node: Node) -> bool:
    """Tell whether it is a number, or true or false, which some limits are."""
    return isinstance(node.value, int | float)


def _whole(one: View, limit: tuple[float, bool, Node] | None, *, lower: bool) -> Limit | None:
    """Read an excluded limit of integers as the next one that is not."""
    if limit is None or not limit[1] or one.types() - {"null"} != {"integer"}:
        return limit
    if limit[0] != int(limit[0]):
        return limit
    return limit[0] + (1 if lower else -1), False, limit[2]


def _default(word: str, limit: tuple[float, bool, Node] | None) -> Limit | None:
    if word in FROM and limit is None:
        return FROM[word], False, None
    return limit


def _limit(pair: Pair, word: str, here: Limit | None, there: Limit | None, *, lower: bool) -> None:
    if (here and here[:2]) == (there and there[:2]):
        return
    if here is None or there is None:
        stricter = here is None
    elif here[0] == there[0]:
        stricter = there[1]
    else:
        stricter = (there[0] > here[0]) is lower
    rule = "bound-tightened" if stricter else "bound-loosened"
    before, after = here and here[2], there and there[2]
    said = tuple(_told(one) for one in (here, there))
    what = f"{word} {said[0] or '(none)'} became {said[1] or '(none)'}"
    pair.tell(
        rule,
        what,
        before,
        after,
        (said[0] or ABSENT, said[1] or ABSENT) if _is_shut(here, there) else None,
    )


def _is_shut(*limits: Limit | None) -> bool:
    """Tell whether only `true` beside a limit says that it is excluded."""
    return any(one is not None and _is_beside(one) for one in limits)


def _is_beside(limit: Limit) -> bool:
    node = limit[2]
    return node is not None and not _excludes(node) and (limit[1] or limit[0] != node.data)


def _told(limit: Limit | None) -> str:
    if limit is None or limit[2] is None:
        return ""
    return f"{_said(limit[2])} (excluded)" if _is_beside(limit) else _said(limit[2])


def _excludes(node: Node) -> bool:
    return str(node.key).startswith("exclusive")


def _said(node: Node | None) -> str:
    if node is None:
        return "(none)"
    return (
        f"{node.data}" if not str(node.key).startswith("exclusive") else f"{node.data} (excluded)"
    )


def _multiples(pair: Pair, before: Node | None, after: Node | None) -> None:
    pair.see(before, after)
    if (before and before.digest) == (after and after.digest):
        return
    what = f"multipleOf {_said(before)} became {_said(after)}"
    if before is None or after is None:
        rule = "bound-tightened" if before is None else "bound-loosened"
    elif _divides(before.data, after.data):
        rule = "bound-tightened"
    else:
        rule = "bound-loosened" if _divides(after.data, before.data) else "bound-changed"
    values = tuple(ABSENT if node is None else node.data for node in (before, after))
    pair.tell(rule, what, before, after, (values[0], values[1]))


def _divides(part: Json, of: Json) -> bool:
    """Tell whether a number is a multiple of another, as they are written in decimals."""
    numbers = all(type(one) in {int, float} for one in (part, of))
    return numbers and bool(part) and Fraction(str(of)) % Fraction(str(part)) == 0


def _bound(found: View, words: tuple[str, str], *, lower: bool) -> tuple[float, bool, Node] | None:
    """Return the strictest limit: its value, whether it is itself excluded, and where it stands.

    OpenAPI 3.0 says the exclusion beside the limit, later versions in a limit of its own.
    """
    best: tuple[float, bool, Node] | None = None
    for one in _bounds(found, words):
        if best is None or _stricter(one, best, lower=lower):
            best = one
    return best


def _bounds(found: View, words: tuple[str, str]) -> Iterator[tuple[float, bool, Node]]:
    plain, exclusive = words
    for part in found.parts:
        limit, excluded = part.get(plain), part.get(exclusive)
        shut = excluded is not None and excluded.value is True
        if limit is not None and _is_number(limit.value):
            yield limit.value, shut, limit
        if excluded is not None and _is_number(excluded.value):
            yield excluded.value, True, excluded


def _stricter(
    one: tuple[float, bool, Node], other: tuple[float, bool, Node], *, lower: bool
) -> bool:
    if one[0] == other[0]:
        return one[1] and not other[1]
    return (one[0] > other[0]) is lower


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
