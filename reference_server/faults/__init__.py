"""The planted faults, by area."""

from reference_server.faults import (
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
from reference_server.faults.declaration import Fault

_AREAS = (
    ack,
    rcp,
    sta,
    flr,
    err,
    mbr,
    lfc,
    bnd,
    rev,
    epc,
    inv,
    run,
    res,
    rdy,
    idm,
    con,
    pag,
    inp,
    iso,
    sec,
    htp,
    dur,
)

FAULTS: dict[str, Fault] = {fault.name: fault for area in _AREAS for fault in area.FAULTS}
