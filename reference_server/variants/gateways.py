"""What stands before a server now and then, which is none of the server's doing."""

from reference_server.behaviour import Behaviour
from reference_server.exchange import Answer
from reference_server.problems import Problem


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
    """Loses the answer to every nineteenth read: 502 without a body."""

    every = 19

    def __init__(self) -> None:
        super().__init__()
        self._reads = 0

    def answer_sent(self, operation_id: str, answer: Answer, origin: str) -> Answer:
        """Count, and lose the answer when it is time."""
        if operation_id.startswith(("get", "list")):
            self._reads += 1
            if self._reads % self.every == 0:
                return Answer(502, None)
        return super().answer_sent(operation_id, answer, origin)
