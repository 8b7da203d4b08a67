"""Findings to verdicts, verdicts to the gate and its exit code."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Literal

from conformance.checks import Judged, Judgement, Missing, OtherBranch
from conformance.contract import Requirement
from conformance.exchange import Exchange

Outcome = Literal["pass", "fail", "warn", "not_applicable", "not_verified", "harness_error"]


class Exit(IntEnum):
    """Published exit codes."""

    FINE = 0
    FAILED = 1
    USAGE = 2
    UNREACHABLE = 3
    NOT_VERIFIED = 4
    WAIVER = 5
    HARNESS = 6
    NOTHING_RAN = 7
    INTERRUPTED = 130


EXIT_MEANINGS: Final = {
    Exit.FINE: "nothing broken",
    Exit.FAILED: "a MUST is broken",
    Exit.USAGE: "usage, target file or contract cannot be used",
    Exit.UNREACHABLE: "the target cannot be reached, is not ready, or is not this API",
    Exit.NOT_VERIFIED: "a MUST was not verified",
    Exit.WAIVER: "a waiver is stale, expired or unmatched",
    Exit.HARNESS: "the kit itself erred",
    Exit.NOTHING_RAN: "nothing was judged",
    Exit.INTERRUPTED: "interrupted",
}
EXIT_ORDER: Final = (
    Exit.INTERRUPTED,
    Exit.HARNESS,
    Exit.UNREACHABLE,
    Exit.USAGE,
    Exit.NOTHING_RAN,
    Exit.FAILED,
    Exit.WAIVER,
    Exit.NOT_VERIFIED,
    Exit.FINE,
)
"""Which wins where several apply."""


def first_of(codes: Iterable[int]) -> Exit:
    """Return the code that wins where several apply, by the published order; 0 where none does."""
    return min(map(Exit, codes), key=EXIT_ORDER.index, default=Exit.FINE)


@dataclass(frozen=True, slots=True)
class Broke:
    """The kit itself erred in a check: its name and the traceback."""

    check: str
    traceback: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One counterexample to one requirement."""

    requirement: str
    check: str
    expected: str
    actual: str
    exchanges: tuple[Exchange, ...]
    cause: str
    twin: Exchange | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one requirement in one run.

    Attributes:
        judged: opportunities judged, kept or broken.
        other_branch: opportunities closed by another answer that the contract allows.
        missing: opportunities that could not be judged.
        findings: the counterexamples.
        reasons: why it is not applicable, not verified or a harness error; a sentence each.

    """

    requirement: Requirement
    outcome: Outcome
    judged: int
    other_branch: int
    missing: int
    findings: tuple[Finding, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """What one check said about its requirement."""

    requirement: str
    check: str
    said: tuple[Judgement, ...]
    broke: Broke | None = None


def verdict(requirement: Requirement, heard: Iterable[Heard], control: str | None) -> Verdict:
    """Weigh everything heard about one requirement.

    Args:
        requirement: its entry in the catalogue.
        heard: what its checks said.
        control: why the control failed, None if it held. Without a control no opportunity counts
            as kept, since a server that answers anything at all would keep some by accident.

    """
    heard = tuple(heard)
    said = [judgement for one in heard for judgement in one.said]
    tally = _Tally(
        tuple(_findings(heard)),
        sum(isinstance(judgement, Judged) for judgement in said),
        tuple(
            judgement
            for judgement in said
            if isinstance(judgement, OtherBranch) and judgement.word in requirement.closed_by
        ),
        tuple(_missing(said, requirement)),
        tuple(one.broke for one in heard if one.broke),
    )
    outcome, reasons = _outcome(requirement, tally, control)
    return Verdict(
        requirement,
        outcome,
        tally.judged,
        len(tally.branches),
        len(tally.missing),
        tally.findings,
        tuple(dict.fromkeys(reasons)),
    )


def _missing(said: Iterable[Judgement], requirement: Requirement) -> Iterator[Missing]:
    """Yield what was missing; a branch that may not close the requirement is missing too."""
    for judgement in said:
        if isinstance(judgement, Missing):
            yield judgement
        elif isinstance(judgement, OtherBranch) and judgement.word not in requirement.closed_by:
            yield Missing(f"{judgement.word}: {judgement.shown_by[0].line}", judgement.shown_by)


@dataclass(frozen=True, slots=True)
class _Tally:
    findings: tuple[Finding, ...]
    judged: int
    branches: tuple[OtherBranch, ...]
    missing: tuple[Missing, ...]
    broken: tuple[Broke, ...]


def _findings(heard: Iterable[Heard]) -> Iterator[Finding]:
    for one in heard:
        for judgement in one.said:
            if isinstance(judgement, Judged) and not judgement.held:
                yield Finding(
                    one.requirement,
                    one.check,
                    judgement.expected,
                    judgement.actual,
                    judgement.shown_by,
                    judgement.cause,
                    judgement.twin,
                )


def _outcome(
    requirement: Requirement, tally: _Tally, control: str | None
) -> tuple[Outcome, list[str]]:
    if tally.broken:
        return "harness_error", [broke.traceback for broke in tally.broken]
    if tally.findings:
        return ("fail" if requirement.level == "MUST" else "warn"), []
    doubts = [one.what for one in tally.missing if one.in_doubt]
    if control is not None or doubts:
        return "not_verified", [control] if control is not None else doubts
    if tally.judged:
        return "pass", []
    if tally.branches:
        branch = tally.branches[0]
        return "not_applicable", [f"{branch.word}: {branch.shown_by[0].line}"]
    reasons = [one.what for one in tally.missing]
    return "not_verified", reasons or ["no traffic of this run gave an opportunity to judge it"]


def exit_code(  # noqa: PLR0913  # everything that the gate heeds
    verdicts: Sequence[Verdict],
    *,
    accepted: Collection[str] = (),
    interrupted: bool = False,
    gated: bool = False,
    erred: bool = False,
    excused: Collection[str] = (),
    troubled: bool = False,
) -> Exit:
    """Return the code of the gate, the first in the published order that applies.

    Args:
        verdicts: of every requirement that was planned; those that are not scored decide nothing.
        accepted: ids whose `not_verified` the target's owner accepts.
        interrupted: whether the run was stopped before its end.
        gated: whether the generated lane found something and was asked to gate.
        erred: whether the kit erred outside every check.
        excused: ids that are broken and whose every finding is waived.
        troubled: whether a waiver is stale, expired or unmatched.

    """
    verdicts = [verdict for verdict in verdicts if verdict.requirement.scored]
    outcomes = {verdict.outcome for verdict in verdicts}
    broken = {one.requirement.id for one in verdicts if one.outcome == "fail"}
    unverified = {
        one.requirement.id
        for one in verdicts
        if one.outcome == "not_verified" and one.requirement.level == "MUST"
    } - set(accepted)
    told = gated or unverified or outcomes & {"pass", "fail", "warn"}
    applies = {
        Exit.INTERRUPTED: interrupted,
        Exit.HARNESS: erred or "harness_error" in outcomes,
        Exit.NOTHING_RAN: not verdicts or not told,
        Exit.FAILED: broken - set(excused) or gated,
        Exit.WAIVER: troubled,
        Exit.NOT_VERIFIED: unverified,
    }
    return first_of(code for code, met in applies.items() if met)
