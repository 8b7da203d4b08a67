"""What differs between two contracts in OpenAPI: every changed fact once, and whom it reaches."""

from typing import TYPE_CHECKING

from conformance.review.changes import Change, order
from conformance.review.comparison import Comparison
from conformance.review.deep import deeply
from conformance.review.leftovers import tell_leftovers
from conformance.review.nodes import Node
from conformance.review.operations import Operations
from conformance.review.pairs import Pair
from conformance.review.reaching import Reached
from conformance.review.schemas import compare_schemas
from conformance.review.values import others, texts, whole

if TYPE_CHECKING:
    from conformance.review.sides import Side

WALKED = ("openapi", "info", "servers", "security", "tags", "externalDocs", "paths", "webhooks",
          "components", "$self")  # fmt: skip


def compare(base: "Side", head: "Side") -> list[Change]:
    """Return the changes of structure, worst first.

    Raises:
        SideInvalid: the schemas lead to each other through too many steps.

    """
    return deeply(lambda: _compared(base, head))


def _compared(base: "Side", head: "Side") -> list[Change]:
    sides = Comparison(base, head, compare_schemas)
    roots = Operations(sides).walk()
    beside = _document(base.root, head.root)
    tell_leftovers(sides, Reached(roots, beside).pairs, beside)
    return sorted(Reached(roots, beside).changes(), key=order)


def _document(base: Node, head: Node) -> Pair:
    pair = Pair()
    whole(pair, "openapi-changed", "openapi", base.get("openapi"), head.get("openapi"))
    whole(pair, "info-changed", "$self", base.get("$self"), head.get("$self"))
    _info(pair, base.get("info"), head.get("info"))
    whole(pair, "info-changed", "externalDocs", base.get("externalDocs"), head.get("externalDocs"))
    _tags(pair, base.get("tags"), head.get("tags"))
    for word in ("servers", "security"):
        pair.see_empty(base.get(word), head.get(word))
    for word in ("paths", "webhooks", "components"):
        one, other = base.get(word), head.get(word)
        pair.see_empty(one, other)
        if word != "webhooks":
            _extensions(pair, one, other)
    others(pair, base, head, WALKED)
    return pair


def _extensions(pair: Pair, base: Node | None, head: Node | None) -> None:
    names = [name for node in (base, head) if node for name, _ in node.items()]
    for name in dict.fromkeys(names):
        if name.startswith("x-"):
            whole(pair, "not-judged", name, base and base.get(name), head and head.get(name))


def _info(pair: Pair, base: Node | None, head: Node | None) -> None:
    names = [name for node in (base, head) if node for name, _ in node.items()]
    for name in dict.fromkeys(names):
        before, after = base and base.get(name), head and head.get(name)
        if name == "description":
            texts(pair, name, before, after)
        else:
            rule = "not-judged" if name.startswith("x-") else "info-changed"
            whole(pair, rule, name, before, after)


def _tags(pair: Pair, base: Node | None, head: Node | None) -> None:
    here, there = (_named(node) for node in (base, head))
    pair.see_empty(base, head)
    for name in dict.fromkeys([*here, *there]):
        before, after = here.get(name), there.get(name)
        if before is None or after is None:
            whole(pair, "tags-changed", f"tag `{name}`", before, after)
            continue
        pair.see(before.get("name"), after.get("name"))
        for word in ("description", "summary"):
            texts(pair, word, before.get(word), after.get(word))
        for word in ("externalDocs", "parent", "kind"):
            whole(pair, "tags-changed", word, before.get(word), after.get(word))
        others(
            pair,
            before,
            after,
            {"name", "description", "summary", "externalDocs", "parent", "kind"},
        )


def _named(node: Node | None) -> dict[str, Node]:
    if node is None:
        return {}
    return {str(name.data): one for one in node.elements() if (name := one.get("name")) is not None}
