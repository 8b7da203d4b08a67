"""Rules over histories, one module an area."""

from typing import Final

from conformance.checks import Invariant
from conformance.invariants import ack, err, flr, lfc, mbr, pag, rcp, rdy, res, rev, sta

INVARIANTS: Final[tuple[Invariant, ...]] = (
    *ack.INVARIANTS,
    *rcp.INVARIANTS,
    *sta.INVARIANTS,
    *flr.INVARIANTS,
    *err.INVARIANTS,
    *mbr.INVARIANTS,
    *lfc.INVARIANTS,
    *rev.INVARIANTS,
    *res.INVARIANTS,
    *rdy.INVARIANTS,
    *pag.INVARIANTS,
)
