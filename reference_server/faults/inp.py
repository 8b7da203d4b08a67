"""Faults of what a request may carry."""

import re
from collections.abc import Callable
from dataclasses import replace

from reference_server import problems, requests
from reference_server.behaviour import Behaviour
from reference_server.behaviour.lists import LONGEST_NAME
from reference_server.document import Document
from reference_server.faults.declaration import fault
from reference_server.problems import Problem
from reference_server.requests import Body
from reference_server.routing import Segment

WITH_COLON = re.compile(r"[A-Za-z0-9][A-Za-z0-9_:-]{0,63}")
MUCH = 100_000


def _name(body: Body) -> str:
    name = body.members.get("displayName")
    return name if isinstance(name, str) else ""


@fault(breaks="INP-01")
class TakesABlankDisplayName(Behaviour):
    """Creates members whose display name is nothing but blanks."""

    def display_name(self, body: Body) -> str:
        """Trim after it has been looked at."""
        blank = _name(body) != "" and not _name(body).strip()
        return "" if blank else super().display_name(body)


@fault(breaks="INP-01", also="ACK-08")
class CutsADisplayNameThatIsTooLong(Behaviour):
    """Creates members under the first 256 characters of a longer display name."""

    def display_name(self, body: Body) -> str:
        """Make it fit."""
        cut = {"displayName": _name(body)[:LONGEST_NAME]} if _name(body) else {}
        return super().display_name(replace(body, members=body.members | cut))


@fault(breaks="INP-01")
class RefusesTheLongestDisplayName(Behaviour):
    """Refuses a display name of exactly 256 characters."""

    def display_name(self, body: Body) -> str:
        """Count the limit out."""
        if len(_name(body)) == LONGEST_NAME:
            raise body.refuse("displayName", "'displayName' is too long.")
        return super().display_name(body)


@fault(breaks="INP-02")
class TakesADescriptionOfAnyLength(Behaviour):
    """Creates members with a description of more than 2048 characters."""

    def description(self, body: Body) -> str | None:
        """Keep what comes."""
        return body.text("description", requests.TEXT, MUCH)


def _altered(body: Body, name: str, alter: Callable[[str], str]) -> Body:
    """Change an identifier of a body before its form is looked at."""
    given = body.members.get(name)
    altered = {name: alter(given)} if isinstance(given, str) else {}
    return replace(body, members=body.members | altered)


@fault(breaks="INP-03", also=("RCP-01", "STA-01", "STA-11"))
class TakesAColonInAMemberId(Behaviour):
    """Creates members whose id holds a colon, which no receipt may name and no path may hold."""

    def identifier(self, body: Body, name: str, form: re.Pattern[str], longest: int) -> str | None:
        """Leave the separator of the server's own keys in."""
        return super().identifier(body, name, WITH_COLON if name == "memberId" else form, longest)


@fault(breaks="INP-03")
class CutsAMemberIdThatIsTooLong(Behaviour):
    """Creates members under the first 64 characters of a longer id."""

    def identifier(self, body: Body, name: str, form: re.Pattern[str], longest: int) -> str | None:
        """Make it fit."""
        return super().identifier(_altered(body, name, lambda i: i[:longest]), name, form, longest)


@fault(breaks="INP-03")
class ReadsAMemberIdUpToTheQuestionMark(Behaviour):
    """Shows a member under an id that goes on behind it with an encoded question mark."""

    def path_identifier(self, operation_id: str, name: str, segment: Segment) -> str | None:
        """Part the path once more, after it was decoded."""
        text = super().path_identifier(operation_id, name, segment)
        parted = operation_id == "getMember" and name == "memberId"
        return text.partition("?")[0] if text and parted else text


@fault(breaks="INP-03")
class ListsTheRunsBeforeTheSlash(Behaviour):
    """Lists the runs of a member whose id stands before an encoded slash."""

    def path_identifier(self, operation_id: str, name: str, segment: Segment) -> str | None:
        """Part the path once more, after it was decoded."""
        text = super().path_identifier(operation_id, name, segment)
        parted = operation_id == "listMemberRuns" and name == "memberId"
        return text.partition("/")[0] if text and parted else text


@fault(breaks="INP-04")
class TakesAnUnknownKindForAWorkflow(Behaviour):
    """Creates a workflow member where the kind asked for is none that there is."""

    def member_kind(self, body: Body) -> str:
        """Fall back to the default."""
        unknown = body.members.get("implementationKind") == "lambda"
        return "workflow" if unknown else super().member_kind(body)


@fault(breaks="INP-04")
class KeepsTheSpellingOfAKind(Behaviour):
    """Stores a kind in the case in which it came."""

    def member_kind(self, body: Body) -> str:
        """Compare without case, and keep it."""
        super().member_kind(body)
        return str(body.members["implementationKind"])


@fault(breaks="INP-05")
class TrimsTheMemberIdOfACreate(Behaviour):
    """Trims a padded memberId in a create, which every path refuses."""

    def identifier(self, body: Body, name: str, form: re.Pattern[str], longest: int) -> str | None:
        """Trim."""
        trimmed = _altered(body, name, str.strip) if name == "memberId" else body
        return super().identifier(trimmed, name, form, longest)


