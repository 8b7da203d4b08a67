"""Every decision that the contract leaves to a server, or that a fault makes wrongly.

One method each, grouped by what they are about; the body is the honest decision. A fault
(faults/) or a variant (variants.py) overrides one. A method that is given a document may change
it freely: it is made anew for each answer. A method may also raise a Problem, which is then the
answer.
"""

from reference_server.behaviour.acceptance import AcceptanceDecisions
from reference_server.behaviour.invocations import InvocationDecisions
from reference_server.behaviour.keys import KeyDecisions
from reference_server.behaviour.lists import ListDecisions
from reference_server.behaviour.members import MemberDecisions
from reference_server.behaviour.problems import ProblemDecisions
from reference_server.behaviour.progress import ProgressDecisions
from reference_server.behaviour.read_models import ReadModelDecisions
from reference_server.behaviour.receipts import ReceiptDecisions
from reference_server.behaviour.resolution import ResolutionDecisions
from reference_server.behaviour.restarts import RestartDecisions
from reference_server.behaviour.revisions import RevisionDecisions
from reference_server.behaviour.status_reads import StatusReadDecisions
from reference_server.behaviour.tenants import TenantDecisions
from reference_server.behaviour.transport import TransportDecisions


class Behaviour(
    AcceptanceDecisions,
    ReceiptDecisions,
    StatusReadDecisions,
    ProgressDecisions,
    ResolutionDecisions,
    ReadModelDecisions,
    ProblemDecisions,
    MemberDecisions,
    RevisionDecisions,
    InvocationDecisions,
    ListDecisions,
    KeyDecisions,
    RestartDecisions,
    TenantDecisions,
    TransportDecisions,
):
    """The honest server."""
