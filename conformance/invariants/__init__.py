"""Rules over histories, one module an area."""

from typing import Final

from conformance.checks import Invariant
from conformance.invariants import ack, err, flr, mbr, pag, rcp, res, rev, sta

INVARIANTS: Final[tuple[Invariant, ...]] = (
    *ack.INVARIANTS,
    *rcp.INVARIANTS,
    *sta.INVARIANTS,
    *flr.INVARIANTS,
    *err.INVARIANTS,
    *mbr.INVARIANTS,
    *rev.INVARIANTS,
    *res.INVARIANTS,
    *pag.INVARIANTS,
)
