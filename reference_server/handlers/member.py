"""Members: create, list, read, change, and the service each one publishes."""

from reference_server import documents, paging, requests
from reference_server.commands import member as commands
from reference_server.exchange import Answer, Call, Handler, read
from reference_server.handlers.parts import Parts
from reference_server.requests import Body


class Members:
    """Handlers of the member routes."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def handlers(self) -> dict[str, Handler]:
        """Name each handler by its operationId."""
        return {
            "createMember": self.create_member,
            "listMembers": self.list_members,
            "getMember": self.get_member,
            "updateMember": self.update_member,
            "deleteMember": self.delete_member,
            "updateMemberImplementation": self.update_member_implementation,
            "getMemberPublishedService": self.get_member_published_service,
        }

    async def create_member(self, call: Call) -> Answer:
        """Accept a create; the id is the client's or a new one."""
        body = Body(call.body, call.family_code)
        name = call.behaviour.display_name(body)
        asked = call.behaviour.identifier(body, "memberId", requests.MEMBER_ID, 64)
        fresh = self._parts.surroundings.new_id("m-")
        member_id = call.behaviour.assigned_member_id(asked, fresh)
        command = commands.CreateMember(
            scope_id=call.scope_id,
            member_id=member_id,
            display_name=name,
            description=call.behaviour.description(body),
            kind=call.behaviour.member_kind(body),
            published_service_id=call.behaviour.assigned_service_id(member_id, name),
        )

        def check() -> None:
            self._parts.check_create(command)

        ids = {"memberId": member_id, "publishedServiceId": command.published_service_id}
        return await self._parts.writes.answer(call, command, check, ids)

    async def list_members(self, call: Call) -> Answer:
        """Show a page of the roster, oldest first."""
        behaviour = call.behaviour
        scope_id = behaviour.scope_listed(call.scope_id, paging.scope_of_token(call))
        members = behaviour.roster(scope_id, self._parts.read_models.members.of_scope(scope_id))
        page = paging.page_of(
            call,
            members,
            lambda m: (m.created_at, m.member_id),
            newest_first=behaviour.roster_newest_first(),
        )
        rows = [documents.row(behaviour, member) for member in page.items]
        roster = {"scopeId": call.scope_id, "members": rows, "nextPageToken": page.next_token}
        return read(behaviour.roster_shown(roster))

    async def get_member(self, call: Call) -> Answer:
        """Show a member."""
        member = self._parts.resolver.visible_member(call.behaviour, call.scope_id, call.member_id)
        return read(documents.detail(call.behaviour, member), member.version)

    async def update_member(self, call: Call) -> Answer:
        """Accept a merge patch of display name and description."""
        body = Body(call.body, call.family_code)
        name = None
        if "displayName" in call.body:
            name = call.behaviour.display_name(body)
        command = commands.UpdateMember(
            scope_id=call.scope_id,
            member_id=call.member_id,
            display_name=name,
            describes=call.behaviour.describes(call.body),
            description=call.behaviour.description(body),
            expected_version=call.behaviour.expects(requests.expected_version(call.headers)),
        )
        return await self._change(call, command)

    async def delete_member(self, call: Call) -> Answer:
        """Accept that a member goes; the service id that it had is given to nobody else."""
        return await self._change(call, commands.DeleteMember(call.scope_id, call.member_id))

    async def update_member_implementation(self, call: Call) -> Answer:
        """Accept another current implementation."""
        operation_id = call.operation.operation_id
        given = call.behaviour.implementation_given(operation_id, call.body)
        body = Body(given, call.family_code)
        implementation = requests.implementation(body)
        if implementation is None:
            raise body.refuse("", "The body has no implementation.")
        command = commands.UpdateImplementation(
            scope_id=call.scope_id,
            member_id=call.member_id,
            implementation=implementation,
            expected_version=call.behaviour.expects(requests.expected_version(call.headers)),
            kind_locked=call.behaviour.locks_kind(operation_id),
        )
        return await self._change(call, command)

    async def get_member_published_service(self, call: Call) -> Answer:
        """Show which service a member publishes."""
        member = self._parts.resolver.visible_member(call.behaviour, call.scope_id, call.member_id)
        document = {
            "scopeId": call.scope_id,
            "memberId": call.member_id,
            "publishedServiceId": call.behaviour.published_service_shown(member),
        }
        return read(document, member.version)

    async def _change(self, call: Call, command: commands.MemberCommand) -> Answer:
        def check() -> None:
            member = self._parts.authority.member(call.scope_id, call.member_id)
            commands.decide(member, command)

        return await self._parts.writes.answer(call, command, check, {"memberId": call.member_id})