@fault(breaks="INP-05")
class ContractTrimsTheEndpointId(Behaviour):
    """Trims a padded endpointId on the contract route, which invoke refuses."""

    def path_identifier(self, operation_id: str, name: str, segment: Segment) -> str | None:
        """Trim."""
        trims = operation_id == "getMemberEndpointContract" and name == "endpointId"
        return segment.text.strip() if trims and segment.text else segment.text


@fault(breaks="INP-05")
class ActivateTrimsTheRevisionId(Behaviour):
    """Trims a padded revisionId in the path of an activation, which a bind refuses in its body."""

    def path_identifier(self, operation_id: str, name: str, segment: Segment) -> str | None:
        """Trim."""
        trims = operation_id == "activateMemberRevision" and name == "revisionId"
        return segment.text.strip() if trims and segment.text else segment.text


@fault(breaks="INP-05")
class OneRouteTrimsTheScope(Behaviour):
    """Trims a padded scopeId on the binding's route, which every other route refuses."""

    def path_identifier(self, operation_id: str, name: str, segment: Segment) -> str | None:
        """Trim."""
        trims = operation_id == "getMemberBinding" and name == "scopeId"
        return segment.text.strip() if trims and segment.text else segment.text


@fault(breaks="INP-06")
class BreaksOnABodyThatIsTooLarge(Behaviour):
    """Answers a body above the limit with 500."""

    def refusal(self, operation_id: str, refusal: Problem) -> Problem:  # noqa: ARG002
        """Run out of room."""
        return problems.internal_error() if refusal.code == "PAYLOAD_TOO_LARGE" else refusal


@fault(breaks="INP-06")
class KeepsWhatFitsOfABodyThatIsTooLarge(Behaviour):
    """Reads a body of any size, and creates the member with what fits of its display name."""

    def largest_body(self) -> int:
        """Read on."""
        return 64 * 1024 * 1024

    def display_name(self, body: Body) -> str:
        """Cut what no column holds."""
        name = _name(body)
        return name[:LONGEST_NAME] if len(name) > MUCH else super().display_name(body)


@fault(breaks="INP-07", also="HTP-03")
class TakesAnyMediaType(Behaviour):
    """Reads a body of any media type as JSON."""

    def takes_media_type(self, given: str, taken: tuple[str, ...]) -> bool:  # noqa: ARG002
        """Look at the bytes only."""
        return True


@fault(breaks="INP-07")
class ReadsAnArrayAsAnEmptyObject(Behaviour):
    """Takes a JSON array for an object without members."""

    def parsed_body(self, body: bytes) -> Document:
        """Find no name in it."""
        return {} if body.lstrip().startswith(b"[") else super().parsed_body(body)


@fault(breaks="INP-07", also="ACK-08")
class BreaksOnMalformedJson(Behaviour):
    """Answers a body that is no JSON with 500."""

    def parsed_body(self, body: bytes) -> Document:
        """Let the parser's error through."""
        try:
            return super().parsed_body(body)
        except Problem as refusal:
            raise problems.internal_error() from refusal


@fault(breaks="INP-08")
class CutsALongNameWithoutAWord(Behaviour):
    """Stores the first 40 characters of a display name."""

    def display_name(self, body: Body) -> str:
        """Make it fit the column."""
        return super().display_name(body)[:40]


@fault(breaks="INP-08")
class LosesWhatIsNotAscii(Behaviour):
    """Stores a question mark for each character of a description that is not ASCII."""

    def description(self, body: Body) -> str | None:
        """Encode it for an old column."""
        given = super().description(body)
        return given and given.encode("ascii", "replace").decode()


@fault(breaks="INP-09")
class KeepsControlCharactersInNames(Behaviour):
    """Creates members whose display name holds control characters."""

    def display_name(self, body: Body) -> str:
        """Take any character for a letter."""
        return body.needed("displayName", re.compile(".*", re.DOTALL), LONGEST_NAME)


@fault(breaks="INP-09")
class DropsALineBreakFromAMemberId(Behaviour):
    """Creates members under what is left of an id without its line breaks."""

    def identifier(self, body: Body, name: str, form: re.Pattern[str], longest: int) -> str | None:
        """Clean it."""
        clean = _altered(body, name, lambda given: given.replace("\n", ""))
        return super().identifier(clean, name, form, longest)


FAULTS = (
    TakesABlankDisplayName,
    CutsADisplayNameThatIsTooLong,
    RefusesTheLongestDisplayName,
    TakesADescriptionOfAnyLength,
    TakesAColonInAMemberId,
    CutsAMemberIdThatIsTooLong,
    ReadsAMemberIdUpToTheQuestionMark,
    ListsTheRunsBeforeTheSlash,
    TakesAnUnknownKindForAWorkflow,
    KeepsTheSpellingOfAKind,
    TrimsTheMemberIdOfACreate,
    ContractTrimsTheEndpointId,
    ActivateTrimsTheRevisionId,
    OneRouteTrimsTheScope,
    BreaksOnABodyThatIsTooLarge,
    KeepsWhatFitsOfABodyThatIsTooLarge,
    TakesAnyMediaType,
    ReadsAnArrayAsAnEmptyObject,
    BreaksOnMalformedJson,
    CutsALongNameWithoutAWord,
    LosesWhatIsNotAscii,
    KeepsControlCharactersInNames,
    DropsALineBreakFromAMemberId,
)
