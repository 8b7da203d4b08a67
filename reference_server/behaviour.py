"""Every decision that the contract leaves to a server, or that a fault makes wrongly.

One method each; the body here is the honest decision. A fault (faults/) or a variant
(variants.py) overrides one. A method that is given a document may change it freely: it is
made anew for each answer. A method may also raise a Problem, which is then the answer.
"""

from collections.abc import Callable

from reference_server import problems
from reference_server.document import Document
from reference_server.events.member import LastBinding, Member
from reference_server.events.operation import Operation
from reference_server.events.run import Run, RunFailed
from reference_server.events.service import Deployment, Service
from reference_server.platform import Endpoint
from reference_server.problems import Problem
from reference_server.routing import Segment

PENDING_ANSWER = 202
DONE_ANSWER = 200


class Behaviour:
    """The honest server."""

    # Acceptance: what a write answers, and when.

    def waits_for_completion(self, operation: Operation) -> bool:  # noqa: ARG002
        """Say whether the answer to a write is held until the verdict."""
        return False

    def answer_status(self, operation: Operation) -> int:
        """HTTP status of the answer to a write: 202 while pending, else 200."""
        return PENDING_ANSWER if operation.status == "pending" else DONE_ANSWER

    def answer_body(
        self,
        operation: Operation,  # noqa: ARG002
        receipt: Document,
        resource: Document,
    ) -> Document | None:
        """Body of the answer to a write: the resource's own members stand beside the receipt's.

        `resource` is what readModelUrl shows once the operation is ready, empty before;
        None is an answer without a body.
        """
        return resource | receipt

    def location(
        self,
        operation: Operation,  # noqa: ARG002
        status_url: str,
        definition_url: str,  # noqa: ARG002
    ) -> str:
        """Location of a 202; `definition_url` is the member the command was addressed to."""
        return status_url

    # Receipts and statuses.

    def command_id_shown(self, operation: Operation) -> str:
        """Give the commandId that documents of an operation carry."""
        return operation.command_id

    def target(self, operation: Operation) -> Document:
        """Name the target as receipts and statuses do."""
        return operation.target

    def status_url(self, operation: Operation, url: str) -> str:  # noqa: ARG002
        """Give the statusUrl."""
        return url

    def read_model_url(self, operation: Operation, url: str) -> str | None:  # noqa: ARG002
        """Give the readModelUrl; None leaves it out."""
        return url

    def state_version(self, operation: Operation, current: int) -> int | None:  # noqa: ARG002
        """Version of the target that the command brought; `current` is what readers see now."""
        return operation.state_version

    def failure(self, operation: Operation, failure: Document) -> Document:  # noqa: ARG002
        """Give the Failure of a failed or timed_out document."""
        return failure

    def receipt(self, operation: Operation, receipt: Document) -> Document:  # noqa: ARG002
        """Give the receipt in its last form."""
        return receipt

    def status(self, operation: Operation, status: Document) -> Document:  # noqa: ARG002
        """Give the OperationStatus in its last form."""
        return status

    # Reads of a statusUrl.

    def status_known(self, operation: Operation, age: float) -> bool:  # noqa: ARG002
        """Say whether the statusUrl knows the operation `age` seconds after acceptance."""
        return True

    def sample(self, operation: Operation, reads: int) -> Operation:  # noqa: ARG002
        """Give the state that this read shows; `reads` counts earlier reads of the operation."""
        return operation

    def status_answer(self, operation: Operation) -> int:  # noqa: ARG002
        """HTTP status of a read of a statusUrl: 200, whatever became of the command."""
        return DONE_ANSWER

    def unknown_operation(self, scope_id: str, command_id: str) -> Document:  # noqa: ARG002
        """Answer a read of a command that nobody gave; raises 404 OPERATION_NOT_FOUND."""
        raise problems.operation_not_found(command_id)

    # Progress and verdicts.

    def projection_lag(self, projection: str, lag: float) -> float:  # noqa: ARG002
        """Seconds from commit to visibility in `projection`; `lag` was set or drawn."""
        return lag

    def longest_lag(self, lag: float) -> float:
        """Seconds that a change may take to become visible, for Retry-After."""
        return lag

    def awaits_projection(self, operation: Operation) -> bool:  # noqa: ARG002
        """Say whether the stage observed waits for the read model to show the version."""
        return True

    def enforces_deadline(self, operation: Operation) -> bool:  # noqa: ARG002
        """Say whether a pending operation becomes timed_out at its deadlineAt."""
        return True

    def records_refusal(self, operation: Operation, refusal: Problem) -> bool:  # noqa: ARG002
        """Say whether a refusal after acceptance becomes the operation's verdict."""
        return True

    def run_failure(self, run: Run) -> RunFailed | None:
        """Give the failure that an ended run brings to its operation; None makes it ready."""
        return run.failure

    # Who is who: member, published service, revision.

    def assigned_service_id(self, member_id: str, display_name: str) -> str:  # noqa: ARG002
        """Give a new member the id of the service it will publish, for good."""
        return f"member-{member_id}"

    def published_service_id(self, member: Member) -> str:
        """Resolve a member to its published service, for every surface."""
        return member.published_service_id

    def published_service_shown(self, member: Member) -> str | None:
        """Give the publishedServiceId on member, binding and published-service documents."""
        return self.published_service_id(member)

    def published_service_of_contract(self, member: Member) -> str:
        """Give the publishedServiceId that an endpoint contract names."""
        return self.published_service_id(member)

    def published_service_for_invoke(
        self,
        member: Member,
        named_by_caller: str | None,  # noqa: ARG002
        service_visible: Callable[[str], bool],  # noqa: ARG002
    ) -> str:
        """Resolve a member to the service that an invoke runs.

        `named_by_caller` is a serviceId in the query or body; `service_visible` says whether
        the catalog of the scope shows a service id.
        """
        return self.published_service_id(member)

    def service_for_bind(self, named_by_caller: str | None) -> str | None:  # noqa: ARG002
        """Choose the service that a bind deploys to; None is the member's own.

        `named_by_caller` is a serviceId in the query or body.
        """
        return None

    def service_while_unobserved(
        self,
        member_id: str,  # noqa: ARG002
        service_visible: Callable[[str], bool],  # noqa: ARG002
    ) -> str | None:
        """Give the service that takes invokes of a created member that readers don't see yet."""
        return None

    def looked_up_as(self, member_id: str) -> str:
        """Give the memberId that a read with this id in its path looks for."""
        return member_id

    def readable_as(self, member: Member) -> str:
        """Give the memberId under which a created member can be read."""
        return member.member_id

    def path_identifier(self, operation_id: str, name: str, segment: Segment) -> str | None:  # noqa: ARG002
        """Read an identifier from its path segment; None is not percent-coded UTF-8."""
        return segment.text

    # Read models.

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

    # Problems.

    def refusal(self, operation_id: str, refusal: Problem) -> Problem:  # noqa: ARG002
        """Choose the problem that answers a refused request."""
        return refusal

    def problem_body(
        self,
        operation_id: str,  # noqa: ARG002
        refusal: Problem,  # noqa: ARG002
        body: Document,
    ) -> Document | None:
        """Give the body of a problem; None is an answer without a body."""
        return body
