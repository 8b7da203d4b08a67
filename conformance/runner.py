"""Run a plan against a target, from its first question to its last verdict."""

import time
from collections.abc import Collection
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from typing import Final

from conformance.checks import Unverified
from conformance.contract import Contract, Requirement
from conformance.generated.outcome import Generation, LaneOutcome
from conformance.given import Given
from conformance.heard import about, lost, unheard, why_not
from conformance.histories_judged import END, judge_histories, read_again
from conformance.hooks import HookFailed
from conformance.judge import Heard, Verdict, verdict
from conformance.ledger import Ledger
from conformance.modes import FULL, NEEDS_WRITES, READ_ONLY
from conformance.notices import afterwards, beforehand
from conformance.performing import INTERRUPTED, Performing
from conformance.plan import Plan
from conformance.preflight import TargetUnusable, preflight
from conformance.progress import Progress
from conformance.reading import check_existing
from conformance.restarting import NO_HOOK, RESTART, Restarting, answers_of, asked_of, awaited
from conformance.run_result import RunResult, Timing
from conformance.target import Target
from conformance.trace import Trace

PLAIN_GENERATION: Final = Generation()


class Run:
    """One run under way: begun, awaited whole or verdict by verdict, and closed.

    Attributes:
        control: why the control failed; None once it has held.
        interrupted: whether somebody stopped it before its end.

    """

    def __init__(
        self,
        contract: Contract,
        target: Target,
        plan: Plan,
        progress: Progress,
        *,
        ledger: Ledger | None = None,
    ) -> None:
        self._contract, self._target, self.plan, self.progress = contract, target, plan, progress
        self.control: str | None = "the run was stopped before its control had held"
        self.interrupted = False
        self._started_at, self._began = datetime.now(UTC), time.monotonic()
        self._ledger, self._given = ledger, Given(contract, target, ledger)
        self._performing = Performing(self._given, progress)
        self._alone = [one for one in plan.scenarios if one.restarts]
        self._heard: list[Heard] = []
        self._of_invariants: list[Heard] | None = None
        self._lane: LaneOutcome | None = None

    @property
    def trace(self) -> Trace:
        """What was sent and received so far."""
        return self._given.trace

    def ask(self) -> None:
        """Ask whether the target can be judged; nothing is written, but its reset hook comes first.

        Raises:
            TargetUnusable: it does not answer, is not ready, is not this API, or refuses us, or it
                cannot be reset.
            NothingToRead: a run that only reads finds nothing of what it should read.

        """
        client = self._given.client("preflight")
        if self._target.reset is not None and self._target.mode == FULL:
            try:
                self._target.reset()
            except HookFailed as failed:
                raise TargetUnusable(f"Nothing was sent: {failed}.") from failed
            awaited(client)
        preflight(client)
        if self._target.mode == READ_ONLY:
            check_existing(client)

    def begin(self) -> None:
        """Run the control, and if it holds start everything else that needs no restart."""
        controls = [one for one in self.plan.scenarios if one.control]
        for scenario in controls:
            self._heard.append(self._performing.perform(scenario))
        self.control = why_not(self._heard)
        rest = [one for one in self.plan.scenarios if not one.control]
        if self.control is None:
            for one in (one for one in rest if not one.restarts):
                self._performing.begin(one)
        else:
            self._heard += [unheard(one, self.control) for one in rest]
        limit = f"the write limit of {self._target.max_writes} is too small for its scenarios"
        self._heard += [unheard(one, limit) for one in self.plan.unaffordable]
        self._heard += [unheard(one, NEEDS_WRITES) for one in self.plan.withheld]

    def generate(self, generation: Generation) -> None:
        """Send what the generated lane makes, where the control has held."""
        if self.control is not None or not self.plan.generated:
            return
        from conformance.generated.lane import generate  # noqa: PLC0415  # takes a second to load

        self.progress.waiting("generated_requests", "")
        client = self._given.client("generated", "generated")
        api = self._given.api(client, self._performing.heed)
        try:
            self._lane = generate(api, generation, self.plan.generated)
        except Unverified as reason:
            self._lane = LaneOutcome(generation, self.plan.generated, stopped=str(reason))

    def restart(self) -> None:
        """Perform what has the target restarted, once all else has ended and was judged."""
        alone, self._alone = self._alone, []
        if not alone or self.control is not None or self._given.stopping.is_set():
            return
        self.wait()
        self._judge_histories()
        hook = self._target.restart
        if hook is None:
            why = self._target.hooks_not_run.get("restart", NO_HOOK)
            self._heard += [unheard(one, why) for one in alone]
            return
        client = self._given.client(RESTART)
        asks, answers = partial(asked_of, client), partial(answers_of, client)
        restarting = Restarting(len(alone), hook, asks, answers, self._target.concurrency)
        self._performing.begin_together(alone, restarting)
        restarting.perform()
        self.wait()

    def wait(self, scenarios: Collection[str] | None = None) -> None:
        """Wait for the named scenarios, or for all, in steps between which Ctrl-C is heard."""
        self._performing.wait(scenarios)

    def verdict(self, requirement: Requirement) -> Verdict:
        """Wait for what judges a requirement, and weigh it."""
        if any(one.restarts for one in self.plan.judging(requirement.id)):
            self.restart()
        if any(one.requirement == requirement.id for one in self.plan.invariants):
            self.wait()
            said = [*self._of_scenarios(), *self._judge_histories()]
        else:
            self.wait([one.name for one in self.plan.judging(requirement.id)])
            said = self._of_scenarios()
        return verdict(requirement, about(requirement, said), self.control)

    def stop(self) -> None:
        """Start nothing more, and wait until what has started has ended.

        Raises:
            KeyboardInterrupt: somebody does not want to wait; from then on nobody does.

        """
        self._performing.stop()

    def close(self) -> None:
        """Stop, and close every connection."""
        self.stop()
        self._given.close(wait=self._performing.waits)

    def result(self) -> RunResult:
        """Weigh all that was heard so far; the histories are judged as far as they go."""
        self.wait()
        heard = (*self._of_scenarios(), *self._judge_histories())
        if not self._given.stopping.is_set():
            heard += tuple(lost(self.plan, heard))
        verdicts = tuple(
            verdict(requirement, about(requirement, heard), self.control)
            for requirement in self.plan.requirements
        )
        if self._ledger is not None:
            findings = (found for one in verdicts for found in one.findings)
            self._ledger.show(shown for found in findings for shown in found.exchanges)
        seconds, restarting = self._performing.seconds, self._performing.restarting
        longest = max(seconds, key=seconds.__getitem__, default="")
        taken = seconds.get(longest, 0.0)
        back = restarting.back if restarting else None
        return RunResult(
            self._target,
            self._contract,
            self.plan,
            verdicts,
            tuple(self.trace),
            Timing(self._started_at, time.monotonic() - self._began, longest, taken),
            self.control,
            self.interrupted,
            self._lane,
            heard,
            (*beforehand(self._target), *afterwards(tuple(self.trace), back)),
        )

    def _of_scenarios(self) -> list[Heard]:
        """Return what was said by now; of an interrupted run, also of what never was."""
        heard = [*self._heard, *self._performing.heard()]
        if self.interrupted:
            met = {one.check for one in heard}
            everything = (*self.plan.scenarios, *self.plan.left_out)
            never = (one for one in everything if one.name not in met)
            heard += [unheard(one, INTERRUPTED) for one in never]
        return heard

    def _judge_histories(self) -> list[Heard]:
        if self._of_invariants is None:
            if self.control is None and not self._given.stopping.is_set() and self.plan.invariants:
                read_again(self._given.client(END), self.trace)
            self._of_invariants = judge_histories(
                self._contract, self._target, self.plan.invariants, self.trace
            )
        return self._of_invariants


def run(  # noqa: PLR0913  # everything that a run is made of
    contract: Contract,
    target: Target,
    plan: Plan,
    progress: Progress,
    generation: Generation = PLAIN_GENERATION,
    *,
    ledger: Ledger | None = None,
) -> RunResult:
    """Judge a target; the generated lane, where it is planned, follows the scenarios.

    Raises:
        TargetUnusable: it does not answer, is not ready, is not this API, or refuses us, or it
            cannot be reset.
        NothingToRead: a run that only reads finds nothing of what it should read.

    """
    with closing(Run(contract, target, plan, progress, ledger=ledger)) as under_way:
        under_way.ask()
        try:
            under_way.begin()
            under_way.wait()
            under_way.generate(generation)
            under_way.restart()
        except KeyboardInterrupt:
            under_way.interrupted = True
            progress.stopping()
            under_way.stop()
        return under_way.result()
