"""The views of a review, each made from the model alone; what they count, `told` counts."""

from collections.abc import Callable, Mapping
from typing import Final

from conformance.review.changes import Review
from conformance.review.views.annotated import annotated
from conformance.review.views.document import document
from conformance.review.views.junit import junit
from conformance.review.views.markdown import markdown, summary
from conformance.review.views.sarif import sarif
from conformance.review.views.text import text


def page(review: Review) -> str:
    """Make the page, by a library that no other view needs."""
    from conformance.review.views.page import page as made  # noqa: PLC0415

    return made(review)


VIEWS: Final[Mapping[str, Callable[[Review], str]]] = {
    "text": text,
    "json": document,
    "markdown": markdown,
    "summary": summary,
    "html": page,
    "junit": junit,
    "sarif": sarif,
    "github": annotated,
}
