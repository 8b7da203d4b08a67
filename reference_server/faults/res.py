"""Faults of the way from a member to its published service."""

from collections.abc import Callable

from reference_server.behaviour import Behaviour
from reference_server.document import Document
from reference_server.events.member import Member
from reference_server.events.operation import Operation
from reference_server.events.run import Run
from reference_server.events.service import Deployment, Service
from reference_server.faults.declaration import fault
from reference_server.problems import Problem
from reference_server.routing import Segment

Visible = Callable[[str], bool]


@fault(breaks=("RES-01", "RES-02"))
class ContractNamesTheBareMemberId(Behaviour):
    """Names the member's own id as publishedServiceId on the endpoint contract."""

    def published_service_of_contract(self, member: Member) -> str:
        """Take the member id for the service id."""
        return member.member_id


@fault(breaks="RES-01")
class ActivationTargetsTheBareMemberId(Behaviour):
    """Names the member's own id as publishedServiceId in receipts of an activation."""

    def target(self, operation: Operation) -> Document:
        """Take the member id for the service id."""
        if operation.kind != "member.revision.activate":
            return operation.target
        return operation.target | {"publishedServiceId": operation.target["memberId"]}


@fault(breaks="RES-02", also="REV-04")
class ContractDescribesTheFirstRevision(Behaviour):
    """Describes the first revision ever deployed, though invokes reach the serving one."""

    def revision_of_contract(self, service: Service) -> Deployment | None:
        """Take the oldest."""
        return service.deployments[0] if service.deployments else None


@fault(breaks="RES-03", also="RES-01")
class InvokeResolvesToBareMemberId(Behaviour):
    """Invokes the service whose id equals the member's own id, where both are bound."""

    def published_service_for_invoke(
        self, member: Member, named_by_caller: str | None, service_visible: Visible
    ) -> str:
        """Take the bare member id for a service id."""
        if member.last_binding is not None and service_visible(member.member_id):
            return member.member_id
        return super().published_service_for_invoke(member, named_by_caller, service_visible)


@fault(breaks="RES-03")
class CoversACaptureUp(Behaviour):
    """Invokes the service named like a bound member, and shows the member's own id all the same."""

    def published_service_for_invoke(
        self, member: Member, named_by_caller: str | None, service_visible: Visible
    ) -> str:
        """Take the bare member id for a service id."""
        if member.last_binding is not None and service_visible(member.member_id):
            return member.member_id
        return super().published_service_for_invoke(member, named_by_caller, service_visible)

    def target(self, operation: Operation) -> Document:
        """Show the id that should have been reached."""
        shown = {"publishedServiceId": self.assigned_service_id(operation.target["memberId"], "")}
        return operation.target | shown if operation.kind == "member.invoke" else operation.target

    def run_shown(self, run: Run, document: Document) -> Document:
        """Show the id that should have been reached."""
        return document | {"publishedServiceId": self.assigned_service_id(run.member_id, "")}


@fault(breaks=("RES-03", "RES-07"), also="RES-01")
class FallsBackWhileUnbound(Behaviour):
    """Invokes the service whose id equals the member's own id until the member is bound."""

    def published_service_for_invoke(
        self, member: Member, named_by_caller: str | None, service_visible: Visible
    ) -> str:
        """Take what there is."""
        if member.last_binding is None and service_visible(member.member_id):
            return member.member_id
        return super().published_service_for_invoke(member, named_by_caller, service_visible)


@fault(breaks="RES-04", also="RES-01")
class InvokeObeysTheCallersServiceId(Behaviour):
    """Invokes whatever service the caller names in the query or the body."""

    def published_service_for_invoke(
        self, member: Member, named_by_caller: str | None, service_visible: Visible
    ) -> str:
        """Obey."""
        own = super().published_service_for_invoke(member, named_by_caller, service_visible)
        return named_by_caller or own


