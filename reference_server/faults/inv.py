"""Faults of invokes and the runs behind them."""

from reference_server.behaviour import Behaviour
from reference_server.document import Document
from reference_server.events.operation import Operation
from reference_server.events.run import Run
from reference_server.faults.declaration import fault


@fault(breaks="INV-01", also="RCP-06")
class InvokeLocationIsTheMember(Behaviour):
    """Sends whoever invoked to the member itself, by the Location of the 202."""

    def location(self, operation: Operation, status_url: str, definition_url: str) -> str:
        """Point an invoke at the definition."""
        return definition_url if operation.kind == "member.invoke" else status_url


@fault(breaks="INV-01", also=("RCP-05", "RCP-08"))
class NeverNamesTheRun(Behaviour):
    """Leaves runId out of an invoke's receipt and of its status, early and late."""

    def target(self, operation: Operation) -> Document:
        """Drop runId."""
        return {name: value for name, value in operation.target.items() if name != "runId"}


@fault(breaks="INV-02")
class NamesARunThatNeverIs(Behaviour):
    """Names the command's own id as runId, under which the member has no run."""

    def target(self, operation: Operation) -> Document:
        """Take the command for the run."""
        invoke = operation.kind == "member.invoke"
        return operation.target | ({"runId": operation.command_id} if invoke else {})


@fault(breaks="INV-02")
class RunCarriesAnotherCommandId(Behaviour):
    """Shows a run under its own id in place of the command's."""

    def run_shown(self, run: Run, document: Document) -> Document:
        """Take the run for the command."""
        return document | {"commandId": run.run_id}


@fault(breaks="INV-02")
class RunCarriesAnotherCorrelationId(Behaviour):
    """Shows a run under a correlation id of the platform's own."""

    def run_shown(self, run: Run, document: Document) -> Document:
        """Correlate anew."""
        return document | {"correlationId": f"platform-{run.run_id}"}


FAULTS = (
    InvokeLocationIsTheMember,
    NeverNamesTheRun,
    NamesARunThatNeverIs,
    RunCarriesAnotherCommandId,
    RunCarriesAnotherCorrelationId,
)
