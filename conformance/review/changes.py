"""The model of a review: what changed, whom it reaches, and what is made of it."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from conformance.review.nodes import Place, digest_of

Json = Any
Clients = Literal["breaks", "may-break", "ok"]
Servers = Literal["new-duty", "relaxed", "ok"]
Guarantee = Literal["weakened", "strengthened", "same"]
Direction = Literal["request", "response"]
Flow = Literal["to-server", "from-server"]
How = Literal["added", "removed", "changed", "relinked"]

ABSENT: Final = "(absent)"  # before of an addition, after of a removal


@dataclass(frozen=True, slots=True, order=True)
class Reach:
    """One part of one operation that a change shows in.

    Attributes:
        operation: `POST /messages`; `webhook messageSent POST`;
            `POST /messages callback onSent POST {$request.body#/url}`.
        operation_id: empty if it has none.
        direction: request or response, as the document calls it.
        flow: who sends it. A webhook's and a callback's request comes from the server.
        status: of the response; empty in a request.
        at: where in the message: `header Location`, `query pageSize`, `body /items/*/name`; empty
            for the operation itself.

    """

    operation: str
    operation_id: str = ""
    direction: Direction = "request"
    flow: Flow = "to-server"
    status: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True, order=True)
class RequirementEffect:
    """What becomes of a requirement."""

    id: str
    how: How

    def __str__(self) -> str:
        """Spell it short: +ID, -ID, ~ID, or @ID where only its links change."""
        return {"added": "+", "removed": "-", "changed": "~", "relinked": "@"}[self.how] + self.id


@dataclass(frozen=True, slots=True)
class Tests:
    """What the tests have of it: names of scenarios, invariants and faults.

    Attributes:
        must_change: those that prove what has changed.
        prove_nothing: those whose subject is gone.

    """

    must_change: tuple[str, ...] = ()
    prove_nothing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One changed fact: where it is written on each side, whom it reaches, its five labels.

    Attributes:
        rule: id of a row of `rules.RULES`.
        what: a clause without a full stop: "property statusUrl became optional".
        means: a sentence on why it matters to somebody; empty where it matters to nobody.
        base: where it was; None for an addition.
        head: where it is; None for a removal.
        before: the value, or ABSENT.
        after: the value, or ABSENT.
        reaches: the parts of operations it shows in, sorted, without repetition.
        requirements: of the catalogue, what becomes of them.
        judged: False for what the review met and has no rule for.
        concerns: ids of the requirements that speak of what changed, themselves unchanged.

    """

    rule: str
    what: str
    base: Place | None
    head: Place | None
    before: Json = ABSENT
    after: Json = ABSENT
    means: str = ""
    clients: Clients = "ok"
    servers: Servers = "ok"
    guarantee: Guarantee = "same"
    requirements: tuple[RequirementEffect, ...] = ()
    tests: Tests = field(default_factory=Tests)
    reaches: tuple[Reach, ...] = ()
    judged: bool = True
    concerns: tuple[str, ...] = ()

    @property
    def place(self) -> Place:
        """Where to look: at the head, or at the base for what is gone."""
        found = self.head or self.base
        if found is None:
            raise ValueError(f"A change of nothing: {self.what}")
        return found

    @property
    def pointer(self) -> str:
        """File and JSON Pointer of it, as approvals name it."""
        return f"{self.place.file}#{self.place.pointer}"

    @property
    def values(self) -> str:
        """Hash (16 hex digits) of what was and what is."""
        both = digest_of(self.before) + digest_of(self.after)
        return hashlib.blake2b(both, digest_size=8).hexdigest()

    @property
    def fingerprint(self) -> str:
        """Hash (12 hex digits) of rule, pointer and values; wording is not in it."""
        text = f"{self.rule}\n{self.pointer}\n{self.values}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(text, digest_size=6).hexdigest()

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations that it reaches, sorted, each once."""
        return tuple(sorted({one.operation for one in self.reaches}))


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody's yes to one change, as `spec-approvals.yaml` has it; `until` is YYYY-MM-DD."""

    rule: str
    pointer: str
    values: str
    who: str
    why: str
    until: str
    line: int
    pr: str = ""


@dataclass(frozen=True, slots=True)
class BadApproval:
    """An approval that is no use: `stale` (matches nothing) or `expired`; told with a sentence."""

    approval: Approval
    problem: Literal["stale", "expired"]
    sentence: str


@dataclass(frozen=True, slots=True)
class Violation:
    """A clause of the policy that is not kept, and the fingerprints of the changes that break it.

    Attributes:
        clause: `guarantee=weakened`, `clients=breaks without a major version`, and so on.
        sentence: what to do.

    """

    clause: str
    sentence: str
    fingerprints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SideTold:
    """A side as the review tells it.

    Attributes:
        name: `3f2a1c0 (merge-base with main)`, `working tree`, or a path.
        version: `info.version`; empty if it has none.
        openapi: the version of OpenAPI.
        operations: how many, webhooks and callbacks among them.

    """

    name: str
    version: str
    openapi: str
    operations: int


@dataclass(frozen=True, slots=True)
class VersionAdvice:
    """What version the change needs.

    Attributes:
        level: major, minor, patch or none.
        smallest: the smallest version that will do; empty where the base's is no version.
        enough: whether the head's version is at least that.
        sentence: the same for a reader.

    """

    level: Literal["major", "minor", "patch", "none"]
    smallest: str
    enough: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Review:
    """A whole review.

    Attributes:
        changes: worst first: guarantee weakened, clients break, may break, requirements, servers'
            new duties, strengthened, the rest, not judged; then by place.
        approved: the approval of each approved change, by fingerprint.
        exit_code: 0 fine, 1 the policy is violated, 5 an approval is stale or expired.

    """

    base: SideTold
    head: SideTold
    version: VersionAdvice
    changes: tuple[Change, ...] = ()
    approved: Mapping[str, Approval] = field(default_factory=dict)
    bad_approvals: tuple[BadApproval, ...] = ()
    violations: tuple[Violation, ...] = ()
    notices: tuple[str, ...] = ()
    exit_code: int = 0

    def open(self) -> Iterable[Change]:
        """Go through the changes that nobody approved."""
        return (one for one in self.changes if one.fingerprint not in self.approved)


def order(change: Change) -> tuple[int, str, int, str, str]:
    """Sort key of a change: worst first, then by place."""
    if not change.judged:
        rank = 7
    elif change.guarantee == "weakened":
        rank = 0
    elif change.clients != "ok":
        rank = 1 if change.clients == "breaks" else 2
    elif change.requirements:
        rank = 3
    elif change.servers == "new-duty":
        rank = 4
    else:
        rank = 5 if change.guarantee == "strengthened" else 6
    place = change.place
    return rank, place.file, place.line, place.pointer, change.rule + change.values
