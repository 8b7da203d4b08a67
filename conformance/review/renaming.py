"""What stands under another key and is otherwise what it was."""

from collections.abc import Callable, Mapping
from typing import Final

from conformance.review.comparison import Comparison
from conformance.review.nodes import Node
from conformance.review.pairs import Pair, weight

Named = Mapping[str, Node]
FEW: Final = 36


def rename(pair: Pair, rule: str, what: str, base: Node, head: Node) -> None:
    """Tell that a key is another; what stands under it is compared by itself."""
    pair.note(rule, what, base, head, (base.key, head.key))


def renamed(
    sides: Comparison,
    compare: Callable[[Comparison, Node, Node, Pair], None],
    gone: Named,
    new: Named,
) -> list[tuple[str, str]]:
    """Return what stands under another key and is otherwise the same, if that is beyond doubt."""
    if len(gone) * len(new) > FEW:
        return []
    alike = [
        (one, other)
        for one, node in gone.items()
        for other, candidate in new.items()
        if not weight(sides.pair(compare, node, candidate))
    ]
    ones, others_ = [one for one, _ in alike], [other for _, other in alike]
    return [
        (one, other) for one, other in alike if ones.count(one) == 1 and others_.count(other) == 1
    ]
