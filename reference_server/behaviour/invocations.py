"""Decisions about invokes, runs and their failures."""

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
