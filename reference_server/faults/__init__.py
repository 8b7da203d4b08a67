"""The planted faults, by area."""

from reference_server.faults import ack, bnd, epc, err, flr, inv, mbr, res, sta
from reference_server.faults.declaration import Fault

_AREAS = (ack, sta, flr, err, res, mbr, bnd, epc, inv)

FAULTS: dict[str, Fault] = {fault.name: fault for area in _AREAS for fault in area.FAULTS}
