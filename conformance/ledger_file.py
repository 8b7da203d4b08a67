"""A cleanup ledger read back: which run it is of, and what that run may have made."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from conformance.history import instant
from conformance.ownership import STEPS, Ownership
from conformance.published_schemas import validator_of

NAMESPACE: Final = "ap-"
CREATE: Final = "createMember"
Line = dict[str, Any]


class LedgerUnreadable(Exception):  # noqa: N818  # the CLI words it
    """A file is not there, or is no ledger; the message is one sentence."""


class Place(NamedTuple):
    """Where a member is."""

    scope_id: str
    member_id: str


@dataclass(frozen=True, slots=True)
class Heading:
    """Whose ledger it is.

    Attributes:
        run: what no other run has in its names.
        url, scope: of the target; there is no credential in a ledger.
        kit, contract: versions.
        began: an RFC 3339 instant.

    """

    run: str
    url: str
    scope: str
    kit: str
    contract: str
    began: str

    @property
    def namespace(self) -> str:
        """What is in every name of the run."""
        return NAMESPACE + self.run

    @property
    def ownership(self) -> Ownership:
        """What tells its members from all others."""
        return Ownership(self.namespace, instant(self.began) or datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a ledger tells.

    Attributes:
        asked: how many requests it was about to send that make something.
        members: that the run may have made, the last first.
        services: that it may have made by the legacy binding.
        foreign: members that it was given under names that are not its own, which a seed made.
        scopes: in which it asked for members, its own scope first.
        settled: whether nothing is left, or nothing that the server would delete.

    """

    heading: Heading
    asked: int
    members: tuple[Place, ...]
    services: tuple[str, ...]
    foreign: tuple[Place, ...]
    scopes: tuple[str, ...]
    settled: bool


def read_ledger(path: Path) -> Recorded:
    """Read a ledger; a last line that was cut off when the run was killed is left out.

    Raises:
        LedgerUnreadable: it is not there, or no ledger of this version.

    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as problem:
        raise LedgerUnreadable(
            f"The ledger {path} cannot be read: {problem.strerror}. A run says at its end where "
            "its ledger is."
        ) from problem
    except UnicodeDecodeError as problem:
        raise LedgerUnreadable(f"{path} is no ledger of a run: it is not UTF-8 text.") from problem
    return told_by(text, path)


def told_by(text: str, path: Path) -> Recorded:
    """Read the text of a ledger; `path` names it in the sentence of a LedgerUnreadable."""
    whole = text[: text.rfind("\n") + 1]
    return _recorded(list(_lines(whole, path)), path)


def _lines(text: str, path: Path) -> Iterator[Line]:
    for number, written in enumerate(text.split("\n")[:-1], 1):
        where = f"{path} is no ledger of a run: line {number}"
        try:
            line = json.loads(written)
        except (ValueError, RecursionError) as problem:
            raise LedgerUnreadable(f"{where} is not JSON.") from problem
        error = next(validator_of("ledger").iter_errors(line), None)
        if error is not None:
            raise LedgerUnreadable(f"{where} does not keep ledger.schema.json: {error.message}.")
        yield line


def _recorded(lines: Sequence[Line], path: Path) -> Recorded:
    if not lines or lines[0]["kind"] != "run":
        raise LedgerUnreadable(f"{path} is no ledger of a run: it does not begin with one.")
    first = lines[0]
    told = {name: first[name] for name in ("url", "scope", "kit", "contract", "began")}
    heading = Heading(first["namespace"].removeprefix(NAMESPACE), **told)
    asked = [line for line in lines if line["kind"] == "asked"]
    creates = [line for line in asked if line["operation"] == CREATE]
    members = _places(one for one in lines if _is_made(one, heading))
    cleaned = [line for line in lines if line["kind"] == "cleaned"]
    return Recorded(
        heading=heading,
        asked=len(asked),
        members=members,
        services=tuple(
            dict.fromkeys(one["id"] or "default" for one in asked if one["operation"] != CREATE)
        ),
        foreign=_places(one for one in lines if one["kind"] == "foreign"),
        scopes=tuple(dict.fromkeys((heading.scope, *(one["scope"] for one in creates)))),
        settled=bool(cleaned) and (not cleaned[-1]["left"] or not cleaned[-1]["deletes"]),
    )


def _is_made(line: Line, heading: Heading) -> bool:
    own = line["kind"] == "asked" and line["operation"] == CREATE
    return line["kind"] == "named" or (own and heading.namespace in (line["id"] or ""))


def _places(lines: Iterable[Line]) -> tuple[Place, ...]:
    places = [Place(one["scope"], one["id"]) for one in lines if one["id"] not in (None, *STEPS)]
    return tuple(dict.fromkeys(reversed(places)))
