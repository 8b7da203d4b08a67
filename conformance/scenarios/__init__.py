"""Scripted checks, one module an area."""

from typing import Final

from conformance.checks import Scenario
from conformance.scenarios import (
    ack,
    bnd,
    con,
    dur,
    epc,
    err,
    flr,
    htp,
    idm,
    inp,
    inv,
    iso,
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

SCENARIOS: Final[tuple[Scenario, ...]] = (
    *ack.SCENARIOS,
    *rcp.SCENARIOS,
    *sta.SCENARIOS,
    *flr.SCENARIOS,
    *err.SCENARIOS,
    *mbr.SCENARIOS,
    *lfc.SCENARIOS,
    *bnd.SCENARIOS,
    *rev.SCENARIOS,
    *epc.SCENARIOS,
    *inv.SCENARIOS,
    *run.SCENARIOS,
    *res.SCENARIOS,
    *rdy.SCENARIOS,
    *idm.SCENARIOS,
    *con.SCENARIOS,
    *pag.SCENARIOS,
    *inp.SCENARIOS,
    *iso.SCENARIOS,
    *sec.SCENARIOS,
    *htp.SCENARIOS,
    *dur.SCENARIOS,
)
