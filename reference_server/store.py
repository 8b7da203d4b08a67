"""The append-only event store on SQLite, with one writer thread and group commit.

The file is the only truth; the process that holds it holds it alone (exclusive lock), so
states and read models live in memory and are rebuilt from here at start. Appends are
committed strictly in the order they were handed over, at most 64 in a transaction and
never waiting for more: what piled up during one commit is the next one.
"""

import asyncio
import queue
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from reference_server.events import codec
from reference_server.events.fact import Fact, StreamId

APPLICATION_ID = 0x61636B70
FORMAT = 1
GROUP = 64

_UNREADABLE = (
    sqlite3.DatabaseError,
    ValueError,
    LookupError,
    TypeError,
    RecursionError,
    codec.UnknownTypeError,
)
_SCHEMA = """
CREATE TABLE event (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL, scope_id TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
  at TEXT NOT NULL, command_id TEXT NOT NULL, correlation_id TEXT NOT NULL, body TEXT NOT NULL,
  UNIQUE (kind, scope_id, id, version));
CREATE TABLE idempotency (
  principal TEXT NOT NULL, scope_id TEXT NOT NULL, key TEXT NOT NULL,
  fingerprint TEXT NOT NULL, command_id TEXT NOT NULL,
  PRIMARY KEY (principal, scope_id, key));
"""


class StoreRefusedError(Exception):
    """The file cannot be the store of this server."""

    def __init__(self, path: Path, why: str) -> None:
        self.path = path
        super().__init__(f"cannot use the store {path}: {why}")


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """Which command an Idempotency-Key of a principal in a scope stands for."""

    principal: str
    scope_id: str
    key: str
    fingerprint: str
    command_id: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What becomes durable together, and the future that says so.

    `told` says that readers see the facts already.
    """

    facts: tuple[Fact, ...]
    key: KeyRecord | None
    durable: "asyncio.Future[None]"
    told: bool = False


class Store:
    """Hold the store file; without a path, a temporary file that is gone at close.

    Without `flush` what is committed outlives the process, and not the machine.
    """

    def __init__(self, path: Path | None, *, flush: bool = True) -> None:
        self._folder = None if path else tempfile.TemporaryDirectory(prefix="ackproof-")
        self.path = path or Path(self._folder.name if self._folder else "") / "events.sqlite"
        self._queue: queue.SimpleQueue[Batch | None] = queue.SimpleQueue()
        self._writer: threading.Thread | None = None
        self._connection = _opened(self.path, flush=flush and path is not None)

    def history(self) -> Iterator[Fact]:
        """Read every event in order of recording; raise StoreRefusedError on a foreign one."""
        try:
            rows = self._connection.execute(
                "SELECT kind, scope_id, id, version, at, command_id, correlation_id, body"
                " FROM event ORDER BY position"
            )
            for kind, scope_id, stream, version, at, command_id, correlation_id, body in rows:
                event = codec.loads(body)
                stream_id = StreamId(kind, scope_id, stream)
                yield Fact(stream_id, version, at, command_id, correlation_id, event)
        except _UNREADABLE as error:
            raise StoreRefusedError(self.path, f"an event cannot be read ({error})") from error

    def key_records(self) -> Iterator[KeyRecord]:
        """Read every idempotency record; raise StoreRefusedError."""
        try:
            for row in self._connection.execute(
                "SELECT principal, scope_id, key, fingerprint, command_id FROM idempotency"
            ):
                yield KeyRecord(*row)
        except sqlite3.DatabaseError as error:
            raise StoreRefusedError(self.path, f"a key cannot be read ({error})") from error

    def start(
        self,
        loop: asyncio.AbstractEventLoop,
        on_durable: Callable[[list[Batch]], None],
        on_broken: Callable[[list[Batch], Exception], None],
    ) -> None:
        """Start the writer; both callbacks run on the loop, in order of commit.

        After the first error nothing is committed any more: every later batch is broken too.
        """

        def write() -> None:
            broken: sqlite3.Error | None = None
            while (batch := self._queue.get()) is not None:
                group = [batch, *self._waiting()]
                try:
                    if broken is None:
                        self._commit(group)
                except sqlite3.Error as error:
                    broken = error
                with suppress(RuntimeError):  # the loop was closed under a last commit
                    if broken is None:
                        loop.call_soon_threadsafe(on_durable, group)
                    else:
                        loop.call_soon_threadsafe(on_broken, group, broken)

        self._writer = threading.Thread(target=write, name="store-writer", daemon=True)
        self._writer.start()

    def append(self, batch: Batch) -> None:
        """Hand a batch to the writer."""
        self._queue.put(batch)

    def close(self) -> None:
        """Commit what was handed over, release the file and drop a temporary one."""
        if self._writer is not None:
            self._queue.put(None)
            self._writer.join()
        self._connection.close()
        if self._folder is not None:
            self._folder.cleanup()

    def _waiting(self) -> Iterator[Batch]:
        for _ in range(GROUP - 1):
            try:
                batch = self._queue.get_nowait()
            except queue.Empty:
                return
            if batch is None:
                self._queue.put(None)
                return
            yield batch

    def _commit(self, group: list[Batch]) -> None:
        events = [_row(fact) for batch in group for fact in batch.facts]
        keys = [batch.key for batch in group if batch.key is not None]
        with self._connection:
            self._connection.execute("BEGIN")
            self._connection.executemany(
                "INSERT INTO event (kind, scope_id, id, version, at, command_id,"
                " correlation_id, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                events,
            )
            self._connection.executemany(
                "INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?, ?)",
                [(k.principal, k.scope_id, k.key, k.fingerprint, k.command_id) for k in keys],
            )


def _row(fact: Fact) -> tuple[str | int, ...]:
    ids = (fact.command_id, fact.correlation_id)
    return (*fact.stream, fact.version, fact.at, *ids, codec.dumps(fact.event))


def _opened(path: Path, *, flush: bool) -> sqlite3.Connection:
    """Open and lock the file, made new where there is none; raise StoreRefusedError."""
    try:
        connection = sqlite3.connect(
            path, timeout=0.2, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        new = _check_format(path, connection)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={'FULL' if flush else 'OFF'}")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("COMMIT")
        if new:
            _lay_out(connection)
    except sqlite3.DatabaseError as error:
        raise StoreRefusedError(path, str(error)) from error
    return connection


def _check_format(path: Path, connection: sqlite3.Connection) -> bool:
    """Say whether the file is new; refuse another program's before anything is changed in it."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        return True
    if application != APPLICATION_ID:
        raise StoreRefusedError(path, "it is a database of another program")
    if version != FORMAT:
        raise StoreRefusedError(path, f"its format is {version}, this server reads {FORMAT}")
    if (found := connection.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
        raise StoreRefusedError(path, f"it is damaged ({found})")
    return False


def _lay_out(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version={FORMAT}")
    connection.executescript(f"BEGIN;{_SCHEMA}COMMIT;")
