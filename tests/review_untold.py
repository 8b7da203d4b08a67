"""Which mutated facts a review is silent about."""

import json
import sys
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final

from review_mutants import GONE, Leaf, Mutant, Names, documents, found_at, leaves, same
from review_mutations import SCHEMA_HOLDERS

from conformance.review.annotations import Annotations
from conformance.review.changes import Change
from conformance.review.comparing import compare
from conformance.review.guarantees import guaranteed
from conformance.review.loading import Where, load_side
from conformance.review.nodes import Place
from conformance.review.sides import Side

Json = Any
Told = tuple[str, Names]
"""The rule of a finding, and where it is on one side."""

NAMED_BY_KEY: Final = frozenset(
    {"response-status-changed", "media-type-renamed", "media-type-narrowed", "media-type-widened",
     "media-type-merged", "media-type-split", "header-renamed", "callback-url-changed",
     "path-parameter-renamed"}
)  # fmt: skip
"""Rules that speak of a key; what stands under it is compared by itself."""

WITH_THEIR_PATH: Final = frozenset(
    f"{kind}-{what}"
    for kind in ("operation", "webhook", "callback")
    for what in ("added", "removed")
)
"""Rules that speak for the path too, where it comes or goes with its operations."""

TOLD_TOGETHER: Final = (
    {"type", "nullable", "enum", "const"},
    {"minimum", "exclusiveMinimum"},
    {"maximum", "exclusiveMaximum"},
    {"style", "explode"},
    {"if", "then", "else"},
    {"contains", "minContains", "maxContains"},
)
"""Keywords that say one thing together, which is told at one of them."""


