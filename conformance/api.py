"""What a scenario is given: arrangements, requests, and following a command to its verdict."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, Literal, Self

from conformance.checks import NotOffered, Unverified
from conformance.client import Encoded
from conformance.exchange import Exchange
from conformance.expect import code_of
from conformance.following import GONE, Settled
from conformance.history import ACCEPTED, is_left_out, member_id_of, not_offered
from conformance.principals import Acting
from conformance.refusals import REFUSALS
from conformance.restarting import NO_HOOK, Restarted, Restarting
from conformance.target import Implementation
from conformance.target_fixtures import DEFAULTS, UNPREPARABLE
from conformance.together import Crowd
from conformance.wire import PLAIN, UNCOMPRESSED, How

__all__ = [
    "UNCOMPRESSED",
    "UNPREPARABLE",
    "Api",
    "Encoded",
    "How",
    "Implementation",
    "Member",
    "Names",
    "Restarted",
    "Settled",
    "member_id_of",
    "named_by",
]

NOT_FOUND: Final = 404
ENDED: Final = frozenset({"completed", "failed", "stopped", "timed_out"})
MEMBER_ID: Final = "/components/schemas/CreateMemberRequest/properties/memberId"
NO_ROUTE: Final = ("", "NOT_FOUND", "ROUTE_NOT_FOUND")


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
class Api(Acting):
    """The target as one scenario sees it; `send` has one method per operation."""

    names: Names
    crowd: Crowd
    restarting: Restarting | None = None

    def at_once(self, *calls: Callable[[], Exchange]) -> list[Exchange]:
        """Send several requests at the same instant; return their exchanges in the order given."""
        return self.crowd.at_once(self.send.pool, calls)

    def in_a_hurry(self) -> Self:
        """Return the same api, which polls young commands without heeding Retry-After.

        A claim that comes before its truth is caught only by a read in between.
        """
        return replace(self, hurried=True)

    def let_pass(self, seconds: float) -> None:
        """Wait until instants of before and after can be told apart."""
        self.waiting("time to pass")
        self.send.sleep(seconds)

    def restart(
        self, *before: Callable[[], Exchange], amid: Sequence[Callable[[Self], Exchange]] = ()
    ) -> Restarted:
        """Wait until every other scenario has ended or waits here, and have the target restarted.

        Args:
            before: requests that are answered just before.
            amid: requests that are sent while it goes down, as far as that takes. The last of them
                lose their answers, which says nothing against the scenario.

        Raises:
            Unverified: it cannot be restarted, or does not answer any more.

        """
        if self.restarting is None:
            raise Unverified(NO_HOOK)
        self.waiting("the restart of the target")
        apart = replace(self, send=replace(self.send, lost=[], unanswered=[]))
        return self.restarting.wait(before, [partial(call, apart) for call in amid])

    def fixture(self, name: Literal["good", "poison", "slow", "partial"]) -> Implementation:
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

    def another(self, first: Implementation) -> Implementation:
        """Return an implementation of the same kind and of other content, to be bound only.

        Raises:
            Unverified: the target's description has none.

        """
        for other in (self.target.slow, self.target.good, self.target.poison):
            if other and other.kind == first.kind and other.branch != first.branch:
                return other
        raise Unverified(
            f"the target has no second implementation of kind {first.kind}: describe one under "
            "[implementations.slow] in the target file"
        )

    @property
    def unpreparable(self) -> Implementation:
        """An implementation that cannot be prepared: a workflow, wherever those are offered."""
        kind = "workflow" if "workflow" in self.target.kinds else self.target.kind
        good = self.target.good
        alike = good if good and good.kind == kind else DEFAULTS["good"]
        return replace(alike, kind=kind, branch=UNPREPARABLE[kind])

    def create(self, kind: str = "", *, member_id: str = "") -> Settled:
        """Create a member of any kind, or of one, and wait for it."""
        member_id = member_id or self.names.fresh()
        body = {"memberId": member_id, "displayName": f"Member {member_id}"}
        write = self.send.create_member({**body, "implementationKind": kind or self.target.kind})
        return self.settle(write, lambda: self.shows(member_id_of(write, member_id)))

    def shows(self, member_id: str) -> Exchange | None:
        """Read a member; None unless the answer is 200 and names it."""
        odd = self.send.contract.validators.part(MEMBER_ID, member_id)
        how = How(violates="path: memberId is of the server's making") if odd else PLAIN
        read = self.send.get_member(member_id, how)
        return read if read.ok and member_id in _ids(read) else None

    def member(self, kind: str = "", *, member_id: str = "") -> Member:
        """Create a member of any kind, or of one, wait until it is readable, and return it."""
        member_id = member_id or self.names.fresh()
        settled = self.create(kind, member_id=member_id)
        return self.read(named_by(settled, member_id))

    def read(self, member_id: str) -> Member:
        """Read a member's detail."""
        read = self.send.get_member(member_id)
        summary = read.members.get("summary")
        if not read.ok or not isinstance(summary, dict):
            raise Unverified(f"the member cannot be read: {read.line}", read)
        return Member(member_id, str(summary.get("publishedServiceId") or ""), read)

    def decoy(self, service_id: str) -> Exchange:
        """Ask for a service of another owner with the given id, by the legacy scope binding.

        Returns:
            the answer: a 2xx that names the service, else a refusal of it.

        Raises:
            Unverified: neither, so that nothing is known of such a service.

        """
        good = self.fixture("good")
        body = {**good.branch, "implementationKind": good.kind, "serviceId": service_id}
        answer = self.send.put_scope_binding(body)
        if answer.status == ACCEPTED:
            self.settle(answer)
        refused = answer.status in REFUSALS and code_of(answer)
        made = answer.ok and answer.members.get("serviceId") == service_id
        if not (made or refused or not_offered(answer)):
            raise Unverified(
                f"no service can be made by the legacy binding: {answer.line} (where there is no "
                'such route, say not_offered = ["putScopeBinding"] under [target])',
                answer,
            )
        return answer

    def not_routed(self, answers: Iterable[Exchange], member_id: str) -> set[str | None]:
        """Return which operations answer a member that is there like a route that is not.

        Args:
            answers: of requests that named no member; only where one of them is such a 404 is
                anything sent.
            member_id: the member that is there.

        """
        unknown = {one.operation_id for one in answers if _is_no_route(one)}
        if not unknown:
            return unknown
        known = [*self.read_everywhere(member_id), *self.write_everywhere(member_id)]
        return unknown & {one.operation_id for one in known if _is_no_route(one)}

    def read_everywhere(self, member_id: str, how: How = PLAIN) -> tuple[Exchange, ...]:
        """Read a member on every route that reads; the run asked for never was."""
        send = self.send
        return (
            send.get_member(member_id, how),
            send.get_member_binding(member_id, how),
            send.get_member_binding_readiness(member_id, how),
            send.list_member_revisions(member_id, how),
            send.get_member_endpoint_contract(member_id, self.endpoint, how),
            send.list_member_runs(member_id, how),
            send.get_member_run(member_id, "no-such-run", how),
            send.get_member_published_service(member_id, how),
        )

    def write_everywhere(self, member_id: str, how: How = PLAIN) -> Iterator[Exchange]:
        """Write to a member on every route, invoke first; the revision named never was.

        Without a good implementation nothing is bound: any other is a fault of its own.
        """
        send, good = self.send, self.target.good
        payload = dict(good.payload) if good else {"prompt": "hello"}
        yield send.invoke_member(member_id, self.endpoint, payload, how)
        yield send.activate_member_revision(member_id, "no-such-revision", how)
        yield send.retire_member_revision(member_id, "no-such-revision", how)
        yield send.update_member(member_id, {"displayName": "Written to everywhere"}, how)
        if good:
            yield send.update_member_implementation(member_id, dict(good.branch), how)
            yield send.bind_member(member_id, dict(good.branch), how)

    @property
    def endpoint(self) -> str:
        """The endpoint of the good implementation; `chat` where the target has none."""
        return self.target.good.endpoint if self.target.good else "chat"

    def bound_member(self, fixture: Literal["good", "poison", "slow"] = "good") -> Member:
        """Create a member, bind the fixture to it, and wait until it is ready."""
        implementation = self.fixture(fixture)
        member = self.member(implementation.kind)
        try:
            self.bind(member.member_id, implementation)
        except NotOffered:
            raise
        except Unverified as unbound:
            advice = f"describe your own under [implementations.{fixture}] in the target file"
            raise Unverified(
                f"the {fixture} implementation cannot be bound ({advice}): {unbound}",
                *unbound.judgement.shown_by,
            ) from unbound
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
        return self.settle(write, partial(self.is_called, member_id, display_name))

    def is_called(self, member_id: str, display_name: str) -> Exchange | None:
        """Read a member; None unless it bears the display name."""
        read = self.send.get_member(member_id)
        summary = read.members.get("summary")
        name = summary.get("displayName") if isinstance(summary, dict) else None
        return read if name == display_name else None

    def delete(self, member_id: str) -> Settled:
        """Delete a member and wait until it is gone.

        Raises:
            NotOffered: the server or its owner says that there is no deleting.

        """
        rule = self.send.contract.operations["deleteMember"]
        if rule.operation_id in self.target.not_offered:
            raise Unverified(f"{rule.operation_id} is declared away, so that nothing is deleted")
        write = self.send.delete_member(member_id)
        if is_left_out(write, rule):
            raise NotOffered(write)
        return self.settle(write, partial(self._gone, member_id))

    def _gone(self, member_id: str) -> Exchange | None:
        read = self.send.get_member(member_id)
        return read if read.status in GONE else None

    def invoke(self, member_id: str, implementation: Implementation, how: How = PLAIN) -> Exchange:
        """Invoke a member with the fixture's own payload."""
        payload = dict(implementation.payload)
        return self.send.invoke_member(member_id, implementation.endpoint, payload, how)

    def run_of(self, invoked: Exchange) -> Exchange:
        """Wait for an invoke's verdict and read the run that it names.

        Raises:
            Unverified: no run can be found by what the answers name.

        """
        return self.run_in(self.verdict_of(invoked))

    def run_in(self, settled: Settled) -> Exchange:
        """Read the run that a settled invoke names, or that names its command in the list.

        Raises:
            Unverified: no run can be found by what the answers name.

        """
        given, invoked = settled.url("readModelUrl"), settled.write
        if given and self.send.may_follow(*given):
            return self.send.follow(*given)
        run_id = settled.target.get("runId") or invoked.members.get("runId")
        if isinstance(run_id, str):
            return self.send.get_member_run(invoked.parameters["memberId"], run_id)
        found = self.verdict_of(invoked, lambda: self._listed_run(invoked))
        if found.ending != "ready":
            raise Unverified("the invoke's answers name no run", invoked, settled.last)
        return found.last

    def _listed_run(self, invoked: Exchange) -> Exchange | None:
        """Read the ended run that the member's list shows for the command of an invoke."""
        member_id, command_id = invoked.parameters["memberId"], invoked.members.get("commandId")
        rows = self.send.list_member_runs(member_id).members.get("runs")
        own = [
            row["runId"]
            for row in (rows if isinstance(rows, list) else [])
            if isinstance(row, dict) and isinstance(row.get("runId"), str)
            if command_id is not None and row.get("commandId") == command_id
        ]
        read = self.send.get_member_run(member_id, own[0]) if own else None
        return read if read and _has_ended(read) else None


def named_by(settled: Settled, asked: str) -> str:
    """Return the memberId that a create's answers name, else the one that was asked for."""
    named = settled.target.get("memberId")
    return named if isinstance(named, str) and named else member_id_of(settled.write, asked)


def _has_ended(run: Exchange) -> bool:
    return bool(ENDED.intersection(map(str, map(run.members.get, ("runStatus", "status")))))


def _is_no_route(answer: Exchange) -> bool:
    return answer.status == NOT_FOUND and code_of(answer) in NO_ROUTE


def _ids(read: Exchange) -> list[object]:
    summary = read.members.get("summary")
    return [place.get("memberId") for place in (read.members, summary) if isinstance(place, dict)]
