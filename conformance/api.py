"""What a scenario is given: arrangements, requests, and waiting for a command's verdict."""

import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from conformance.checks import Unverified
from conformance.client import PLAIN, Client, Encoded, How
from conformance.exchange import Exchange
from conformance.expect import answer, code_of
from conformance.history import TERMINAL, instant, rank, retry_after
from conformance.target import Implementation, Target

__all__ = ["Api", "Encoded", "How", "Member", "Names", "Settled", "member_id_of"]

Ending = Literal["ready", "failed", "timed_out", "overdue", "vanished", "unreadable", "undecided"]

FIRST_PAUSE_SECONDS: Final = 0.01
LONGEST_PAUSE_SECONDS: Final = 0.25
GRACE_SECONDS: Final = 3.0
NOT_FOUND: Final = (404, 410)
STRANGE_READS: Final = 3
OK: Final = 200
CREATED: Final = 201


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
    def document(self) -> Mapping[str, Any]:
        """The receipt's members, overlaid by the last status."""
        shown = self.last.members if self.last.operation_id != self.write.operation_id else {}
        return {**self.write.members, **(shown if "stage" in shown else {})}

    @property
    def target(self) -> Mapping[str, Any]:
        """Every identifier that the receipt and the last status name."""
        named: dict[str, Any] = {}
        for document in (self.write.members, self.document):
            if isinstance(document.get("target"), dict):
                named |= document["target"]
        return named


@dataclass(frozen=True, slots=True)
class Member:
    """A member that the run made, and the exchange that showed it."""

    member_id: str
    service_id: str
    shown_by: Exchange


class Names:
    """Fresh names of one run, all beginning alike."""

    def __init__(self, run: str) -> None:
        self.prefix = f"ap-{run}"
        self._count = itertools.count(1)

    def fresh(self) -> str:
        """Return a name that no other check of any run uses."""
        return f"{self.prefix}-{next(self._count)}"


