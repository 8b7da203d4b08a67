"""Whether a report is what its evidence says; every difference is named."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from conformance.contract import Contract
from conformance.evidence.comparing import compared, same_judgement, spelt
from conformance.evidence.lines import Line, heard_line
from conformance.evidence.stored import Stored, Unbacked, stored_run
from conformance.evidence.trace_file import NAME, EvidenceUnreadable, read_report, read_trace
from conformance.histories_judged import judge_histories
from conformance.judge import Heard
from conformance.reports.model import ShownEvidence
from conformance.reports.of_run import report_of
from conformance.run_result import RunResult

WAITS: Final = ("used", "observed")


@dataclass(frozen=True, slots=True)
class Verification:
    """What became of it.

    Attributes:
        differences: a sentence each, none if the report is what the evidence says.
        exchanges, verdicts: how many were looked at.

    """

    differences: tuple[str, ...]
    exchanges: int
    verdicts: int


def verify(folder: Path, contract: Contract, kit: str) -> Verification:
    """Judge the evidence of a report folder again and hold it against its report.

    Args:
        folder: as `ackproof run --report-dir` wrote it.
        contract: that of this kit.
        kit: version of this kit.

    Raises:
        EvidenceUnreadable: it cannot be read, or another kit or contract wrote it.

    """
    report, trace = read_report(folder), read_trace(folder)
    first = trace.lines[0]
    _check_ours(first, contract, kit)
    named = ShownEvidence(NAME, trace.sha256, len(trace.lines))
    differences = list(trace.broken)
    if (report["evidence"] or {}).get("sha256") != trace.sha256:
        differences.append(f"{NAME} is not the file that report.json names by its sha256")
    try:
        stored = stored_run(trace.lines, contract)
    except Unbacked as problem:
        differences.append(str(problem))
    else:
        differences += _incomplete(trace.lines, stored)
        rebuilt = json.loads(json.dumps(report_of(stored.run, first["kit"], named).to_dict()))
        rebuilt["timing"] = _as_told(rebuilt["timing"], report["timing"])
        differences += compared(report, rebuilt | {"evidence": report["evidence"]})
        differences += _judged_otherwise(stored.run, first["target"]["secrets"])
    counts = len(report["verdicts"])
    return Verification(tuple(dict.fromkeys(differences)), report["exchanges"], counts)


def _as_told(timing: Mapping[str, Any], told: Mapping[str, Any]) -> Mapping[str, Any]:
    """Leave the waits out of a timing where a report has none: it is older than they are."""
    older = not any(name in told for name in WAITS)
    return {name: value for name, value in timing.items() if not (older and name in WAITS)}


def _check_ours(first: Line, contract: Contract, kit: str) -> None:
    theirs = first["contract"]
    if theirs["hash"] != contract.hash:
        raise EvidenceUnreadable(
            f"The run was judged by contract {theirs['version']} ({theirs['hash'][:12]}), and this "
            f"kit has {contract.version} ({contract.hash[:12]}): nothing was judged again. Verify "
            f"it by ackproof {first['kit']}, or see by `ackproof rejudge` what this one makes of "
            "it."
        )
    if first["kit"] != kit:
        raise EvidenceUnreadable(
            f"The run was judged by ackproof {first['kit']}, and this is {kit}: nothing was judged "
            "again. Verify it by that version, or see by `ackproof rejudge` what this one makes "
            "of it."
        )


def _incomplete(lines: Sequence[Line], stored: Stored) -> Iterator[str]:
    """Say where what was planned is neither judged nor explained, and where counts are wrong."""
    run, first, last = stored.run, lines[0], lines[-1]
    plan = run.plan
    yield from (f"{name} is planned, and this kit has no such name" for name in stored.unknown)
    if first["plan"]["hash"] != plan.hash:
        yield f"the plan is {first['plan']['hash']} in the trace, and its checks give {plan.hash}"
    planned = Counter((one.requirement, one.name) for one in plan.checks)
    met = Counter((one.requirement, one.check) for one in run.heard)
    for requirement, check in sorted((planned - met) + (met - planned)):
        wanted, found = planned[requirement, check], met[requirement, check]
        yield f"{check} ({requirement}) is planned {wanted} times and heard {found} times"
    for name, found in (("exchanges", len(run.exchanges)), ("heard", len(run.heard))):
        if last[name] != found:
            yield f"the end of the run counts {last[name]} {name}, and there are {found}"


def _judged_otherwise(run: RunResult, secrets: Sequence[str]) -> Iterator[str]:
    """Judge the invariants again and say where their judgements are not those that are stored."""
    kept = {(one.requirement, one.check): one for one in run.heard}
    for heard in judge_histories(run.contract, run.target, run.plan.invariants, run.exchanges):
        before = kept.get((heard.requirement, heard.check))
        if before is not None:
            yield from _unlike(before, heard, secrets)


def _unlike(stored: Heard, again: Heard, secrets: Sequence[str]) -> Iterator[str]:
    said, now = heard_line(stored)["said"], heard_line(again)["said"]
    check = f"{again.check} ({again.requirement})"
    if bool(stored.broke) != bool(again.broke):
        yield f"{check} broke in one of the two judgings and not in the other"
    if len(said) != len(now):
        yield f"{check} said {len(said)} judgements, and says {len(now)} of the stored exchanges"
    for number, (one, other) in enumerate(zip(said, now, strict=False), 1):
        if not same_judgement(one, other, secrets):
            yield (
                f"judgement {number} of {check} at {_places(one)} is stored as {spelt(one)}, and "
                f"the exchanges show {spelt(other)}"
            )
            if len(said) != len(now):  # what follows is shifted
                return


def _places(judgement: Mapping[str, Any]) -> str:
    numbers = ", ".join(map(str, judgement["exchanges"]))
    return f"exchange {numbers}" if numbers else "no exchange"
