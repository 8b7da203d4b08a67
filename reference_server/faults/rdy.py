"""Faults of readiness."""

from reference_server.faults.declaration import Fault

FAULTS: tuple[Fault, ...] = ()
