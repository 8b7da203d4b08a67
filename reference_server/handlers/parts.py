"""What handlers work with."""

from collections.abc import Callable
from dataclasses import dataclass

from reference_server.authority import Authority
from reference_server.commands.member import CreateMember
from reference_server.handlers.write import Writes
from reference_server.operations import Operations
from reference_server.projections import ReadModels
from reference_server.receipts import Receipts
from reference_server.resolver import Resolver
from reference_server.surroundings import Surroundings
from reference_server.urls import Urls


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of one server; `check_create` refuses a create as known now."""

    authority: Authority
    read_models: ReadModels
    resolver: Resolver
    operations: Operations
    receipts: Receipts
    writes: Writes
    urls: Urls
    surroundings: Surroundings
    check_create: Callable[[CreateMember], None]
