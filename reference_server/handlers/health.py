"""Health: alive, and able to take writes."""

from reference_server import problems
from reference_server.exchange import Answer, Call, Handler, read
from reference_server.handlers.parts import Parts


class Health:
    """Handlers of the health routes."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def handlers(self) -> dict[str, Handler]:
        """Name each handler by its operationId."""
        return {"getHealthLive": self.get_health_live, "getHealthReady": self.get_health_ready}

    async def get_health_live(self, call: Call) -> Answer:  # noqa: ARG002
        """Say that the process answers."""
        return read({"status": "healthy"})

    async def get_health_ready(self, call: Call) -> Answer:  # noqa: ARG002
        """Say that writes are taken; raise 503 where the store refuses them."""
        if self._parts.authority.broken:
            raise problems.service_unavailable(self._parts.authority.broken)
        return read({"status": "healthy"})
