"""What the tests have of a change: which must change, and which prove nothing now."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from conformance.review.changes import ABSENT, Change, RequirementEffect, Tests
from conformance.review.duties import Duties, header, keyword, member, operations, unescaped
from conformance.review.nodes import Node
from conformance.review.requirement_entry import words
from conformance.review.retelling import told
from conformance.review.rules import FINE, RULES

if TYPE_CHECKING:
    from conformance.review.sides import Side

Json = Any
KINDS: Final = ("scenarios", "invariants", "faults")
MOST_CONCERNED: Final = 12
GONE: Final = frozenset({"must-removed", "requirement-removed"})
UNLINKED: Final = frozenset({"requirement-unlinked", "operation-removed"})
SAYING: Final = ("enum-", "const-", "failure-", "guarantee-", "ack-status-", "must-", "response-")
WORDS: Final = re.compile(r"[A-Za-z0-9_-]+")
NAME: Final = re.compile(
    r"\b(?:[a-z]+(?:[A-Z][a-z]*)+|[A-Z]+(?:_[A-Z]+)+|[A-Z][a-z]+(?:-[A-Z][a-z]+)+|[1-5]\d\d)\b"
)
"""Of a member, a code, a header or a status, within a sentence."""


def proofs_changed(base: "Side", head: "Side") -> Iterator[Change]:
    """Tell of each requirement that both plans have what no more proves it, or newly does."""
    was, now = _requirements(base.plan), _requirements(head.plan)
    if base.plan is not None and head.plan is None:
        yield told("proof-weakened", "the plan export is gone", base.plan, None, ("plan", ABSENT))
    if base.plan is None and head.plan is not None:
        yield told(
            "proof-strengthened", "the plan export is new", None, head.plan, (ABSENT, "plan")
        )
    for name in was:
        if name in now:
            yield from _proof(name, was[name], now[name])


def _proof(name: str, base: Node, head: Node) -> Iterator[Change]:
    """Tell one change of a requirement: a proof that has another name is one lost."""
    before, after = (_proofs(one) for one in (base, head))
    lost = [one for one in before if one not in after]
    won = [one for one in after if one not in before]
    if not lost and not won:
        return
    effects = (RequirementEffect(name, "changed"),)
    rule = "proof-weakened" if lost else "proof-strengthened"
    said = [f"lost {', '.join(lost)}"] if lost else []
    said += [f"gained {', '.join(won)}"] if won else []
    values = (lost or ABSENT, won or ABSENT)
    change = told(rule, f"{name} {' and '.join(said)}", base, head, values, effects=effects)
    yield replace(change, tests=Tests(must_change=tuple(one.partition(" ")[2] for one in won)))


def _proofs(entry: Node) -> list[str]:
    return [f"{kind[:-1]} {name}" for kind in KINDS for name in _names(entry, kind)]


class Links:
    """Which requirements a change concerns, and by what they are proven.

    Attributes:
        duties: of both sides.

    """

    def __init__(self, duties: Duties) -> None:
        """Keep what it is given."""
        self.duties = duties

    def linked(self, change: Change) -> Change:
        """Return a change with the requirements and the tests that it concerns."""
        if not _is_behaviour(change.rule):
            return change
        own = tuple(one.id for one in change.requirements)
        concerns = () if own else tuple(self._concerned(change))
        return replace(change, concerns=concerns, tests=self._tests(change, own or concerns))

    def _concerned(self, change: Change) -> list[str]:
        """Return the requirements of the branches of schemas that hold it, else those by subject.

        A requirement is concerned if it names an operation that the change reaches, and has the
        subjects of the change as words of its text; where none does, of how it is checked. Those
        with the most of them are taken, and none if those are many: the subject is too common.
        """
        marked = self._marked(change)
        if marked:
            return [marked]
        reached = {one.operation_id for one in change.reaches if one.operation_id}
        subjects = self._subjects(change)
        if change.rule == "operation-removed":
            return [name for name in self._entries if self._operations[name] & reached]
        for texts in (self._texts, self._checks):
            counts = {
                name: len(texts[name] & subjects)
                for name in self._entries
                if self._operations[name] & reached
            }
            most = max(counts.values(), default=0)
            if most:
                found = [name for name, count in counts.items() if count == most]
                return found if len(found) <= MOST_CONCERNED else []
        return []

    def _marked(self, change: Change) -> str:
        """Return the requirement that a branch of a schema is, if a change stands in one."""
        for side, place in ((self.duties.head, change.head), (self.duties.base, change.base)):
            files = {**side.files, **side.schemas}
            node = files.get(place.file) if place is not None else None
            for step in place.pointer.split("/")[1:] if place is not None else ():
                if node is None:
                    break
                mark = node.get(self.duties.annotations.requirement)
                if mark is not None:
                    return str(mark.data)
                node = node.value[int(step)] if node.is_list else node.get(unescaped(step))
        return ""

    def _subjects(self, change: Change) -> set[str]:
        """Return the words by which a requirement would speak of what changed."""
        found = {header(change, one) for one in change.reaches}
        found |= {member(change, one).lower() for one in change.reaches}
        found |= {one.lower() for one in _said(change)}
        if change.rule.startswith("guarantee-annotation-"):
            found.add(keyword(change).lower())
        if change.rule.startswith(("response-", "ack-status-", "ack-meaning-", "failure-")):
            found |= {one.status.lower() for one in change.reaches}
        return {one for one in found if one not in {"", "default", "*"}}

    def _tests(self, change: Change, ids: tuple[str, ...]) -> Tests:
        gone = change.rule in GONE
        nothing: list[str] = []
        change_: list[str] = []
        for name in ids:
            proofs = self._plan.get(name)
            if proofs is None:
                continue
            names = [one for kind in KINDS for one in _names(proofs, kind)]
            if gone or (change.rule in UNLINKED and self._is_bare(name)):
                nothing += names
            else:
                change_ += names
        return Tests(tuple(dict.fromkeys(change_)), tuple(dict.fromkeys(nothing)))

    def _is_bare(self, name: str) -> bool:
        """Tell whether no operation of a requirement is left at the head."""
        entry = self.duties.head.catalogue.get(name)
        left = {str(one.data) for one in _list(entry, "operations")}
        return not left & self._ids_at_head

    @cached_property
    def _ids_at_head(self) -> set[str]:
        return _operation_ids(self.duties.head)

    @cached_property
    def _plan(self) -> dict[str, Node]:
        return _requirements(self.duties.base.plan)

    @cached_property
    def _entries(self) -> dict[str, Node]:
        return {**self.duties.head.catalogue, **self.duties.base.catalogue}

    @cached_property
    def _operations(self) -> dict[str, set[str]]:
        return {
            name: {str(one.data) for one in _list(entry, "operations")}
            for name, entry in self._entries.items()
        }

    @cached_property
    def _texts(self) -> dict[str, frozenset[str]]:
        return {name: _bag(entry.get("text")) for name, entry in self._entries.items()}

    @cached_property
    def _checks(self) -> dict[str, frozenset[str]]:
        return {name: _bag(entry.get("check")) for name, entry in self._entries.items()}


def _is_behaviour(rule: str) -> bool:
    """Tell whether a change under a rule can concern tests; a proof concerns itself."""
    row = RULES[rule]
    is_told = row.guarantee != "same" or rule.startswith("requirement-")
    return not rule.startswith("proof-") and (is_told or {FINE} != {row.to_server, row.from_server})


def _said(change: Change) -> Iterator[str]:
    """Go through the names in the values of a change, where its rule is about values."""
    if not change.rule.startswith(SAYING):
        return
    for value in (change.before, change.after):
        for one in value if isinstance(value, list) else [value]:
            text = str(one) if isinstance(one, str | int) and one != ABSENT else ""
            yield from NAME.findall(text) if " " in text else [text]


def _requirements(plan: Node | None) -> dict[str, Node]:
    entries = plan.get("requirements") if plan is not None else None
    return dict(entries.items()) if entries is not None else {}


def _names(entry: Node, kind: str) -> list[str]:
    return [str(one.data) for one in _list(entry, kind)]


def _list(entry: Node | None, key: str) -> list[Node]:
    node = entry.get(key) if entry is not None else None
    return list(node.elements()) if node is not None else []


def _bag(node: Node | None) -> frozenset[str]:
    return frozenset(one.lower() for one in WORDS.findall(words(node)))


def _operation_ids(side: "Side") -> set[str]:
    ids = (node.get("operationId") for _, _, node in operations(side))
    return {str(one.data) for one in ids if one is not None}
