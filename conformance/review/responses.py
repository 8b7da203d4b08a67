"""Which answer of one operation is which of the other, and what differs between them."""

from collections.abc import Iterator
from dataclasses import replace

from conformance.review.changes import Reach
from conformance.review.comparison import Comparison
from conformance.review.content import compare_responses
from conformance.review.nodes import Node
from conformance.review.pairs import Pair, shared
from conformance.review.placed import OPPOSITE, Root, members
from conformance.review.renaming import rename, renamed
from conformance.review.values import whole

Answers = dict[str, Node]
"""Answers by status, `4XX` and `default` among them."""


def responses(sides: Comparison, base: Node, head: Node, reach: Reach) -> Iterator[Root]:
    """Compare the answers of two operations."""
    beside = Pair()
    here, there = _answers(beside, base.get("responses"), head.get("responses"))
    yield Root(beside, reach)
    answer = replace(reach, direction="response", flow=OPPOSITE[reach.flow])
    for status in shared(here, there):
        inner = sides.pair(compare_responses, here[status], there[status])
        yield Root(inner, replace(answer, status=status))
    gone = {status: here[status] for status in here if status not in there}
    new = {status: there[status] for status in there if status not in here}
    yield from _ranges(sides, (gone, new), (here, there), answer)
    for one, other in _other_status(sides, gone, new):
        said = f"response {one} became {other}"
        both = gone.pop(one), new.pop(other)
        told = ("response-status-changed", said)
        yield from _as_another(sides, told, both, replace(answer, status=other))
    for status, node in gone.items():
        yield _lonely(f"response {status} is gone", (node, None), replace(answer, status=status))
    for status, node in new.items():
        yield _lonely(f"response {status} is new", (None, node), replace(answer, status=status))


def _answers(pair: Pair, base: Node | None, head: Node | None) -> tuple[Answers, Answers]:
    """Return the answers of both sides; what an extension says beside them is told."""
    pair.see_empty(base, head)
    here, there = members(base), members(head)
    for key in dict.fromkeys(key for key in (*here, *there) if key.startswith("x-")):
        whole(pair, "not-judged", key, here.pop(key, None), there.pop(key, None))
    return _by_status(here), _by_status(there)


def _by_status(answers: Answers) -> Answers:
    return {name if name == "default" else name.upper(): node for name, node in answers.items()}


def _as_another(
    sides: Comparison, told: tuple[str, str], both: tuple[Node, Node], reach: Reach
) -> Iterator[Root]:
    """Tell under which status an answer comes now, and compare it with what it was."""
    pair = Pair()
    rename(pair, *told, *both)
    yield Root(sides.pair(compare_responses, *both), reach)
    yield Root(pair, reach)


def _ranges(
    sides: Comparison,
    lone: tuple[Answers, Answers],
    all_of: tuple[Answers, Answers],
    answer: Reach,
) -> Iterator[Root]:
    """Take out the failures that the other side tells by their range, and compare with that."""
    for place, rule in enumerate(("response-merged", "response-split")):
        for status in list(lone[place]):
            around = all_of[not place].get(f"{status[0]}XX")
            if around is None or status[0] not in "45" or status.endswith("XX"):
                continue
            one = lone[place].pop(status)
            both = (around, one) if place else (one, around)
            said = f"response {status} is {'named beside' if place else 'told by'} {status[0]}XX"
            yield from _as_another(sides, (rule, said), both, replace(answer, status=status))


def _other_status(sides: Comparison, gone: Answers, new: Answers) -> list[tuple[str, str]]:
    """Pair the only success with the only other, and what has nothing but another status."""
    wins = [[status for status in side if status.startswith("2")] for side in (gone, new)]
    both = [(wins[0][0], wins[1][0])] if len(wins[0]) == len(wins[1]) == 1 else []
    taken = {status for pair in both for status in pair}
    rest = [
        {status: node for status, node in side.items() if status not in taken}
        for side in (gone, new)
    ]
    return both + renamed(sides, compare_responses, rest[0], rest[1])


def _lonely(what: str, nodes: tuple[Node | None, Node | None], reach: Reach) -> Root:
    pair = Pair()
    pair.tell(f"response-{'removed' if nodes[1] is None else 'added'}", what, *nodes)
    return Root(pair, reach)
