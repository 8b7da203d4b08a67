"""How a generated request goes out: through the kit's wire, into the trace of the run."""

import hashlib
import json
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from schemathesis import Case
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.schemas import OpenApiSchema
from schemathesis.transport import BaseTransport, SerializationContext
from schemathesis.transport.requests import REQUESTS_TRANSPORT
from schemathesis.transport.serialization import serialize_json

from conformance.api import Api
from conformance.checks import Unverified
from conformance.exchange import Exchange, Request
from conformance.exchange import Response as OurResponse
from conformance.history import names_a_command

NOT_OURS: Final = ("content-length", "x-schemathesis-testcaseid")  # told anew, and random


class SentByUs(BaseTransport[Any]):
    """Sends generated cases; `exchanges` has the last one of each case by its id."""

    def __init__(self, api: Api) -> None:
        super().__init__()
        self.serializer("application/json", "application/merge-patch+json")(_json)
        self._api = api
        self._accepted: list[Exchange] = []
        self._stopped: Unverified | None = None
        self.exchanges: dict[str, Exchange] = {}

    def serialize_case(self, case: Case[Any], **kwargs: object) -> dict[str, Any]:
        """Spell a case as the keyword arguments of a request."""
        return REQUESTS_TRANSPORT.serialize_case(case, **kwargs)

    def send(
        self,
        case: Case[Any],
        *,
        session: object = None,  # noqa: ARG002  # theirs, which we send without
        **kwargs: object,
    ) -> Response:
        """Send a case, and look up at once what an accepted write says of itself."""
        prepared = _prepared(self.serialize_case(case, base_url=kwargs.get("base_url")))
        violates = _violates(case)
        try:
            exchange = self._api.send.sent_as_is(_asked(prepared, violates), violates)
            self._look_up(exchange)
        except Unverified as stopped:
            self._stopped = stopped
            raise requests.ConnectionError(str(stopped), request=prepared) from stopped
        self.exchanges[case.id] = exchange
        return _answer(exchange, prepared)

    def heed_stop(self) -> None:
        """Raise what ended the sending early, if anything did."""
        if self._stopped is not None:
            raise self._stopped

    def settle(self) -> None:
        """Follow every accepted write to its verdict."""
        for write in self._accepted:
            self._api.verdict_of(write)

    def _look_up(self, exchange: Exchange) -> None:
        if exchange.ok and exchange.request.method != "GET" and names_a_command(exchange):
            self._accepted.append(exchange)
            self._api.look_up(exchange)


def sent_by_us(schema: OpenApiSchema, transport: SentByUs) -> OpenApiSchema:
    """Make a schema send by our transport, its filtered copies included."""
    schema.__class__ = type("SentByUsSchema", (type(schema),), {"transport": transport})
    return schema


def _json(_: SerializationContext, value: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON value
    return serialize_json(value)


def _prepared(arguments: dict[str, Any]) -> requests.PreparedRequest:
    return requests.Request(**arguments).prepare()


def _asked(prepared: requests.PreparedRequest, violates: str | None) -> Request:
    body = prepared.body
    content = body.encode() if isinstance(body, str) else body
    if content is not None and not isinstance(content, bytes):
        raise TypeError(f"a generated body is neither text nor bytes but {type(content)}")
    method, url = str(prepared.method), str(prepared.url)
    headers = {_text(name).lower(): _text(value) for name, value in prepared.headers.items()}
    for name in NOT_OURS:
        headers.pop(name, None)
    key = headers.get("idempotency-key")
    if key is not None and violates is None:
        headers["idempotency-key"] = _own_key(key, method, url, content or b"")
    return Request(method, url, tuple(headers.items()), content or None)


def _own_key(key: str, method: str, url: str, content: bytes) -> str:
    """Give each request a key of its own: one that came with another request is refused."""
    parts = urlsplit(url)
    asked = f"{key} {method} {parts.path}?{parts.query} ".encode()
    return hashlib.sha256(asked + content).hexdigest()


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _violates(case: Case[Any]) -> str | None:
    """Say that a case breaks the contract on purpose; what exactly, its request shows."""
    if case.meta is None or case.meta.generation.mode != GenerationMode.NEGATIVE:
        return None
    return "generated: a request that breaks the contract"


def _without_nulls(answered: OurResponse) -> bytes:
    """Return a body as the contract reads it, byte by byte where that takes nothing away."""
    try:
        whole = json.loads(answered.body)
    except (ValueError, RecursionError):
        return answered.body
    read = answered.reading(whole)
    return answered.body if read == whole else json.dumps(read).encode()


def _answer(exchange: Exchange, prepared: requests.PreparedRequest) -> Response:
    if exchange.response is None:
        raise requests.ConnectionError(exchange.error, request=prepared)
    return Response(
        status_code=exchange.status,
        headers={name: [value] for name, value in exchange.response.headers.items()},
        content=_without_nulls(exchange.response),
        request=prepared,
        elapsed=exchange.received - exchange.sent,
        verify=True,
    )
