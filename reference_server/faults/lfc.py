"""Faults of lifecycle."""

from reference_server.faults.declaration import Fault

FAULTS: tuple[Fault, ...] = ()
