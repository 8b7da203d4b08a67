"""What stands before a server now and then, which is none of the server's doing."""

from itertools import cycle

from reference_server.behaviour import Behaviour
from reference_server.exchange import Answer
from reference_server.problems import Problem

_PAGES = (
    Answer(502, None),
    Answer(503, {"code": "upstream_reset", "fault": "The upstream closed the connection."}),
    Answer(504, {"type": "about:blank", "title": "Gateway Timeout", "status": 504}),
)


class LimitsRates(Behaviour):
    """Answers every seventeenth request 429, before anything is looked at."""

    every = 17

    def __init__(self) -> None:
        super().__init__()
        self._requests = 0

    def offers(self, operation_id: str) -> bool:
        """Count, and refuse when it is time."""
        self._requests += 1
        if self._requests % self.every == 0:
            message = "Too many requests at once."
            raise Problem(429, "RATE_LIMITED", message, headers={"Retry-After": "0"})
        return super().offers(operation_id)


class GatewayErrors(Behaviour):
    """Loses the answer to every 19th read and to every 61st write, which was done: 502 to 504.

    The gateway answers without a body, in a JSON object of its own or with a problem of its own, by
    turns. Writes with an Idempotency-Key are counted like those without one.
    """

    every_read, every_write = 19, 61

    def __init__(self) -> None:
        super().__init__()
        self._reads = self._writes = 0
        self._pages = cycle(_PAGES)

    def answer_sent(self, operation_id: str, answer: Answer, origin: str) -> Answer:
        """Count, and lose the answer when it is time."""
        read = operation_id.startswith(("get", "list"))
        self._reads += read
        self._writes += not read
        due = self._reads % self.every_read if read else self._writes % self.every_write
        if due == 0:
            return next(self._pages)
        return super().answer_sent(operation_id, answer, origin)
