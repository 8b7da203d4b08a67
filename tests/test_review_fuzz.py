"""Whatever differs between two contracts is told, and never by a traceback."""

import copy
import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from review_mutants import Mutant, documents
from review_mutations import MOVES, SIMPLE, Mutate
from review_untold import changes, side, side_of, untold

from conformance.review.changes import Change
from conformance.review.comparing import compare
from conformance.review.refused import SideRefused
from conformance.review.rules import RULES
from conformance.review.sides import Side

Json = Any
OURS: Final = "spec"
EVERY: Final = pytest.mark.parametrize("name", sorted(documents().keys() - {OURS}))


def examples(count: int) -> settings:
    return settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def mutated(data: st.DataObject, name: str, kinds: tuple[Mutate, ...], most: int) -> Mutant:
    def pick(options: Iterable[Any]) -> Json:
        return data.draw(st.sampled_from(list(options)))

    mutant = Mutant(documents()[name])
    for _ in range(data.draw(st.integers(1, most))):
        pick(kinds)(mutant, pick)
    return mutant


def read(document: Json) -> Side | None:
    """Read a mutant; None if it is refused, as what has no version of OpenAPI is."""
    try:
        return side(document)
    except SideRefused:
        return None


def is_complete(mutant: Mutant, name: str) -> None:
    head = read(mutant.head)
    if head is not None:
        assert untold(mutant, changes(side_of(name), head)) == []


@EVERY
@examples(60)
@given(data=st.data())
def test_one_mutation_is_told(name: str, data: st.DataObject) -> None:
    is_complete(mutated(data, name, SIMPLE, 1), name)


@EVERY
@examples(25)
@given(data=st.data())
def test_what_changes_in_a_part_that_moves_is_told(name: str, data: st.DataObject) -> None:
    is_complete(mutated(data, name, MOVES, 2), name)


@EVERY
@examples(30)
@given(data=st.data())
def test_several_mutations_are_told(name: str, data: st.DataObject) -> None:
    is_complete(mutated(data, name, SIMPLE + MOVES, 4), name)


@examples(15)
@given(data=st.data())
def test_mutations_of_our_own_contract_are_told(data: st.DataObject) -> None:
    is_complete(mutated(data, OURS, SIMPLE + MOVES, 3), OURS)


@EVERY
@examples(25)
@given(data=st.data())
def test_the_way_back_is_told_by_the_mirrors_and_the_same_by_nothing(
    name: str, data: st.DataObject
) -> None:
    mutant = mutated(data, name, SIMPLE + MOVES, 2)
    base, head, again = side_of(name), read(mutant.head), read(mutant.head)
    if head is None or again is None or head.notices:
        return

    assert compare(head, again) == []
    assert unmirrored(compare(base, head), compare(head, base)) == []


def unmirrored(there: list[Change], back: list[Change]) -> list[str]:
    """Return what has no mirror on the way back, or on the way there."""
    forward = Counter((places(one), one.rule) for one in there)
    for one in back:
        found = next((rule for rule in mirrors(one.rule) if forward[places(one)[::-1], rule]), "")
        forward[places(one)[::-1], found or f"{one.rule} reversed"] -= 1
    return [f"{key}" for key, count in forward.items() if count]


def places(change: Change) -> tuple[str, str]:
    base, head = ("" if place is None else place.pointer for place in (change.base, change.head))
    return base, head


def mirrors(rule: str) -> list[str]:
    return [RULES[rule].mirror, *(one.id for one in RULES.values() if one.mirror == rule)]


def test_a_review_does_not_depend_on_the_order_of_sets(tmp_path: Path) -> None:
    everything = {name: several_mutations(name) for name in documents()}
    (tmp_path / "heads.json").write_text(json.dumps(everything))
    script = Path(__file__).parent / "review_untold.py"

    told = {
        subprocess.run(
            [sys.executable, str(script), str(tmp_path / "heads.json")],
            check=True,
            capture_output=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(told) == 1
    assert len(told.pop().splitlines()) > len(everything)


def several_mutations(name: str) -> Json:
    """Mutate a document much, the same way each time."""
    chance = random.Random(name)
    mutant = Mutant(documents()[name])
    for kind in [*MOVES, *SIMPLE] * 6:
        kind(mutant, lambda options: chance.choice(list(options)))
    return mutant.head


def test_what_only_an_extension_refers_to_is_compared_by_itself() -> None:
    base, head = (copy.deepcopy(documents()["courier"]) for _ in range(2))
    for document in (base, head):
        reference = {"$ref": "#/components/schemas/Unused"}
        document["components"]["schemas"]["State"]["x-of"] = reference
        document["components"]["schemas"]["Other"] = {"properties": {"one": reference}}
    head["components"]["schemas"]["Unused"]["properties"]["old"]["maxLength"] = 3
    head["components"]["schemas"]["State"]["x-by"] = "somebody"

    found = compare(side(base), side(head))

    assert sorted(one.rule for one in found) == ["bound-tightened", "not-judged"]
