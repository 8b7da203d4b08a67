"""report.html: the report as one page that needs nothing but itself."""

from collections import Counter
from collections.abc import Container, Sequence
from typing import Final

from markupsafe import Markup

from conformance.reports.cards import IN_THE_REPORT, Room, cards_of, lane_card_of
from conformance.reports.console import standing
from conformance.reports.counted import counted
from conformance.reports.model import Report
from conformance.reports.one_file import policy_of, source, templates
from conformance.reports.shown_findings import ShownVerdict
from conformance.reports.waits import (
    SETTINGS_HEAD,
    WAITS_HEAD,
    settings_rows,
    waits_line,
    waits_rows,
)

WORST_FIRST: Final = ("fail", "harness_error", "not_verified", "warn", "pass", "not_applicable")


def page(report: Report) -> str:
    """Return the report as HTML.

    It loads nothing, and its policy forbids that anything be loaded, or any script be run but its
    own. All text of the server is escaped and free of control characters.
    """
    room = Room()
    cards = cards_of(sorted(report.verdicts, key=_rank), room)
    lane = [lane_card_of(one, room) for one in report.lane.findings] if report.lane else []
    style, script = source("report.css"), source("report.js")
    met = Counter(one.outcome for one in report.verdicts)
    return (
        templates()
        .get_template("report.html.jinja")
        .render(
            report=report,
            standing=standing,
            counted=counted,
            cards=cards,
            lane=lane,
            areas=sorted({card.area for card in cards}),
            levels=_present(("MUST", "SHOULD", "MAY"), {one.level for one in report.verdicts}),
            outcomes=_present(WORST_FIRST, met),
            met=met,
            in_the_report=IN_THE_REPORT,
            waits=waits_line(report.timing),
            tables=(
                ("How long it took", WAITS_HEAD, list(waits_rows(report.timing))),
                ("How long was allowed", SETTINGS_HEAD, list(settings_rows(report.timing))),
            ),
            style=Markup(style),  # noqa: S704  # our own file
            script=Markup(script),  # noqa: S704  # our own file
            policy=policy_of(style, script),
        )
    )


def _present(order: Sequence[str], met: Container[str]) -> list[str]:
    return [one for one in order if one in met]


def _rank(verdict: ShownVerdict) -> tuple[int, bool]:
    return WORST_FIRST.index(verdict.outcome), verdict.level != "MUST"
