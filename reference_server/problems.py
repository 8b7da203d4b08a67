"""Typed errors: one constructor per code that the contract lists."""

from collections.abc import Mapping, Sequence

from reference_server.document import Document

TYPE_BASE = "https://ackproof.example/problems/"


class Problem(Exception):  # noqa: N818  # the contract's word for what it is
    """A refusal with an HTTP status, a code, a message and the ids it is about."""

    def __init__(  # noqa: PLR0913  # the members of a problem
        self,
        status: int,
        code: str,
        message: str,
        *,
        ids: Mapping[str, str] | None = None,
        errors: Sequence[Document] = (),
        headers: Mapping[str, str] | None = None,
        retryable: bool = False,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.ids = dict(ids or {})
        self.errors = list(errors)
        self.headers = dict(headers or {})
        self.retryable = retryable

    def restated(self, status: int, code: str = "") -> "Problem":
        """Say the same with another status, or under another code."""
        return Problem(
            status,
            code or self.code,
            self.message,
            ids=self.ids,
            errors=self.errors,
            headers=self.headers,
            retryable=self.retryable,
        )

    def document(self, context: Mapping[str, str], instance: str) -> Document:
        """Write the body: RFC 9457 members, code, message and ids; `context` adds ids."""
        body: Document = {
            "type": TYPE_BASE + self.code.lower().replace("_", "-"),
            "title": self.code.replace("_", " ").capitalize(),
            "status": self.status,
            "detail": self.message,
            "instance": instance,
            "code": self.code,
            "message": self.message,
            **context,
            **self.ids,
            "retryable": self.retryable,
        }
        return body | {"errors": self.errors} if self.errors else body


def invalid(code: str, message: str, *, parameter: str = "", pointer: str = "") -> Problem:
    """Refuse a request under its route family's INVALID_... code."""
    place = {"pointer": pointer} if pointer else {"parameter": parameter}
    fault = {**place, "code": code, "message": message}
    return Problem(400, code, message, errors=[fault])


def unauthenticated(why: str) -> Problem:
    """Ask for a bearer token."""
    challenge = {"WWW-Authenticate": 'Bearer realm="ackproof"'}
    return Problem(401, "UNAUTHENTICATED", why, headers=challenge)


def scope_access_denied(scope_id: str) -> Problem:
    """Refuse a principal that lacks the scope, before anything is looked up."""
    message = f"The credential gives no access to scope '{scope_id}'."
    return Problem(403, "SCOPE_ACCESS_DENIED", message, ids={"scopeId": scope_id})


def route_not_found() -> Problem:
    """Say that no operation has this path."""
    return Problem(404, "ROUTE_NOT_FOUND", "No operation of this API has this path.")


def method_not_allowed(method: str, allowed: Sequence[str]) -> Problem:
    """Say which methods the path has."""
    message = f"{method} is not offered here; offered: {', '.join(allowed)}."
    return Problem(405, "METHOD_NOT_ALLOWED", message, headers={"Allow": ", ".join(allowed)})


def not_implemented(operation_id: str) -> Problem:
    """Say that the server does not offer an operation."""
    return Problem(501, "NOT_IMPLEMENTED", f"This server does not offer {operation_id}.")


def invalid_request_body(message: str, pointer: str = "") -> Problem:
    """Refuse malformed JSON and wrong JSON types."""
    return invalid("INVALID_REQUEST_BODY", message, pointer=pointer or "/")


def unsupported_media_type(found: str, wanted: str) -> Problem:
    """Refuse a body of another media type."""
    message = f"The body is '{found}'; this operation takes {wanted}."
    return Problem(415, "UNSUPPORTED_MEDIA_TYPE", message)


def payload_too_large(limit: int) -> Problem:
    """Refuse a body of more than `limit` bytes."""
    return Problem(413, "PAYLOAD_TOO_LARGE", f"The body is larger than {limit} bytes.")


def studio_member_not_found(scope_id: str, member_id: str) -> Problem:
    """Say that the scope has no such member."""
    message = f"Member '{member_id}' was not found in scope '{scope_id}'."
    ids = {"scopeId": scope_id, "memberId": member_id}
    return Problem(404, "STUDIO_MEMBER_NOT_FOUND", message, ids=ids)


def studio_member_not_bound(member_id: str) -> Problem:
    """Say that the member was never bound."""
    message = f"Member '{member_id}' has never been bound."
    return Problem(409, "STUDIO_MEMBER_NOT_BOUND", message, ids={"memberId": member_id})


def studio_member_not_ready(member_id: str) -> Problem:
    """Say that the member is bound and serves nothing that can be seen yet."""
    message = f"Member '{member_id}' is bound but serves no revision at this moment."
    ids = {"memberId": member_id}
    return Problem(409, "STUDIO_MEMBER_NOT_READY", message, ids=ids, retryable=True)


def studio_member_endpoint_contract_not_found(endpoint_id: str) -> Problem:
    """Say that the member's service has no such endpoint, on the contract route."""
    message = f"Endpoint '{endpoint_id}' is not an endpoint of this member."
    code = "STUDIO_MEMBER_ENDPOINT_CONTRACT_NOT_FOUND"
    return Problem(404, code, message, ids={"endpointId": endpoint_id})


def studio_member_endpoint_not_found(endpoint_id: str) -> Problem:
    """Say that the member's service has no such endpoint, on the invoke route."""
    message = f"Endpoint '{endpoint_id}' is not an endpoint of this member."
    return Problem(
        404, "STUDIO_MEMBER_ENDPOINT_NOT_FOUND", message, ids={"endpointId": endpoint_id}
    )


def revision_not_found(revision_id: str) -> Problem:
    """Say that the member has no such revision."""
    message = f"Revision '{revision_id}' is not a revision of this member."
    code = "STUDIO_MEMBER_BINDING_REVISION_NOT_FOUND"
    return Problem(404, code, message, ids={"revisionId": revision_id})


def revision_retired(revision_id: str) -> Problem:
    """Say that the revision is retired."""
    message = f"Revision '{revision_id}' is retired."
    code = "STUDIO_MEMBER_BINDING_REVISION_RETIRED"
    return Problem(409, code, message, ids={"revisionId": revision_id})


def studio_member_conflict(member_id: str, why: str) -> Problem:
    """Refuse a create that contradicts what exists."""
    ids = {"memberId": member_id}
    return Problem(409, "STUDIO_MEMBER_CONFLICT", why, ids=ids)


def studio_member_kind_locked(member_id: str, kind: str, offered: str) -> Problem:
    """Refuse an implementation of another kind than the member's."""
    message = f"Member '{member_id}' is of kind '{kind}' for good; this one is of '{offered}'."
    return Problem(409, "STUDIO_MEMBER_KIND_LOCKED", message, ids={"memberId": member_id})


def service_run_not_found(member_id: str, run_id: str) -> Problem:
    """Say that the member has no such run."""
    message = f"Run '{run_id}' is not a run of member '{member_id}'."
    ids = {"memberId": member_id, "runId": run_id}
    return Problem(404, "SERVICE_RUN_NOT_FOUND", message, ids=ids)


def operation_not_found(command_id: str) -> Problem:
    """Say that no command has this id in this scope."""
    message = f"No operation with command id '{command_id}' is known in this scope."
    return Problem(404, "OPERATION_NOT_FOUND", message, ids={"commandId": command_id})


def operation_expired(command_id: str) -> Problem:
    """Say that the status was kept until its expiresAt and no longer."""
    message = f"The status of command '{command_id}' is no longer kept."
    return Problem(410, "OPERATION_EXPIRED", message, ids={"commandId": command_id})


def invalid_page_token() -> Problem:
    """Refuse a token that this list did not give."""
    message = "The page token was not given by this list."
    return invalid("INVALID_PAGE_TOKEN", message, parameter="pageToken")


def state_version_mismatch(expected: int, actual: int) -> Problem:
    """Refuse a write whose If-Match names another version."""
    message = f"The resource is at version {actual}, not at {expected}."
    return Problem(412, "STATE_VERSION_MISMATCH", message)


def invalid_idempotency_key() -> Problem:
    """Refuse a malformed Idempotency-Key."""
    message = "Idempotency-Key takes 1 to 255 printable ASCII characters."
    return invalid("INVALID_IDEMPOTENCY_KEY", message, parameter="Idempotency-Key")


def idempotency_key_reused() -> Problem:
    """Refuse a key that came with another request before."""
    message = "This Idempotency-Key came with another request before."
    return Problem(422, "IDEMPOTENCY_KEY_REUSED", message)


def command_id_conflict(command_id: str) -> Problem:
    """Refuse a client's command id that names another request."""
    message = f"Command id '{command_id}' names another request."
    return Problem(409, "COMMAND_ID_CONFLICT", message, ids={"commandId": command_id})


def service_unavailable(why: str) -> Problem:
    """Say that the store takes no writes."""
    headers = {"Retry-After": "5"}
    return Problem(503, "SERVICE_UNAVAILABLE", why, headers=headers, retryable=True)


def internal_error() -> Problem:
    """Say that the server erred, without its inner words."""
    message = "The server met an unexpected error."
    return Problem(500, "INTERNAL_ERROR", message, retryable=True)
