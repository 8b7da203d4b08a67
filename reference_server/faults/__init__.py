"""The planted faults, by area."""

from reference_server.faults import ack, bnd, epc, err, flr, inv, mbr, rcp, res, sta
from reference_server.faults.declaration import Fault

_AREAS = (ack, rcp, sta, flr, err, mbr, bnd, epc, inv, res)

FAULTS: dict[str, Fault] = {fault.name: fault for area in _AREAS for fault in area.FAULTS}
