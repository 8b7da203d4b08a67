"""The composition root: clock, ids, store, behaviour → one ASGI app."""

import asyncio
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from reference_server import incoming, problems, requests
from reference_server.access import Access
from reference_server.authority import Authority
from reference_server.behaviour import Behaviour
from reference_server.changes import Changes
from reference_server.contract import Contract
from reference_server.entrance import Entrance
from reference_server.exchange import Answer, Call, Handler
from reference_server.handlers.binding import Bindings
from reference_server.handlers.health import Health
from reference_server.handlers.invocation import Invocations
from reference_server.handlers.member import Members
from reference_server.handlers.operation import Statuses
from reference_server.handlers.parts import Parts
from reference_server.handlers.scope_binding import ScopeBindings
from reference_server.handlers.write import Writes
from reference_server.operations import Operations
from reference_server.problems import Problem
from reference_server.projections import ReadModels
from reference_server.receipts import Receipts
from reference_server.resolver import Resolver
from reference_server.routing import Match, Router, check_handlers
from reference_server.store import Store
from reference_server.surroundings import Surroundings
from reference_server.urls import Urls
from reference_server.worker import Worker

log = logging.getLogger(__name__)

OPENAPI = "/openapi.json"
_STOPPING = "The server stops before it could answer; whether the request took effect is unknown."
_CORRELATION = re.compile(r"[\x21-\x7e]{1,128}")


@dataclass(frozen=True, slots=True)
class Settings:
    """How the server behaves; lag and deadline in seconds, lag as (least, most)."""

    lag: tuple[float, float]
    deadline: float
    prefix: str
    access: Access
    behaviour_of: Callable[[str], Behaviour]


