"""The review as one page that needs nothing but itself, both sides next to each other."""

from typing import Final

from markupsafe import Markup

from conformance.reports.counted import counted
from conformance.reports.one_file import policy_of, source, templates
from conformance.review.changes import Review
from conformance.review.views import words
from conformance.review.views.cards import AGAINST, APPROVED, Cards, operations_of
from conformance.review.views.told import LABELS, told_of

PACKAGE: Final = "conformance.review.views"
MARKS: Final = {AGAINST: "forbidden by the policy", APPROVED: "approved"}


def page(review: Review) -> str:
    """Return the review as HTML.

    It loads nothing, and its policy forbids that anything be loaded, or any script be run but its
    own. All text of the contract is escaped and free of control characters.
    """
    told = told_of(review)
    shown = list(told.shown)
    operations = operations_of(review)
    groups = Cards(told, operations).all()
    style = source("report.css") + source("review.css", PACKAGE)
    script = source("review.js", PACKAGE)
    used = {label for cards in groups.values() for card in cards for label in card.labels}
    titles = {label: title for label, (title, _) in LABELS.items()} | MARKS
    return (
        templates(PACKAGE)
        .get_template("review.html.jinja")
        .render(
            review=review,
            told=told,
            groups=groups,
            labels={label: title for label, title in titles.items() if label in used},
            rules=sorted({one.change.rule for one in shown}),
            operations=operations,
            table=[
                (title, told.counts[label], words.detail_of(label, review, shown))
                for label, (title, _) in LABELS.items()
            ],
            counted=counted,
            words=words,
            style=Markup(style),  # noqa: S704  # our own file
            script=Markup(script),  # noqa: S704  # our own file
            policy=policy_of(style, script),
        )
    )
