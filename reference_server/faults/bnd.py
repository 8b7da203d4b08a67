"""Faults of the binding document."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from reference_server import instants, problems
from reference_server.behaviour import Behaviour
from reference_server.commands.member import BindMember
from reference_server.document import Document
from reference_server.events.member import LastBinding, Member
from reference_server.events.operation import Operation
from reference_server.events.service import Service
from reference_server.faults.declaration import fault
from reference_server.faults.mbr import first_branch
from reference_server.problems import Problem

IDLE = "name: idle\nsteps:\n  - {id: keep, type: transform, parameters: {op: identity}}\n"


@fault(breaks="BND-01")
class CallsAnUnboundBindingMissing(Behaviour):
    """Answers 404 to a read of the binding of a member that was never bound."""

    def unbound_binding(self, member: Member, binding: Document) -> Document:  # noqa: ARG002
        """Refuse in place of null."""
        message = f"Member '{member.member_id}' has never been bound."
        raise Problem(404, "STUDIO_MEMBER_NOT_BOUND", message)


@fault(breaks="BND-01")
class LeavesLastBindingOutUntilTheFirst(Behaviour):
    """Leaves lastBinding out of the binding of a member that was never bound."""

    def unbound_binding(self, member: Member, binding: Document) -> Document:  # noqa: ARG002
        """Drop the null."""
        return {name: value for name, value in binding.items() if name != "lastBinding"}


@fault(breaks="BND-03", also=("CON-02", "CON-03"))
class ShowsTheFirstRevisionAsBound(Behaviour):
    """Shows the first revision that a member was ever bound to, whatever was bound since."""

    def last_binding_shown(self, member: Member) -> LastBinding | None:
        """Name the oldest revision."""
        last = member.last_binding
        return last and replace(last, revision_id=member.revisions[0].revision_id)


@fault(breaks="BND-02")
class NamesNoRevisionWhenABindIsAccepted(Behaviour):
    """Leaves the revision out of the receipt of a bind that is pending."""

    def receipt(self, operation: Operation, receipt: Document) -> Document:
        """Promise nothing."""
        if operation.kind == "member.bind":
            receipt.pop("expected", None)
        return receipt


@fault(breaks="BND-02")
class LeavesReadinessOutOfABind(Behaviour):
    """Leaves readinessUrl out of the receipt of a bind."""

    def receipt(self, operation: Operation, receipt: Document) -> Document:
        """Let the caller guess."""
        bind = operation.kind == "member.bind"
        return {k: v for k, v in receipt.items() if not (bind and k == "readinessUrl")}


@fault(breaks="BND-04")
class BindsTheScopesDefaultToo(Behaviour):
    """Makes whatever was bound last, a member's service too, the default of the scope."""

    def default_of_scope(
        self,
        default: Service | None,
        others: Iterable[Service],
    ) -> Service | None:
        """Take the newest."""
        return max(others, key=lambda service: service.updated_at, default=default)