@dataclass(frozen=True)
class Api:
    """The target as one scenario sees it; `send` has one method per operation."""

    send: Client
    target: Target
    names: Names
    waiting: Callable[[str], None]

    def fixture(self, name: Literal["good", "poison", "slow"]) -> Implementation:
        """Return an implementation of the target's owner.

        Raises:
            Unverified: the target's description has none.

        """
        found: Implementation | None = getattr(self.target, name)
        if found is None:
            raise Unverified(
                f"the target has no {name} implementation: describe one under "
                f"[implementations.{name}] in the target file"
            )
        return found

    def create(self, kind: str = "workflow", *, member_id: str = "") -> Settled:
        """Create a member and wait for it."""
        member_id = member_id or self.names.fresh()
        body = {"memberId": member_id, "displayName": f"Member {member_id}"}
        write = self.send.create_member({**body, "implementationKind": kind})
        return self.settle(write, lambda: self.shows(member_id))

    def shows(self, member_id: str) -> Exchange | None:
        """Read a member; None unless the answer is 200 and names it."""
        read = self.send.get_member(member_id)
        return read if read.ok and member_id in _ids(read) else None

    def member(self, kind: str = "workflow", *, member_id: str = "") -> Member:
        """Create a member, wait until it is readable, and return it."""
        member_id = member_id or self.names.fresh()
        settled = self.create(kind, member_id=member_id)
        return self.read(member_id_of(settled.write, member_id))

    def read(self, member_id: str) -> Member:
        """Read a member's detail."""
        read = self.send.get_member(member_id)
        summary = read.members.get("summary")
        if not read.ok or not isinstance(summary, dict):
            raise Unverified(f"the member cannot be read: {read.line}", read)
        return Member(member_id, str(summary.get("publishedServiceId") or ""), read)

    def read_everywhere(self, member_id: str) -> tuple[Exchange, ...]:
        """Read a member on every route that reads; the run asked for never was."""
        send = self.send
        return (
            send.get_member(member_id),
            send.get_member_binding(member_id),
            send.get_member_binding_readiness(member_id),
            send.list_member_revisions(member_id),
            send.get_member_endpoint_contract(member_id, self.endpoint),
            send.list_member_runs(member_id),
            send.get_member_run(member_id, "no-such-run"),
            send.get_member_published_service(member_id),
        )

    def write_everywhere(self, member_id: str) -> Iterator[Exchange]:
        """Write to a member on every route, invoke first; the revision named never was."""
        send, good = self.send, self.fixture("good")
        yield self.invoke(member_id, good)
        yield send.activate_member_revision(member_id, "no-such-revision")
        yield send.retire_member_revision(member_id, "no-such-revision")
        yield send.update_member(member_id, {"displayName": "Written to everywhere"})
        yield send.update_member_implementation(member_id, dict(good.branch))
        yield send.bind_member(member_id, dict(good.branch))

    @property
    def endpoint(self) -> str:
        """The endpoint of the good implementation; `chat` where the target has none."""
        return self.target.good.endpoint if self.target.good else "chat"

    def bound_member(self, fixture: Literal["good", "poison", "slow"] = "good") -> Member:
        """Create a member, bind the fixture to it, and wait until it is ready."""
        implementation = self.fixture(fixture)
        member = self.member(implementation.kind)
        self.bind(member.member_id, implementation)
        return self.read(member.member_id)

    def bind(self, member_id: str, implementation: Implementation, **more: str) -> Settled:
        """Bind an implementation and wait until it is ready."""
        write = self.send.bind_member(member_id, {**implementation.branch, **more})
        return self.settle(write, lambda: self._bound(member_id, more))

    def _bound(self, member_id: str, more: Mapping[str, str]) -> Exchange | None:
        read = self.send.get_member_binding(member_id)
        last = read.members.get("lastBinding")
        if not read.ok or not isinstance(last, dict):
            return None
        wanted = more.get("revisionId", last.get("revisionId"))
        return read if last.get("revisionId") == wanted else None

    def rename(self, member_id: str, display_name: str) -> Settled:
        """Change the display name and wait until it shows."""
        write = self.send.update_member(member_id, {"displayName": display_name})

        def renamed() -> Exchange | None:
            read = self.send.get_member(member_id)
            summary = read.members.get("summary")
            name = summary.get("displayName") if isinstance(summary, dict) else None
            return read if name == display_name else None

        return self.settle(write, renamed)

    def invoke(self, member_id: str, implementation: Implementation, how: How = PLAIN) -> Exchange:
        """Invoke a member with the fixture's own payload."""
        payload = dict(implementation.payload)
        return self.send.invoke_member(member_id, implementation.endpoint, payload, how)

    def run_of(self, invoked: Exchange) -> Exchange:
        """Wait for an invoke's verdict and read the run that it names.

        Raises:
            Unverified: no run can be found by what the answers name.

        """
        settled = self.verdict_of(invoked)
        url = settled.document.get("readModelUrl")
        if isinstance(url, str) and self.send.may_follow(url, invoked):
            return self.send.follow(url, invoked)
        run_id = settled.target.get("runId") or invoked.members.get("runId")
        if isinstance(run_id, str):
            return self.send.get_member_run(invoked.parameters["memberId"], run_id)
        raise Unverified("the invoke's answers name no run", invoked, settled.last)

    def settle(
        self, write: Exchange, shows: Callable[[], Exchange | None] | None = None
    ) -> Settled:
        """Wait until a write that must succeed has succeeded.

        Raises:
            Unverified: it was refused, or did not end ready.

        """
        if not write.ok:
            raise Unverified(f"a legal request was refused: {write.line} {answer(write)}", write)
        settled = self.verdict_of(write, shows)
        if settled.ending != "ready":
            ending = f"{settled.ending} {settled.failure.get('code', '')}".rstrip()
            raise Unverified(
                f"a legal request did not succeed: {write.line}, then {ending}",
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
            Unverified: the run's own limit came before the verdict.

        """
        if not asked.ok:
            return code_of(asked)
        settled = self.verdict_of(asked)
        if settled.ending == "undecided":
            raise Unverified(f"{asked.line} was not decided in time", asked, settled.last)
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
        pause, observed, strange = FIRST_PAUSE_SECONDS, False, 0
        while True:
            read = self.send.follow(url, write)
            if read.ok and read.members.get("status") in TERMINAL:
                self.send.follow(url, write)
                self._probe_once(read, probed=observed)
                return Settled(write, read.members["status"], read)
            self._probe_once(read, probed=observed)
            observed = observed or _is_observed(read)
            waited = self.send.trace.now() - write.received
            if read.status in NOT_FOUND and waited > GRACE_SECONDS:
                return Settled(write, "vanished", read)
            familiar = read.status in {OK, *NOT_FOUND} or "stage" in read.members
            strange = 0 if familiar else strange + 1
            if strange == STRANGE_READS:
                return Settled(write, "unreadable", read)
            if waited > self.patience(write):
                overdue = self.deadline(write) <= self.target.completion_limit
                return Settled(write, "overdue" if overdue else "undecided", read)
            pause = self._pause(read, pause, write.line)

    def _probe_once(self, read: Exchange, *, probed: bool) -> None:
        if _is_observed(read) and not probed:
            self._probe(read)

    def _watch(self, write: Exchange, shows: Callable[[], Exchange | None] | None) -> Settled:
        pause = FIRST_PAUSE_SECONDS
        while shows is not None:
            if shown := shows():
                return Settled(write, "ready", shown)
            if self.send.trace.now() - write.received > self.target.completion_limit:
                return Settled(write, "undecided", write)
            pause = self._pause(write, pause, write.line)
        return Settled(write, "unreadable", write)

    def _pause(self, read: Exchange, pause: float, what: str) -> float:
        """Wait as long as the server asked, within the run's limit, and at least `pause` seconds.

        Returns:
            the next pause in seconds.

        """
        self.waiting(what)
        time.sleep(max(pause, self._asked(read)))
        return min(pause * 1.5, LONGEST_PAUSE_SECONDS)

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
        slack = max(self.target.slack, 2 * self._asked(write))
        return (
            min(self.deadline(write), self.target.completion_limit) + slack + LONGEST_PAUSE_SECONDS
        )

    def look_up(self, write: Exchange) -> None:
        """Read the status of an acknowledged write once, if it names one, and what a 201 names."""
        self._probe(write)
        url = write.members.get("statusUrl")
        if write.ok and isinstance(url, str) and self.send.may_follow(url, write):
            self.send.follow(url, write)

    def read_model(self, settled: Settled) -> None:
        """Read what shows the effect of a write, if its answers name it."""
        url = settled.document.get("readModelUrl")
        if isinstance(url, str) and self.send.may_follow(url, settled.write):
            self.send.follow(url, settled.write)

    def again(self, url: object, given_in: Exchange) -> Exchange:
        """Read a URL that the server gave.

        Raises:
            Unverified: it is no URL, or one at a foreign origin.

        """
        if not isinstance(url, str) or not self.send.may_follow(url, given_in):
            raise Unverified(f"the answer gives no URL to follow: {url!r}", given_in)
        return self.send.follow(url, given_in)


def member_id_of(write: Exchange, asked: str) -> str:
    """Return the memberId that a create's answer names, else the one that was asked for."""
    members = write.members
    target = members.get("target")
    named = [target.get("memberId") if isinstance(target, dict) else None, members.get("memberId")]
    location = write.header("location") or ""
    if write.status == CREATED and location:
        named.append(location.rstrip("/").rsplit("/", 1)[-1])
    return next((name for name in named if isinstance(name, str)), asked)


def _is_observed(read: Exchange) -> bool:
    return rank(read.members.get("stage")) >= rank("observed")


def _ids(read: Exchange) -> list[object]:
    summary = read.members.get("summary")
    return [place.get("memberId") for place in (read.members, summary) if isinstance(place, dict)]
