"""Values of the two sides that stand for each other, compared once however often they are used."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeVar

from conformance.review.changes import ABSENT, Direction
from conformance.review.nodes import Node

Json = Any
Key = TypeVar("Key")
Schema = tuple[Node, ...]
Polarity = Literal["same", "opposite", "unknown"]
ENOUGH: Final = 12
"""Facts after which two values are unlike, however many more there are."""


@dataclass(slots=True)
class Fact:
    """One changed fact, before it is known whom it reaches.

    Attributes:
        only: the direction that it matters in; empty for both.

    """

    rule: str
    what: str
    base: Node | None
    head: Node | None
    before: Json = ABSENT
    after: Json = ABSENT
    only: Direction | Literal[""] = ""

    @property
    def key(self) -> tuple[str, int, int]:
        """Equal for the same fact met on two ways."""
        return self.rule, id(self.base), id(self.head)


@dataclass(slots=True)
class Edge:
    """A part of a pair that is a pair itself.

    Attributes:
        at: the step to it in a message, such as `/name`; empty where there is none.
        polarity: what fewer valid parts do to the whole: fewer (same), more (opposite).
        only: the direction that it is sent in; empty for both.

    """

    pair: "Pair"
    at: str = ""
    polarity: Polarity = "same"
    only: Direction | Literal[""] = ""


@dataclass(slots=True, eq=False)
class Pair:
    """What the comparison of two values found.

    Attributes:
        facts: written in these values themselves.
        edges: to their parts.
        seen: what is accounted for hereby, with all that it holds.

    """

    facts: list[Fact] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    seen: list[Node] = field(default_factory=list)

    def see(self, *nodes: Node | None) -> None:
        """Note that values are accounted for."""
        self.seen.extend(node for node in nodes if node is not None)

    def see_empty(self, *nodes: Node | None) -> None:
        """Note that values are accounted for which are mappings or lists of nothing."""
        self.see(*(node for node in nodes if node is not None and node.value in ({}, [])))

    def tell(
        self,
        rule: str,
        what: str,
        base: Node | None,
        head: Node | None,
        values: tuple[Json, Json] | None = None,
    ) -> Fact:
        """Add a fact, and account for its values, which are those of the nodes unless given."""
        self.see(base, head)
        return self.note(rule, what, base, head, values)

    def note(
        self,
        rule: str,
        what: str,
        base: Node | None,
        head: Node | None,
        values: tuple[Json, Json] | None = None,
    ) -> Fact:
        """Add a fact whose nodes only say where; what they hold is compared by itself."""
        before = ABSENT if base is None else base.data
        after = ABSENT if head is None else head.data
        if values is not None:
            before, after = values
        fact = Fact(rule, what, base, head, before, after)
        self.facts.append(fact)
        return fact

    def lead(
        self,
        pair: "Pair",
        at: str = "",
        polarity: Polarity = "same",
        only: Direction | Literal[""] = "",
    ) -> None:
        """Add a part."""
        self.edges.append(Edge(pair, at, polarity, only))


def shared(one: Mapping[Key, Any], other: Mapping[Key, Any]) -> list[Key]:
    """Return the keys of both, in the order of the first: that of a set is chance."""
    return [key for key in one if key in other]


def weight(pair: Pair) -> int:
    """Count what differs between two values, up to ENOUGH; texts and examples count for nothing."""
    return min(ENOUGH, sum(fact.rule not in SLIGHT for one in reached(pair) for fact in one.facts))


def reached(pair: Pair) -> Iterator[Pair]:
    """Go through a pair and all its parts, each once."""
    met = {id(pair)}
    waiting = [pair]
    while waiting:
        one = waiting.pop()
        yield one
        for edge in one.edges:
            if id(edge.pair) not in met:
                met.add(id(edge.pair))
                waiting.append(edge.pair)


SLIGHT: Final = frozenset({"text-changed", "example-changed", "not-judged"})
