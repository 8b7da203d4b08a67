"""A run in mode smoke: whether the kit is wired right, told line by line; nothing is judged."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from typing import Final

from rich.console import Console
from rich.text import Text

from conformance import wiring
from conformance.api import Api
from conformance.checks import NotOffered, Unverified
from conformance.contract import Contract
from conformance.given import Given
from conformance.judge import Exit
from conformance.ledger import Ledger
from conformance.preflight import preflight
from conformance.reports.counted import counted
from conformance.reports.hanging import print_hanging
from conformance.reports.printable import printable
from conformance.target import Target
from conformance.versions import kit_version
from conformance.wiring import Line, Look

LONGEST: Final = 17.0
LONGEST_WAIT: Final = 5.0
WIDTH: Final = 24
STYLES: Final = {"ok": "green", "note": "dim", "change": "bold red"}
READS: Final = (
    wiring.credential,
    wiring.scope,
    wiring.clock,
    wiring.openapi,
    wiring.second_principal,
    wiring.other_scope,
)
FIXTURES: Final = (wiring.good, wiring.poison, wiring.slow, wiring.partial)
WRITES: Final = (wiring.receipt, wiring.kinds, *FIXTURES)


def print_smoke(
    console: Console, contract: Contract, target: Target, ledger: Ledger | None = None
) -> int:
    """Look at everything that the target file says, print a line for each, return the exit code.

    Raises:
        TargetUnusable: it does not answer, is not ready, is not this API, or refuses us.

    """
    began = time.monotonic()
    heading = f"ackproof {kit_version()} looks whether it is wired right to {target.url}"
    console.print(Text(printable(heading)), soft_wrap=True)
    console.print(Text(f"  scope {target.scope}, as {target.described_by} says", "dim"))
    changes = 0
    with closing(Smoke(contract, target, ledger)) as smoke:
        for line in smoke.lines():
            changes += line.state == "change"
            label = Text(f"{line.state:<7} ", STYLES[line.state]) + Text(f"{line.what:<{WIDTH}} ")
            print_hanging(console, label, printable(target.masked(line.said)))
        left, prefix = counted(smoke.members_left(), "member"), smoke.names.prefix
    told = "made" if ledger else "left behind"
    console.print(Text(f"{told}: {left} named {prefix}-NUMBER", "dim"))
    seconds = f"{time.monotonic() - began:.1f} s"
    if changes:
        said = f"exit 2: change what {counted(changes, 'line')} above say · {seconds}"
        console.print(Text(said, "bold"))
        return Exit.USAGE
    said = f"exit 0: wired right, nothing judged and no profile claimed · {seconds}"
    console.print(Text(said, "bold"))
    return Exit.FINE


class Smoke:
    """One smoke run, which waits for nothing longer than it may take in all.

    Attributes:
        names: those of what it creates.

    """

    def __init__(self, contract: Contract, target: Target, ledger: Ledger | None) -> None:
        limit = min(target.completion_limit, LONGEST_WAIT)
        self._target = replace(target, completion_limit=limit)
        self._given = Given(contract, self._target, ledger)
        self.names = self._given.names
        self._pool = ThreadPoolExecutor(len(WRITES), thread_name_prefix="smoke")

    def lines(self) -> Iterator[Line]:
        """Look, first at what can be read, then at what must be written; yield what is met.

        Raises:
            TargetUnusable: it does not answer, is not ready, is not this API, or refuses us.

        """
        preflight(self._api("preflight").send)
        yield Line("reachable", "ok", f"{self._target.url} answers as this API")
        for look in READS:
            yield from self._met(look)
        writing = [self._pool.submit(self._met, look) for look in WRITES]
        for one in writing:
            yield from one.result()

    def members_left(self) -> int:
        """Return how many members this run has created."""
        return sum(one.operation_id == "createMember" and one.ok for one in self._given.trace)

    def close(self) -> None:
        """Stop, and close every connection."""
        self._given.stopping.set()
        self._pool.shutdown(cancel_futures=True)
        self._given.close()

    def _met(self, look: Look) -> list[Line]:
        what = look.__name__.replace("_", " ")
        if look in FIXTURES:
            what = f"implementation {look.__name__}"
            if getattr(self._target, look.__name__) is None:
                return [Line(what, "note", "there is none: what needs it will not be verified")]
        try:
            return list(look(self._api(look.__name__)))
        except NotOffered as reason:
            return [Line(what, "note", str(reason))]
        except Unverified as reason:
            return [Line(what, "change", str(reason))]

    def _api(self, cause: str) -> Api:
        return self._given.api(self._given.client(cause), self._heed)

    def _heed(self, what: str) -> None:
        if self._given.stopping.is_set() or self._given.trace.now() > LONGEST:
            raise Unverified(f"{what} took longer than the {LONGEST:.0f} s of a smoke run")
