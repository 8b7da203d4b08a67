"""Following a write to its verdict: by its receipt, or by what it was to change."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from conformance.checks import NotOffered, Unverified
from conformance.client import Client
from conformance.exchange import Exchange
from conformance.expect import code_of, has_come_to, is_behind
from conformance.history import (
    ACCEPTED,
    CREATED,
    OK,
    TERMINAL,
    instant,
    not_offered,
    rank,
    retry_after,
)
from conformance.target import Target

Ending = Literal["ready", "failed", "timed_out", "overdue", "vanished", "unreadable", "undecided"]

HURRY_SECONDS: Final = 3.0
HURRIED_PAUSE_SECONDS: Final = 0.025
GRACE_SECONDS: Final = 3.0
GONE: Final = (404, 410)
STRANGE_READS: Final = 3


@dataclass(frozen=True, slots=True)
class Settled:
    """How a write ended.

    Attributes:
        write: the exchange that asked for it.
        ending: the verdict; or overdue (still pending past its deadline), vanished (its statusUrl
            answers 404), unreadable (it answers with anything else than a status), undecided (the
            run's own limit came first).
        last: the last read of the status or of what stands in for it.

    """

    write: Exchange
    ending: Ending
    last: Exchange

    @property
    def failure(self) -> Mapping[str, Any]:
        """The Failure that the last read shows; empty without one."""
        failure = self.last.members.get("failure")
        return failure if isinstance(failure, dict) else {}

    @property
    def told(self) -> str:
        """The ending with the failure's code and message, where there is one."""
        words = (self.ending, self.failure.get("code"), self.failure.get("message"))
        return ": ".join(str(word) for word in words if word)

    @property
    def version(self) -> object:
        """The state version that the last read names; None if it names none."""
        return self.last.members.get("stateVersion")

    @property
    def documents(self) -> tuple[Exchange, ...]:
        """The answers that tell of the command, newest first: the last status, the receipt."""
        status = self.last.operation_id != self.write.operation_id and "stage" in self.last.members
        return (self.last, self.write) if status else (self.write,)

    def url(self, name: str) -> tuple[str, Exchange] | None:
        """Return a URL of that name and the answer that gives it, to resolve it against."""
        for document in self.documents:
            if isinstance(url := document.members.get(name), str):
                return url, document
        return None

    @property
    def target(self) -> Mapping[str, Any]:
        """Every identifier that the receipt and the last status name."""
        named: dict[str, Any] = {}
        for document in reversed(self.documents):
            target = document.members.get("target")
            named |= target if isinstance(target, dict) else {}
        return named


@dataclass(frozen=True)
class Follower:
    """Waits for what was asked of a target.

    Attributes:
        waiting: told what is waited for, before each pause.
        hurried: whether young commands are polled without heeding Retry-After.

    """

    send: Client
    target: Target
    waiting: Callable[[str], None]
    hurried: bool = field(default=False, kw_only=True)

    def settle(
        self, write: Exchange, shows: Callable[[], Exchange | None] | None = None
    ) -> Settled:
        """Wait until a write that must succeed has succeeded.

        Raises:
            Unverified: it was refused, or did not end ready.

        """
        if not_offered(write):
            raise NotOffered(write)
        if not write.ok:
            told = f"{write.line} {code_of(write)}".rstrip()
            raise Unverified(f"a legal request was refused: {told}", write)
        settled = self.verdict_of(write, shows)
        if settled.ending != "ready":
            raise Unverified(
                f"a legal request did not succeed: {write.line}, then {settled.told}",
                write,
                settled.last,
            )
        return settled

    def verdict_of(
        self, write: Exchange, shows: Callable[[], Exchange | None] | None = None
    ) -> Settled:
        """Follow an acknowledged write to its end, by its receipt where there is one.

        A server without receipts is followed by `shows`, which reads the resource and returns the
        read once it shows the effect. What a receipt claims is probed at once: the Location of a
        201, the read model of an observed one.
        """
        self._probe(write)
        url = write.members.get("statusUrl")
        if isinstance(url, str) and self.send.may_follow(url, write):
            return self._poll(write, url)
        return self._watch(write, shows)

    def refusal_of(self, asked: Exchange) -> str:
        """Return the code that a request ended with, at once or after acceptance; "" without one.

        Raises:
            Unverified: the run's own limit came before the verdict, or the verdict cannot be read.

        """
        if not asked.ok:
            return code_of(asked)
        settled = self.verdict_of(asked)
        done = settled.last is asked and asked.status != ACCEPTED
        unknown = settled.ending in {"undecided", "timed_out"}
        if unknown or (settled.ending == "unreadable" and not done):
            raise Unverified(f"{asked.line} then was {settled.ending}", asked, settled.last)
        code = settled.failure.get("code")
        return code if isinstance(code, str) else ""

    def _probe(self, claim: Exchange) -> None:
        location, model = claim.header("location"), claim.members.get("readModelUrl")
        if claim.status == CREATED and location and self.send.may_follow(location, claim):
            self.send.follow(location, claim)
        if _is_observed(claim) and isinstance(model, str) and self.send.may_follow(model, claim):
            self.send.follow(model, claim)

    def _poll(self, write: Exchange, url: str) -> Settled:
        """Read the status until it is terminal, then once more."""
        pause, observed, strange = self.target.pace.poll_least, False, 0
        while True:
            read = self.send.follow(url, write)
            if read.ok and read.members.get("status") in TERMINAL:
                self.send.follow(url, write)
                self._probe_once(read, probed=observed)
                return Settled(write, read.members["status"], read)
            self._probe_once(read, probed=observed)
            observed = observed or _is_observed(read)
            waited = self.send.trace.now() - write.received
            if read.status in GONE and waited > GRACE_SECONDS:
                return Settled(write, "vanished", read)
            familiar = read.status in {OK, *GONE} or "stage" in read.members
            strange = 0 if familiar else strange + 1
            if strange == STRANGE_READS:
                return Settled(write, "unreadable", read)
            if waited > self.patience(write):
                overdue = self.deadline(write) <= self.target.completion_limit
                return Settled(write, "overdue" if overdue else "undecided", read)
            pause = self._pause(read, pause, write)

    def _probe_once(self, read: Exchange, *, probed: bool) -> None:
        if _is_observed(read) and not probed:
            self._probe(read)

    def _watch(self, write: Exchange, shows: Callable[[], Exchange | None] | None) -> Settled:
        pause = self.target.pace.poll_least
        while shows is not None:
            if shown := shows():
                return Settled(write, "ready", shown)
            if self.send.trace.now() - write.received > self.target.completion_limit:
                return Settled(write, "undecided", write)
            pause = self._pause(write, pause, write)
        return Settled(write, "unreadable", write)

    def awaited(self, write: Exchange, shows: Callable[[], Exchange | None]) -> Exchange | None:
        """Poll until a read shows what a write did; None if none does by the write's deadline."""
        pause = self.target.pace.poll_least
        while (shown := shows()) is None:
            if self.send.trace.now() - write.received > self.patience(write):
                return None
            pause = self._pause(write, pause, write)
        return shown

    def _pause(self, read: Exchange, pause: float, write: Exchange) -> float:
        """Wait as long as the server asked, within the run's limit, and at least `pause` seconds.

        Returns:
            the next pause in seconds.

        """
        self.waiting(write.line)
        waited = self.send.trace.now() - write.received
        hurried = self.hurried and waited < HURRY_SECONDS
        pace = self.target.pace
        shortest = max(HURRIED_PAUSE_SECONDS, pace.poll_least)
        self.send.sleep(shortest if hurried else max(pause, self._asked(read)))
        return min(pause * 1.5, pace.poll_most)

    def _asked(self, read: Exchange) -> float:
        return min(retry_after(read), self.target.completion_limit)

    def deadline(self, write: Exchange) -> float:
        """Return the seconds after acceptance by which a verdict is due."""
        accepted = instant(write.members.get("acceptedAt"))
        due = instant(write.members.get("deadlineAt"))
        if accepted and due:
            return (due - accepted).total_seconds()
        return self.target.completion_limit

    def patience(self, write: Exchange) -> float:
        """Return the seconds after which a pending command is given up."""
        slack = max(self.target.slack, 2 * self._asked(write)) + self.target.pace.poll_most
        return min(self.deadline(write), self.target.completion_limit) + slack

    def until(self, write: Exchange, shows: Callable[[], Exchange | None]) -> Exchange:
        """Read until something shows, for as long as the target's limit after a write.

        Raises:
            Unverified: it does not show by then.

        """
        settled = self._watch(write, shows)
        if settled.ending != "ready":
            raise Unverified(f"what {write.line} brings was not seen within the limit", write)
        return settled.last

    def looks(self, claim: Exchange, within: float | None = None) -> Iterator[None]:
        """Give turns to read what may lag, with pauses, for so long after a claim.

        Args:
            claim: what the time is counted from.
            within: seconds; None for the target's limit.

        """
        pause = self.target.pace.poll_least
        limit = self.target.completion_limit if within is None else within
        yield
        while self.send.trace.now() - claim.received <= limit:
            pause = self._pause(claim, pause, claim)
            yield

    def caught_up(
        self, change: Settled, look: Callable[[], Exchange], shows: Callable[[Exchange], object]
    ) -> Exchange:
        """Read until a read model shows a change, or says by its version that it has come to it.

        A read model that the change does not name may show it later than the verdict.

        Returns:
            the last read, which may still be behind once the target's limit has passed.

        """
        for _ in self.looks(change.last):
            read = look()
            if has_come_to(read, change.version):
                break
            if not is_behind(read, change.version) and shows(read):
                break
        return read

    def look_up(self, write: Exchange) -> None:
        """Read the status of an acknowledged write once, if it names one, and what a 201 names."""
        self._probe(write)
        url = write.members.get("statusUrl")
        if write.ok and isinstance(url, str) and self.send.may_follow(url, write):
            self.send.follow(url, write)

    def read_model(self, settled: Settled) -> None:
        """Read what shows the effect of a write, if its answers name it."""
        given = settled.url("readModelUrl")
        if given and self.send.may_follow(*given):
            self.send.follow(*given)

    def again(self, url: object, given_in: Exchange) -> Exchange:
        """Read a URL that the server gave.

        Raises:
            Unverified: it is no URL, or one at a foreign origin.

        """
        if not isinstance(url, str) or not self.send.may_follow(url, given_in):
            raise Unverified(f"the answer gives no URL to follow: {url!r}", given_in)
        return self.send.follow(url, given_in)


def _is_observed(read: Exchange) -> bool:
    return rank(read.members.get("stage")) >= rank("observed")
