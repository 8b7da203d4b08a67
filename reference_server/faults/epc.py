"""Faults of the endpoint contract."""

from reference_server.behaviour import Behaviour
from reference_server.document import Document
from reference_server.events.member import Member
from reference_server.events.service import Deployment, Service
from reference_server.faults.declaration import fault
from reference_server.platform import Endpoint
from reference_server.problems import Problem

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJleGFtcGxlIn0.c2lnbmF0dXJlLW9mLW5vYm9keQ"  # noqa: S105


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
            return refusal.restated(404, "STUDIO_MEMBER_NOT_FOUND")
        return refusal


@fault(breaks="EPC-01")
class LeavesTheTypesOfAContractOut(Behaviour):
    """Gives a contract without requestTypeUrl and responseTypeUrl."""

    def contract_shown(self, contract: Document) -> Document:
        """Keep to JSON."""
        types = ("requestTypeUrl", "responseTypeUrl")
        return {name: value for name, value in contract.items() if name not in types}


@fault(breaks="EPC-01")
class SpellsFlagsAsWords(Behaviour):
    """Gives supportsSse as the word no."""

    def contract_shown(self, contract: Document) -> Document:
        """Translate."""
        return contract | {"supportsSse": "yes" if contract["supportsSse"] else "no"}


@fault(breaks="EPC-04", also="REV-05")
class DescribesTheNewestRevision(Behaviour):
    """Gives the contract of the newest revision, whichever serves."""

    def revision_of_contract(self, service: Service) -> Deployment | None:
        """Take the last one."""
        return service.deployments[-1] if service.serving else None


@fault(breaks="EPC-04")
class DescribesARetiredRevision(Behaviour):
    """Gives the contract of a revision that was retired after the serving one was bound."""

    def revision_of_contract(self, service: Service) -> Deployment | None:
        """Take the last one, where it is retired."""
        newest = service.deployments[-1]
        return newest if newest.withdrawn and service.serving else service.serving


@fault(breaks="EPC-06")
class PutsACredentialIntoTheExample(Behaviour):
    """Gives a curlExample with a token in it that works."""

    def contract_shown(self, contract: Document) -> Document:
        """Spare the reader the search."""
        header = f" -H 'Authorization: Bearer {TOKEN}'"
        return contract | {"curlExample": contract["curlExample"] + header}


@fault(breaks="EPC-06")
class ShowsHowToCallTheService(Behaviour):
    """Gives a curlExample that calls the published service and not the invokePath."""

    def contract_shown(self, contract: Document) -> Document:
        """Go around the member."""
        own = f"/members/{contract['memberId']}/"
        service = f"/services/{contract['publishedServiceId']}/"
        return contract | {"curlExample": contract["curlExample"].replace(own, service)}


FAULTS = (
    InvokePathIsTheServicePath,
    InvokePathCarriesTheServiceId,
    AnyEndpointGetsTheFirstContract,
    CallsAnUnboundMemberMissing,
    LeavesTheTypesOfAContractOut,
    SpellsFlagsAsWords,
    DescribesTheNewestRevision,
    DescribesARetiredRevision,
    PutsACredentialIntoTheExample,
    ShowsHowToCallTheService,
)
