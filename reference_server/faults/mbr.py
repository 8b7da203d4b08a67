"""Faults of members."""

import re
from dataclasses import replace

from reference_server import instants
from reference_server.behaviour import Behaviour
from reference_server.commands.member import DeleteMember
from reference_server.document import Document
from reference_server.events.member import LastBinding, Member, MemberEvent
from reference_server.events.operation import Operation
from reference_server.faults.declaration import fault
from reference_server.problems import Problem

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


@fault(breaks="MBR-01", also="INP-08")
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


@fault(breaks=("MBR-02", "MBR-03"), also=("RES-01", "PAG-07"))
class IdRecomputedFromDisplayName(Behaviour):
    """Works the publishedServiceId out from the display name, anew at each look."""

    def assigned_service_id(self, member_id: str, display_name: str) -> str:
        """Name the service after the member's first name."""
        return _named_after(display_name, member_id)

    def published_service_id(self, member: Member) -> str:
        """Name it after the present one."""
        return _named_after(member.display_name, member.member_id)


@fault(breaks=("MBR-03", "BND-08"))
class RenameMovesTheBinding(Behaviour):
    """Shows a rename as a new binding: boundAt follows the member's last change."""

    def last_binding_shown(self, member: Member) -> LastBinding | None:
        """Take the last change for the bind."""
        last = member.last_binding
        return last and replace(last, bound_at=member.updated_at)


@fault(breaks="MBR-04")
class WipesTheDescriptionByARename(Behaviour):
    """Takes a rename without a description for one that clears it."""

    def describes(self, patch: Document) -> bool:  # noqa: ARG002
        """Write what is not there."""
        return True


@fault(breaks="MBR-04")
class KeepsADescriptionSetToNull(Behaviour):
    """Takes a description of null for none given, so that none can be cleared."""

    def describes(self, patch: Document) -> bool:
        """Mistake null for absence."""
        return patch.get("description") is not None


@fault(breaks="MBR-04")
class KeepsADescriptionSetToNothing(Behaviour):
    """Accepts an empty description and leaves the old one."""

    def describes(self, patch: Document) -> bool:
        """Mistake empty for absence."""
        return super().describes(patch) and patch["description"] != ""


@fault(breaks=("MBR-05", "MBR-06"))
class StoresImplementationsOfAnyKind(Behaviour):
    """Stores an implementation of another kind than the member's."""

    def locks_kind(self, operation_id: str) -> bool:
        """Leave it to the bind."""
        return operation_id != "updateMemberImplementation"


@fault(breaks=("MBR-05", "MBR-06"))
class BindsImplementationsOfAnyKind(Behaviour):
    """Binds an implementation of another kind than the member's."""

    def locks_kind(self, operation_id: str) -> bool:
        """Trust the caller."""
        return operation_id != "bindMember"


@fault(breaks="MBR-05")
class KeepsTheImplementationThatItRefused(Behaviour):
    """Refuses an implementation of another kind, and shows one of another kind ever after."""

    def __init__(self) -> None:
        self._refused: set[str] = set()

    def refusal(self, operation_id: str, refusal: Problem) -> Problem:  # noqa: ARG002
        """Store it before the kinds are compared."""
        if refusal.code == "STUDIO_MEMBER_KIND_LOCKED":
            self._refused.add(refusal.ids["memberId"])
        return refusal

    def detail_shown(self, member: Member, detail: Document) -> Document:
        """Show what was stored."""
        if member.member_id in self._refused and member.implementation is None:
            detail["implementationRef"] = {"implementationKind": "gagent"}
        return detail


@fault(breaks="MBR-06")
class TakesTheFirstOfTwoStored(Behaviour):
    """Stores the first of two implementations in one update."""

    def implementation_given(self, operation_id: str, body: Document) -> Document:
        """Drop the rest."""
        return first_branch(body) if operation_id == "updateMemberImplementation" else body


@fault(breaks="MBR-07")
class PacksTheImplementationIntoABag(Behaviour):
    """Shows implementationRef as a typed bag of base64."""

    def detail_shown(self, member: Member, detail: Document) -> Document:  # noqa: ARG002
        """Pack it."""
        if detail["implementationRef"] is not None:
            url = "type.googleapis.com/studio.ImplementationRef"
            detail["implementationRef"] |= {"@type": url, "value": "CgN3Zjg="}
        return detail


