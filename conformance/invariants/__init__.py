"""Rules over histories, one module an area."""

from typing import Final

from conformance.checks import Invariant
from conformance.invariants import ack, err, flr, rcp, res, sta

INVARIANTS: Final[tuple[Invariant, ...]] = (
    *ack.INVARIANTS,
    *rcp.INVARIANTS,
    *sta.INVARIANTS,
    *flr.INVARIANTS,
    *err.INVARIANTS,
    *res.INVARIANTS,
)
