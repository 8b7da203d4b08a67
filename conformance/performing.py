"""The scenarios of a run performed by a pool of threads, and what each of them said."""

import time
from collections.abc import Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import partial
from typing import Final

from conformance.api import Api
from conformance.attempts import performed
from conformance.checks import Scenario, Unverified
from conformance.given import Given
from conformance.heard import unheard
from conformance.judge import Heard
from conformance.progress import Progress
from conformance.restarting import Restarting

TICK_SECONDS: Final = 0.1
INTERRUPTED: Final = "the run was interrupted"


class Performing:
    """Scenarios under way and ended.

    Attributes:
        seconds: how long each took.
        restarting: who waits for the restart; None before it comes.
        waits: whether somebody wants to wait for what has begun.

    """

    def __init__(self, given: Given, progress: Progress) -> None:
        self._given, self._progress = given, progress
        self.seconds: dict[str, float] = {}
        self.waits = True
        concurrency = given.target.concurrency
        self._pools = [ThreadPoolExecutor(concurrency, thread_name_prefix="scenario")]
        self.restarting: Restarting | None = None
        self._scenarios: dict[str, Scenario] = {}
        self._futures: dict[str, Future[Heard]] = {}

    def begin(self, scenario: Scenario) -> None:
        """Perform a scenario as soon as a thread is free."""
        self._scenarios[scenario.name] = scenario
        self._futures[scenario.name] = self._pools[0].submit(self.perform, scenario)

    def begin_together(self, scenarios: Collection[Scenario], restarting: Restarting) -> None:
        """Perform scenarios that share the restart of the target, each in a thread of its own."""
        self.restarting = restarting
        self._pools.append(ThreadPoolExecutor(len(scenarios), thread_name_prefix="restarting"))
        for one in scenarios:
            takes_part = partial(restarting.take_part, partial(self.perform, one))
            self._scenarios[one.name] = one
            self._futures[one.name] = self._pools[-1].submit(takes_part)

    def perform(self, scenario: Scenario) -> Heard:
        """Run a scenario and keep whatever it says or raises."""
        self._progress.started(scenario.name)
        began = time.monotonic()
        heard = performed(scenario, partial(self._arranged, scenario))
        self.seconds[scenario.name] = time.monotonic() - began
        self._progress.finished(scenario.name)
        return heard

    def wait(self, scenarios: Collection[str] | None = None) -> None:
        """Wait for the named scenarios, or for all, in steps between which Ctrl-C is heard."""
        wanted = self._futures if scenarios is None else scenarios
        pending = {self._futures[name] for name in wanted if name in self._futures}
        while pending := {one for one in pending if not one.done()}:
            wait(pending, timeout=TICK_SECONDS, return_when=FIRST_COMPLETED)

    def heard(self) -> Iterator[Heard]:
        """Yield what the ended scenarios said; of the cancelled ones, that they were."""
        for name, future in self._futures.items():
            if future.cancelled():
                yield unheard(self._scenarios[name], INTERRUPTED)
            elif future.done():
                yield future.result()

    def stop(self) -> None:
        """Start nothing more, and wait until what has started has ended.

        Raises:
            KeyboardInterrupt: somebody does not want to wait; from then on nobody does.

        """
        self._given.stopping.set()
        if self.restarting is not None:
            self.restarting.give_up()
        for pool in self._pools:
            pool.shutdown(wait=False, cancel_futures=True)
        waits, self.waits = self.waits, False
        if waits:
            self.wait()
            self.waits = True

    def heed(self, _what: str) -> None:
        """Raise where the run was stopped meanwhile.

        Raises:
            Unverified: it was.

        """
        if self._given.stopping.is_set():
            raise Unverified(INTERRUPTED)

    def _arranged(self, scenario: Scenario) -> Api:
        client = self._given.client(scenario.name)
        return self._given.api(client, partial(self._tell, scenario), self.restarting)

    def _tell(self, scenario: Scenario, what: str) -> None:
        self.heed(what)
        self._progress.waiting(scenario.name, self._given.target.masked(what))
