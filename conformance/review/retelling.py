"""A change told under the rule that knows what it means."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from conformance.review.changes import (
    ABSENT,
    Change,
    Clients,
    Reach,
    RequirementEffect,
    Servers,
)
from conformance.review.nodes import Node, Place
from conformance.review.rules import RULES, Labels

Json = Any
CLIENTS: Final[tuple[Clients, ...]] = ("ok", "may-break", "breaks")
SERVERS: Final[tuple[Servers, ...]] = ("ok", "relaxed", "new-duty")

MEANS: Final = {
    "ack-status-changed": "A client that takes the answer for the end of the work goes on to use "
    "what does not exist yet, and one that waits for a receipt waits for ever.",
    "ack-status-gained": "A client that took the answer for the end of the work must now wait.",
    "ack-locator-lost": "A client that was told yes has nothing certain to ask by, and never "
    "learns of a failure.",
    "ack-retry-hint-lost": "Every client guesses when to ask again: some poll a busy server to "
    "death, others wait too long.",
    "failure-became-unsayable": "A server that meets this failure can only keep silent or say "
    "something else.",
    "failure-became-sayable": "Clients may meet a failure that they do not know.",
    "ack-meaning-changed": "The words that say what was promised are others: a person must say "
    "whether they promise less.",
    "must-removed": "What clients could rely on is promised no more.",
    "must-added": "Servers that kept the contract may not keep it now.",
    "must-weakened": "What clients could rely on has become a wish.",
    "must-strengthened": "Servers that left out what was a wish no longer keep the contract.",
    "must-negated": "What was asked for is forbidden, or what was forbidden is asked for.",
    "must-reworded": "A MUST says something else: a person must say whether it promises less.",
    "guarantee-annotation-lowered": "The contract itself says that it promises less.",
    "guarantee-annotation-raised": "Servers that kept the contract may not keep it now.",
    "example-contradicts": "Examples are what is copied: clients and servers will be written to "
    "what the rule forbids.",
    "requirement-unlinked": "The requirement no longer holds there, and nothing judges it there.",
    "requirement-linked": "Servers owe there what they did not owe.",
    "proof-weakened": "A server that breaks the requirement may pass.",
}


def retold(change: Change, rule: str, what: str, **others: Json) -> Change:
    """Tell a change of structure under another rule; what clients send keeps its own labels."""
    row = RULES[rule]
    sent = {RULES[change.rule].labels("to-server")} if _is_sent(change) else set()
    clients, servers = worst({row.labels("from-server"), *sent})
    means = MEANS.get(rule, "")
    return replace(
        change,
        rule=rule,
        what=what,
        means=means,
        clients=clients,
        servers=servers,
        guarantee=row.guarantee,
        judged=rule != "not-judged",
        **others,
    )


def told(  # noqa: PLR0913  # the parts of a fact
    rule: str,
    what: str,
    base: Node | None,
    head: Node | None,
    values: tuple[Json, Json] = (ABSENT, ABSENT),
    *,
    effects: Sequence[RequirementEffect] = (),
    reaches: Iterable[Reach] = (),
) -> Change:
    """Make a change that no comparison of structure has met."""
    row = RULES[rule]
    clients, servers = row.labels("from-server")
    return Change(
        rule,
        what,
        place_of(base),
        place_of(head),
        *values,
        means=MEANS.get(rule, ""),
        clients=clients,
        servers=servers,
        guarantee=row.guarantee,
        requirements=tuple(effects),
        reaches=tuple(sorted(set(reaches))),
        judged=rule != "not-judged",
    )


def worst(labels: Iterable[Labels]) -> Labels:
    """Return the worst label for clients and the worst for servers."""
    given = tuple(labels)
    clients = max((one for one, _ in given), key=CLIENTS.index)
    servers = max((one for _, one in given), key=SERVERS.index)
    return clients, servers


def place_of(node: Node | None) -> Place | None:
    """Return where a node is written; None for none."""
    return None if node is None else node.place


def _is_sent(change: Change) -> bool:
    """Tell whether it shows in a message that clients send."""
    return any(one.flow == "to-server" and one.at for one in change.reaches)
