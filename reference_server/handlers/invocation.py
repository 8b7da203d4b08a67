"""Invocation: the endpoint contract, invoke, and the runs that come of it."""

from reference_server import documents, paging, platform, problems, requests
from reference_server.authority import Append, Cause
from reference_server.behaviour import Behaviour
from reference_server.commands import run as commands
from reference_server.document import Document
from reference_server.events.fact import StreamId
from reference_server.events.operation import Operation
from reference_server.events.run import RunAccepted
from reference_server.exchange import Answer, Call, Handler, read
from reference_server.handlers.parts import Parts
from reference_server.platform.failure import RunFailedError
from reference_server.problems import Problem
from reference_server.requests import Body


class Invocations:
    """Handlers of the endpoint, invoke and run routes."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def handlers(self) -> dict[str, Handler]:
        """Name each handler by its operationId."""
        return {
            "getMemberEndpointContract": self.get_member_endpoint_contract,
            "invokeMember": self.invoke_member,
            "listMemberRuns": self.list_member_runs,
            "getMemberRun": self.get_member_run,
        }

    async def get_member_endpoint_contract(self, call: Call) -> Answer:
        """Show how to call an endpoint of a bound member."""
        behaviour, endpoint_id = call.behaviour, call.ids["endpointId"]
        member = self._parts.resolver.visible_member(behaviour, call.scope_id, call.member_id)
        if member.last_binding is None:
            raise problems.studio_member_not_bound(call.member_id)
        service_id = behaviour.published_service_id(member)
        service = self._parts.resolver.visible_service(call.scope_id, service_id)
        serving = behaviour.revision_of_contract(service) if service else None
        described = serving.implementation if serving else (member.implementation or {})
        endpoint = behaviour.endpoint_of_contract(endpoint_id, platform.endpoints(described))
        if endpoint is None:
            raise problems.studio_member_endpoint_contract_not_found(endpoint_id)
        own_path = self._parts.urls.invoke(call.scope_id, call.member_id, endpoint_id)
        path = behaviour.invoke_path(member, endpoint_id, own_path)
        named = behaviour.published_service_of_contract(member)
        document = documents.endpoint_contract(member, named, endpoint, path, serving)
        return read(behaviour.contract_shown(document | {"endpointId": endpoint_id}))

    async def invoke_member(self, call: Call) -> Answer:
        """Accept a run of the member's service."""
        body = Body(call.body, call.family_code)
        body.text("commandId", requests.COMMAND_ID, 128)
        pinned = call.behaviour.identifier(body, "revisionId", requests.SEGMENT_ID, 128)
        given = requests.payload(body, call.behaviour.takes_payload)
        known = self._resolved(call)
        service = self._parts.resolver.visible_service(call.scope_id, known or "")
        command = commands.InvokeMember(
            scope_id=call.scope_id,
            member_id=call.member_id,
            service_id=known or "",
            run_id=self._parts.surroundings.new_id("run-"),
            endpoint_id=call.ids["endpointId"],
            revision_id=call.behaviour.pinned_revision(pinned, service),
            input=given,
            runs_retired=call.behaviour.runs_retired(pinned),
        )
        target = {
            "memberId": call.member_id,
            **({"publishedServiceId": known} if known else {}),
            "endpointId": command.endpoint_id,
            "runId": command.run_id,
            **({"revisionId": command.revision_id} if command.revision_id else {}),
        }

        def check() -> None:
            try:
                self._check(call.behaviour, command)
            except Problem:
                if call.behaviour.keeps_refused_runs():
                    self._register(call, command)
                raise

        return await self._parts.writes.answer(call, command, check, target)

    async def list_member_runs(self, call: Call) -> Answer:
        """Show a page of the member's runs, newest first."""
        behaviour = call.behaviour
        member = self._parts.resolver.visible_member(behaviour, call.scope_id, call.member_id)
        known = self._parts.read_models.runs
        scopes = behaviour.scopes_listed("runs", call.scope_id, known.scopes(), None)
        runs = [run for scope_id in scopes for run in known.of_scope(scope_id)]
        page = paging.page_of(
            call,
            behaviour.runs_of(member, runs),
            lambda run: (run.created_at, run.run_id),
            newest_first=behaviour.lists_newest_first(),
        )
        rows = [behaviour.run_listed(one, documents.run(behaviour, one)) for one in page.items]
        return read(behaviour.run_list_shown({"runs": rows, "nextPageToken": page.next_token}))

    async def get_member_run(self, call: Call) -> Answer:
        """Show a run of the member, with the status of its invoke where that is read here."""
        operation = self._operation_of(call) if call.behaviour.run_is_status() else None
        if operation is not None:
            return self._run_with_status(call, operation)
        member = self._parts.resolver.visible_member(call.behaviour, call.scope_id, call.member_id)
        run = self._parts.read_models.runs.get(call.scope_id, call.ids["runId"])
        if run is None:
            ids = (call.scope_id, call.member_id, call.ids["runId"])
            return read(call.behaviour.unknown_run(*ids))
        if not call.behaviour.is_run_of(member, run):
            raise problems.service_run_not_found(call.member_id, run.run_id)
        return read(documents.run(call.behaviour, run), run.version)

    def _resolved(self, call: Call) -> str | None:
        """Resolve the service; None where its lack is told after acceptance."""
        try:
            return self._parts.resolver.service_for_invoke(
                call.behaviour, call.scope_id, call.member_id, call.named_service
            )
        except Problem:
            if call.behaviour.refuses_at_once("member.invoke"):
                raise
            return None

    def _operation_of(self, call: Call) -> Operation | None:
        """Find the invoke that a run came of."""
        wanted = (call.member_id, call.ids["runId"])
        operations = self._parts.read_models.operations.of_scope(call.scope_id)
        ids = ("memberId", "runId")
        return next((o for o in operations if tuple(map(o.target.get, ids)) == wanted), None)

    def _run_with_status(self, call: Call, operation: Operation) -> Answer:
        run = self._parts.read_models.runs.get(call.scope_id, call.ids["runId"])
        status = self._parts.receipts.status(call.behaviour, operation)
        known = documents.run(call.behaviour, run) if run else {}
        headers = self._parts.writes.retry_after(call, operation)
        answer = read(documents.run_with_status(known, status, operation))
        return Answer(answer.status, answer.body, {**answer.headers, **headers})

    def _register(self, call: Call, command: commands.InvokeMember) -> None:
        ids = (command.member_id, command.service_id, command.revision_id or "none")
        accepted = RunAccepted(*ids, command.endpoint_id, command.input)
        cause = Cause(self._parts.surroundings.new_id("c-"), call.headers["x-correlation-id"])
        stream = StreamId("run", command.scope_id, command.run_id)
        self._parts.authority.record(cause, Append(stream, (accepted,)))

    def _check(self, behaviour: Behaviour, command: commands.InvokeMember) -> None:
        service = self._parts.resolver.visible_service(command.scope_id, command.service_id)
        reached = commands.reached_revision(service, command, behaviour.offers_endpoint)
        if behaviour.foresees_failures("member.invoke"):
            _try_out(reached.implementation, command.input)


def _try_out(implementation: Document, text: str) -> None:
    try:
        platform.try_out(platform.prepare(implementation), text)
    except RunFailedError as error:
        raise problems.invalid("INVALID_STUDIO_MEMBER_INVOKE_REQUEST", str(error)) from error
