"""Faults of the borders between scopes."""

from collections.abc import Callable, Collection, Iterable

from reference_server.behaviour import Behaviour
from reference_server.behaviour.tenants import Place
from reference_server.events.member import Member
from reference_server.events.operation import Operation
from reference_server.faults.declaration import fault
from reference_server.problems import Problem

FORBIDDEN = 403


@fault(breaks="ISO-01", also="ISO-03")  # what is found by its id alone is found across the border
class KnowsMembersByTheirIdAlone(Behaviour):
    """Reads a member of another scope where the own one has none of that id."""

    def place(
        self, kind: str, scope_id: str, name: str, known: Callable[[], Iterable[Place]]
    ) -> Place:
        """Take the first namesake."""
        places = [one for one in known() if one[1] == name] if kind == "member" else []
        own = (scope_id, name)
        return own if own in places or not places else places[0]


@fault(breaks="ISO-01")
class ShowsTheBindingOfANamesake(Behaviour):
    """Reads the binding of the first member of an id, in whatever scope it is."""

    def place(
        self, kind: str, scope_id: str, name: str, known: Callable[[], Iterable[Place]]
    ) -> Place:
        """Take the first namesake."""
        places = [one for one in known() if one[1] == name] if kind == "binding" else []
        return places[0] if places else (scope_id, name)


@fault(breaks="ISO-01")
class ListsTheRunsOfNamesakes(Behaviour):
    """Lists the runs of every member of the same id, in whatever scope."""

    def scopes_listed(
        self,
        listed: str,
        scope_id: str,
        known: Collection[str],
        correlation_id: str | None,  # noqa: ARG002
    ) -> Collection[str]:
        """Forget the scope."""
        return known if listed == "runs" else (scope_id,)


@fault(breaks="ISO-02")
class ShowsRunsToStrangers(Behaviour):
    """Asks nobody who reads a run whether the scope is his."""

    def lets_in(self, operation_id: str, refusal: Problem) -> bool:
        """Ask for a token only."""
        return operation_id == "getMemberRun" and refusal.status == FORBIDDEN


@fault(breaks="ISO-02")
class TellsStrangersWhatTheyMayNotRead(Behaviour):
    """Refuses a stranger with the display name of the member that is kept from him."""

    def access_refusal(
        self, refusal: Problem, asked_for: Callable[[], Member | Operation | None]
    ) -> Problem:
        """Be helpful."""
        found = asked_for()
        if refusal.status == FORBIDDEN and isinstance(found, Member):
            refusal.ids["displayName"] = found.display_name
        return refusal


@fault(breaks="ISO-03")
class FindsCommandsInEveryScope(Behaviour):
    """Reads the status of a command of another scope where the own one has none of that id."""

    def place(
        self, kind: str, scope_id: str, name: str, known: Callable[[], Iterable[Place]]
    ) -> Place:
        """Take whoever has it."""
        places = [one for one in known() if one[1] == name] if kind == "operation" else []
        return places[0] if places else (scope_id, name)


@fault(breaks="ISO-04")
class JoinsScopeAndMemberByADash(Behaviour):
    """Looks a member up by scope, dash and id in one string."""

    def place(
        self, kind: str, scope_id: str, name: str, known: Callable[[], Iterable[Place]]
    ) -> Place:
        """Join."""
        key = f"{scope_id}-{name}"
        alike = [one for one in known() if "-".join(one) == key] if kind == "member" else []
        return alike[0] if alike else (scope_id, name)


@fault(breaks="ISO-05")
class LooksBeforeItRefuses(Behaviour):
    """Answers a stranger 404 where there is nothing, and 403 where there is something."""

    def access_refusal(
        self, refusal: Problem, asked_for: Callable[[], Member | Operation | None]
    ) -> Problem:
        """Look first."""
        if refusal.status == FORBIDDEN and asked_for() is None:
            return Problem(404, "STUDIO_MEMBER_NOT_FOUND", "There is no such member.")
        return refusal


@fault(breaks="ISO-06")
class ListsCommandsOfEveryScope(Behaviour):
    """Lists the operations of every scope to whoever names no correlation."""

    def scopes_listed(
        self, listed: str, scope_id: str, known: Collection[str], correlation_id: str | None
    ) -> Collection[str]:
        """Forget the scope."""
        everything = listed == "operations" and correlation_id is None
        return known if everything else (scope_id,)


FAULTS = (
    KnowsMembersByTheirIdAlone,
    ShowsTheBindingOfANamesake,
    ListsTheRunsOfNamesakes,
    ShowsRunsToStrangers,
    TellsStrangersWhatTheyMayNotRead,
    FindsCommandsInEveryScope,
    JoinsScopeAndMemberByADash,
    LooksBeforeItRefuses,
    ListsCommandsOfEveryScope,
)
