"""What this kit makes of a stored run, whichever kit stored it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from conformance.contract import Contract
from conformance.evidence.lines import Line
from conformance.evidence.redaction import weighed
from conformance.evidence.stored import Unbacked, stored_run
from conformance.evidence.trace_file import EvidenceUnreadable, read_report, read_trace
from conformance.histories_judged import judge_histories
from conformance.invariants import INVARIANTS
from conformance.judge import Verdict
from conformance.run_result import RunResult


@dataclass(frozen=True, slots=True)
class Changed:
    """A verdict that is another now; `after` is None if the requirement is no more."""

    requirement: str
    before: str
    after: Verdict | None


@dataclass(frozen=True, slots=True)
class Rejudging:
    """What came of it.

    Attributes:
        changed: in the order of the report.
        verdicts: how many were looked at.
        notes: what makes the stored run another than one of this kit, a sentence each.

    """

    changed: tuple[Changed, ...]
    verdicts: int
    notes: tuple[str, ...]


def rejudge(folder: Path, contract: Contract, kit: str) -> Rejudging:
    """Judge the invariants of a stored trace; what scenarios said stays as it is stored.

    Raises:
        EvidenceUnreadable: it cannot be read.

    """
    report, trace = read_report(folder), read_trace(folder)
    try:
        run = stored_run(trace.lines, contract).run
    except Unbacked as problem:
        raise EvidenceUnreadable(f"{folder} cannot be judged again: {problem}.") from problem
    after = {one.requirement.id: one for one in _verdicts(run, trace.lines[0]["plan"])}
    before = {one["id"]: one["outcome"] for one in report["verdicts"]}
    changed = tuple(
        Changed(name, outcome, after.get(name))
        for name, outcome in before.items()
        if name not in after or after[name].outcome != outcome
    )
    notes = (*_notes(trace.lines[0], contract, kit), *trace.broken)
    return Rejudging(changed, len(before), notes)


def _verdicts(run: RunResult, planned: dict[str, list[str]]) -> tuple[Verdict, ...]:
    wanted = {one.id for one in run.plan.requirements}
    invariants = [one for one in INVARIANTS if one.requirement in wanted]
    replaced = {*planned["invariants"], *(one.name for one in invariants)}
    kept = [one for one in run.heard if one.check not in replaced]
    again = judge_histories(run.contract, run.target, invariants, run.exchanges)
    return weighed(run.plan, [*kept, *again], run.control)


def _notes(first: Line, contract: Contract, kit: str) -> Iterator[str]:
    theirs = first["contract"]
    if theirs["hash"] != contract.hash:
        yield (
            f"judged then by contract {theirs['version']} ({theirs['hash'][:12]}), "
            f"now by {contract.version} ({contract.hash[:12]})"
        )
    if first["kit"] != kit:
        yield f"judged then by ackproof {first['kit']}, now by {kit}"
