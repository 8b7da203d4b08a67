"""Faults of the endpoint contract."""

from reference_server import problems
from reference_server.behaviour import Behaviour
from reference_server.events.member import Member
from reference_server.faults.declaration import fault
from reference_server.platform import Endpoint
from reference_server.problems import Problem


@fault(breaks="EPC-02", also="RES-02")
class InvokePathIsTheServicePath(Behaviour):
    """Gives an invokePath under /services/, with the published service's id in it."""

    def invoke_path(self, member: Member, endpoint_id: str, path: str) -> str:
        """Put the service in the member's place."""
        own = f"/members/{member.member_id}/invoke/{endpoint_id}"
        service = f"/services/{member.published_service_id}/invoke/{endpoint_id}"
        return path.removesuffix(own) + service


@fault(breaks="EPC-02")
class InvokePathCarriesTheServiceId(Behaviour):
    """Gives the member's own invokePath with the service's id in its query."""

    def invoke_path(self, member: Member, endpoint_id: str, path: str) -> str:  # noqa: ARG002
        """Add a query."""
        return f"{path}?serviceId={member.published_service_id}"


@fault(breaks="EPC-03")
class AnyEndpointGetsTheFirstContract(Behaviour):
    """Gives the contract of a bound member's first endpoint to whoever asks for an unknown one."""

    def endpoint_of_contract(
        self, endpoint_id: str, endpoints: tuple[Endpoint, ...]
    ) -> Endpoint | None:
        """Fall back to the first."""
        return super().endpoint_of_contract(endpoint_id, endpoints) or endpoints[0]


@fault(breaks="EPC-03")
class CallsAnUnboundMemberMissing(Behaviour):
    """Answers STUDIO_MEMBER_NOT_FOUND to whoever asks for the contract of an unbound member."""

    def refusal(self, operation_id: str, refusal: Problem) -> Problem:
        """Mistake unbound for missing."""
        unbound = refusal.code == "STUDIO_MEMBER_NOT_BOUND"
        if operation_id == "getMemberEndpointContract" and unbound:
            return problems.studio_member_not_found("", refusal.ids["memberId"])
        return refusal


FAULTS = (
    InvokePathIsTheServicePath,
    InvokePathCarriesTheServiceId,
    AnyEndpointGetsTheFirstContract,
    CallsAnUnboundMemberMissing,
)
