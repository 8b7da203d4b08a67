"""Which two sides a command line asks for."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from conformance.review.loading import Where, load_side, merge_base_side, shown_path, working_tree
from conformance.review.refused import RevisionUnreadable
from conformance.review.sides import Side


def sides_asked(given: Sequence[str], branch: str, where: Where) -> tuple[Side, Side]:
    """Read base and head.

    Args:
        given: both of them; the head alone; or nothing, for the working tree. Where the base is
            not among them it is the commit where the head left a branch.
        branch: its name, or another revision; empty for the default branch.
        where: what is the same for both.

    Raises:
        SideRefused: one of them cannot be read, or is no valid contract.

    """
    if not given:
        return merge_base_side(where, branch), working_tree(where)
    if len(given) == 1:
        return _left(given[0], branch, where), load_side(given[0], where)
    return load_side(given[0], where), load_side(given[1], where)


def _left(head: str, branch: str, where: Where) -> Side:
    """Read what a head is reviewed against that is given alone."""
    if not Path(head).exists():
        revision, colon, inside = head.partition(":")
        there = replace(where, contract=inside) if colon else where
        return merge_base_side(there, branch, revision)
    shown = shown_path(Path(head))
    if shown is None:
        raise RevisionUnreadable(
            f"{head} lies in no git repository, so nothing says what it was. Name both sides: "
            "ackproof review BASE HEAD."
        )
    repository, contract = shown
    return merge_base_side(replace(where, repository=repository, contract=contract), branch)
