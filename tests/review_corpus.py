"""The labelled corpus of a review: single changes, and rewrites that change nothing."""

from typing import Final

import corpus_guarantees
import corpus_operations
import corpus_rewrites
import corpus_schemas
from corpus_model import Case, Rewrite

CASES: Final[tuple[Case, ...]] = (
    *corpus_guarantees.CASES,
    *corpus_operations.CASES,
    *corpus_schemas.CASES,
)
REWRITES: Final[tuple[Rewrite, ...]] = corpus_rewrites.REWRITES
