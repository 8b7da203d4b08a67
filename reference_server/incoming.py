"""What a request carries: the scope, the identifiers and the body, as the server reads them."""

import re
from collections.abc import Mapping
from urllib.parse import unquote

from starlette.requests import Request

from reference_server import problems
from reference_server.behaviour import Behaviour
from reference_server.contract import Operation
from reference_server.document import Document
from reference_server.routing import Match, fits

_SCOPE = re.compile(r"/api/scopes/([^/]*)")


def scope_in(raw_path: bytes) -> str:
    """Read the scope of a path, whether or not an operation has it; "" without one."""
    found = _SCOPE.search(raw_path.decode("latin-1"))
    return unquote(found[1]) if found else ""


def identifier(behaviour: Behaviour, match: Match, name: str) -> str:
    """Decode and check one path identifier; raise the route family's 400."""
    operation = match.operation
    text = behaviour.path_identifier(operation.operation_id, name, match.parameters[name])
    if text is None or not fits(operation, name, text):
        code = operation.error_codes["400"][0]
        message = f"The path's {name} is not of the form that the contract gives it."
        raise problems.invalid(code, message, parameter=name)
    return text


async def body(
    request: Request, operation: Operation, headers: Mapping[str, str], behaviour: Behaviour
) -> Document:
    """Read the body of an operation that takes one; raise 413, 415 or 400."""
    chunks, largest = bytearray(), behaviour.largest_body()
    async for chunk in request.stream():
        chunks += chunk
        if len(chunks) > largest:
            raise problems.payload_too_large(largest)
    if not operation.media_types or not chunks:
        return {}
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if not behaviour.takes_media_type(media_type, operation.media_types):
        raise problems.unsupported_media_type(media_type, " or ".join(operation.media_types))
    return behaviour.parsed_body(bytes(chunks))
