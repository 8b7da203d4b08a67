"""Python reads this at its start where PYTHONPATH names the folder: requests tell their cause."""

from collections.abc import Callable
from typing import Any

import httpx

from conformance import wire

Build = Callable[..., httpx.Request]


def telling(build: Build) -> Build:
    """Name the check in a header, so that a server can break what just this check judges."""

    def built(sender: wire.Wire, *given: Any) -> httpx.Request:  # noqa: ANN401  # as `build` has it
        request = build(sender, *given)
        request.headers["x-cause"] = sender.cause
        return request

    return built


for name in ("_built", "_rebuilt"):
    setattr(wire.Wire, name, telling(getattr(wire.Wire, name)))
