"""Bindings: read, bind, readiness, revisions."""

from reference_server import documents, instants, paging, problems, readiness, requests
from reference_server.changes import foresee
from reference_server.commands import member as commands
from reference_server.document import Document
from reference_server.events.member import Member
from reference_server.events.operation import Operation
from reference_server.exchange import Answer, Call, Handler, read
from reference_server.handlers.parts import Parts
from reference_server.readiness import Condition, Readiness
from reference_server.requests import Body


class Bindings:
    """Handlers of the binding routes."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def handlers(self) -> dict[str, Handler]:
        """Name each handler by its operationId."""
        return {
            "getMemberBinding": self.get_member_binding,
            "bindMember": self.bind_member,
            "getMemberBindingReadiness": self.get_member_binding_readiness,
            "listMemberRevisions": self.list_member_revisions,
            "activateMemberRevision": self.activate_member_revision,
            "retireMemberRevision": self.retire_member_revision,
        }

    async def get_member_binding(self, call: Call) -> Answer:
        """Show the last binding, null before the first."""
        member = self._parts.resolver.visible_member(
            call.behaviour, call.scope_id, call.member_id, "binding"
        )
        return read(documents.binding(call.behaviour, member), member.version)

    async def bind_member(self, call: Call) -> Answer:
        """Accept a bind; whether its content compiles is found out after acceptance."""
        operation_id = call.operation.operation_id
        given = call.behaviour.implementation_given(operation_id, call.body)
        body = Body(given, call.family_code)
        revision_id = call.behaviour.identifier(body, "revisionId", requests.SEGMENT_ID, 128)
        command = commands.BindMember(
            scope_id=call.scope_id,
            member_id=call.member_id,
            revision_id=revision_id or self._parts.surroundings.new_id("rev-"),
            implementation=requests.implementation(body),
            expected_version=call.behaviour.expects(requests.expected_version(call.headers)),
            service_id=call.behaviour.service_for_bind(call.named_service),
            kind_locked=call.behaviour.locks_kind(operation_id),
            revision_named=revision_id is not None,
        )
        member = self._parts.authority.member(call.scope_id, call.member_id)
        command = call.behaviour.bind_asked(member, command, revision_id)
        expected = {"revisionId": command.revision_id}
        return await self._change(call, command, {}, expected)

    async def get_member_binding_readiness(self, call: Call) -> Answer:
        """Show whether a revision, or the member as it is, can be invoked now."""
        revision_id = call.query.get("revisionId")
        if revision_id is not None and not requests.SEGMENT_ID.fullmatch(revision_id):
            message = "revisionId is not of the form of a revision id."
            raise problems.invalid(call.family_code, message, parameter="revisionId")
        operation = self._asked_command(call)
        if operation is not None and not (self._visible(call) or self._deleted(call)):
            return read(self._unseen(call, operation))
        member = self._parts.resolver.visible_member(call.behaviour, call.scope_id, call.member_id)
        if operation is None and revision_id and member.revision(revision_id) is None:
            raise problems.revision_not_found(revision_id)
        service_id = call.behaviour.published_service_id(member)
        service = self._parts.resolver.visible_service(call.scope_id, service_id)
        found = readiness.judged(call.behaviour, member, service, revision_id)
        document = self._judged(call, member, found, operation)
        return read(call.behaviour.readiness_shown(member, document))

    async def list_member_revisions(self, call: Call) -> Answer:
        """Show a page of revisions, newest first."""
        known = self._parts.resolver.visible_member(call.behaviour, call.scope_id, call.member_id)
        member = call.behaviour.member_of_revisions(known)
        page = paging.page_of(
            call, member.revisions, lambda r: (r.created_at, r.revision_id), newest_first=True
        )
        document = {
            "revisions": [documents.revision(call.behaviour, member, r) for r in page.items],
            "nextPageToken": page.next_token,
            "stateVersion": member.version,
        }
        return read(document, member.version)

    async def activate_member_revision(self, call: Call) -> Answer:
        """Accept that a revision is to serve."""
        ids = {"revisionId": call.ids["revisionId"]}
        command = commands.ActivateRevision(
            scope_id=call.scope_id,
            member_id=call.member_id,
            revision_id=ids["revisionId"],
            serves=call.behaviour.serves_activated(),
            revives=call.behaviour.revives_retired(),
        )
        return await self._change(call, command, ids, None)

    async def retire_member_revision(self, call: Call) -> Answer:
        """Accept that a revision is to serve no more."""
        ids = {"revisionId": call.ids["revisionId"]}
        command = commands.RetireRevision(call.scope_id, call.member_id, ids["revisionId"])
        return await self._change(call, command, ids, None)

    async def _change(
        self,
        call: Call,
        command: commands.MemberCommand,
        ids: Document,
        expected: Document | None,
    ) -> Answer:
        known = self._parts.authority.member(call.scope_id, call.member_id)
        service = (
            {"publishedServiceId": call.behaviour.published_service_id(known)} if known else {}
        )
        target = {"memberId": call.member_id, **service, **ids}

        def check() -> None:
            member = self._parts.authority.member(call.scope_id, call.member_id)
            if not commands.decide(member, command) and ids:
                call.behaviour.repeated_action(call.operation.operation_id, ids["revisionId"])
            foresees = call.behaviour.foresees_failures("member.bind")
            if foresees and isinstance(command, commands.BindMember):
                foresee(member, command)

        return await self._parts.writes.answer(call, command, check, target, expected)

    def _asked_command(self, call: Call) -> Operation | None:
        """Find the command in the query; it must be of this member."""
        command_id = call.query.get("commandId")
        if command_id is None:
            return None
        operation = self._parts.operations.visible(call.scope_id, command_id)
        if operation.target["memberId"] != call.member_id:
            raise problems.operation_not_found(command_id)
        return operation

    def _visible(self, call: Call) -> bool:
        return self._parts.read_models.members.get(call.scope_id, call.member_id) is not None

    def _deleted(self, call: Call) -> bool:
        return self._parts.authority.deleted(call.scope_id, call.member_id)

    def _unseen(self, call: Call, operation: Operation) -> Document:
        """Write pending, for a member that readers don't see yet."""
        unseen = Readiness(None, (Condition("CatalogVisible", False, "READ_MODEL_BEHIND"),))  # noqa: FBT003
        target = {"memberId": call.member_id}
        return self._document(call, target, unseen, operation)

    def _judged(
        self, call: Call, member: Member, found: Readiness, operation: Operation | None
    ) -> Document:
        target = {
            "memberId": call.member_id,
            "publishedServiceId": call.behaviour.published_service_id(member),
        }
        if found.revision_id is not None:
            target["revisionId"] = found.revision_id
        document = self._document(call, target, found, operation)
        return document | {"stateVersion": member.version}

    def _document(
        self, call: Call, ids: Document, found: Readiness, operation: Operation | None
    ) -> Document:
        if operation is not None:
            applied = operation.status == "ready"
            reason = "COMMAND_APPLIED" if applied else "COMMAND_NOT_APPLIED"
            command = Condition("CommandApplied", applied, reason)
            found = Readiness(found.revision_id, (*found.conditions, command))
        document = {
            "target": {"resourceType": "member.binding", "scopeId": call.scope_id, **ids},
            "status": "ready" if found.ready else "pending",
            "reason": found.reason,
            "observedAt": instants.text(self._parts.surroundings.clock()),
            "conditions": [condition.document() for condition in found.conditions],
        }
        if operation is None:
            return document
        document["commandId"] = operation.command_id
        document["correlationId"] = operation.correlation_id
        if operation.status in {"failed", "timed_out"}:
            status = self._parts.receipts.status(call.behaviour, operation)
            failure = status["failure"]
            document |= {"status": status["status"], "reason": failure["code"], "failure": failure}
        return document
