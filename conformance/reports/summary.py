"""summary.md: the report for the summary of a CI job."""

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from conformance.reports.console import by_standing, standing
from conformance.reports.counted import counted, found_and_gating
from conformance.reports.model import FULL, ProfileSummary, Report
from conformance.reports.printable import printable, printable_lines
from conformance.reports.shown_findings import ShownLane, ShownVerdict
from conformance.reports.shown_timing import ShownTiming
from conformance.reports.told import curl_or_its_length, told, told_of
from conformance.reports.waits import (
    SETTINGS_HEAD,
    WAITS_HEAD,
    settings_rows,
    waits_line,
    waits_rows,
)

LIMIT: Final = 60_000
LONGEST_BRIEF: Final = 120
LANE_FINDINGS: Final = 10
COLUMNS: Final = {
    "pass": "pass",
    "fail": "fail",
    "not_applicable": "not applicable",
    "not_verified": "not verified",
    "harness_error": "kit error",
}


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the summary; `brief` may stand in the place of the whole where room is short."""

    name: str
    whole: str
    brief: str = ""

    @property
    def least(self) -> str:
        """What must have room."""
        return self.brief or self.whole


def summary(report: Report) -> str:
    """Return the report as Markdown with HTML, small enough for a comment on a pull request.

    Whatever a server chose stands escaped in a `<pre>` that begins a line of its own, where neither
    Markdown nor HTML means anything.
    """
    written, shortened, left = _within(LIMIT, [*_head(report), *_sections(report)])
    if shortened:
        parts = counted(shortened, "part stands in a line", "parts stand in a line each")
        written.append(f"**Shortened** to fit into a comment: {parts}; `report.html` has more.")
    if left:
        written.append(
            f"**Cut** to fit into a comment; `report.json` has the rest: {', '.join(left)}."
        )
    return "\n\n".join(written) + "\n"


def _within(limit: int, blocks: Sequence[Block]) -> tuple[list[str], int, list[str]]:
    """Fit blocks into so many bytes, the first whole, those after them brief, the last not at all.

    Returns:
        the texts, how many of them are brief, and the names of those that have no room.

    """
    sizes = accumulate(_size(block.least) for block in blocks)
    kept = [block for block, size in zip(blocks, sizes, strict=True) if size <= limit]
    room = limit - sum(_size(block.least) for block in kept)
    written: list[str] = []
    for block in kept:
        more = _size(block.whole) - _size(block.least)
        written.append(block.whole if more <= room else block.least)
        room -= more if more <= room else 0
    shortened = sum(text != block.whole for text, block in zip(written, kept, strict=True))
    return written, shortened, [block.name for block in blocks[len(kept) :]]


def _size(text: str) -> int:
    """Count bytes of UTF-8, and the empty line that follows."""
    return len(text.encode("utf-8", "backslashreplace")) + 2


def _head(report: Report) -> Iterator[Block]:
    yield Block("verdict", f"## ackproof: exit {report.exit_code}, {report.meaning}")
    timing, plan = report.timing, report.plan
    target = f"{report.target.url}, scope {report.target.scope}"
    facts = {
        "target": target + (f", version {report.target.version}" if report.target.version else ""),
        "server": report.target.server or "says no name",
        "contract": f"{report.contract.version} ({report.contract.hash[:12]})",
        "plan": f"{plan.hash}, {counted(plan.requirements, 'requirement')}",
        "run": f"{timing.started_at}, {timing.seconds:.1f} s, "
        f"{counted(report.exchanges, 'exchange')}, ackproof {report.kit}",
    }
    if report.mode != FULL:
        facts["mode"] = f"{report.mode}: no profile is claimed"
    yield Block("facts", _table([*facts.items()]))
    if lesser := [*_lesser(report)]:
        title = "### What makes this run prove less\n\n"
        words = ", ".join(dict.fromkeys(word for word, _ in lesser))
        yield Block("what makes it prove less", title + _table(lesser), title + _pre(words))
    yield Block("profiles", _profiles(report.summary))


def _lesser(report: Report) -> Iterator[tuple[str, str]]:
    """Yield what makes the run prove less: a word or two, and a sentence."""
    if report.interrupted:
        yield "interrupted", "the run was stopped before its end"
    if report.control:
        yield "control", report.control
    if report.plan.unaffordable:
        yield "left out", f"the write limit is too small for {', '.join(report.plan.unaffordable)}"
    for notice in report.notices:
        yield notice.kind.replace("_", " "), notice.text


def _table(rows: Sequence[tuple[str, str]]) -> str:
    width = max(len(word) for word, _ in rows) + 2
    return _pre("\n".join(f"{word:<{width}}{printable(said)}" for word, said in rows))


def _profiles(profiles: Mapping[str, ProfileSummary]) -> str:
    ends = ("planned", "not selected", "advice broken")
    head, rows = ["profile", "stands", "MUSTs", *COLUMNS.values(), *ends], list[list[str]]()
    for name, one in profiles.items():
        counts = [one.musts, *(one.outcomes[key] for key in COLUMNS), one.planned, one.not_selected]
        rows.append([name, standing(one), *map(str, [*counts, one.outcomes["warn"]])])
    return _piped(head, rows, words=2)


def _piped(head: Sequence[str], rows: Iterable[Sequence[str]], *, words: int = 1) -> str:
    """Return a table of Markdown, whose first columns are words and whose others are numbers."""
    rule = ["---"] * words + ["---:"] * (len(head) - words)
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))


def _sections(report: Report) -> Iterator[Block]:
    failed = [one for one in report.verdicts if one.outcome == "fail"]
    for title, broken in (
        ("Broken", [one for one in failed if one.scored and not one.waived]),
        ("Broken, waived", [one for one in failed if one.waived]),
        ("Broken, not scored", [one for one in failed if not one.scored]),
        ("Broken advice", [one for one in report.verdicts if one.outcome == "warn"]),
    ):
        if broken:
            found = counted(sum(one.findings_total for one in broken), "finding")
            noun = counted(len(broken), "requirement")
            yield Block(title.lower(), f"### {title}: {noun}, {found}")
            yield from (_told(verdict, told(verdict)) for verdict in broken)
    if report.waivers:
        title = "### Waivers\n\n"
        noun = counted(len(report.waivers.entries), "waiver")
        yield Block("waivers", title + _pre(told_of(report.waivers)), title + _pre(noun))
    errors = [one for one in report.verdicts if one.outcome == "harness_error"]
    if errors:
        noun = counted(len(errors), "requirement")
        yield Block("errors of the kit", f"### Errors of the kit: {noun}")
        yield from (_told(one, printable_lines("\n".join(one.reasons))) for one in errors)
    yield from _unjudged(report.verdicts)
    if report.planned:
        noun = counted(len(report.planned), "requirement")
        ids = ", ".join(report.planned)
        yield Block("planned", _folded(f"Planned, judged by no version yet: {noun}", _pre(ids)))
    if report.lane:
        yield from _lane(report.lane)
    yield _waits(report.timing)


def _waits(timing: ShownTiming) -> Block:
    line = waits_line(timing) or "nothing was answered"
    tables = (_piped(WAITS_HEAD, waits_rows(timing)), _piped(SETTINGS_HEAD, settings_rows(timing)))
    return Block(
        "waits", _folded(f"Waits: {line}", "\n\n".join(tables)), f"<div>Waits: {line}</div>"
    )


def _told(verdict: ShownVerdict, text: str) -> Block:
    brief = f"<div>{_headline(verdict, LONGEST_BRIEF)}</div>"
    return Block(verdict.id, _folded(_headline(verdict), _pre(text)), brief)


def _unjudged(verdicts: Sequence[ShownVerdict]) -> Iterator[Block]:
    unverified = [one for one in verdicts if one.outcome == "not_verified"]
    closed = [one for one in verdicts if one.outcome == "not_applicable"]
    for title, these in (by_standing(unverified) | {"not applicable": closed}).items():
        by_reason: dict[str, list[str]] = {}
        for verdict in these:
            by_reason.setdefault("; ".join(verdict.reasons), []).append(verdict.id)
        lines = [f"{', '.join(ids)}\n  {printable(why)}" for why, ids in by_reason.items()]
        if lines:
            head = f"{title.capitalize()}: {counted(len(these), 'requirement')}"
            brief = _folded(head, _pre(", ".join(one.id for one in these)))
            yield Block(title, _folded(head, _pre("\n".join(lines))), brief)


def _lane(lane: ShownLane) -> Iterator[Block]:
    number = len(lane.findings)
    found = found_and_gating(counted(number, "finding"), number, gates=lane.gates)
    title = f"### Generated lane: {counted(lane.requests, 'request')}, {found}"
    yield Block("generated lane", title)
    for finding in lane.findings[:LANE_FINDINGS]:
        lines = [
            f"{finding.operation}  {finding.title} ({counted(finding.count, 'answer')})",
            " ".join(finding.message.split()),
            f"exchange {finding.exchange.number} of {finding.exchange.of}: {finding.exchange.line}",
        ]
        text = "\n".join([*map(printable, lines), curl_or_its_length(finding.exchange)])
        check = _escaped(finding.check)
        yield Block(f"finding of {check}", _folded(check, _pre(text)), _pre(printable(lines[0])))
    left = len(lane.findings) - LANE_FINDINGS
    more = [f"and {counted(left, 'more finding')} in report.json"] if left > 0 else []
    again = f"again: {lane.replay}"
    ends = [*lane.errors, *([lane.stopped] if lane.stopped else []), again]
    whole = _pre("\n".join([*more, *map(printable, ends)]))
    yield Block("end of the generated lane", whole, _pre(printable(again)))


def _headline(verdict: ShownVerdict, longest: int | None = None) -> str:
    outcome = verdict.outcome.replace("_", " ") + ("" if verdict.scored else ", not scored")
    words = " ".join(verdict.text.split())
    text = _escaped(words if longest is None else printable(words, longest))
    return f"<b>{verdict.id}</b> {verdict.level} <b>{outcome}</b>: {text}"


def _folded(headline: str, block: str) -> str:
    return f"<details><summary>{headline}</summary>\n\n{block}\n\n</details>"


def _pre(text: str) -> str:
    return f"<pre>\n{_escaped(text)}\n</pre>"


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)
