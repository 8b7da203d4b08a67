"""Faults of lists and their pages."""

from collections.abc import Iterable
from dataclasses import replace

from reference_server import problems
from reference_server.behaviour import Behaviour
from reference_server.document import Document
from reference_server.events.member import Member
from reference_server.faults.declaration import fault
from reference_server.problems import Problem
from reference_server.requests import Body


@fault(breaks="PAG-01", also="RUN-07")
class SkipsTheFirstOfEachLaterPage(Behaviour):
    """Begins each page but the first one item too late."""

    def page_start(self, start: int) -> int:
        """Step over the cursor twice."""
        return start + 1


@fault(breaks="PAG-01", also=("CON-05", "RUN-07"))
class RepeatsTheLastOfThePageBefore(Behaviour):
    """Begins each page with the item that ended the page before."""

    def page_start(self, start: int) -> int:
        """Take the cursor for the first item."""
        return max(start - 1, 0)


@fault(breaks="PAG-01", also=("CON-05", "RUN-07"))
class ForgetsWhereThePageBeforeEnded(Behaviour):
    """Answers every page token with the first page."""

    def page_start(self, start: int) -> int:  # noqa: ARG002
        """Start over."""
        return 0


@fault(breaks=("PAG-01", "PAG-02"), also="RUN-07")
class CutsTheListWithoutAWord(Behaviour):
    """Ends each list at the page size, without a token for what is left."""

    def next_page_token(self, token: str, *, more: bool) -> str | None:  # noqa: ARG002
        """Know of no next page."""
        return None


@fault(breaks="PAG-02")
class EndsWithAnEmptyToken(Behaviour):
    """Names the empty string as the token after the last page."""

    def next_page_token(self, token: str, *, more: bool) -> str | None:
        """Fill the member with something."""
        return super().next_page_token(token, more=more) or ""


@fault(breaks="PAG-02")
class OffersAnotherPageForever(Behaviour):
    """Names a next page on every page, the last and the empty ones after it included."""

    def next_page_token(self, token: str, *, more: bool) -> str | None:  # noqa: ARG002
        """Never end."""
        return token


@fault(breaks="PAG-03")
class BreaksOnALargePage(Behaviour):
    """Makes room for as many items as a page is asked to hold, and fails where they are many."""

    most = 10_000

    def page_size(self, asked: str | None, largest: int, refusal: Problem) -> int:
        """Run out of memory."""
        if asked is not None and asked.isdigit() and int(asked) > self.most:
            raise problems.internal_error()
        return super().page_size(asked, largest, refusal)


@fault(breaks="PAG-04")
class ClampsANegativePageSize(Behaviour):
    """Takes a page size below one for the largest, without a word."""

    def page_size(self, asked: str | None, largest: int, refusal: Problem) -> int:
        """Clamp what is too small as well as what is too large."""
        below = asked is not None and asked.startswith("-") and asked[1:].isdigit()
        return largest if below else super().page_size(asked, largest, refusal)


@fault(breaks="PAG-04")
class TakesAWordForTheDefaultPageSize(Behaviour):
    """Takes a page size that is no number for none at all."""

    def page_size(self, asked: str | None, largest: int, refusal: Problem) -> int:
        """Ignore what cannot be read."""
        unreadable = asked is not None and asked.isalpha()
        return super().page_size(None if unreadable else asked, largest, refusal)


@fault(breaks="PAG-04")
class StartsOverAtABadToken(Behaviour):
    """Answers a page token that no list gave with the first page."""

    def bad_page_token(self, refusal: Problem) -> None:
        """Suppose that it meant the beginning."""


@fault(breaks="PAG-04")
class TakesTheTokenOfAnotherList(Behaviour):
    """Continues a list after a token that another list gave."""

    def takes_token_of(self, named: list[str], own: list[str]) -> bool:  # noqa: ARG002
        """Look at nothing but the position."""
        return True


@fault(breaks="PAG-05")
class CallsAnEmptyRosterMissing(Behaviour):
    """Answers 404 for the roster of a scope that has no members."""

    def roster_shown(self, roster: Document) -> Document:
        """Mistake none for nothing."""
        if not roster["members"] and roster["nextPageToken"] is None:
            raise Problem(404, "STUDIO_MEMBERS_NOT_FOUND", "The scope has no members.")
        return roster


@fault(breaks="PAG-05")
class ShowsNullForAnEmptyRoster(Behaviour):
    """Shows null in place of the members of a scope that has none."""

    def roster_shown(self, roster: Document) -> Document:
        """Serialise the absence of rows."""
        return roster | {"members": roster["members"] or None}


@fault(breaks="PAG-06")
class FollowsTheTokenIntoItsScope(Behaviour):
    """Lists the members of the scope that the page token names, whichever scope is asked."""

    def takes_token_of(self, named: list[str], own: list[str]) -> bool:
        """Compare all but the scope."""
        return named[:1] + named[2:] == own[:1] + own[2:]

    def scope_listed(self, scope_id: str, named_by_token: str | None) -> str:
        """Trust the token."""
        return named_by_token or scope_id


@fault(breaks="PAG-07")
class RowsShowEveryMemberAsAWorkflow(Behaviour):
    """Shows the kind workflow on every row of the roster."""

    def roster_shown(self, roster: Document) -> Document:
        """Fill in the default."""
        for row in roster["members"]:
            row["implementationKind"] = "workflow"
        return roster


@fault(breaks="PAG-07")
class RowsKeepTheFirstName(Behaviour):
    """Shows on the rows of the roster the display name that a member was first listed with."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def roster_shown(self, roster: Document) -> Document:
        """Copy the name once."""
        for row in roster["members"]:
            row["displayName"] = self._names.setdefault(row["memberId"], row["displayName"])
        return roster


@fault(breaks="PAG-08")
class ListsOnlyWhoWasBound(Behaviour):
    """Leaves out of the roster whoever was never bound."""

    def roster(self, scope_id: str, members: Iterable[Member]) -> Iterable[Member]:  # noqa: ARG002
        """Ask the services who there is."""
        return [member for member in members if member.last_binding is not None]


@fault(breaks="PAG-08")
class ListsWhomItRefusedToCreate(Behaviour):
    """Lists a member whose create was refused for its kind."""

    def __init__(self) -> None:
        self._refused: list[str] = []

    def member_kind(self, body: Body) -> str:
        """Enter the member before its kind is looked at."""
        try:
            return super().member_kind(body)
        except Problem:
            self._refused += [str(body.members["memberId"])] if "memberId" in body.members else []
            raise

    def roster(self, scope_id: str, members: Iterable[Member]) -> Iterable[Member]:  # noqa: ARG002
        """Add them to those that are there."""
        there = list(members)
        return there + [
            replace(there[0], member_id=refused, published_service_id=f"member-{refused}")
            for refused in self._refused
            if there
        ]


FAULTS = (
    SkipsTheFirstOfEachLaterPage,
    RepeatsTheLastOfThePageBefore,
    ForgetsWhereThePageBeforeEnded,
    CutsTheListWithoutAWord,
    EndsWithAnEmptyToken,
    OffersAnotherPageForever,
    BreaksOnALargePage,
    ClampsANegativePageSize,
    TakesAWordForTheDefaultPageSize,
    StartsOverAtABadToken,
    TakesTheTokenOfAnotherList,
    CallsAnEmptyRosterMissing,
    ShowsNullForAnEmptyRoster,
    FollowsTheTokenIntoItsScope,
    RowsShowEveryMemberAsAWorkflow,
    RowsKeepTheFirstName,
    ListsOnlyWhoWasBound,
    ListsWhomItRefusedToCreate,
)
