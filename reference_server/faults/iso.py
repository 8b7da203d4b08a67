"""Faults of isolation."""

from reference_server.faults.declaration import Fault

FAULTS: tuple[Fault, ...] = ()
