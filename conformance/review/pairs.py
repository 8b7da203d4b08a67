"""Values of the two sides that stand for each other, compared once however often they are used."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from conformance.review.changes import ABSENT, Direction
from conformance.review.nodes import Node

if TYPE_CHECKING:
    from conformance.review.sides import Side

Json = Any
Key = TypeVar("Key")
Schema = tuple[Node, ...]
Polarity = Literal["same", "opposite", "unknown"]
ENOUGH: Final = 12
MANY: Final = 16
MOST_GUESSES: Final = 5_000
"""Comparisons of forms of which nobody knows whether they belong together."""


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


Compare = Callable[["Comparison", Node, Node, Pair], None]


NAMES: Final = frozenset(
    {"properties", "patternProperties", "dependentSchemas", "$defs", "definitions", "schemas"}
    | {"headers", "parameters", "examples", "requestBodies", "links", "callbacks", "content"}
    | {"webhooks", "pathItems", "mediaTypes", "encoding"}
)
"""Keys of mappings whose own keys are names that somebody chose."""

DATA: Final = frozenset({"example", "default", "enum", "const", "value", "dataValue"})


def _is_data(node: Node) -> bool:
    """Tell whether a member is data: a `$ref` in it refers to nothing."""
    holder, name = node.parent, str(node.key)
    if holder is None or holder.is_list or holder.key in NAMES:
        return False
    if name.startswith("x-"):
        return True
    if holder.parent is None or holder.key == "responses":
        return False
    return name in DATA or (name == "examples" and node.is_list)


class References:
    """Finds the mappings with a `$ref` in a value; each value is walked once."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._found: dict[int, tuple[Node, ...]] = {}

    def of(self, node: Node) -> tuple[Node, ...]:
        """Return them in an order that is equal for equal values."""
        if not (node.is_mapping or node.is_list) or _is_data(node):
            return ()
        found = self._found.get(id(node))
        if found is None:
            gathered: list[Node] = []
            if isinstance(getattr(node.get("$ref"), "value", None), str):
                gathered.append(node)
            for _, child in sorted(node.items(), key=_name):
                gathered += self.of(child)
            for child in node.elements():
                gathered += self.of(child)
            found = self._found[id(node)] = tuple(gathered)
        return found


class Comparison:
    """Both sides, and every pair that was compared."""

    def __init__(self, base: "Side", head: "Side") -> None:
        """Find out which references lead to what has changed."""
        self.base = base
        self.head = head
        self._pairs: dict[tuple[Json, ...], Pair] = {}
        self._guesses = MOST_GUESSES
        self.references = References()
        self._tainted = _tainted(base, head, self.references)

    def pair(self, compare: Compare, base: Node, head: Node) -> Pair:
        """Compare two values by a function, unless that was done; references are followed."""
        here, there = self.base.follow(base), self.head.follow(head)
        key = (compare, id(here), id(there))
        found = self._pairs.get(key)
        if found is None:
            found = self._pairs[key] = Pair()
            if self.unchanged(here, there):
                found.see(here, there)
            else:
                compare(self, here, there, found)
        outer = Pair()
        for word in ("summary", "description"):
            one = base.get(word) if base is not here else None
            other = head.get(word) if head is not there else None
            texts(outer, word, one, other)
        if not outer.facts:
            return found
        outer.edges.append(Edge(found))
        return outer

    def guesses(self, others: list[Schema]) -> list[Schema]:
        """Return as many of the forms as may be tried for the one that stands for another."""
        found = others[: min(MANY, self._guesses)]
        self._guesses -= len(found)
        return found

    def schemas(self, base: Schema, head: Schema) -> tuple[Pair, bool]:
        """Return the pair of two schemas, and whether it is new: they may hold themselves."""
        key = ("schema", tuple(map(id, base)), tuple(map(id, head)))
        known = self._pairs.get(key)
        return (known, False) if known else (self._pairs.setdefault(key, Pair()), True)

    def unchanged(self, base: Node, head: Node) -> bool:
        """Tell whether two values and all that they refer to are the same, letter for letter."""
        if base.digest != head.digest:
            return False
        both = self.references.of(base), self.references.of(head)
        if len(both[0]) != len(both[1]):  # one of the two is data
            return False
        for here, there in zip(*both, strict=True):
            first, second = self.base.follow(here), self.head.follow(there)
            if id(first) in self._tainted or _where(first) != _where(second):
                return False
        return True


def _tainted(base: "Side", head: "Side", references: References) -> frozenset[int]:
    """Return the ids of the base's values that are referred to and differ, or refer to such."""
    there = {_where(target): target for target in _targets(head, references)}
    users: dict[int, list[int]] = {}
    tainted: list[int] = []
    for target in _targets(base, references):
        other = there.get(_where(target))
        if other is None or other.digest != target.digest:
            tainted.append(id(target))
        for reference in references.of(target):
            users.setdefault(id(base.follow(reference)), []).append(id(target))
    met = set(tainted)
    while tainted:
        for user in users.get(tainted.pop(), ()):
            if user not in met:
                met.add(user)
                tainted.append(user)
    return frozenset(met)


def _targets(side: "Side", references: References) -> list[Node]:
    """Return every value that is referred to, each once."""
    found: dict[int, Node] = {}
    for root in side.files.values():
        for reference in references.of(root):
            target = side.follow(reference)
            found[id(target)] = target
    return list(found.values())


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


def _name(member: tuple[str, Node]) -> str:
    return member[0]


def _where(node: Node) -> tuple[str, str]:
    return node.file, node.pointer
