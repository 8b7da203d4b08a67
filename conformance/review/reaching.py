"""Whom a fact reaches, and which labels follow from that."""

from collections.abc import Iterable
from typing import Final

from conformance.review.changes import Change, Clients, Flow, Reach, Servers
from conformance.review.nodes import Node
from conformance.review.pairs import Edge, Fact, Pair, Polarity, reached
from conformance.review.placed import Root
from conformance.review.rules import RULES, Labels

CLIENTS: Final[tuple[Clients, ...]] = ("ok", "may-break", "breaks")
SERVERS: Final[tuple[Servers, ...]] = ("ok", "relaxed", "new-duty")
MEANS: Final[dict[tuple[str, Flow], str]] = {
    ("breaks", "to-server"): "A client that sends what was fine until now is refused.",
    ("may-break", "to-server"): "A client that relies on it sends what no longer counts.",
    ("breaks", "from-server"): "A client meets what could not come, or misses what was promised.",
    ("may-break", "from-server"): "A client that is strict about what it knows may stop.",
    ("ok", "to-server"): "Servers must take what they could refuse.",
    ("ok", "from-server"): "Servers must send what they could leave out.",
}  # fmt: skip


class Reached:
    """Facts, each with everything that it shows in."""

    def __init__(self, roots: Iterable[Root], beside: Pair) -> None:
        """Follow the parts of every operation to the facts; those of `beside` reach nothing."""
        roots = list(roots)
        self._facts: dict[tuple[str, int, int], Fact] = {}
        self._reaches: dict[tuple[str, int, int], dict[Reach, Polarity]] = {}
        self.pairs = _each([root.pair for root in roots] + [beside])
        self._telling = _telling(self.pairs)
        for fact in (fact for pair in reached(beside) for fact in pair.facts):
            self._note(fact)
        for root in roots:
            if id(root.pair) in self._telling:
                self._follow(root)
        for fact in (fact for pair in self.pairs for fact in pair.facts):
            self._note(fact)

    def _note(self, fact: Fact) -> dict[Reach, Polarity]:
        self._facts.setdefault(fact.key, fact)
        return self._reaches.setdefault(fact.key, {})

    def _follow(self, root: Root) -> None:
        met: set[tuple[int, Polarity, str]] = {(id(root.pair), "same", _last(root.reach.at))}
        waiting: list[tuple[Pair, str, Polarity]] = [(root.pair, root.reach.at, "same")]
        for pair, at, polarity in waiting:
            for fact in pair.facts:
                reaches = self._note(fact)
                if not fact.only or fact.only == root.reach.direction:
                    reaches.setdefault(_with(root.reach, at), polarity)
            for edge in pair.edges:
                there = _joined(at, edge)
                key = (id(edge.pair), _turned(polarity, edge.polarity), _last(there))
                fits = not edge.only or edge.only == root.reach.direction
                if fits and key[0] in self._telling and key not in met:
                    met.add(key)
                    waiting.append((edge.pair, there, key[1]))

    def changes(self) -> list[Change]:
        """Return every fact as a change."""
        return [_change(fact, self._reaches[key]) for key, fact in self._facts.items()]


def _each(pairs: list[Pair]) -> list[Pair]:
    whole = Pair(edges=[Edge(pair) for pair in pairs])
    return [pair for pair in reached(whole) if pair is not whole]


def _telling(pairs: list[Pair]) -> frozenset[int]:
    """Return the ids of the pairs that hold a fact, or a pair that does."""
    users: dict[int, list[int]] = {}
    for pair in pairs:
        for edge in pair.edges:
            users.setdefault(id(edge.pair), []).append(id(pair))
    waiting = [id(pair) for pair in pairs if pair.facts]
    found = set(waiting)
    while waiting:
        for user in users.get(waiting.pop(), ()):
            if user not in found:
                found.add(user)
                waiting.append(user)
    return frozenset(found)


def _turned(one: Polarity, other: Polarity) -> Polarity:
    if "unknown" in {one, other}:
        return "unknown"
    return "same" if one == other else "opposite"


def _last(at: str) -> str:
    """Return the name of a part: a value is followed once for each that it has."""
    return at.rpartition("/")[2]


def _joined(at: str, edge: Edge) -> str:
    if not edge.at.startswith("/"):
        return f"{at} {edge.at}".strip()
    return f"{at}{edge.at}" if "/" in at else f"{at} {edge.at}"


def _with(reach: Reach, at: str) -> Reach:
    if reach.at == at:
        return reach
    return Reach(reach.operation, reach.operation_id, reach.direction, reach.flow, reach.status, at)


def _change(fact: Fact, reaches: dict[Reach, Polarity]) -> Change:
    clients, servers, flow = _labels(fact.rule, reaches)
    means = MEANS.get((clients, flow), "") if (clients, servers) != ("ok", "ok") else ""
    if (clients, servers) == ("ok", "relaxed"):
        means = "Servers may do less than before."
    return Change(
        rule=fact.rule,
        what=f"{_subject(fact.head or fact.base)}{fact.what}",
        base=fact.base.place if fact.base else None,
        head=fact.head.place if fact.head else None,
        before=fact.before,
        after=fact.after,
        means=means,
        clients=clients,
        servers=servers,
        guarantee=RULES[fact.rule].guarantee,
        reaches=tuple(sorted(reaches)),
        judged=fact.rule != "not-judged",
    )


def _labels(rule: str, reaches: dict[Reach, Polarity]) -> tuple[Clients, Servers, Flow]:
    """Return the worst of what it is for everybody whom it reaches, and who sends it there."""
    clients, servers, worst = 0, 0, "to-server"
    met = {(reach.flow, polarity) for reach, polarity in reaches.items()}
    for flow, polarity in sorted(met, reverse=True):
        for one, other in _possible(rule, flow, polarity):
            if CLIENTS.index(one) > clients or (not clients and flow < worst):
                worst = flow
            clients = max(clients, CLIENTS.index(one))
            servers = max(servers, SERVERS.index(other))
    return CLIENTS[clients], SERVERS[servers], worst  # type: ignore[return-value]  # a Flow


def _possible(rule: str, flow: Flow, polarity: Polarity) -> list[Labels]:
    here = RULES[rule].labels(flow)
    mirror = RULES[rule].mirror
    if polarity == "same" or not mirror:
        return [here]
    there = RULES[mirror].labels(flow)
    return [there] if polarity == "opposite" else [here, there]


def _subject(node: Node | None) -> str:
    """Name the component and the properties that lead to a value: "`Receipt.statusUrl`: "."""
    steps: list[str] = []
    while node is not None and node.parent is not None:
        parent = node.parent
        if parent.key == "properties":
            steps.append(str(node.key))
        elif parent.parent is not None and parent.parent.key == "components":
            steps.append(str(node.key))
            break
        node = parent
    return f"`{'.'.join(reversed(steps))}`: " if steps else ""
