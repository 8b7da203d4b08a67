"""summary.md: the report for the summary of a CI job."""

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from conformance.reports.console import by_standing, standing
from conformance.reports.counted import counted
from conformance.reports.model import FULL, ProfileSummary, Report, ShownLane, ShownVerdict
from conformance.reports.printable import printable, printable_lines
from conformance.reports.told import curl_or_its_length, told, told_of

LIMIT: Final = 900_000
LANE_FINDINGS: Final = 10
COLUMNS: Final = {
    "pass": "pass",
    "fail": "fail",
    "not_applicable": "not applicable",
    "not_verified": "not verified",
    "harness_error": "kit error",
}


def summary(report: Report) -> str:
    """Return the report as Markdown with HTML, below the size that a job summary may have.

    Whatever a server chose stands escaped in a `<pre>` that begins a line of its own, where neither
    Markdown nor HTML means anything.
    """
    written, left = _within(LIMIT, chain(_head(report), _sections(report)))
    if left:
        written.append(
            f"**Cut** to fit into a job summary; `report.json` has the rest: {', '.join(left)}."
        )
    return "\n\n".join(written) + "\n"


def _within(limit: int, blocks: Iterable[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """Take blocks until the first that does not fit; return their texts, and the others' names.

    Args:
        limit: bytes of UTF-8.
        blocks: name and text of each.

    """
    written: list[str] = []
    left: list[str] = []
    for name, text in blocks:
        limit -= len(text.encode("utf-8", "backslashreplace")) + 2
        if left or limit < 0:
            left.append(name)
        else:
            written.append(text)
    return written, left


def _head(report: Report) -> Iterator[tuple[str, str]]:
    yield "verdict", f"## ackproof: exit {report.exit_code}, {report.meaning}"
    timing, plan = report.timing, report.plan
    target = f"{report.target.url}, scope {report.target.scope}"
    facts = {
        "target": target + (f", version {report.target.version}" if report.target.version else ""),
        "server": report.target.server or "says no name",
        "contract": f"{report.contract.version} ({report.contract.hash[:12]})",
        "plan": f"{plan.hash}, {counted(plan.requirements, 'requirement')}",
        "run": f"{timing.started_at}, {timing.seconds:.1f} s, {report.exchanges} exchanges, "
        f"ackproof {report.kit}",
    }
    if report.mode != FULL:
        facts["mode"] = f"{report.mode}: no profile is claimed"
    if report.control:
        facts["control"] = report.control
    yield "facts", _pre("\n".join(f"{key:<10}{printable(said)}" for key, said in facts.items()))
    yield "profiles", _profiles(report.summary)


def _profiles(profiles: Mapping[str, ProfileSummary]) -> str:
    ends = ("planned", "not selected", "advice broken")
    head = ["profile", "stands", "MUSTs", *COLUMNS.values(), *ends]
    rows = [head, ["---", "---", *["---:"] * (len(head) - 2)]]
    for name, one in profiles.items():
        counts = [one.musts, *(one.outcomes[key] for key in COLUMNS), one.planned, one.not_selected]
        rows.append([name, standing(one), *map(str, [*counts, one.outcomes["warn"]])])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _sections(report: Report) -> Iterator[tuple[str, str]]:
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
            yield title.lower(), f"### {title}: {noun}, {found}"
            for verdict in broken:
                yield verdict.id, _folded(_headline(verdict), _pre(told(verdict)))
    if report.waivers:
        yield "waivers", f"### Waivers\n\n{_pre(told_of(report.waivers))}"
    errors = [one for one in report.verdicts if one.outcome == "harness_error"]
    if errors:
        yield "errors of the kit", f"### Errors of the kit: {counted(len(errors), 'requirement')}"
        for verdict in errors:
            traceback = _pre(printable_lines("\n".join(verdict.reasons)))
            yield verdict.id, _folded(_headline(verdict), traceback)
    yield from _unjudged(report.verdicts)
    if report.planned:
        noun = counted(len(report.planned), "requirement")
        ids = ", ".join(report.planned)
        yield "planned", _folded(f"Planned, judged by no version yet: {noun}", _pre(ids))
    if report.lane:
        yield from _lane(report.lane)


def _unjudged(verdicts: Sequence[ShownVerdict]) -> Iterator[tuple[str, str]]:
    unverified = [one for one in verdicts if one.outcome == "not_verified"]
    closed = [one for one in verdicts if one.outcome == "not_applicable"]
    for title, these in (by_standing(unverified) | {"not applicable": closed}).items():
        by_reason: dict[str, list[str]] = {}
        for verdict in these:
            by_reason.setdefault("; ".join(verdict.reasons), []).append(verdict.id)
        lines = [f"{', '.join(ids)}\n  {printable(why)}" for why, ids in by_reason.items()]
        if lines:
            noun = counted(len(these), "requirement")
            yield title, _folded(f"{title.capitalize()}: {noun}", _pre("\n".join(lines)))


def _lane(lane: ShownLane) -> Iterator[tuple[str, str]]:
    gate = "which gate" if lane.gates else "which do not gate"
    found = counted(len(lane.findings), "finding")
    title = f"### Generated lane: {counted(lane.requests, 'request')}, {found}, {gate}"
    yield "generated lane", title
    for finding in lane.findings[:LANE_FINDINGS]:
        lines = [
            f"{finding.operation}  {finding.title} ({counted(finding.count, 'answer')})",
            " ".join(finding.message.split()),
            f"exchange {finding.exchange.number} of {finding.exchange.of}: {finding.exchange.line}",
        ]
        text = "\n".join([*map(printable, lines), curl_or_its_length(finding.exchange)])
        yield f"finding of {finding.check}", _folded(_escaped(finding.check), _pre(text))
    left = len(lane.findings) - LANE_FINDINGS
    more = [f"and {counted(left, 'more finding')} in report.json"] if left > 0 else []
    ends = [*lane.errors, *([lane.stopped] if lane.stopped else []), f"again: {lane.replay}"]
    yield "end of the generated lane", _pre("\n".join([*more, *map(printable, ends)]))


def _headline(verdict: ShownVerdict) -> str:
    outcome = verdict.outcome.replace("_", " ") + ("" if verdict.scored else ", not scored")
    text = _escaped(" ".join(verdict.text.split()))
    return f"<b>{verdict.id}</b> {verdict.level} <b>{outcome}</b>: {text}"


def _folded(headline: str, block: str) -> str:
    return f"<details><summary>{headline}</summary>\n\n{block}\n\n</details>"


def _pre(text: str) -> str:
    return f"<pre>\n{_escaped(text)}\n</pre>"


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)
