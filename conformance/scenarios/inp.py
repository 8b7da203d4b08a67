"""Input."""

from typing import Final

from conformance.checks import Scenario

SCENARIOS: Final[tuple[Scenario, ...]] = ()
