"""Scripted checks, one module an area."""

from typing import Final

from conformance.checks import Scenario
from conformance.scenarios import ack, bnd, epc, err, flr, inv, mbr, res, sta

SCENARIOS: Final[tuple[Scenario, ...]] = (
    *ack.SCENARIOS,
    *sta.SCENARIOS,
    *flr.SCENARIOS,
    *err.SCENARIOS,
    *mbr.SCENARIOS,
    *bnd.SCENARIOS,
    *epc.SCENARIOS,
    *inv.SCENARIOS,
    *res.SCENARIOS,
)
