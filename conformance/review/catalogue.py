"""What becomes of the requirements of the catalogue."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from conformance.review.changes import ABSENT, Change, How, Reach
from conformance.review.duties import operations
from conformance.review.nodes import Node
from conformance.review.requirement_entry import effect, entry_changed, level, words
from conformance.review.retelling import told

if TYPE_CHECKING:
    from conformance.review.sides import Side

Json = Any
LINKING: Final = frozenset({"requirement-linked", "requirement-unlinked"})


def requirements_changed(changes: list[Change], base: "Side", head: "Side") -> list[Change]:
    """Tell what becomes of each requirement; it reaches the operations that it names.

    Args:
        changes: of the structure: an operation that has another operationId is no other operation.
        base: what was; without a catalogue, all of the head's requirements are new.
        head: what is.

    """
    names = {
        str(one.before): str(one.after) for one in changes if one.rule == "operation-id-changed"
    }
    gone = [name for name in base.catalogue if name not in head.catalogue]
    new = [name for name in head.catalogue if name not in base.catalogue]
    facts: list[Change] = []
    for old, name in _renumbered(base, head, gone, new):
        facts.append(_renumbering(base.catalogue[old], head.catalogue[name]))
        facts += entry_changed(name, base.catalogue[old], head.catalogue[name], names)
        gone.remove(old)
        new.remove(name)
    facts += [_alone(name, base.catalogue[name], None) for name in gone]
    facts += [_alone(name, None, head.catalogue[name]) for name in new]
    for name in base.catalogue:
        if name in head.catalogue:
            facts += entry_changed(name, base.catalogue[name], head.catalogue[name], names)
    reaches = _reaches(base) | _reaches(head)
    return [_reaching(one, reaches, base, head) for one in facts]


def _reaches(side: "Side") -> dict[str, Reach]:
    """Return a reach of each operation, by its id."""
    found: dict[str, Reach] = {}
    for path, method, node in operations(side):
        name = node.get("operationId")
        if name is not None:
            found[str(name.data)] = Reach(f"{method.upper()} {path}", str(name.data))
    return found


def _reaching(change: Change, reaches: dict[str, Reach], base: "Side", head: "Side") -> Change:
    ids: list[str] = []
    if change.rule in LINKING:
        ids = change.before if change.after == ABSENT else change.after
    else:
        for effect_ in change.requirements:
            entry = head.catalogue.get(effect_.id) or base.catalogue.get(effect_.id)
            named = entry.get("operations") if entry is not None else None
            ids += [str(one.data) for one in named.elements()] if named is not None else []
    found = sorted({reaches[one] for one in ids if one in reaches})
    return replace(change, reaches=tuple(found))


def _renumbered(
    base: "Side", head: "Side", gone: list[str], new: list[str]
) -> list[tuple[str, str]]:
    """Pair ids whose entries say the same, each once."""
    texts: dict[str, list[str]] = {}
    for name in new:
        texts.setdefault(words(head.catalogue[name].get("text")), []).append(name)
    pairs: list[tuple[str, str]] = []
    for name in gone:
        text = words(base.catalogue[name].get("text"))
        alike = texts.get(text, [])
        if text and alike:
            pairs.append((name, alike.pop(0)))
    return pairs


def _renumbering(base: Node, head: Node) -> Change:
    effects = (effect(str(base.key), "removed"), effect(str(head.key), "added"))
    what = f"{base.key} is numbered {head.key}"
    values = (str(base.key), str(head.key))
    return told("requirement-changed", what, base, head, values, effects=effects)


def _alone(name: str, base: Node | None, head: Node | None) -> Change:
    """Tell a requirement that is gone or new; one that is withdrawn on its side never held."""
    entry = base or head
    if entry is None:
        raise ValueError(f"No entry of {name}")
    became: How = "removed" if head is None else "added"
    is_must = level(entry) == "MUST" and entry.get("withdrawn") is None
    rule = f"must-{became}" if is_must else f"requirement-{became}"
    what = f"{name} is {'gone' if head is None else 'new'}: {words(entry.get('text'))}"
    values = (ABSENT if base is None else base.data, ABSENT if head is None else head.data)
    return told(rule, what, base, head, values, effects=(effect(name, became),))
