"""A run turned into a report: cut, counted, and without its token."""

import shlex
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, get_args

from conformance.exchange import Exchange, Request, Response
from conformance.fingerprint import fingerprint_of_lane
from conformance.judge import Finding, Outcome, Verdict, exit_code
from conformance.modes import is_beyond
from conformance.reports.curl import curl
from conformance.reports.differences import differences
from conformance.reports.model import (
    ProfileSummary,
    Report,
    ShownContract,
    ShownEvidence,
    ShownNotice,
    ShownPlan,
    ShownTarget,
)
from conformance.reports.of_timing import shown_timing
from conformance.reports.of_waivers import shown_waivers, waivers_of
from conformance.reports.shown_findings import (
    ShownExchange,
    ShownFinding,
    ShownLane,
    ShownLaneFinding,
    ShownRequest,
    ShownResponse,
    ShownVerdict,
)
from conformance.waivers import Waivers

if TYPE_CHECKING:
    from conformance.generated.outcome import Generation, LaneOutcome
    from conformance.run_result import RunResult
    from conformance.target import Target

BODY_LIMIT: Final = 8192
FINDINGS_LIMIT: Final = 50


def report_of(run: "RunResult", kit: str, evidence: ShownEvidence | None = None) -> Report:
    """Make the report of a run.

    Args:
        run: what the runner returned.
        kit: version of the kit.
        evidence: what is stored beside the report.

    """
    waivers = waivers_of(run)
    shown = _Shown(run.target.masked, len(run.exchanges), waivers)
    accepted = run.target.accept_not_verified
    excused = {one.requirement.id for one in run.verdicts if waivers.excuses(one)}
    verdicts = tuple(shown.verdict(one, accepted, run.target.mode) for one in run.verdicts)
    beyond = tuple(one.id for one in verdicts if one.beyond_mode)
    of_file = shown_waivers(run, waivers)
    return Report(
        kit=kit,
        contract=ShownContract(run.contract.version, run.contract.hash),
        target=_target(run, shown),
        plan=_plan(run),
        timing=shown_timing(run),
        exchanges=len(run.exchanges),
        interrupted=run.interrupted,
        control=shown.text(run.control) if run.control else None,
        exit_code=exit_code(
            run.verdicts,
            accepted=(*accepted, *beyond),
            interrupted=run.interrupted,
            gated=bool(run.lane and run.lane.generation.gates and run.lane.findings),
            erred=bool(run.lane and run.lane.errors) or _erred_unseen(run),
            excused=excused,
            troubled=any(one.trouble for one in of_file.entries) if of_file else False,
        ),
        summary={name: _summary(run, name, excused) for name in run.plan.profiles},
        verdicts=verdicts,
        planned=tuple(requirement.id for requirement in run.plan.planned),
        lane=shown.lane(run.lane, run.target) if run.lane else None,
        evidence=evidence,
        notices=tuple(ShownNotice(one.kind, shown.text(one.text)) for one in run.notices),
        waivers=of_file,
        mode=run.target.mode,
    )


def _erred_unseen(run: "RunResult") -> bool:
    """Whether the kit erred in a check that judges nothing of what is selected."""
    seen = {one.requirement.id for one in run.verdicts}
    return any(one.broke and one.requirement not in seen for one in run.heard)


def verdict_of(
    verdict: Verdict, target: "Target", exchanges: int, waivers: Waivers | None = None
) -> ShownVerdict:
    """Show one verdict of a run that has sent so many exchanges by now."""
    shown = _Shown(target.masked, exchanges, waivers or Waivers(masked=target.masked))
    return shown.verdict(verdict, target.accept_not_verified, target.mode)


def _target(run: "RunResult", shown: "_Shown") -> ShownTarget:
    servers = [told for one in run.exchanges if (told := one.header("server"))]
    return ShownTarget(
        run.target.url,
        run.target.scope,
        run.target.profiles,
        run.target.described_by,
        run.target.version,
        shown.text(servers[0]) if servers else None,
        shown.text(servers[-1]) if servers else None,
    )


def _plan(run: "RunResult") -> ShownPlan:
    plan = run.plan
    return ShownPlan(
        plan.hash,
        len(plan.requirements),
        len(plan.scenarios),
        plan.requests,
        plan.writes,
        plan.leaves,
        tuple(scenario.name for scenario in plan.unaffordable),
    )


def _summary(run: "RunResult", profile: str, excused: Collection[str]) -> ProfileSummary:
    claimed = [
        one
        for one in run.contract.requirements.values()
        if profile in one.profiles and one.level == "MUST"
    ]
    musts = {one.id for one in claimed if one.scored or one.planned}
    counts = Counter(
        one.outcome
        for one in run.verdicts
        if one.requirement.id in musts
        or (one.outcome == "warn" and profile in one.requirement.profiles)
    )
    judged = {one.requirement.id for one in run.verdicts}
    planned = {one.id for one in run.plan.planned}
    return ProfileSummary(
        musts=len(musts),
        outcomes={name: counts[name] for name in get_args(Outcome)},
        planned=len(musts & planned),
        not_selected=len(musts - planned - judged),
        waived=len(musts & set(excused)),
        mode=run.target.mode,
        unscored=len(claimed) - len(musts),
    )