@fault(breaks="BND-04")
class FindsBindingsByTheBeginningOfAnId(Behaviour):
    """Shows of a member the latest binding of all whose ids begin with its own and a hyphen."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], LastBinding] = {}

    def last_binding_shown(self, member: Member) -> LastBinding | None:
        """Scan the keys without their end."""
        if member.last_binding is not None:
            self._seen[member.scope_id, member.member_id] = member.last_binding
        scope, begun = member.scope_id, f"{member.member_id}-"
        found = [
            last
            for (where, name), last in self._seen.items()
            if where == scope and f"{name}-".startswith(begun)
        ]
        return max(found, key=lambda last: last.bound_at, default=None)


@fault(breaks="BND-05")
class TakesARebindForTheFirst(Behaviour):
    """Leaves a bound member as it is, if a rebind names no revision, and says that it is ready."""

    def bind_asked(
        self, member: Member | None, command: BindMember, revision_id: str | None
    ) -> BindMember:
        """Bind what is bound."""
        if revision_id or member is None or member.last_binding is None:
            return command
        if command.implementation and command.implementation["kind"] != member.kind:
            return command
        bound = member.last_binding.revision_id
        return replace(command, revision_id=bound, implementation=member.implementation)


@fault(breaks="BND-05", also=("BND-03", "RES-01", "RES-04"))
class PublishesEachRebindAsAnotherService(Behaviour):
    """Names a service of its own in the binding of each revision after the first."""

    def binding_shown(self, member: Member, binding: Document) -> Document:
        """Give each a number."""
        count = len(member.revisions)
        if binding["lastBinding"] is not None and count > 1:
            binding["lastBinding"]["publishedServiceId"] += f"-{count}"
        return binding


class _RemembersFailedBinds(Behaviour):
    """Knows the members of which a bind failed after acceptance."""

    def __init__(self) -> None:
        self.failed: set[str] = set()

    def records_refusal(self, operation: Operation, refusal: Problem) -> bool:  # noqa: ARG002
        """Note the member."""
        if operation.kind == "member.bind":
            self.failed.add(operation.target["memberId"])
        return True


@fault(breaks="BND-06")
class ForgetsWhatWasBoundWhenABindFails(_RemembersFailedBinds):
    """Shows a null binding once a later bind of the member has failed."""

    def binding_shown(self, member: Member, binding: Document) -> Document:
        """Clear it before the new one stands."""
        return binding | {"lastBinding": None} if member.member_id in self.failed else binding


@fault(breaks="BND-06")
class ServesNothingOnceABindFailed(_RemembersFailedBinds):
    """Refuses invokes of a bound member once a later bind of it has failed."""

    def published_service_for_invoke(
        self, member: Member, named_by_caller: str | None, service_visible: Callable[[str], bool]
    ) -> str:
        """Withdraw the old revision before the new one stands."""
        if member.member_id in self.failed:
            raise problems.studio_member_not_ready(member.member_id)
        return super().published_service_for_invoke(member, named_by_caller, service_visible)


@fault(breaks="BND-07", also="ERR-05")
class BindsAnEmptyWorkflowForNothing(Behaviour):
    """Publishes a workflow that does nothing where a bind brings no implementation."""

    def implementation_given(self, operation_id: str, body: Document) -> Document:
        """Fill in a default."""
        bare = operation_id == "bindMember" and not body
        return {"workflow": {"workflowYamls": [IDLE]}} if bare else body


@fault(breaks=("BND-07", "MBR-06"))
class BindsTheFirstOfTwo(Behaviour):
    """Publishes the first of two implementations in one bind."""

    def implementation_given(self, operation_id: str, body: Document) -> Document:
        """Drop the rest."""
        return first_branch(body) if operation_id == "bindMember" else body


@fault(breaks="BND-08", also="MBR-03")
class StampsABindingAtEachRead(Behaviour):
    """Gives the instant of the read for boundAt."""

    def last_binding_shown(self, member: Member) -> LastBinding | None:
        """Take the present for the bind."""
        last = member.last_binding
        return last and replace(last, bound_at=instants.text(instants.now()))


@fault(breaks="BND-08")
class DatesABindByTheCreate(Behaviour):
    """Gives the member's createdAt for boundAt."""

    def last_binding_shown(self, member: Member) -> LastBinding | None:
        """Take the first event for all."""
        last = member.last_binding
        return last and replace(last, bound_at=member.created_at)


FAULTS = (
    CallsAnUnboundBindingMissing,
    LeavesLastBindingOutUntilTheFirst,
    ShowsTheFirstRevisionAsBound,
    NamesNoRevisionWhenABindIsAccepted,
    LeavesReadinessOutOfABind,
    BindsTheScopesDefaultToo,
    FindsBindingsByTheBeginningOfAnId,
    TakesARebindForTheFirst,
    PublishesEachRebindAsAnotherService,
    ForgetsWhatWasBoundWhenABindFails,
    ServesNothingOnceABindFailed,
    BindsAnEmptyWorkflowForNothing,
    BindsTheFirstOfTwo,
    StampsABindingAtEachRead,
    DatesABindByTheCreate,
)