class App:
    """The server as an ASGI app; start it on the loop that serves it."""

    def __init__(
        self,
        contract: Contract,
        store: Store,
        settings: Settings,
        surroundings: Surroundings,
    ) -> None:
        self._settings = settings
        self._new_id = surroundings.new_id
        self._store = store

        def lag(projection: str, scope_id: str) -> float:
            drawn = surroundings.random.uniform(*settings.lag)
            return settings.behaviour_of(scope_id).projection_lag(projection, drawn)

        read_models = ReadModels(lag)
        self._authority = Authority(store, read_models, settings.behaviour_of, surroundings.clock)
        self._operations = Operations(
            self._authority, read_models, settings.behaviour_of, surroundings, settings.deadline
        )
        self._changes = Changes(self._authority, read_models, settings.behaviour_of)
        self._worker = Worker(self._authority, read_models, settings.behaviour_of, self._changes)
        self._handlers = self._composed(read_models, surroundings)
        check_handlers(contract.operations, self._handlers)
        self._openapi = {**contract.document, "servers": [{"url": settings.prefix or "/"}]}
        self._openapi_path = settings.prefix + OPENAPI
        self._entrance = Entrance(settings.access, read_models)
        self._router = Router(contract.operations.values(), settings.prefix)

    def start(self) -> None:
        """Rebuild from the store and take up what was left undone; raise StoreRefusedError."""
        self._authority.start()
        self._operations.start(self._worker.perform)

    def stop(self) -> None:
        """Stop working and close the store."""
        self._operations.stop()
        self._store.close()

    def _composed(self, read_models: ReadModels, surroundings: Surroundings) -> dict[str, Handler]:
        urls = Urls(self._settings.prefix)
        receipts = Receipts(urls, read_models)
        parts = Parts(
            authority=self._authority,
            read_models=read_models,
            resolver=Resolver(self._authority, read_models),
            operations=self._operations,
            receipts=receipts,
            writes=Writes(self._operations, receipts, read_models, self._settings.lag[1]),
            urls=urls,
            surroundings=surroundings,
            check_create=self._changes.check_create,
        )
        areas = (Members, Bindings, Invocations, Statuses, ScopeBindings, Health)
        return {name: handler for area in areas for name, handler in area(parts).handlers().items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except ClientDisconnect:
            return
        if request.method == "HEAD":
            response.body = b""
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        headers = {k.lower(): v for k, v in request.headers.items()}
        headers["x-correlation-id"] = self._correlation(headers.get("x-correlation-id"))
        match: Match | None = None
        if request.method == "GET" and request.scope["path"] == self._openapi_path:
            return self._sent(request, None, Answer(200, self._openapi))
        try:
            match = self._router.match(request.method, request.scope["raw_path"])
            call = await self._call(request, match, headers)
            answer = await self._handlers[match.operation.operation_id](call)
            return self._sent(request, match, answer)
        except Problem as problem:
            return self._refused(request, match, headers, problem)
        except asyncio.CancelledError:
            return self._refused(request, match, headers, problems.service_unavailable(_STOPPING))
        except ClientDisconnect:
            raise
        except Exception:
            log.exception("%s %s broke", request.method, request.scope["path"])
            return self._refused(request, match, headers, problems.internal_error())

    async def _call(self, request: Request, match: Match, headers: dict[str, str]) -> Call:
        """Check identity, ids and body, in this order; raise Problem."""
        operation = match.operation
        behaviour = self._behaviour(request)
        early = None
        if behaviour.reads_body_first():
            early = await incoming.body(request, operation, headers, behaviour)
        principal = self._entrance.principal(behaviour, match, headers)
        if not behaviour.offers(operation.operation_id):
            raise problems.not_implemented(operation.operation_id)
        refusal = behaviour.header_refusal(operation.operation_id, headers)
        if refusal is not None:
            raise refusal
        ids = {name: incoming.identifier(behaviour, match, name) for name in match.parameters}
        body = early
        if body is None:
            body = await incoming.body(request, operation, headers, behaviour)
        given = body.get("correlationId")
        if "x-correlation-id" not in request.headers and isinstance(given, str):
            headers["x-correlation-id"] = self._correlation(given)
        query = request.scope["query_string"].decode("latin-1")
        raw_path = request.scope["raw_path"].decode("latin-1")
        return Call(
            operation=operation,
            behaviour=behaviour,
            principal=principal,
            ids=ids,
            query=dict(parse_qsl(query, keep_blank_values=True)),
            headers=headers,
            body=body,
            fingerprint=requests.fingerprint(request.method, raw_path, query, body),
        )

    def _behaviour(self, request: Request) -> Behaviour:
        return self._settings.behaviour_of(incoming.scope_in(request.scope["raw_path"]))

    def _correlation(self, given: str | None) -> str:
        if given is not None and _CORRELATION.fullmatch(given):
            return given
        return self._new_id("k-")

    def _sent(
        self,
        request: Request,
        match: Match | None,
        answer: Answer,
        media_type: str = "application/json",
    ) -> Response:
        operation_id = match.operation.operation_id if match else ""
        origin = f"{request.scope['scheme']}://{request.headers.get('host', '')}"
        behaviour = self._behaviour(request)
        sent = behaviour.answer_sent(operation_id, answer, origin)
        if sent.body is None:
            return Response(status_code=sent.status, headers=dict(sent.headers))
        content = behaviour.written(operation_id, sent.body)
        return Response(content, sent.status, dict(sent.headers), media_type)

    def _refused(
        self,
        request: Request,
        match: Match | None,
        headers: Mapping[str, str],
        problem: Problem,
    ) -> Response:
        behaviour = self._behaviour(request)
        operation_id = match.operation.operation_id if match else ""
        shown = behaviour.refusal(operation_id, problem)
        segments = match.parameters.items() if match else ()
        context = {name: segment.text for name, segment in segments if segment.text}
        context["correlationId"] = headers["x-correlation-id"]
        document = shown.document(context, "urn:request:" + self._new_id(""))
        body = behaviour.problem_body(operation_id, shown, document)
        answer = Answer(shown.status, body, {**shown.headers, "Cache-Control": "no-store"})
        accepted = headers.get("accept", "*/*")
        return self._sent(request, match, answer, behaviour.problem_media_type(accepted))
