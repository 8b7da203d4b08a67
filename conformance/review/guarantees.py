"""What a change does to what is guaranteed: every rule that structure alone does not know."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from conformance.review.ack_examples import example
from conformance.review.ack_forms import form, untold
from conformance.review.acknowledgements import locator, meaning, retry_hint, status
from conformance.review.annotated import annotated
from conformance.review.annotations import Annotations
from conformance.review.catalogue import requirements_changed
from conformance.review.changes import Change
from conformance.review.deep import deeply
from conformance.review.duties import Duties
from conformance.review.normative import normative
from conformance.review.proofs import Links, proofs_changed
from conformance.review.sayable import answers, values

if TYPE_CHECKING:
    from conformance.review.sides import Side

Rewrite = Callable[[Change, Duties], list[Change] | None]
REWRITES: Final[tuple[Rewrite, ...]] = (
    status,
    locator,
    form,
    retry_hint,
    meaning,
    answers,
    values,
    example,
    annotated,
)


def guaranteed(
    changes: list[Change], base: "Side", head: "Side", annotations: Annotations
) -> list[Change]:
    """Tell changes under the rules of guarantees where one applies, and add what those see alone.

    Args:
        changes: what a comparison of structure found.
        base: what was.
        head: what is.
        annotations: how the contract says what it guarantees.

    """
    duties = Duties(base, head, annotations)
    spoken = normative(changes, base, head)
    told = deeply(lambda: _retold(spoken, duties))
    told += requirements_changed(changes, base, head)
    told += proofs_changed(base, head)
    links = Links(duties)
    return [links.linked(one) for one in told]


def _retold(changes: list[Change], duties: Duties) -> list[Change]:
    told = [one for change in changes for one in _rewritten(change, duties)]
    return [*told, *untold(told, duties)]


def _rewritten(change: Change, duties: Duties) -> list[Change]:
    for rewrite in REWRITES:
        told = rewrite(change, duties)
        if told is not None:
            return told
    return [change]