def _replay(generation: "Generation", target: "Target") -> list[str]:
    """Spell the command that sends the same generated requests to the same target."""
    described = (
        ["-c", target.described_by] if target.from_file else [target.url, "--scope", target.scope]
    )
    amount = ["--seed", str(generation.seed), "--examples", str(generation.examples)]
    return ["ackproof", "run", *described, "--lane", "generated", *amount]


@dataclass(frozen=True, slots=True)
class _Shown:
    """Turns evidence into what a report shows of it.

    Attributes:
        text: masks the bearer tokens, which a server may echo.
        total: how many exchanges the run had.
        waivers: those that hold.

    """

    text: Callable[[str], str]
    total: int
    waivers: Waivers

    def verdict(self, verdict: Verdict, accepted: tuple[str, ...], mode: str) -> ShownVerdict:
        requirement = verdict.requirement
        return ShownVerdict(
            id=requirement.id,
            level=requirement.level,
            profiles=requirement.profiles,
            text=requirement.text,
            why=requirement.why,
            outcome=verdict.outcome,
            judged=verdict.judged,
            other_branch=verdict.other_branch,
            missing=verdict.missing,
            accepted=verdict.outcome == "not_verified" and requirement.id in accepted,
            reasons=tuple(self.text(reason) for reason in verdict.reasons),
            findings=tuple(
                self.finding(one, may_be_waived=requirement.scored)
                for one in verdict.findings[:FINDINGS_LIMIT]
            ),
            findings_total=len(verdict.findings),
            fingerprints=tuple(dict.fromkeys(map(self.waivers.fingerprint, verdict.findings))),
            waived=self.waivers.excuses(verdict),
            beyond_mode=is_beyond(mode, verdict.outcome, verdict.reasons),
            scored=requirement.scored,
        )

    def finding(self, finding: Finding, *, may_be_waived: bool) -> ShownFinding:
        by_number = {one.number: one for one in finding.exchanges}
        exchanges = tuple(
            self.exchange(by_number[number], finding.twin) for number in sorted(by_number)
        )
        return ShownFinding(
            finding.requirement,
            finding.check,
            self.text(finding.expected),
            self.text(finding.actual),
            self.text(finding.cause),
            exchanges,
            tuple(differences(exchanges)),
            self.waivers.fingerprint(finding),
            may_be_waived and self.waivers.of(finding) is not None,
        )

    def lane(self, lane: "LaneOutcome", target: "Target") -> ShownLane:
        generation = lane.generation
        return ShownLane(
            seed=generation.seed,
            examples=generation.examples,
            operations=lane.operations,
            requests=lane.requests,
            seconds=round(lane.seconds, 3),
            gates=generation.gates,
            replay=shlex.join(_replay(generation, target)),
            findings=tuple(
                ShownLaneFinding(
                    one.check,
                    one.operation,
                    one.title,
                    self.text(one.message),
                    one.count,
                    self.exchange(one.exchange),
                    fingerprint_of_lane(one),
                )
                for one in lane.findings
            ),
            set_aside=lane.set_aside,
            errors=tuple(self.text(error) for error in lane.errors),
            stopped=self.text(lane.stopped),
        )

    def exchange(self, exchange: Exchange, twin: Exchange | None = None) -> ShownExchange:
        return ShownExchange(
            number=exchange.number,
            of=self.total,
            line=self.text(exchange.line),
            operation=exchange.operation_id,
            role="twin" if twin is not None and exchange.number == twin.number else "",
            status=exchange.status,
            sent=round(exchange.sent, 3),
            received=round(exchange.received, 3),
            violates=exchange.violates,
            error=exchange.error and self.text(exchange.error),
            request=self.request(exchange.request),
            response=self.response(exchange.response) if exchange.response else None,
            curl=self.text(curl(exchange.request)),
        )

    def request(self, request: Request) -> ShownRequest:
        headers = tuple((name, self.text(value)) for name, value in request.headers)
        body, size, cut = self.body(request.body or b"")
        shown = body if request.body is not None else None
        return ShownRequest(request.method, self.text(request.url), headers, shown, size, cut)

    def response(self, response: Response) -> ShownResponse:
        headers = {name: self.text(value) for name, value in response.headers.items()}
        return ShownResponse(response.status, headers, *self.body(response.body))

    def body(self, body: bytes) -> tuple[str, int, bool]:
        """Return the text of a body, its size in bytes and whether it was cut."""
        text = self.text(body.decode(errors="replace"))
        return text[:BODY_LIMIT], len(body), len(text) > BODY_LIMIT
