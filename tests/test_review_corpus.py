"""Every labelled change is told once, where it is, with its labels; every rewrite is silence."""

import re
from functools import cache

import pytest
import yaml
from corpus_model import Case, Rewrite, Texts
from review_corpus import CASES, REWRITES, changes

from conformance.review.changes import Reach
from conformance.review.nodes import Place
from conformance.review.rules import GUARANTEES, RULES


def line_of(text: str, pointer: str) -> int:
    """The line on which a value is written; that of its key, if it has one."""
    node = _composed(text)
    line = node.start_mark.line
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(node, yaml.MappingNode):
            key, node = next(pair for pair in node.value if pair[0].value == name)
            line = key.start_mark.line
        else:
            node = node.value[int(name)]
            line = node.start_mark.line
    return int(line) + 1


@cache
def _composed(text: str) -> yaml.Node:
    node = yaml.compose(text, yaml.CSafeLoader)
    assert node is not None
    return node


def is_at(place: Place | None, at: str, files: Texts) -> bool:
    """Whether a place is the one that was meant, or within it, and its line is the right one."""
    if place is None:
        return True
    assert place.line == line_of(files[place.file], place.pointer)
    return f"{place.file}#{place.pointer}/".startswith(f"{at}/")


def flow_of(reach: Reach) -> str:
    """Who sends it: webhooks and callbacks turn round what the document calls a request."""
    turned = reach.operation.startswith("webhook ") or " callback " in reach.operation
    return "to-server" if (reach.direction == "request") != turned else "from-server"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_change_is_told_once_where_it_is_with_its_labels(case: Case) -> None:
    base, head = case.texts()

    told = changes(base, head)

    assert [one.rule for one in told] == [case.rule]
    (change,) = told
    labels = (change.clients, change.servers, change.guarantee)
    assert labels == (*case.labels, case.guarantee)
    assert is_at(change.base, case.at, base)
    assert is_at(change.head, case.at, head)
    if case.operations_checked:
        assert change.operations == case.operations
    if case.directions:
        assert tuple(sorted({one.direction for one in change.reaches})) == case.directions
    if case.requirements:
        assert tuple(str(one) for one in change.requirements) == case.requirements
    assert all(one.flow == flow_of(one) for one in change.reaches)


@pytest.mark.parametrize("rewrite", REWRITES, ids=lambda rewrite: rewrite.name)
@pytest.mark.parametrize("way", ["there", "back"])
def test_a_rewrite_is_no_change(rewrite: Rewrite, way: str) -> None:
    base, head = rewrite.texts()
    if way == "back":
        base, head = head, base

    told = changes(base, head)

    assert [one.rule for one in told] == list(rewrite.told)
    assert {one.clients for one in told} <= {"ok"}
    assert {one.guarantee for one in told} <= {"same"}


def test_every_rule_of_guarantees_and_every_mirror_has_a_case() -> None:
    fired = {case.rule for case in CASES}

    assert {rule.id for rule in GUARANTEES} <= fired


def test_every_rule_has_a_case() -> None:
    assert sorted(set(RULES) - {case.rule for case in CASES}) == []


def test_the_corpus_is_as_large_as_was_asked_for() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 120
    assert len({rewrite.name for rewrite in REWRITES}) == len(REWRITES) >= 25
    assert all(re.fullmatch(r"[\w.-]+", one.name) for one in (*CASES, *REWRITES))
