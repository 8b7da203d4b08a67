"""Decisions about what read models show."""

from reference_server.document import Document
from reference_server.events.member import LastBinding, Member
from reference_server.events.run import Run
from reference_server.events.service import Deployment, Service
from reference_server.platform import Endpoint


class ReadModelDecisions:
    """Honest decisions about what read models show."""

    def member_shown(self, member: Member, summary: Document) -> Document:  # noqa: ARG002
        """Give the summary of a member in its last form."""
        return summary

    def last_binding_shown(self, member: Member) -> LastBinding | None:
        """Give the binding that binding and member documents show."""
        return member.last_binding

    def unbound_binding(self, member: Member, binding: Document) -> Document:  # noqa: ARG002
        """Answer a read of the binding of a member that was never bound."""
        return binding

    def revision_of_contract(self, service: Service) -> Deployment | None:
        """Choose the revision that an endpoint contract describes."""
        return service.serving

    def endpoint_of_contract(
        self,
        endpoint_id: str,
        endpoints: tuple[Endpoint, ...],
    ) -> Endpoint | None:
        """Find the endpoint that a contract is asked for; None is a typed 404."""
        return next((e for e in endpoints if e.endpoint_id == endpoint_id), None)

    def invoke_path(self, member: Member, endpoint_id: str, path: str) -> str:  # noqa: ARG002
        """Give the invokePath of an endpoint contract."""
        return path

    def run_shown(self, run: Run, document: Document) -> Document:  # noqa: ARG002
        """Give the document of a run in its last form."""
        return document
