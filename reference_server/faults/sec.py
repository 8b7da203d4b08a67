"""Faults of credentials and disclosure."""

from collections.abc import Collection
from itertools import count

from reference_server.behaviour import Behaviour
from reference_server.exchange import Answer
from reference_server.faults.declaration import fault
from reference_server.problems import Problem

UNAUTHENTICATED = 401
FORBIDDEN = 403


@fault(breaks="SEC-01")
class ListsMembersToAnybody(Behaviour):
    """Asks for no credential where the roster is read."""

    def lets_in(self, operation_id: str, refusal: Problem) -> bool:
        """Let everybody in."""
        return operation_id == "listMembers" and refusal.status == UNAUTHENTICATED


@fault(breaks="SEC-01")
class AsksForNoCertainCredential(Behaviour):
    """Answers 401 without a word of how to authenticate."""

    def refusal(self, operation_id: str, refusal: Problem) -> Problem:
        """Drop the challenge."""
        shown = super().refusal(operation_id, refusal)
        if shown.status == UNAUTHENTICATED:
            shown.headers.clear()
        return shown


@fault(breaks="SEC-02")
class LetsStrangersRename(Behaviour):
    """Asks for a token where a member is changed, and not for the scope."""

    def lets_in(self, operation_id: str, refusal: Problem) -> bool:
        """Let every token in."""
        return operation_id == "updateMember" and refusal.status == FORBIDDEN


@fault(breaks="SEC-02")
class CallsAForeignScopeForbidden(Behaviour):
    """Refuses a stranger with a code that says nothing of scopes."""

    def refusal(self, operation_id: str, refusal: Problem) -> Problem:
        """Give the code that every server has."""
        shown = super().refusal(operation_id, refusal)
        denied = shown.code == "SCOPE_ACCESS_DENIED"
        return Problem(FORBIDDEN, "FORBIDDEN", shown.message) if denied else shown


@fault(breaks="SEC-03", also="ISO-02")  # a status is one of the URLs that ISO-02 names
class TakesAStatusUrlForACapability(Behaviour):
    """Shows a status to every token: whoever knows the URL may read it."""

    def lets_in(self, operation_id: str, refusal: Problem) -> bool:
        """Ask for a token only."""
        return operation_id == "getOperation" and refusal.status == FORBIDDEN


@fault(breaks="SEC-03", also="SEC-01")  # a status URL is a documented route
class ShowsAStatusToAnybody(Behaviour):
    """Shows a status to whoever has no token at all."""

    def lets_in(self, operation_id: str, refusal: Problem) -> bool:
        """Ask nobody."""
        return operation_id == "getOperation" and refusal.status == UNAUTHENTICATED


@fault(breaks="SEC-04")
class CountsItsCommands(Behaviour):
    """Numbers its commands."""

    def __init__(self) -> None:
        self._count = count(1)

    def new_command_id(self, drawn: str) -> str:  # noqa: ARG002
        """Take the next number."""
        return f"c-{next(self._count):032d}"


@fault(breaks="SEC-05")
class ListsACorrelationOfEveryScope(Behaviour):
    """Lists the operations of a correlation, whoever they are of."""

    def scopes_listed(
        self, listed: str, scope_id: str, known: Collection[str], correlation_id: str | None
    ) -> Collection[str]:
        """Forget the scope."""
        asked = listed == "operations" and correlation_id is not None
        return known if asked else (scope_id,)


@fault(breaks="SEC-06", also="HTP-02")  # its JSON is called HTML
class CallsOddIdsHtml(Behaviour):
    """Answers text/html where an id in the path has an angle bracket."""

    def answer_sent(self, operation_id: str, answer: Answer, origin: str) -> Answer:
        """Name another media type."""
        sent = super().answer_sent(operation_id, answer, origin)
        odd = any("<" in value for value in (sent.body or {}).values() if isinstance(value, str))
        more = {"Content-Type": "text/html; charset=utf-8"} if odd else {}
        return Answer(sent.status, sent.body, {**sent.headers, **more})


FAULTS = (
    ListsMembersToAnybody,
    AsksForNoCertainCredential,
    LetsStrangersRename,
    CallsAForeignScopeForbidden,
    TakesAStatusUrlForACapability,
    ShowsAStatusToAnybody,
    CountsItsCommands,
    ListsACorrelationOfEveryScope,
    CallsOddIdsHtml,
)