@fault(breaks="MBR-07")
class DumpsTheStateOfABinding(Behaviour):
    """Shows the lastBinding of a member as the text of what the server stores."""

    def detail_shown(self, member: Member, detail: Document) -> Document:
        """Dump it."""
        return detail | {"lastBinding": member.last_binding and repr(member.last_binding)}


@fault(breaks="MBR-07")
class LeavesNullsOutOfADetail(Behaviour):
    """Leaves implementationRef and lastBinding out of a member that has neither."""

    def detail_shown(self, member: Member, detail: Document) -> Document:  # noqa: ARG002
        """Drop the nulls."""
        return {name: value for name, value in detail.items() if value is not None}


@fault(breaks="MBR-08", also=("ACK-03", "RCP-01", "STA-01", "STA-11"))
class MakesMemberIdsWithAColon(Behaviour):
    """Makes memberIds with a colon, which a path takes for the beginning of a verb."""

    def assigned_member_id(self, asked: str | None, fresh: str) -> str:
        """Part it as the server's keys are."""
        return super().assigned_member_id(asked, fresh.replace("-", ":"))


@fault(breaks="MBR-09", also=("RCP-13", "RES-01"))
class NamesTheServiceAfterTheFirstName(Behaviour):
    """Assigns a publishedServiceId made of the display name alone, for whoever comes to bear it."""

    def assigned_service_id(self, member_id: str, display_name: str) -> str:  # noqa: ARG002
        """Let the name do."""
        return slug(display_name)


@fault(breaks="MBR-09")
class GivesAwayTheServiceOfADeletedMember(Behaviour):
    """Gives the publishedServiceId of a deleted member to the next one that bears its name."""

    def __init__(self) -> None:
        self._freed: dict[str, str] = {}

    def decided(
        self,
        command: object,
        member: Member | None,
        visible: Member | None,  # noqa: ARG002
        events: tuple[MemberEvent, ...],
    ) -> tuple[MemberEvent, ...]:
        """Note what becomes free."""
        if isinstance(command, DeleteMember) and member is not None:
            self._freed[member.display_name] = member.published_service_id
        return events

    def assigned_service_id(self, member_id: str, display_name: str) -> str:
        """Let nothing go to waste."""
        return self._freed.get(display_name) or super().assigned_service_id(member_id, display_name)


@fault(breaks="MBR-10")
class DatesAMemberByItsLastChange(Behaviour):
    """Shows for createdAt when the member was last changed."""

    def member_shown(self, member: Member, summary: Document) -> Document:
        """Take the last event for the first."""
        return summary | {"createdAt": member.updated_at}


@fault(breaks="MBR-10")
class DatesAMemberByItsLastCreate(Behaviour):
    """Shows for createdAt when the member was last created, though it was there already."""

    def __init__(self) -> None:
        self._created: dict[str, str] = {}

    def assigned_service_id(self, member_id: str, display_name: str) -> str:
        """Note the time of each create."""
        self._created[member_id] = instants.text(instants.now())
        return super().assigned_service_id(member_id, display_name)

    def member_shown(self, member: Member, summary: Document) -> Document:
        """Show the last one."""
        return summary | {"createdAt": self._created[member.member_id]}


def first_branch(body: Document) -> Document:
    """Keep of a body's implementations the first alone."""
    named = [name for name in body if name in {"workflow", "script", "gAgent", "gagent"}]
    return {name: value for name, value in body.items() if name not in named[1:]}


def slug(display_name: str) -> str:
    """Spell a display name as the id of a service."""
    return re.sub("[^a-z0-9]+", "-", display_name.lower())[:64]


def _named_after(display_name: str, member_id: str) -> str:
    return f"{slug(display_name)}-of-{member_id}"


FAULTS = (
    KeepsMembersUnderAnotherId,
    DropsTheDescriptionOfACreate,
    PublishesNoServiceBeforeTheFirstBind,
    IdRecomputedFromDisplayName,
    RenameMovesTheBinding,
    WipesTheDescriptionByARename,
    KeepsADescriptionSetToNull,
    KeepsADescriptionSetToNothing,
    StoresImplementationsOfAnyKind,
    BindsImplementationsOfAnyKind,
    KeepsTheImplementationThatItRefused,
    TakesTheFirstOfTwoStored,
    PacksTheImplementationIntoABag,
    DumpsTheStateOfABinding,
    LeavesNullsOutOfADetail,
    MakesMemberIdsWithAColon,
    NamesTheServiceAfterTheFirstName,
    GivesAwayTheServiceOfADeletedMember,
    DatesAMemberByItsLastChange,
    DatesAMemberByItsLastCreate,
)
