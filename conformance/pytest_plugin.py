"""The judge as a pytest plugin: `pytest -p conformance.pytest_plugin --pyargs conformance.suite`.

The collected items are planned as one run, the same pool as the command's works through its
scenarios, and each item waits for its own verdict.
"""

import gc
import io
import logging
from collections.abc import Generator, Iterable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from rich.console import Console

from conformance import suite
from conformance.command_run import check_meant, described_target, header, recorded
from conformance.contract import Contract, ContractUnreadable, Requirement, load_contract
from conformance.embedded import ServerNotStarted
from conformance.failures import sentence
from conformance.judge import Exit, Verdict
from conformance.ledger import LedgerUnwritable
from conformance.modes import SMOKE, NotInThisMode, is_beyond
from conformance.plan import Plan, UnknownSelection, make_plan
from conformance.preflight import TargetUnusable
from conformance.progress import Silent
from conformance.reading import NothingToRead
from conformance.reports.console import profile_line
from conformance.reports.findings import print_verdict
from conformance.reports.of_run import report_of, verdict_of
from conformance.runner import Run
from conformance.suite import RequirementItem, Suite, WaiverItem
from conformance.target import Target
from conformance.target_file import TargetFileError
from conformance.versions import kit_version
from conformance.waiver_file import WaiverFileError
from conformance.waivers import Waiver, Waivers, WeighedWaiver

SUITE: Final = Path(suite.__file__)
SESSION: Final = pytest.StashKey["Session"]()
WIDTH: Final = 100
UNMASKED: Final = ("httpx", "httpcore")  # loggers that tell what a server sent, as it is
JUDGED: Final = frozenset[str]({"pass", "fail", "warn"})
NOTHING: Final = "Nothing was judged: no requirement that is scored was seen kept or broken."
UNUSABLE: Final = (
    ContractUnreadable,
    NotInThisMode,
    ServerNotStarted,
    TargetFileError,
    UnknownSelection,
    WaiverFileError,
)


