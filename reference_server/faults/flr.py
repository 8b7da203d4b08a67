"""Faults of failure after acceptance."""

from reference_server.behaviour import Behaviour
from reference_server.events.run import Run, RunFailed
from reference_server.faults.declaration import fault


@fault(breaks="FLR-01")
class CallsAFailedRunReady(Behaviour):
    """Makes the operation of a failed run ready, because the run has ended."""

    def run_failure(self, run: Run) -> RunFailed | None:  # noqa: ARG002
        """See no failure."""
        return None


FAULTS = (CallsAFailedRunReady,)
