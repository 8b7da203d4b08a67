"""report.html: the report as one page that needs nothing but itself."""

import base64
import hashlib
from collections import Counter
from collections.abc import Container, Sequence
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from conformance.reports.cards import IN_THE_REPORT, Room, cards_of, lane_card_of
from conformance.reports.console import standing
from conformance.reports.counted import counted
from conformance.reports.model import Report
from conformance.reports.printable import printable_lines
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
    style, script = _source("report.css"), _source("report.js")
    met = Counter(one.outcome for one in report.verdicts)
    return (
        _templates()
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
            policy=_policy(style, script),
        )
    )


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src {_hashed(style)}; script-src {_hashed(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hashed(source: str) -> str:
    digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
    return f"'sha256-{digest}'"


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("conformance.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_clean,
    )


def _clean(value: object) -> object:
    if isinstance(value, str) and not isinstance(value, Markup):
        return printable_lines(value)
    return value


def _source(name: str) -> str:
    loader = _templates().loader
    assert loader is not None  # noqa: S101  # for the type checker
    return loader.get_source(_templates(), name)[0]


def _present(order: Sequence[str], met: Container[str]) -> list[str]:
    return [one for one in order if one in met]


def _rank(verdict: ShownVerdict) -> tuple[int, bool]:
    return WORST_FIRST.index(verdict.outcome), verdict.level != "MUST"
