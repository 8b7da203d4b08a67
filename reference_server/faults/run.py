"""Faults of runs: whose they are, how they are listed, and what they say."""

from collections.abc import Iterable, Iterator
from itertools import cycle

from reference_server import problems
from reference_server.behaviour import Behaviour
from reference_server.document import Document
from reference_server.events.member import Member
from reference_server.events.run import Run
from reference_server.faults.declaration import fault


@fault(breaks="RUN-01")
class ListsTheRunsOfTheWholeScope(Behaviour):
    """Lists the runs of all members at each of them."""

    def runs_of(self, member: Member, runs: Iterable[Run]) -> Iterator[Run]:  # noqa: ARG002
        """Choose all."""
        return iter(runs)


@fault(breaks="RUN-01")
class LeavesTheRevisionOutOfTheList(Behaviour):
    """Lists runs without the revision that ran."""

    def run_list_shown(self, listed: Document) -> Document:
        """Drop revisionId."""
        rows = [{k: v for k, v in row.items() if k != "revisionId"} for row in listed["runs"]]
        return listed | {"runs": rows}


@fault(breaks="RUN-01", also="FLR-08")
class NeverListsARun(Behaviour):
    """Lists no run, though each can be read."""

    def runs_of(self, member: Member, runs: Iterable[Run]) -> Iterator[Run]:  # noqa: ARG002
        """Choose none."""
        return iter(())


@fault(breaks="RUN-02")
class ReadsARunAtAnyMember(Behaviour):
    """Shows a run at every member of its scope."""

    def is_run_of(self, member: Member, run: Run) -> bool:  # noqa: ARG002
        """Take the id for enough."""
        return True

    def runs_of(self, member: Member, runs: Iterable[Run]) -> Iterator[Run]:
        """List them by member all the same."""
        return (run for run in runs if run.member_id == member.member_id)


@fault(breaks="RUN-03")
class ForgetsRunsWithARename(Behaviour):
    """Lists only runs that are younger than the last change of the member."""

    def runs_of(self, member: Member, runs: Iterable[Run]) -> Iterator[Run]:
        """Begin anew with each change."""
        return (run for run in super().runs_of(member, runs) if run.created_at > member.updated_at)


@fault(breaks="RUN-03")
class ListsRunsOfTheLastBoundRevision(Behaviour):
    """Lists only runs of the revision that was bound last."""

    def runs_of(self, member: Member, runs: Iterable[Run]) -> Iterator[Run]:
        """Look for them under the binding."""
        bound = member.last_binding
        own = super().runs_of(member, runs)
        return (run for run in own if bound and run.revision_id == bound.revision_id)


@fault(breaks="RUN-04")
class SaysFinishedInPlaceOfCompleted(Behaviour):
    """Calls a completed run finished."""

    def run_shown(self, run: Run, document: Document) -> Document:  # noqa: ARG002
        """Use a word of its own."""
        word = document["runStatus"]
        return document | {"runStatus": "finished" if word == "completed" else word}


@fault(breaks="RUN-04", also="HTP-05")
class LagsBehindOnASecondReplica(Behaviour):
    """Shows a completed run as running in every second answer, from a replica that is behind."""

    def __init__(self) -> None:
        self._behind = cycle((False, True))

    def run_shown(self, run: Run, document: Document) -> Document:
        """Take turns."""
        completed = run.word == "completed"
        if completed and next(self._behind):
            return document | {"runStatus": "running", "output": None}
        return document


@fault(breaks="RUN-05")
class FailsRunsWithoutAWord(Behaviour):
    """Shows a failed run without code and message."""

    def run_shown(self, run: Run, document: Document) -> Document:  # noqa: ARG002
        """Leave the failure to the operation."""
        return document | {"failure": None}


@fault(breaks="RUN-05")
class FailsRunsWithAnEmptyMessage(Behaviour):
    """Shows a failed run with its code and an empty message."""

    def run_shown(self, run: Run, document: Document) -> Document:
        """Say nothing."""
        return document | (
            {"failure": document["failure"] | {"message": ""}} if run.failure else {}
        )


@fault(breaks="RUN-06")
class ShowsAnEmptyRunForAnUnknownOne(Behaviour):
    """Answers a read of a run that never was with an empty document."""

    def unknown_run(self, scope_id: str, member_id: str, run_id: str) -> Document:  # noqa: ARG002
        """Wait for it to come."""
        return {}


@fault(breaks="RUN-06")
class MistakesAnUnknownRunForAMissingMember(Behaviour):
    """Answers a read of a run that never was that the member was not found."""

    def unknown_run(self, scope_id: str, member_id: str, run_id: str) -> Document:  # noqa: ARG002
        """Give the nearest 404."""
        raise problems.studio_member_not_found(scope_id, member_id)


@fault(breaks="RUN-07")
class ListsRunsOldestFirst(Behaviour):
    """Lists runs in the order in which they came."""

    def lists_newest_first(self) -> bool:
        """Begin at the beginning."""
        return False


@fault(breaks="RUN-07")
class CutsTheListOfRuns(Behaviour):
    """Gives the first page of a list of runs as if it were the whole."""

    def run_list_shown(self, listed: Document) -> Document:
        """Drop the token."""
        return listed | {"nextPageToken": None}


@fault(breaks="RUN-08")
class KeepsTheRunOfARefusedInvoke(Behaviour):
    """Registers the run of an invoke before it looks whether it can be taken."""

    def keeps_refused_runs(self) -> bool:
        """Leave it there."""
        return True


FAULTS = (
    ListsTheRunsOfTheWholeScope,
    LeavesTheRevisionOutOfTheList,
    NeverListsARun,
    ReadsARunAtAnyMember,
    ForgetsRunsWithARename,
    ListsRunsOfTheLastBoundRevision,
    SaysFinishedInPlaceOfCompleted,
    LagsBehindOnASecondReplica,
    FailsRunsWithoutAWord,
    FailsRunsWithAnEmptyMessage,
    ShowsAnEmptyRunForAnUnknownOne,
    MistakesAnUnknownRunForAMissingMember,
    ListsRunsOldestFirst,
    CutsTheListOfRuns,
    KeepsTheRunOfARefusedInvoke,
)
