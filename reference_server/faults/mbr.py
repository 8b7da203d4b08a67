"""Faults of members."""

import re
from dataclasses import replace

from reference_server.behaviour import Behaviour
from reference_server.document import Document
from reference_server.events.member import LastBinding, Member
from reference_server.events.operation import Operation
from reference_server.faults.declaration import fault

SUFFIX = "-0"


@fault(breaks="MBR-01")
class KeepsMembersUnderAnotherId(Behaviour):
    """Makes a created member readable only under an id that no answer names."""

    def looked_up_as(self, member_id: str) -> str:
        """Find the member behind the server's id."""
        return member_id.removesuffix(SUFFIX)

    def readable_as(self, member: Member) -> str:
        """Give the server's id."""
        return member.member_id + SUFFIX

    def read_model_url(self, operation: Operation, url: str) -> str | None:
        """Link to the member as it can be read."""
        return url + SUFFIX if operation.kind == "member.create" else url


@fault(breaks="MBR-01")
class DropsTheDescriptionOfACreate(Behaviour):
    """Creates members without the description that came with the create."""

    def member_shown(self, member: Member, summary: Document) -> Document:
        """Show none until something else has changed the member."""
        return summary | {"description": None} if member.version == 1 else summary


@fault(breaks="MBR-02")
class PublishesNoServiceBeforeTheFirstBind(Behaviour):
    """Shows a null publishedServiceId until the member is bound for the first time."""

    def published_service_shown(self, member: Member) -> str | None:
        """Wait for a bind."""
        bound = member.last_binding is not None
        return super().published_service_shown(member) if bound else None


@fault(breaks=("MBR-02", "MBR-03"), also="RES-01")
class IdRecomputedFromDisplayName(Behaviour):
    """Works the publishedServiceId out from the display name, anew at each look."""

    def assigned_service_id(self, member_id: str, display_name: str) -> str:
        """Name the service after the member's first name."""
        return _named_after(display_name, member_id)

    def published_service_id(self, member: Member) -> str:
        """Name it after the present one."""
        return _named_after(member.display_name, member.member_id)


@fault(breaks="MBR-03")
class RenameMovesTheBinding(Behaviour):
    """Shows a rename as a new binding: boundAt follows the member's last change."""

    def last_binding_shown(self, member: Member) -> LastBinding | None:
        """Take the last change for the bind."""
        last = member.last_binding
        return last and replace(last, bound_at=member.updated_at)


def _named_after(display_name: str, member_id: str) -> str:
    slug = re.sub("[^a-z0-9]+", "-", display_name.lower())
    return f"{slug}-of-{member_id}"


FAULTS = (
    KeepsMembersUnderAnotherId,
    DropsTheDescriptionOfACreate,
    PublishesNoServiceBeforeTheFirstBind,
    IdRecomputedFromDisplayName,
    RenameMovesTheBinding,
)