class Session:
    """One judging of one target, for all the items of a pytest session."""

    def __init__(self, contract: Contract, target: Target) -> None:
        self.contract = contract
        self.target = target
        self._run: Run | None = None
        self._judged = False
        self._cleanup = ExitStack()
        self._said = io.StringIO()
        self._plan = make_plan(contract, target)
        self._waivers = Waivers(target.waivers, datetime.now(UTC).date(), target.masked)

    def claimed(self) -> tuple[Requirement, ...]:
        """Return the requirements of the claimed profiles that some check judges."""
        return self._plan.requirements

    @property
    def plan(self) -> Plan:
        """What will run: everything claimed, until some of it is chosen."""
        return self._plan

    def begin(self, chosen: Iterable[Requirement]) -> None:
        """Plan the chosen requirements and start to judge them.

        Raises:
            LedgerUnwritable: what the run makes cannot be written down.
            TargetUnusable: nothing can be judged.

        """
        ids = [one.id for one in chosen]
        if len(ids) != len(self._plan.requirements):
            self._plan = make_plan(self.contract, self.target, ids)
        console = Console(file=self._said, width=WIDTH)
        ledger = self._cleanup.enter_context(recorded(self.contract, self.target, None, console))
        self._run = Run(self.contract, self.target, self._plan, Silent(), ledger=ledger)
        self._run.ask()
        self._run.begin()

    def waits_for_all(self, requirement: Requirement) -> bool:
        """Whether its verdict needs the traffic of the whole run, or its end."""
        restarts = any(one.restarts for one in self._plan.judging(requirement.id))
        return restarts or any(one.requirement == requirement.id for one in self._plan.invariants)

    def verdict(self, requirement: Requirement) -> Verdict:
        """Wait for a requirement's verdict."""
        if self._run is None:
            raise RuntimeError("no run was begun: something replaced pytest's own run loop")
        verdict = self._run.verdict(requirement)
        self._judged |= requirement.scored and verdict.outcome in JUDGED
        return verdict

    @property
    def judged_nothing(self) -> bool:
        """Whether a run was begun, and nothing that is scored was seen kept or broken in it."""
        return self._run is not None and not self._judged

    def told(self, verdict: Verdict) -> str:
        """Tell a verdict as the command's report does."""
        text = io.StringIO()
        number = len(self._run.trace) if self._run else 0
        shown = verdict_of(verdict, self.target, number, self._waivers)
        print_verdict(Console(file=text, width=WIDTH), shown)
        return text.getvalue().strip("\n")

    def why(self, verdict: Verdict) -> str:
        """Say why a requirement was not judged, without any token."""
        return "; ".join(verdict_of(verdict, self.target, 0, self._waivers).reasons)

    def excuse(self, verdict: Verdict) -> str | None:
        """Say why a broken requirement is waived; None if it is not."""
        if not self._waivers.excuses(verdict):
            return None
        entries = [one for one in map(self._waivers.of, verdict.findings) if one]
        said = dict.fromkeys(f"{one.reason} ({one.owner}, {one.issue})" for one in entries)
        return self.target.masked("; ".join(said))

    def weighed(self, waiver: Waiver) -> WeighedWaiver:
        """Weigh one entry of the waivers file against what was chosen."""
        own = [one for one in self._plan.requirements if one.id == waiver.requirement]
        verdicts = [self.verdict(one) for one in own] if self._run else []
        thin = [one.id for one in own if self._plan.is_thin(one.id)]
        only = replace(self._waivers, entries=(waiver,))
        (weighed,) = only.weighed(verdicts, self.contract.requirements, thin)
        return weighed

    def accepts(self, verdict: Verdict) -> bool:
        """Whether it may stay not verified: no MUST, accepted by the target, or beyond the mode."""
        requirement = verdict.requirement
        if is_beyond(self.target.mode, verdict.outcome, verdict.reasons):
            return True
        return requirement.level != "MUST" or requirement.id in self.target.accept_not_verified

    def profiles(self) -> list[str]:
        """Say how each profile stands."""
        if self._run is None:
            return []
        self._run.stop()
        summary = report_of(self._run.result(), kit_version()).summary
        return [profile_line(name, one) for name, one in summary.items()]

    def close(self) -> None:
        """Stop what still runs, clean up, and spare pytest's last collections the whole trace."""
        if self._run is not None:
            self._run.close()
            self._cleanup.close()
            gc.freeze()

    @property
    def cleaned(self) -> str:
        """What was removed and what is left, in a line; "" where nothing was to be removed."""
        return self._said.getvalue().strip("\n")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Describe the target; without any of these it is the embedded reference server.

    What plugins load from here on stays to the end: collecting garbage among it again and again
    would take a tenth of the time of a run.
    """
    gc.disable()
    group = parser.getgroup("ackproof")
    group.addoption("--target-file", type=Path, metavar="FILE", help="Target file.")
    group.addoption("--target-url", metavar="URL", help="Base URL of the server to judge.")
    group.addoption("--target-scope", metavar="ID", help="Scope that the run may write to.")
    group.addoption("--target-token-env", metavar="NAME", help="Variable that holds the token.")
    group.addoption("--target-profile", action="append", metavar="NAME", help="Claimed profile.")


def pytest_configure(config: pytest.Config) -> None:
    """Read the contract and the target.

    Raises:
        pytest.UsageError: the target cannot be described, or the items would be spread over
            several processes.

    """
    gc.freeze()
    gc.enable()
    for name in UNMASKED:
        logging.getLogger(name).setLevel(logging.WARNING)
    spread = config.getoption("numprocesses", None) or hasattr(config, "workerinput")
    if spread:
        raise pytest.UsageError(
            "ackproof judges one server in one process, whose scenarios run side by side anyway: "
            "leave -n out and set concurrency in the target file."
        )
    try:
        contract = load_contract()
        for name in contract.profiles:
            config.addinivalue_line("markers", f"{name}: requirements of this profile")
        for level in ("must", "should", "may"):
            config.addinivalue_line("markers", f"{level}: requirements of this level")
        config.stash[SESSION] = Session(contract, _target(config, contract))
    except UNUSABLE as problem:
        raise pytest.UsageError(sentence(problem)) from problem


def _target(config: pytest.Config, contract: Contract) -> Target:
    given = {
        "url": config.getoption("--target-url"),
        "scope": config.getoption("--target-scope"),
        "token_env": config.getoption("--target-token-env"),
        "profiles": config.getoption("--target-profile"),
    }
    flags = {name: value for name, value in given.items() if value}
    file: Path | None = config.getoption("--target-file")
    stack = ExitStack()
    config.add_cleanup(stack.close)
    target = stack.enter_context(described_target(file, flags))
    check_meant(contract, target, meant=file is not None)
    if target.mode == SMOKE:
        raise NotInThisMode("A smoke run has no verdicts: start it with ackproof run --mode smoke.")
    return target


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say who is judged, and by what."""
    session = config.stash[SESSION]
    return header(session.contract, session.target, session.plan).plain.strip().splitlines()


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> Suite | None:
    """Collect requirements in place of the suite's functions."""
    if module_path != SUITE:
        return None
    judging = parent.config.stash[SESSION]
    return Suite.from_parent(parent, path=module_path, judging=judging, nodeid=suite.__name__)


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, Any, Any]:
    """Judge what was collected, in the background, while pytest asks item after item."""
    own = session.config.stash[SESSION]
    items = [item for item in session.items if isinstance(item, RequirementItem)]
    judges = bool(items) and not session.config.option.collectonly and not session.testsfailed
    try:
        if judges:
            _begin(own, [item.requirement for item in items])
            session.items.sort(key=lambda item: _rank(item, own))
        return (yield)
    finally:
        own.close()


def _rank(item: pytest.Item, own: Session) -> int:
    """Put last what waits longest: what needs the whole run, and then the waivers."""
    if isinstance(item, RequirementItem):
        return int(own.waits_for_all(item.requirement))
    return 2 if isinstance(item, WaiverItem) else 0


def _begin(own: Session, chosen: list[Requirement]) -> None:
    try:
        own.begin(chosen)
    except TargetUnusable as problem:
        pytest.exit(str(problem), returncode=Exit.UNREACHABLE)
    except NothingToRead as problem:
        pytest.exit(str(problem), returncode=Exit.USAGE)
    except LedgerUnwritable as problem:
        raise pytest.UsageError(str(problem)) from problem


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let a session whose every requirement was skipped end as one that found no test."""
    if session.config.stash[SESSION].judged_nothing and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say how each profile stands."""
    own = config.stash[SESSION]
    for line in (*own.profiles(), own.cleaned, NOTHING if own.judged_nothing else ""):
        terminalreporter.write_line(line)
