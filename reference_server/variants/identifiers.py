"""Legitimate ways to name things and to read names."""

import re
from dataclasses import replace
from uuid import NAMESPACE_URL, uuid4, uuid5

from reference_server.behaviour import Behaviour
from reference_server.document import Document
from reference_server.events.operation import Operation
from reference_server.problems import Problem
from reference_server.requests import Body
from reference_server.routing import Segment


class OpaqueServiceIds(Behaviour):
    """Publishes each member as a service whose id is a UUID."""

    def assigned_service_id(self, member_id: str, display_name: str) -> str:  # noqa: ARG002
        """Derive a UUID, so that a repeated create converges."""
        return str(uuid5(NAMESPACE_URL, f"member:{member_id}"))


class OwnMemberIds(Behaviour):
    """Gives every new member an id of its own, whatever the client asked for."""

    def assigned_member_id(self, asked: str | None, fresh: str) -> str:  # noqa: ARG002
        """Make one."""
        return f"own-{uuid4().hex}"


class NeedsMemberIds(Behaviour):
    """Takes no create without a memberId."""

    def identifier(self, body: Body, name: str, form: re.Pattern[str], longest: int) -> str | None:
        """Refuse to make one."""
        if name == "memberId" and body.members.get(name) is None:
            raise body.refuse("memberId", "A member is created under an id of the caller's.")
        return super().identifier(body, name, form, longest)


class LateRunIds(Behaviour):
    """Names the run of an invoke only from committed on."""

    def target(self, operation: Operation) -> Document:
        """Leave the runId out while the command is only accepted."""
        named = super().target(operation)
        if operation.reached("committed"):
            return named
        return {name: value for name, value in named.items() if name != "runId"}

    def read_model_url(self, operation: Operation, url: str) -> str | None:
        """Leave it out as long as the runId, which it would tell."""
        untold = "runId" in operation.target and not operation.reached("committed")
        return None if untold else super().read_model_url(operation, url)


class TrimsIds(Behaviour):
    """Trims blanks around every identifier, in a path and in a body."""

    def path_identifier(self, operation_id: str, name: str, segment: Segment) -> str | None:
        """Trim."""
        text = super().path_identifier(operation_id, name, segment)
        return text.strip(" ") if text is not None else None

    def identifier(self, body: Body, name: str, form: re.Pattern[str], longest: int) -> str | None:
        """Trim."""
        given = body.members.get(name)
        trimmed = {name: given.strip(" ")} if isinstance(given, str) else {}
        return super().identifier(
            replace(body, members=body.members | trimmed), name, form, longest
        )


class RefusesPaddedIds(Behaviour):
    """Knows no member whose id has blanks around it: a typed 404 on every route."""

    def path_identifier(self, operation_id: str, name: str, segment: Segment) -> str | None:
        """Look for it in vain."""
        text = super().path_identifier(operation_id, name, segment)
        if name == "memberId" and text is not None and text != text.strip(" "):
            raise Problem(404, "STUDIO_MEMBER_NOT_FOUND", f"Member '{text}' was not found.")
        return text


class StrictKinds(Behaviour):
    """Takes the kinds of implementation in lower case only."""

    def member_kind(self, body: Body) -> str:
        """Refuse another case."""
        kind = super().member_kind(body)
        if body.members.get("implementationKind") != kind:
            raise body.refuse("implementationKind", "A kind is written in lower case.")
        return kind
