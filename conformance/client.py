"""The contract's operations as methods, one each, by their own names."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from conformance.checks import Unverified
from conformance.contract import Operation
from conformance.exchange import Exchange
from conformance.legality import Asked, broken_parts
from conformance.wire import PLAIN, How, Wire


class HarnessError(Exception):
    """The kit was about to send a request that breaks the contract without saying so."""


class Encoded(str):
    """A path segment that is already percent-encoded and must go out as it stands."""

    __slots__ = ()


@dataclass(frozen=True)
class Client(Wire):
    """Sends the operations of one scope; an undeclared illegal request is the kit's own error.

    Unless the server itself gave the value that makes it illegal: then what was to be asked with
    it stays unverified.
    """

    def create_member(self, body: Mapping[str, Any], how: How = PLAIN) -> Exchange:
        """POST /members."""
        return self._operation("createMember", {}, body, how)

    def list_members(self, how: How = PLAIN) -> Exchange:
        """GET /members."""
        return self._operation("listMembers", {}, None, how)

    def get_member(self, member_id: str, how: How = PLAIN) -> Exchange:
        """GET /members/{memberId}."""
        return self._operation("getMember", {"memberId": member_id}, None, how)

    def update_member(self, member_id: str, body: Mapping[str, Any], how: How = PLAIN) -> Exchange:
        """PATCH /members/{memberId} as a merge patch."""
        return self._operation("updateMember", {"memberId": member_id}, body, how)

    def delete_member(self, member_id: str, how: How = PLAIN) -> Exchange:
        """DELETE /members/{memberId}."""
        return self._operation("deleteMember", {"memberId": member_id}, None, how)

    def update_member_implementation(
        self, member_id: str, body: Mapping[str, Any], how: How = PLAIN
    ) -> Exchange:
        """PUT /members/{memberId}/implementation."""
        return self._operation("updateMemberImplementation", {"memberId": member_id}, body, how)

    def get_member_published_service(self, member_id: str, how: How = PLAIN) -> Exchange:
        """GET /members/{memberId}/published-service."""
        return self._operation("getMemberPublishedService", {"memberId": member_id}, None, how)

    def get_member_binding(self, member_id: str, how: How = PLAIN) -> Exchange:
        """GET /members/{memberId}/binding."""
        return self._operation("getMemberBinding", {"memberId": member_id}, None, how)

    def bind_member(self, member_id: str, body: Mapping[str, Any], how: How = PLAIN) -> Exchange:
        """PUT /members/{memberId}/binding."""
        return self._operation("bindMember", {"memberId": member_id}, body, how)

    def get_member_binding_readiness(self, member_id: str, how: How = PLAIN) -> Exchange:
        """GET /members/{memberId}/binding/readiness."""
        return self._operation("getMemberBindingReadiness", {"memberId": member_id}, None, how)

    def list_member_revisions(self, member_id: str, how: How = PLAIN) -> Exchange:
        """GET /members/{memberId}/binding/revisions."""
        return self._operation("listMemberRevisions", {"memberId": member_id}, None, how)

    def activate_member_revision(
        self, member_id: str, revision_id: str, how: How = PLAIN
    ) -> Exchange:
        """POST /members/{memberId}/binding/revisions/{revisionId}:activate."""
        path = {"memberId": member_id, "revisionId": revision_id}
        return self._operation("activateMemberRevision", path, None, how)

    def retire_member_revision(
        self, member_id: str, revision_id: str, how: How = PLAIN
    ) -> Exchange:
        """POST /members/{memberId}/binding/revisions/{revisionId}:retire."""
        path = {"memberId": member_id, "revisionId": revision_id}
        return self._operation("retireMemberRevision", path, None, how)

    def get_member_endpoint_contract(
        self, member_id: str, endpoint_id: str, how: How = PLAIN
    ) -> Exchange:
        """GET /members/{memberId}/endpoints/{endpointId}/contract."""
        path = {"memberId": member_id, "endpointId": endpoint_id}
        return self._operation("getMemberEndpointContract", path, None, how)

    def invoke_member(
        self, member_id: str, endpoint_id: str, body: Mapping[str, Any], how: How = PLAIN
    ) -> Exchange:
        """POST /members/{memberId}/invoke/{endpointId}."""
        path = {"memberId": member_id, "endpointId": endpoint_id}
        return self._operation("invokeMember", path, body, how)

    def list_member_runs(self, member_id: str, how: How = PLAIN) -> Exchange:
        """GET /members/{memberId}/runs."""
        return self._operation("listMemberRuns", {"memberId": member_id}, None, how)

    def get_member_run(self, member_id: str, run_id: str, how: How = PLAIN) -> Exchange:
        """GET /members/{memberId}/runs/{runId}."""
        path = {"memberId": member_id, "runId": run_id}
        return self._operation("getMemberRun", path, None, how)

    def get_operation(self, command_id: str, how: How = PLAIN) -> Exchange:
        """GET /operations/{commandId}."""
        return self._operation("getOperation", {"commandId": command_id}, None, how)

    def list_operations(self, how: How = PLAIN) -> Exchange:
        """GET /operations."""
        return self._operation("listOperations", {}, None, how)

    def put_scope_binding(self, body: Mapping[str, Any], how: How = PLAIN) -> Exchange:
        """PUT /binding, the legacy write."""
        return self._operation("putScopeBinding", {}, body, how)

    def get_scope_binding(self, how: How = PLAIN) -> Exchange:
        """GET /binding."""
        return self._operation("getScopeBinding", {}, None, how)

    def get_health_live(self, how: How = PLAIN) -> Exchange:
        """GET /health/live."""
        return self._operation("getHealthLive", {}, None, how)

    def get_health_ready(self, how: How = PLAIN) -> Exchange:
        """GET /health/ready."""
        return self._operation("getHealthReady", {}, None, how)

    def _operation(
        self,
        operation_id: str,
        parameters: dict[str, str],
        body: Mapping[str, Any] | None,
        how: How,
    ) -> Exchange:
        operation = self.contract.operations[operation_id]
        parameters = {"scopeId": self.target.scope, **parameters}
        self._check(operation, parameters, body, how)
        path = re.sub(r"\{(\w+)\}", lambda name: _segment(parameters[name[1]]), operation.path)
        if operation.body is not None and body is None:
            body = {}
        return self.sent(operation.method, self.target.url + path, body, how)

    def _check(
        self,
        operation: Operation,
        parameters: Mapping[str, str],
        body: Mapping[str, Any] | None,
        how: How,
    ) -> None:
        if how.violates:
            return
        decoded = {
            name: unquote(value) if isinstance(value, Encoded) else value
            for name, value in parameters.items()
        }
        asked = Asked(decoded, how.query, how.headers, body)
        for breach in broken_parts(self.contract.validators, operation, asked):
            given_in = self.trace.first_with(breach.value)
            if given_in:
                raise Unverified(
                    f"the server gave a value that no legal {operation.operation_id} request can "
                    f"bear: {breach.sentence}",
                    given_in,
                )
            raise HarnessError(
                f"{self.cause} was about to send a {operation.operation_id} request that breaks "
                f"the contract without declaring it: {breach.sentence}"
            )


def _segment(value: str) -> str:
    return value if isinstance(value, Encoded) else quote(value, safe="")
