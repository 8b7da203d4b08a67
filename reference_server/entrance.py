"""Who may come in, asked before anything else is looked at."""

from collections.abc import Mapping

from reference_server.access import EVERYBODY, Access
from reference_server.behaviour import Behaviour
from reference_server.events.member import Member
from reference_server.events.operation import Operation
from reference_server.problems import Problem
from reference_server.projections import ReadModels
from reference_server.routing import Match


class Entrance:
    """Name the caller of a request, or turn it away."""

    def __init__(self, access: Access, read_models: ReadModels) -> None:
        self._access = access
        self._read_models = read_models

    def principal(self, behaviour: Behaviour, match: Match, headers: Mapping[str, str]) -> str:
        """Name the caller; raise 401 without a known token, 403 without the scope."""
        scope = match.parameters.get("scopeId")
        if scope is None:
            return ""
        operation_id = match.operation.operation_id
        read = behaviour.path_identifier(operation_id, "scopeId", scope)
        try:
            return self._access.principal(headers.get("authorization"), read or scope.text or "")
        except Problem as refusal:
            if behaviour.lets_in(operation_id, refusal):
                return EVERYBODY
            raise behaviour.access_refusal(refusal, lambda: self._asked_for(match)) from None

    def _asked_for(self, match: Match) -> Member | Operation | None:
        ids = {name: segment.text or "" for name, segment in match.parameters.items()}
        if "commandId" in ids:
            return self._read_models.operations.get(ids["scopeId"], ids["commandId"])
        return self._read_models.members.get(ids["scopeId"], ids.get("memberId", ""))
