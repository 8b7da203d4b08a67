"""What was sent and what came back, with times and the reason for sending it."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it went onto the wire.

    `headers` are in order and hold no credential: the value of Authorization is `Bearer $NAME`,
    where NAME is the environment variable that the target names. `secret` are the names of those
    whose value ends in such a `$NAME`, in lower case.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    secret: frozenset[str] = frozenset()

    @property
    def given(self) -> dict[str, Any]:
        """Its JSON object; empty if the body is anything else."""
        try:
            document = json.loads(self.body or b"")
        except ValueError:
            return {}
        return document if isinstance(document, dict) else {}


def _as_it_stands(document: object) -> object:
    return document


@dataclass(frozen=True)
class Response:
    """An answer as received; header names are in lower case, repeated ones joined by a comma.

    `reading` takes out of its JSON value what says nothing.
    """

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    reading: Callable[[object], object] = field(default=_as_it_stands, repr=False, compare=False)

    @cached_property
    def document(self) -> Any:  # noqa: ANN401  # any JSON value
        """The body as a JSON value; None if it is not JSON.

        A lone surrogate, which JSON can escape and UTF-8 cannot say, is read as a question mark.
        """
        try:
            document = json.loads(self.body)
            if SURROGATE.search(self.body):
                spelt = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
                document = json.loads(spelt)
        except (ValueError, RecursionError):
            return None
        return self.reading(document)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer.

    Attributes:
        number: position in the trace, from 1, in order of sending.
        lane: where the traffic comes from.
        cause: name of the check that sent it.
        operation_id: operation of the contract; None for a URL outside it.
        parameters: decoded path parameters by name.
        sent, received: seconds since the run began (monotonic).
        response: None if the transport failed; `error` then says how.
        violates: what the request breaks on purpose; None for a legal one.
        stranger: whether it was sent by somebody without access to what it asks for.
        declared_away: whether the target's owner says that the operation is not offered.

    """

    number: int
    lane: str
    cause: str
    operation_id: str | None
    parameters: dict[str, str]
    request: Request
    response: Response | None
    sent: float
    received: float
    error: str | None = None
    violates: str | None = None
    stranger: bool = False
    declared_away: bool = False

    @property
    def status(self) -> int:
        """Status code; 0 if there was no answer."""
        return self.response.status if self.response else 0

    @property
    def ok(self) -> bool:
        """Whether the answer is a 2xx."""
        return 200 <= self.status < 300  # noqa: PLR2004

    @property
    def document(self) -> Any:  # noqa: ANN401  # any JSON value
        """The answer's JSON value; None without one."""
        return self.response.document if self.response else None

    @property
    def members(self) -> dict[str, Any]:
        """The answer's JSON object; empty if the body is anything else."""
        return self.document if isinstance(self.document, dict) else {}

    @property
    def given(self) -> dict[str, Any]:
        """The request's JSON object; empty if the body is anything else."""
        return self.request.given

    def header(self, name: str) -> str | None:
        """Value of a response header; `name` in lower case."""
        return self.response.headers.get(name) if self.response else None

    @property
    def line(self) -> str:
        """Say the exchange in a line: method, path, arrow, status or transport error."""
        path = "/" + self.request.url.split("://", 1)[-1].partition("/")[2]
        return f"{self.request.method} {path} → {self.status or self.error}"
