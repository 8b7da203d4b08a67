"""Rules over histories, one module an area."""

from typing import Final

from conformance.checks import Invariant
from conformance.invariants import (
    ack,
    bnd,
    epc,
    err,
    flr,
    htp,
    idm,
    inv,
    lfc,
    mbr,
    pag,
    rcp,
    rdy,
    res,
    rev,
    run,
    sec,
    sta,
)

INVARIANTS: Final[tuple[Invariant, ...]] = (
    *ack.INVARIANTS,
    *rcp.INVARIANTS,
    *sta.INVARIANTS,
    *flr.INVARIANTS,
    *err.INVARIANTS,
    *mbr.INVARIANTS,
    *lfc.INVARIANTS,
    *bnd.INVARIANTS,
    *rev.INVARIANTS,
    *epc.INVARIANTS,
    *inv.INVARIANTS,
    *run.INVARIANTS,
    *res.INVARIANTS,
    *rdy.INVARIANTS,
    *idm.INVARIANTS,
    *pag.INVARIANTS,
    *sec.INVARIANTS,
    *htp.INVARIANTS,
)
