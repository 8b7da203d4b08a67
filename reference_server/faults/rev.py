"""Faults of revisions."""

from reference_server.faults.declaration import Fault

FAULTS: tuple[Fault, ...] = ()
