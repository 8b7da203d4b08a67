"""What all checks of a run share, and the api that each of them is given of its own."""

import secrets
import threading
from collections.abc import Callable

from conformance.api import Api, Names
from conformance.client import Client
from conformance.contract import Contract
from conformance.ledger import Ledger
from conformance.restarting import Restarting
from conformance.target import Target
from conformance.together import Crowd
from conformance.trace import Trace
from conformance.trust import trust_of
from conformance.wire import Budget, Connections


class Given:
    """The connections, the names and the write limit of one run.

    Attributes:
        contract, target: what is judged, and by what.
        trace: what was sent and received so far.
        names: those of what is created.
        stopping: set once nothing more is to be sent; every pause ends with it.

    """

    def __init__(self, contract: Contract, target: Target, ledger: Ledger | None) -> None:
        self.contract, self.target = contract, target
        self.trace, self.stopping = Trace(), threading.Event()
        self.names = Names(ledger.heading.run if ledger else secrets.token_hex(4))
        self._ledger, self._crowd, self._budget = ledger, Crowd(), Budget(target.max_writes)
        self._connections = Connections(trust=trust_of(target), timeout=target.pace.request_timeout)

    def client(self, cause: str, lane: str = "scenarios") -> Client:
        """Return a client whose exchanges name what caused them."""
        return Client(
            self.contract,
            self.target,
            self.trace,
            cause,
            self._connections,
            self._budget,
            self.stopping.wait,
            lane,
            ledger=self._ledger,
        )

    def api(
        self,
        client: Client,
        waiting: Callable[[str], None],
        restarting: Restarting | None = None,
    ) -> Api:
        """Return the target as one check sees it; `waiting` is told what is waited for."""
        return Api(client, self.target, waiting, self.names, self._crowd, restarting)

    def close(self, *, wait: bool = True) -> None:
        """Close every connection; without waiting for requests that leave at the same instant."""
        self._crowd.close(wait=wait)
        self._connections.close()
