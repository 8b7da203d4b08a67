"""The cleanup ledger: a line of JSON for whatever a run asks to be made, written before it asks."""

import fcntl
import json
import os
import secrets
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

import platformdirs

from conformance.exchange import Exchange, Request
from conformance.history import member_id_of
from conformance.ledger_file import CREATE, Heading, LedgerUnreadable, Place, read_ledger
from conformance.target import Target
from conformance.versions import kit_version

NAME: Final = "ledger.jsonl"
LEDGER_VERSION: Final = 1
MAKES: Final = {CREATE: "memberId", "putScopeBinding": "serviceId"}


class LedgerUnwritable(Exception):  # noqa: N818  # the CLI words it
    """The ledger cannot be written; the message is one sentence."""


class Ledger:
    """A ledger under way, which many threads write to; every line is flushed at once.

    Attributes:
        interrupted: whether the run ended with requests under way.
        shown: members that findings show; they stay, so that a curl line still finds them.

    """

    def __init__(
        self, path: Path, heading: Heading, file: IO[str], masked: Callable[[str], str]
    ) -> None:
        self.path, self.heading = path, heading
        self.interrupted = False
        self.shown: frozenset[Place] = frozenset()
        self._file, self._masked = file, masked
        self._lock = threading.Lock()

    def asked(
        self, operation_id: str | None, parameters: Mapping[str, str], request: Request
    ) -> None:
        """Write down what a request asks to be made, before it is sent.

        Raises:
            LedgerUnwritable: the file can no longer be written.

        """
        if operation_id in MAKES:
            given = request.given.get(MAKES[operation_id])
            named = _as_text(given) if isinstance(given, str) and given else None
            self.note("asked", operation=operation_id, scope=parameters["scopeId"], id=named)

    def answered(self, exchange: Exchange) -> None:
        """Write down the id that the server made for a member, or that was not the run's own.

        Raises:
            LedgerUnwritable: the file can no longer be written.

        """
        if exchange.operation_id != CREATE or not exchange.ok:
            return
        asked, named = exchange.given.get("memberId"), _as_text(member_id_of(exchange, ""))
        own = not asked or self.heading.namespace in str(asked)
        if named and (named != asked or not own):
            self.placed("named" if own else "foreign", exchange.parameters["scopeId"], named)

    def placed(self, kind: str, scope_id: str, member_id: str) -> None:
        """Write a line about a member, without a token that the server put into its id.

        Raises:
            LedgerUnwritable: the file can no longer be written.

        """
        self.note(kind, scope=scope_id, id=self._masked(member_id))

    def show(self, exchanges: Iterable[Exchange]) -> None:
        """Keep the members that these exchanges of findings name."""
        named = (
            Place(one.parameters.get("scopeId", ""), member_id)
            for one in exchanges
            if (member_id := one.parameters.get("memberId") or member_id_of(one, ""))
        )
        self.shown |= frozenset(named)

    def note(self, kind: str, **told: object) -> None:
        """Write a line.

        Raises:
            LedgerUnwritable: the file can no longer be written.

        """
        line = json.dumps({"kind": kind} | told) + "\n"
        try:
            with self._lock:
                self._file.write(line)
                self._file.flush()
        except (OSError, ValueError) as problem:
            raise _unwritable(self.path, problem) from problem

    def close(self) -> None:
        """Write nothing more."""
        self._file.close()


def _as_text(name: str) -> str:
    """Return a name without lone surrogates, which JSON can say and UTF-8 cannot."""
    return name.encode("utf-8", "replace").decode()


def begin(path: Path | None, target: Target, contract_version: str) -> Ledger:
    """Begin the ledger of a run.

    Args:
        path: where to; None for a file of its own in the user's state directory.
        target: who is asked.
        contract_version: of the contract.

    Raises:
        LedgerUnwritable: it cannot be written, or what stands there is no ledger.

    """
    run = secrets.token_hex(4)
    began = datetime.now(UTC).isoformat(timespec="seconds")
    heading = Heading(run, target.url, target.scope, kit_version(), contract_version, began)
    path = path or state_folder() / f"{heading.namespace}.jsonl"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _make_way(path)
        file = path.open("x", encoding="utf-8")
    except OSError as problem:
        raise _unwritable(path, problem) from problem
    with suppress(OSError):  # a file system without locks
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    ledger = Ledger(path, heading, file, target.masked)
    ledger.note(
        "run",
        ledger_version=LEDGER_VERSION,
        namespace=heading.namespace,
        url=heading.url,
        scope=heading.scope,
        kit=heading.kit,
        contract=heading.contract,
        began=heading.began,
    )
    return ledger


def resume(path: Path, heading: Heading, masked: Callable[[str], str]) -> Ledger:
    """Go on with a ledger that was read, without a last line that was cut off.

    Args:
        path: where it is.
        heading: whose it is.
        masked: puts the variable of a token in its place.

    Raises:
        LedgerUnwritable: it cannot be written.

    """
    try:
        os.truncate(path, path.read_bytes().rfind(b"\n") + 1)
        return Ledger(path, heading, path.open("a", encoding="utf-8"), masked)
    except OSError as problem:
        raise _unwritable(path, problem) from problem


def state_folder() -> Path:
    """Return where the ledgers of runs lie that name no place for theirs."""
    return platformdirs.user_state_path("ackproof", appauthor=False)


def _make_way(path: Path) -> None:
    """Remove the settled ledger of an earlier run; put one that is not settled beside.

    Raises:
        LedgerUnwritable: what stands there is no ledger, or that of a run under way.

    """
    if not path.exists():
        return
    try:
        earlier = read_ledger(path)
    except LedgerUnreadable as problem:
        raise LedgerUnwritable(
            f"The ledger cannot be written over {path}: {problem} Name another file (--ledger)."
        ) from problem
    if _is_under_way(path):
        raise LedgerUnwritable(
            f"Another run is under way, whose ledger is {path}: wait for its end, or name another "
            "file (--ledger) and another folder (--report-dir)."
        )
    if earlier.settled or not earlier.asked:
        path.unlink()
    else:
        path.rename(path.with_name(f"{path.stem}-{earlier.heading.namespace}{path.suffix}"))


def _is_under_way(path: Path) -> bool:
    """Whether a run still writes to a ledger, which ends with its process."""
    with path.open(encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _unwritable(path: Path, problem: Exception) -> LedgerUnwritable:
    why = problem.strerror if isinstance(problem, OSError) else str(problem)
    return LedgerUnwritable(
        f"The ledger {path} cannot be written: {why}. What a run makes is written there before it "
        "is asked for: name another file (--ledger)."
    )
