"""Decisions about invokes, runs and their failures."""

from collections.abc import Iterable, Iterator

from reference_server import problems
from reference_server.document import Document
from reference_server.events.member import Member
from reference_server.events.run import Run
from reference_server.events.service import Service
from reference_server.platform import Endpoint


class InvocationDecisions:
    """Honest decisions about invokes, runs and their failures."""

    def pinned_revision(self, asked: str | None, service: Service | None) -> str | None:  # noqa: ARG002
        """Give the revision that an invoke must run; None is the one that serves."""
        return asked

    def runs_retired(self, pinned: str | None) -> bool:  # noqa: ARG002
        """Say whether an invoke runs a retired revision; `pinned` is the one that it asks for."""
        return False

    def offers_endpoint(self, endpoint_id: str, offered: tuple[Endpoint, ...]) -> bool:
        """Say whether a revision that offers these endpoints can be invoked at this one."""
        return any(endpoint.endpoint_id == endpoint_id for endpoint in offered)

    def takes_payload(self, wrong: str) -> bool:  # noqa: ARG002
        """Say whether an invoke is taken although its payload is wrong.

        `wrong` is "two forms", "no type" or "not base64".
        """
        return False

    def command_id_given(self, asked: str | None) -> str | None:
        """Give the commandId of an invoke that names its own; None is a new one."""
        return asked

    def keeps_refused_runs(self) -> bool:
        """Say whether an invoke that is refused leaves the run that it was to become."""
        return False

    def runs_of(self, member: Member, runs: Iterable[Run]) -> Iterator[Run]:
        """Choose the runs of a member from all runs of its scope."""
        return (run for run in runs if self.is_run_of(member, run))

    def is_run_of(self, member: Member, run: Run) -> bool:
        """Say whether a run is read as one of a member's."""
        return run.member_id == member.member_id

    def lists_newest_first(self) -> bool:
        """Say whether a list of runs begins with the newest."""
        return True

    def run_list_shown(self, listed: Document) -> Document:
        """Give a page of runs in its last form."""
        return listed

    def unknown_run(self, scope_id: str, member_id: str, run_id: str) -> Document:  # noqa: ARG002
        """Answer a read of a run that never was; raises 404 SERVICE_RUN_NOT_FOUND."""
        raise problems.service_run_not_found(member_id, run_id)
