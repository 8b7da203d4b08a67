"""The labelled corpus of a review, and what a review gets wrong of it.

The corpus is single changes, each with its labels, and rewrites that change nothing.
"""

import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

import corpus_guarantees
import corpus_operations
import corpus_rewrites
import corpus_schemas
import yaml
from corpus_model import Case, Rewrite, Texts, write

from conformance.review.annotations import Annotations
from conformance.review.changes import Change, Reach
from conformance.review.comparing import compare
from conformance.review.guarantees import guaranteed
from conformance.review.loading import Where, load_side
from conformance.review.sides import Side

CASES: Final[tuple[Case, ...]] = (
    *corpus_guarantees.CASES,
    *corpus_operations.CASES,
    *corpus_schemas.CASES,
)
REWRITES: Final[tuple[Rewrite, ...]] = corpus_rewrites.REWRITES
EVERYTHING: Final[tuple[Case | Rewrite, ...]] = (*CASES, *REWRITES)
OWN: Final = Annotations()


def changes(base: Texts, head: Texts, annotations: Annotations = OWN) -> list[Change]:
    """Review two contracts: what there is to say before anybody weighs it."""
    one, other = (_side(tuple(files.items())) for files in (base, head))
    return guaranteed(compare(one, other), one, other, annotations)


@lru_cache(maxsize=8)
def _side(files: tuple[tuple[str, str], ...]) -> Side:
    """Read a contract; one that several cases start from is read once."""
    with tempfile.TemporaryDirectory() as folder:
        return load_side(str(write(dict(files), Path(folder))), Where())


def wrong_of_case(case: Case) -> list[str]:
    """Say what a review gets wrong of a single change: one line for each fact."""
    base, head = case.texts()
    told = changes(base, head)
    if [one.rule for one in told] != [case.rule]:
        return [f"not one {case.rule}, but {[str(_told(one)) for one in told]}"]
    return list(_wrong(case, told[0], base, head))


def wrong_of_rewrite(rewrite: Rewrite) -> list[str]:
    """Say what a review tells of a rewrite, in either direction."""
    base, head = rewrite.texts()
    told = [*changes(base, head), *changes(head, base)]
    return [
        _told(one)
        for one in told
        if one.rule not in rewrite.told or (one.clients, one.guarantee) != ("ok", "same")
    ]


def _told(change: Change) -> str:
    return f"{change.rule} at {change.pointer}: {change.what}"


def _wrong(case: Case, told: Change, base: Texts, head: Texts) -> Iterator[str]:
    labels = (told.clients, told.servers, told.guarantee)
    if labels != (*case.labels, case.guarantee):
        yield f"labelled {labels}, not {(*case.labels, case.guarantee)}"
    for place, files in ((told.base, base), (told.head, head)):
        if place is not None and not f"{place.file}#{place.pointer}/".startswith(f"{case.at}/"):
            yield f"placed at {place.file}#{place.pointer}, not at {case.at}"
        if place is not None and place.line != line_of(files[place.file], place.pointer):
            yield f"placed on line {place.line}, which is not that of {place.pointer}"
    if case.operations_checked and told.operations != case.operations:
        yield f"reaches {told.operations}, not {case.operations}"
    directions = tuple(sorted({one.direction for one in told.reaches}))
    if case.directions and directions != case.directions:
        yield f"reaches {directions}, not {case.directions}"
    if any(one.flow != _flow(one) for one in told.reaches if one.at or one.status):
        yield "takes the one who sends for the one who is sent to"
    effects = tuple(str(one) for one in told.requirements)
    if case.requirements and effects != case.requirements:
        yield f"requirements {effects}, not {case.requirements}"


def _flow(reach: Reach) -> str:
    """Who sends it: webhooks and callbacks turn round what the document calls a request."""
    turned = reach.operation.startswith("webhook ") or " callback " in reach.operation
    return "to-server" if (reach.direction == "request") != turned else "from-server"


def line_of(text: str, pointer: str) -> int:
    """Find the line on which a value is written; that of its key, if it has one."""
    node = _composed(text)
    line = node.start_mark.line
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(node, yaml.MappingNode):
            key, node = next(pair for pair in node.value if pair[0].value == name)
            line = key.start_mark.line
        else:
            assert isinstance(node, yaml.SequenceNode)
            node = node.value[int(name)]
            line = node.start_mark.line
    return int(line) + 1


@lru_cache(maxsize=8)
def _composed(text: str) -> yaml.Node:
    node = yaml.compose(text, yaml.CSafeLoader)
    assert node is not None
    return node
