"""A request as a handler gets it, and the answer it gives."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from reference_server.behaviour import Behaviour
from reference_server.contract import Operation
from reference_server.document import Document


@dataclass(frozen=True, slots=True)
class Call:
    """A request that reached an operation, its identity checked and its ids decoded.

    `headers` have lower-case names; `fingerprint` is of method, path, query and body.
    """

    operation: Operation
    behaviour: Behaviour
    principal: str
    ids: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Document
    fingerprint: str

    @property
    def scope_id(self) -> str:
        """The scope in the path."""
        return self.ids["scopeId"]

    @property
    def member_id(self) -> str:
        """The member in the path."""
        return self.ids["memberId"]

    @property
    def family_code(self) -> str:
        """The INVALID_... code of the route's family: the first that the contract lists."""
        return self.operation.error_codes["400"][0]

    @property
    def named_service(self) -> str | None:
        """A serviceId that the caller put into the query or the body."""
        named = self.query.get("serviceId") or self.body.get("serviceId")
        return named if isinstance(named, str) else None


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body (None is no body) and headers of a response."""

    status: int
    body: Document | None
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Call], Awaitable[Answer]]


def read(document: Document, version: int | None = None) -> Answer:
    """Answer a read with what is visible, with its version as strong ETag."""
    headers = {"Cache-Control": "no-store"}
    if version is not None:
        headers["ETag"] = f'"{version}"'
    return Answer(200, document, headers)
