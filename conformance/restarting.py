"""The restart of a target in a run: all who need it wait for one, and nothing else is in flight."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Final, TypeVar

from conformance.checks import Unverified
from conformance.client import Client
from conformance.exchange import Exchange
from conformance.hooks import HookFailed
from conformance.wire import How

T = TypeVar("T")
Call = Callable[[], Exchange]

RESTART: Final = "the_restart_of_the_target"
TICK_SECONDS: Final = 0.1
SENDERS: Final = 4
ENOUGH_ANSWERS: Final = 8
BETWEEN_CALLS_SECONDS: Final = 0.05
NO_HOOK: Final = (
    "the target has no restart hook: give the command that kills the server and starts it again "
    "as restart under [hooks] in the target file"
)
INTERRUPTED: Final = "the run was interrupted"


@dataclass(frozen=True, slots=True)
class Restarted:
    """What a scenario gets of the restart.

    Attributes:
        back: the first answer after it.
        pending: the exchanges of what was sent just before, in the order given.
        amid: those of the requests sent while the target went down that were answered.

    """

    back: Exchange
    pending: tuple[Exchange, ...]
    amid: tuple[Exchange, ...]


@dataclass(slots=True)
class _Party:
    """A scenario that waits: what it wants to be sent, and what came of that."""

    before: Sequence[Call]
    calls: Sequence[Call]
    pending: list["Future[Exchange]"] = field(default_factory=list)
    amid: list[Exchange] = field(default_factory=list)


class Restarting:
    """One restart for several scenarios, each in a thread of its own."""

    def __init__(
        self,
        scenarios: int,
        restart: Callable[[], None],
        asks: Call,
        answers: Call,
        at_once: int,
    ) -> None:
        """Make it known to nobody yet.

        Args:
            scenarios: how many will take part.
            restart: raises HookFailed.
            asks: sent again and again meanwhile, to see whether nobody answers.
            answers: gives the first answer after it, or raises Unverified.
            at_once: how many may send side by side.

        """
        self._coming, self._restart = scenarios, restart
        self._asks, self._answers = asks, answers
        self._slots = threading.Semaphore(at_once)
        self._met = threading.Condition()
        self._waiting: list[_Party] = []
        self._came: Exchange | str | None = None

    def take_part(self, perform: Callable[[], T]) -> T:
        """Perform a scenario that may wait for the restart; the restart waits for it meanwhile."""
        try:
            with self._slots:
                return perform()
        finally:
            with self._met:
                self._coming -= 1
                self._met.notify_all()

    def wait(self, before: Sequence[Call], calls: Sequence[Call]) -> Restarted:
        """Wait for the restart; called by a scenario that takes part.

        Args:
            before: sent once everybody waits, and answered before the restart begins.
            calls: sent one after the other while the target goes down, as far as that takes.

        Raises:
            Unverified: the target was not restarted, or does not answer any more.

        """
        party = _Party(before, calls)
        self._slots.release()
        try:
            with self._met:
                self._waiting.append(party)
                self._met.notify_all()
                self._met.wait_for(lambda: self._came is not None)
        finally:
            self._slots.acquire()
        if not isinstance(self._came, Exchange):
            raise Unverified(self._came or INTERRUPTED)
        return Restarted(
            self._came, tuple(one.result() for one in party.pending), tuple(party.amid)
        )

    @property
    def back(self) -> Exchange | None:
        """The first answer after the restart; None as long as there is none."""
        return self._came if isinstance(self._came, Exchange) else None

    def give_up(self) -> None:
        """Let everybody go who still waits."""
        self._tell(INTERRUPTED)

    def perform(self) -> None:
        """Restart the target as soon as everybody who has not ended waits for it."""
        came: Exchange | str = INTERRUPTED
        try:
            with self._met:
                while len(self._waiting) < self._coming:
                    self._met.wait(TICK_SECONDS)
            if self._waiting:
                came = self._restarted()
        except (HookFailed, Unverified) as reason:
            came = str(reason)
        finally:
            self._tell(came)

    def _tell(self, came: Exchange | str) -> None:
        with self._met:
            self._came = self._came or came
            self._met.notify_all()

    def _restarted(self) -> Exchange:
        with ThreadPoolExecutor(SENDERS + 1, thread_name_prefix="restart") as senders:
            for party in self._waiting:
                party.pending = [senders.submit(call) for call in party.before]
            wait([one for party in self._waiting for one in party.pending])
            with _Watch(senders, self._asks), _Burst(senders, self._waiting):
                self._restart()
        return self._answers()


class _Watch:
    """One request again and again until it is not answered, however late the target goes down."""

    def __init__(self, senders: ThreadPoolExecutor, asks: Call) -> None:
        self._senders, self._asks, self._over = senders, asks, threading.Event()

    def __enter__(self) -> None:
        """Ask for the first time, and go on beside what is done meanwhile."""
        self._asking = self._senders.submit(self._ask) if self._asks().response else None

    def __exit__(self, *_: object) -> None:
        """Ask no more."""
        self._over.set()
        if self._asking is not None:
            self._asking.result()

    def _ask(self) -> None:
        while not self._over.wait(BETWEEN_CALLS_SECONDS) and self._asks().response:
            pass


class _Burst:
    """Requests that go out while the target goes down, until one is not answered."""

    def __init__(self, senders: ThreadPoolExecutor, parties: Sequence[_Party]) -> None:
        self._senders = senders
        self._left = iter([(one, call) for one in parties for call in one.calls])
        self._lock, self._over = threading.Lock(), threading.Event()
        self._answered = 0

    def __enter__(self) -> None:
        """Begin, and return once some have been answered."""
        self._sending = [self._senders.submit(self._send) for _ in range(SENDERS)]
        while self._answered < ENOUGH_ANSWERS and not all(one.done() for one in self._sending):
            self._over.wait(BETWEEN_CALLS_SECONDS / 10)

    def __exit__(self, *_: object) -> None:
        """Send nothing more."""
        self._over.set()
        for one in self._sending:
            one.result()

    def _send(self) -> None:
        for party, call in self._next():
            try:
                exchange = call()
            except Unverified:  # the run may write no more, or is stopped
                return
            if exchange.response is None:
                return
            with self._lock:
                party.amid.append(exchange)
                self._answered += 1
            self._over.wait(BETWEEN_CALLS_SECONDS)

    def _next(self) -> Iterator[tuple[_Party, Call]]:
        while not self._over.is_set():
            with self._lock:
                following = next(self._left, None)
            if following is None:
                return
            yield following


def asked_of(client: Client) -> Exchange:
    """Ask for one member, which costs little however often it is asked."""
    return client.list_members(How(query={"pageSize": "1"}))


def awaited(client: Client) -> Exchange:
    """Ask for the members until they are given, or until the limit of a restart has passed."""
    pace = client.target.pace
    until = client.trace.now() + pace.restart_limit
    while not (read := client.list_members()).ok and client.trace.now() < until:
        client.sleep(pace.poll_most)
    return read


def answers_of(client: Client) -> Exchange:
    """Return the first answer after a restart.

    Raises:
        Unverified: it does not come within the limit.

    """
    read = awaited(client)
    if not read.ok:
        limit = client.target.pace.restart_limit
        said = f"the target did not answer within {limit:g} s of its restart: {read.line}"
        raise Unverified(said, read)
    return read