@fault(breaks="RES-04")
class BindObeysTheCallersServiceId(Behaviour):
    """Deploys a bind to whatever service the caller names, and not to the member's own."""

    def service_for_bind(self, named_by_caller: str | None) -> str | None:
        """Obey."""
        return named_by_caller


@fault(breaks="RES-05", also="ERR-02")
class RunsOfNobodyMissTheService(Behaviour):
    """Answers the runs of a missing member as if its service were missing."""

    def refusal(self, operation_id: str, refusal: Problem) -> Problem:
        """Let the service's own code through."""
        if operation_id == "listMemberRuns" and refusal.code == "STUDIO_MEMBER_NOT_FOUND":
            return Problem(404, "SCOPE_SERVICE_INVOKE_TARGET_NOT_FOUND", refusal.message)
        return refusal


@fault(breaks="RES-05", also="ERR-02")
class ARunOfNobodyMissesTheRun(Behaviour):
    """Answers a run of a missing member as if only the run were missing."""

    def refusal(self, operation_id: str, refusal: Problem) -> Problem:
        """Look for the run first."""
        if operation_id == "getMemberRun" and refusal.code == "STUDIO_MEMBER_NOT_FOUND":
            return refusal.restated(404, "SERVICE_RUN_NOT_FOUND")
        return refusal


@fault(breaks="RES-06")
class ContractComparesTheUndecodedId(Behaviour):
    """Compares the memberId of the contract route as it was sent, percent-codes and all."""

    def path_identifier(self, operation_id: str, name: str, segment: Segment) -> str | None:
        """Leave it coded."""
        undecoded = operation_id == "getMemberEndpointContract" and name == "memberId"
        return segment.raw if undecoded else segment.text


@fault(breaks="RES-06")
class InvokeComparesTheUndecodedId(Behaviour):
    """Compares the memberId of the invoke route as it was sent, percent-codes and all."""

    def path_identifier(self, operation_id: str, name: str, segment: Segment) -> str | None:
        """Leave it coded."""
        undecoded = operation_id == "invokeMember" and name == "memberId"
        return segment.raw if undecoded else segment.text


@fault(breaks="RES-06")
class RunsRouteTrimsTheId(Behaviour):
    """Trims a padded memberId on the runs route, which every other route refuses."""

    def path_identifier(self, operation_id: str, name: str, segment: Segment) -> str | None:
        """Trim."""
        trimmed = operation_id == "listMemberRuns" and name == "memberId"
        return segment.text.strip() if trimmed and segment.text else segment.text


@fault(breaks="RES-06")
class OneRunsRouteTrimsTheId(Behaviour):
    """Trims a padded memberId on the route of one run, which every other route refuses."""

    def path_identifier(self, operation_id: str, name: str, segment: Segment) -> str | None:
        """Trim."""
        trimmed = operation_id == "getMemberRun" and name == "memberId"
        return segment.text.strip() if trimmed and segment.text else segment.text


@fault(breaks="RES-07", also="RES-01")
class FallsBackToSameNamedService(Behaviour):
    """Invokes the service named like a member that is created but not yet in the read model."""

    def service_while_unobserved(self, member_id: str, service_visible: Visible) -> str | None:
        """Take the bare member id for a service id, while nothing else is known."""
        return member_id if service_visible(member_id) else None


FAULTS = (
    ContractNamesTheBareMemberId,
    ActivationTargetsTheBareMemberId,
    ContractDescribesTheFirstRevision,
    InvokeResolvesToBareMemberId,
    CoversACaptureUp,
    FallsBackWhileUnbound,
    InvokeObeysTheCallersServiceId,
    BindObeysTheCallersServiceId,
    RunsOfNobodyMissTheService,
    ARunOfNobodyMissesTheRun,
    ContractComparesTheUndecodedId,
    InvokeComparesTheUndecodedId,
    RunsRouteTrimsTheId,
    OneRunsRouteTrimsTheId,
    FallsBackToSameNamedService,
)
