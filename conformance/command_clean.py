"""Cleaning up: after a run, and for a run that was killed (`ackproof clean`)."""

import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from rich.console import Console
from rich.text import Text

from conformance.cleanup import Cleaned, clean, found
from conformance.client import Client
from conformance.contract import Contract, load_contract
from conformance.judge import Exit
from conformance.ledger import Ledger, begin, resume, state_folder
from conformance.ledger_file import Place, Recorded, read_ledger
from conformance.preflight import preflight
from conformance.reports.counted import counted
from conformance.reports.printable import printable
from conformance.target import Target
from conformance.target_file import TargetFileError, load_target
from conformance.trace import Trace
from conformance.trust import trust_of
from conformance.urls import origin_of
from conformance.wire import Connections

AFTER_A_RUN_SECONDS: Final = 20.0
ON_ITS_OWN_SECONDS: Final = 300.0
LONGEST: Final = 2000


@contextmanager
def recorded_run(
    contract: Contract, target: Target, path: Path | None, console: Console
) -> Iterator[Ledger]:
    """Yield the ledger of a run that is about to begin, and clean up after it, however it ends.

    Args:
        contract: whose version the ledger names.
        target: who is asked.
        path: where the ledger goes; None for the user's state directory.
        console: where what was removed and what is left is told in a line.

    Raises:
        LedgerUnwritable: it cannot be written; nothing was sent.

    """
    ledger = begin(path, target, contract.version)
    with closing(ledger):
        try:
            yield ledger
        finally:
            _clean_up(contract, target, ledger, console)


def _clean_up(contract: Contract, target: Target, ledger: Ledger, console: Console) -> None:
    """Remove what a run made, unless its owner keeps it."""
    recorded = read_ledger(ledger.path)
    if not recorded.asked:
        _put_away(ledger.path, Cleaned())
    elif target.keep:
        _say(console, f"the run's members are kept. {_remedy(ledger.path)}")
    else:
        try:
            cleaned = clean(
                contract,
                target,
                recorded,
                AFTER_A_RUN_SECONDS,
                twice=ledger.interrupted,
                stay=ledger.shown,
            )
        except KeyboardInterrupt:
            _say(console, f"interrupted. {_remedy(ledger.path)}")
            raise
        _write_down(ledger, cleaned)
        _say(console, target.masked(_told(cleaned, recorded, ledger.path)))
        _put_away(ledger.path, cleaned)


def clean_ledger(path: Path, file: Path | None, flags: Mapping[str, Any], *, dry_run: bool) -> int:
    """Remove what the run of a ledger left behind, and list what cannot be removed.

    Args:
        path: the ledger.
        file: the target file, for the credentials.
        flags: what the command line overrides of it.
        dry_run: whether to list what would be removed, and remove nothing.

    Returns:
        0 where nothing is left, or where the server offers no delete; else 1.

    Raises:
        LedgerUnreadable: it is no ledger.
        LedgerUnwritable: what is done cannot be written down.
        TargetFileError: the target cannot be described, or is another one.
        TargetUnusable: it cannot be reached, or refuses the credential.

    """
    recorded, contract, console = read_ledger(path), load_contract(), Console()
    target = _target_of(recorded, path, file, flags)
    _ask(contract, target)
    if dry_run:
        there = found(contract, target, recorded, ON_ITS_OWN_SECONDS).left
        _say(console, f"would remove {counted(len(there), 'member')} of {target.url}")
        _list(console, target, there)
        return Exit.FINE
    with closing(resume(path, recorded.heading, target.masked)) as ledger:
        cleaned = clean(contract, target, recorded, ON_ITS_OWN_SECONDS, twice=True)
        _write_down(ledger, cleaned)
    _say(console, target.masked(_told(cleaned, recorded, path)))
    _list(console, target, cleaned.left)
    _put_away(path, cleaned)
    return Exit.FINE if not cleaned.left or not cleaned.deletes else Exit.FAILED


def _target_of(
    recorded: Recorded, path: Path, file: Path | None, flags: Mapping[str, Any]
) -> Target:
    heading = recorded.heading
    given = {**flags, "scope": heading.scope}
    target = load_target(file, given, os.environ, {"target.url": heading.url})
    if _server(target.url) != _server(heading.url):
        raise TargetFileError(
            f"{target.described_by} describes {target.url}, and {path} is the ledger of a run "
            f"against {heading.url}. Give the target file of that run."
        )
    return target


def _server(url: str) -> object:
    parts = urlsplit(url)
    return origin_of(parts), parts.path.rstrip("/")


def _ask(contract: Contract, target: Target) -> None:
    trust, timeout = trust_of(target), target.pace.request_timeout
    with closing(Connections(trust=trust, timeout=timeout)) as connections:
        preflight(Client(contract, target, Trace(), "preflight", connections))


def _write_down(ledger: Ledger, cleaned: Cleaned) -> None:
    left = (*cleaned.left, *cleaned.kept)
    for kind, places in (("removed", cleaned.removed), ("left", left)):
        for place in places:
            ledger.placed(kind, place.scope_id, place.member_id)
    ledger.note(
        "cleaned",
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        removed=len(cleaned.removed),
        left=len(left),
        deletes=cleaned.deletes,
    )


def _put_away(path: Path, cleaned: Cleaned) -> None:
    """Remove a ledger that nobody named, once there is nothing more to do by it."""
    if path.resolve().parent == state_folder().resolve() and not (cleaned.left or cleaned.kept):
        path.unlink(missing_ok=True)


def _told(cleaned: Cleaned, recorded: Recorded, path: Path) -> str:
    """Say in a line what was removed, what is left and how that is removed."""
    namespace = recorded.heading.namespace
    parts = [f"removed {counted(len(cleaned.removed), 'member')} of the run, "]
    if cleaned.kept and not cleaned.left:
        parts.append(f"{_are(cleaned.kept)} kept, since findings show them. {_remedy(path)}")
    elif not cleaned.left:
        parts.append("none is left")
    elif cleaned.deletes:
        parts.append(f"{_are(cleaned.left)} left: {cleaned.why}. {_remedy(path)}")
    else:
        parts.append(
            f"{_are(cleaned.left)} left: {cleaned.why}. Remove what has {namespace} in its "
            f"name by the server's own means; {path} lists it"
        )
    said = ["".join(parts)]
    if recorded.services:
        services = counted(len(recorded.services), "service")
        said.append(f"{services} of the legacy binding may stay, which no operation removes")
    if cleaned.spared:
        members = counted(len(cleaned.spared), "member")
        said.append(
            f"{members} that the server gave in answer to a create may be older than the run: "
            f"nothing was done to {cleaned.spared[0].member_id}"
        )
    if recorded.foreign:
        members = counted(len(recorded.foreign), "generated member")
        said.append(f"{members} may stay, since another run of the seed names them alike")
    return "; ".join(said)


def _are(places: tuple[Place, ...]) -> str:
    return f"{len(places)} {'is' if len(places) == 1 else 'are'}"


def _remedy(path: Path) -> str:
    return f"Remove it with: ackproof clean {shlex.quote(str(path))}"


def _list(console: Console, target: Target, places: tuple[Place, ...]) -> None:
    for place in places:
        named = target.masked(f"{place.scope_id}/{place.member_id}")
        console.print(Text(f"  {printable(named)}"), soft_wrap=True)


def _say(console: Console, said: str) -> None:
    console.print(Text(f"cleanup  {printable(said, LONGEST)}"), soft_wrap=True)