def side(document: Json) -> Side:
    """Read a document as a side, valid or not."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "openapi.json").write_text(json.dumps(document), "utf-8")
        return load_side(folder, Where(tolerate_invalid=True))


@cache
def side_of(name: str) -> Side:
    """Read a valid document as a side, once."""
    return side(documents()[name])


def changes(base: Side, head: Side) -> list[Change]:
    """Review two sides: what there is to say before anybody weighs it."""
    return guaranteed(compare(base, head), base, head, Annotations())


TYPES: Final = frozenset({("type",), ("nullable",)})


def untold(mutant: Mutant, found: Iterable[Change]) -> list[str]:
    """Return the differing leaves that no finding covers, by pointer."""
    told = list(found)
    sides = ((mutant.base, _base), (mutant.head, _head))
    places = [
        [one for change in told for one in _told(document, change, of_side(change))]
        for document, of_side in sides
    ]
    return [
        f"{one} -> {other}"
        for one, other in mutant.differing()
        if not (_is_told(one, other, places[0]) or _is_told(other, one, places[1]))
        and not (_says_nothing(one, other) or (other.value is GONE and mutant.keeps(one)))
    ]


def _told(document: Json, change: Change, place: Place | None) -> list[Told]:
    """Return what a finding speaks of on one side: a whole that went or came, with what it uses."""
    if place is None:
        return []
    at = _steps(place.pointer)
    whole = change.base is None or change.head is None
    if change.rule != "type-widened" and _are_foreign(change.before, change.after):
        whole, at = True, _schema_at(at)
    ends = [at, *(_uses(document, at) if whole else _target(document, at))]
    return [(change.rule, end) for end in ends]


def _are_foreign(before: Json, after: Json) -> bool:
    """Tell whether two lists of types have nothing in common."""
    return (
        isinstance(before, list)
        and isinstance(after, list)
        and not any(one in after for one in before)
    )


def _schema_at(at: Names) -> Names:
    """Return where the schema is whose type is told."""
    while at[-1:] in {("type",), ("oneOf",), ("anyOf",), ("nullable",)} or at[-2:-1] == ("allOf",):
        at = at[: -2 if at[-2:-1] == ("allOf",) else -1]
    return at


def _steps(pointer: str) -> Names:
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])


def _base(change: Change) -> Place | None:
    return change.base


def _head(change: Change) -> Place | None:
    return change.head


def _is_told(leaf: Leaf, other: Leaf, known: list[Told]) -> bool:
    """Tell whether a leaf is covered: where it is, or for a reference at what it leads to."""
    if leaf.steps is None:
        return False
    led = [
        (rule, at[:-1])
        for rule, at in known
        if rule in WITH_THEIR_PATH and found_at(other.document, at[:-1]) is GONE
    ]
    ends = [leaf.names, *_beside_reference(leaf)]
    if leaf.names[-1] == "$ref" and isinstance(leaf.value, str):
        ends = [leaf.names[:-1], *_leads(leaf.document, leaf.value)]
    ends += _target(leaf.document, leaf.names)
    return any(
        _covers(rule, place, end, within=leaf.value is GONE)
        for rule, place in (*known, *led)
        for end in ends
    )


def _beside_reference(leaf: Leaf) -> list[Names]:
    """Return where a leaf would be if what stands beside a reference stood in what it leads to."""
    return [(*to, leaf.names[-1]) for to in _target(leaf.document, leaf.names[:-1])]


def _target(document: Json, at: Names) -> list[Names]:
    """Return where a place leads to that is a reference; nothing for any other."""
    found = found_at(document, at)
    reference = found.get("$ref") if isinstance(found, dict) else None
    return [_steps(reference)] if isinstance(reference, str) else []


def _leads(document: Json, reference: str) -> list[Names]:
    """Return the places that a reference leads to, and those that these lead to."""
    return [_steps(reference), *_uses(document, _steps(reference))]


def _uses(document: Json, at: Names) -> list[Names]:
    """Return the places that all references in a value lead to, and so on."""
    found: list[Names] = []
    waiting = [at]
    while waiting:
        target = found_at(document, waiting.pop())
        for way, value in leaves(target):
            if way[-1:] == ("$ref",) and isinstance(value, str) and _steps(value) not in found:
                found.append(_steps(value))
                waiting.append(found[-1])
    return found


def _covers(rule: str, place: Names, leaf: Names, *, within: bool) -> bool:
    """Tell whether a finding speaks of a leaf; within: not of what it could hold if it were."""
    if rule in NAMED_BY_KEY:
        return place == leaf
    if {place[-1:], leaf[-1:]} <= TYPES and _schema_at(place) == _schema_at(leaf):
        return True
    shorter = min(len(place), len(leaf))
    same = next((end for end in range(shorter) if place[end] != leaf[end]), shorter)
    if same < shorter:
        return any({place[same], leaf[same]} <= one for one in TOLD_TOGETHER)
    return not within or len(place) <= len(leaf)


def _says_nothing(one: Leaf, other: Leaf) -> bool:
    """Tell whether the contract means the same with a leaf as without, or with the other."""
    word = (one.names or other.names)[-1]
    values = one.value, other.value
    if word == "$ref":
        both = [_meant(leaf.document, {"$ref": leaf.value}) for leaf in (one, other)]
        return bool(both[0] == both[1])
    for words, nothing in SAYS_NOTHING:
        if word in words and all(value is GONE or value in nothing for value in values):
            return True
    beside = [leaf.beside() for leaf in (one, other)]
    if word == "type" and all({"enum", "const"} & held.keys() for held in beside):
        return True
    if _repeats(one) or _repeats(other):
        return True
    if _holds_anyway(one, other) or _holds_anyway(other, one):
        return True
    return "allOf" in (*one.names, *other.names)


def _repeats(leaf: Leaf) -> bool:
    """Tell whether a member beside a reference says what the referred says itself."""
    return any(same(found_at(leaf.document, to), leaf.value) for to in _beside_reference(leaf))


def _holds_anyway(leaf: Leaf, other: Leaf) -> bool:
    """Tell whether a credential of an operation is one that the whole document asks for."""
    if "security" not in leaf.names:
        return False
    alternative = leaf.names[: leaf.names.index("security") + 2]
    return bool(found_at(leaf.document, alternative) in other.document.get("security", ()))


def _meant(document: Json, value: Json, levels: int = 4) -> Json:
    """Write a value out with what its references lead to, some levels deep."""
    if isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str) and levels:
            return [_meant(document, found_at(document, _steps(reference)), levels - 1), {*value}]
        return {key: _meant(document, child, levels) for key, child in value.items()}
    return (
        [_meant(document, child, levels) for child in value] if isinstance(value, list) else value
    )


SWITCHES: Final = frozenset(
    {"required", "deprecated", "readOnly", "writeOnly", "nullable", "uniqueItems", "allowReserved",
     "allowEmptyValue", "exclusiveMinimum", "exclusiveMaximum"}
)  # fmt: skip
LISTS: Final = frozenset(
    {"parameters", "tags", "headers", "links", "examples", "callbacks", "content", "properties",
     "required", "allOf", "scopes", "mapping", "variables", "patternProperties", "schemas",
     "dependentRequired", "components"}
)  # fmt: skip
SAYS_NOTHING: Final[tuple[tuple[frozenset[str], tuple[Json, ...]], ...]] = (
    (SWITCHES, (False,)),
    (LISTS, ({}, [])),
    (frozenset({"style"}), ("simple",)),
    (frozenset(SCHEMA_HOLDERS), (True, {})),
)
"""By keyword, the values that are no other than that it is absent."""


def main() -> None:
    """Print what a review tells of each mutant in a file, for a test that compares processes."""
    for name, head in json.loads(Path(sys.argv[1]).read_text("utf-8")).items():
        for one in changes(side_of(name), side(head)):
            sys.stdout.write(f"{name} {one}\n")


if __name__ == "__main__":
    main()
