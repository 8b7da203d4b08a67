"""The labelled corpus of a review: single changes, and rewrites that change nothing."""

import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Final

import corpus_guarantees
import corpus_operations
import corpus_rewrites
import corpus_schemas
from corpus_model import Case, Rewrite, Texts, write

from conformance.review.annotations import Annotations
from conformance.review.changes import Change
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


def changes(base: Texts, head: Texts) -> list[Change]:
    """Review two contracts: what there is to say before anybody weighs it."""
    sides = [_side(tuple(files.items())) for files in (base, head)]
    return guaranteed(compare(*sides), *sides, Annotations())


@lru_cache(maxsize=8)
def _side(files: tuple[tuple[str, str], ...]) -> Side:
    """Read a contract; one that several cases start from is read once."""
    with tempfile.TemporaryDirectory() as folder:
        return load_side(str(write(dict(files), Path(folder))), Where())
