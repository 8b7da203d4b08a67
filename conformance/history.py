"""What a trace says about one thing: an operation, a member, a route."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

from conformance.contract import Operation
from conformance.exchange import Exchange
from conformance.target import Target
from conformance.validators import Validators

STAGES: Final = ("accepted", "committed", "observed", "ready")
RUN_WORDS: Final = ("accepted", "running", "suspended")
RUN_ENDS: Final = ("completed", "failed", "stopped", "timed_out")
TERMINAL: Final = ("ready", "failed", "timed_out")
STATUSES: Final = ("pending", *TERMINAL)
NOT_OFFERED: Final = (405, 501)
ABSENT: Final = (403, 404, 410)
TRANSPORT: Final = (429, 502, 503, 504)
A_DAY: Final = 86400.0
TRUNCATION: Final = timedelta(seconds=1)
OK: Final = 200
CREATED: Final = 201
ACCEPTED: Final = 202
BUSY: Final = 429
BROKEN: Final = 500


def rank(stage: object) -> int:
    """Order of a stage, from 0; -1 for a word that is no stage."""
    return STAGES.index(stage) if stage in STAGES else -1


def instant(value: object) -> datetime | None:
    """Read an RFC 3339 instant; None if it is not one or names no offset."""
    try:  # RFC 3339 allows a lower-case t and z
        read = datetime.fromisoformat(value.upper()) if isinstance(value, str) else None
    except ValueError:
        return None
    return read if read and read.tzinfo else None


def http_date(text: str | None) -> datetime | None:
    """Read an HTTP date, which is in GMT whatever it says; None if it is not one."""
    try:
        read = parsedate_to_datetime(text or "")
    except (ValueError, OverflowError):
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def retry_after(answer: Exchange) -> float:
    """Return the seconds that an answer asks to wait, a day at most; 0 without such a header.

    A date is held against the answer's own Date, so that no clocks are compared.
    """
    asked = (answer.header("retry-after") or "").strip()
    if asked.isascii() and asked.isdigit():
        return min(float(asked), A_DAY)
    then, told = http_date(asked), http_date(answer.header("date"))
    return min(max((then - (told or datetime.now(UTC))).total_seconds(), 0.0), A_DAY) if then else 0


def kept_for(claim: Exchange) -> timedelta | None:
    """Return how long after acceptance a status is promised to be kept; None if nothing says so."""
    accepted, expires = (instant(claim.members.get(name)) for name in ("acceptedAt", "expiresAt"))
    return expires - accepted if accepted and expires else None


def not_offered(answer: Exchange) -> bool:
    """Whether a server, or for it its owner, says that it does not offer an operation at all."""
    absent = answer.declared_away and answer.status in ABSENT
    return answer.operation_id is not None and (answer.status in NOT_OFFERED or absent)


def is_left_out(answer: Exchange, rule: Operation) -> bool:
    """Whether an operation that no server need offer was refused, in whatever form."""
    untyped = not isinstance(answer.members.get("code"), str)
    return rule.optional and untyped and answer.status in (*NOT_OFFERED, *ABSENT)


def member_id_of(write: Exchange, asked: str) -> str:
    """Return the memberId that a create's answer names, else the one that was asked for."""
    members = write.members
    target = members.get("target")
    named = [target.get("memberId") if isinstance(target, dict) else None, members.get("memberId")]
    location = write.header("location") or ""
    if write.status == CREATED and location:
        named.append(location.rstrip("/").rpartition("/")[2])
    return next((name for name in named if isinstance(name, str) and name), asked)


def run_word(run: Mapping[str, Any]) -> object:
    """Return the word of a run, which stands in `status` where no runStatus and no stage is."""
    return run.get("runStatus", None if "stage" in run else run.get("status"))


def names_a_command(exchange: Exchange) -> bool:
    """Whether an answer is meant as a receipt: it names a command and where it stands."""
    members = exchange.members
    return isinstance(members.get("commandId"), str) and bool({"stage", "statusUrl"} & set(members))


def broke_down(read: Exchange) -> bool:
    """Whether an answer says only that this request could not be served at this time."""
    return read.status == BUSY or read.status >= BROKEN


@dataclass(slots=True)
class OperationHistory:
    """Everything said about one command.

    Attributes:
        command_id: the key.
        rule: the operation of the contract that was asked.
        acknowledgements: the answer to the write that named it first, and to repeats of that write;
            none for a command that somebody else sent and of which only the status was read.
        namesakes: answers to other writes that carry the same command id.
        status_reads: every read of its statusUrl, whatever came back.
        model_reads: every read of a readModelUrl that it named.
        target: whose limits stand in where the server publishes none.

    """

    command_id: str
    rule: Operation
    validators: Validators
    target: Target
    acknowledgements: list[Exchange] = field(default_factory=list)
    namesakes: list[Exchange] = field(default_factory=list)
    status_reads: list[Exchange] = field(default_factory=list)
    model_reads: list[Exchange] = field(default_factory=list)

    @property
    def receipt(self) -> Exchange:
        """The first answer that named the command."""
        return self.acknowledgements[0]

    @property
    def synchronous(self) -> bool:
        """Whether the first answer claimed to be the verdict already."""
        return bool(self.acknowledgements) and self.receipt.status != ACCEPTED

    @property
    def samples(self) -> tuple[Exchange, ...]:
        """The reads of the status that answered with a document of this command."""
        return tuple(
            read for read in self.status_reads if read.status == OK and "stage" in read.members
        )

    @property
    def claims(self) -> tuple[Exchange, ...]:
        """The receipts and the samples: every document that says how far the command is."""
        return (*self.acknowledgements, *self.samples)

    def ordered_samples(self) -> Iterator[tuple[Exchange, Exchange]]:
        """Pairs of which the later was sent after the earlier had been answered."""
        for earlier, later in zip(self.samples, self.samples[1:], strict=False):
            if later.sent >= earlier.received:
                yield earlier, later

    def first_status_answer(self) -> Exchange | None:
        """Return the first read of the status that was answered, and not by a breakdown."""
        return next((one for one in self.status_reads if not broke_down(one)), None)

    def published_expiry(self, read: Exchange) -> Exchange | None:
        """Return the newest claim before a read that says how long the status is kept."""
        told = (one for one in reversed(self.claims) if one.received <= read.sent)
        return next((one for one in told if kept_for(one) is not None), None)

    def may_have_expired(self, read: Exchange) -> bool:
        """Whether the status could rightly be gone when a read was answered."""
        published = self.published_expiry(read)
        lifetime = kept_for(published) if published else None
        age = timedelta(seconds=read.received - self.receipt.sent)
        return lifetime is not None and age + TRUNCATION >= lifetime

    def model_reads_after(self, claim: Exchange) -> list[Exchange]:
        """Return the answered reads of the read model that were sent after a claim was received."""
        later = (read for read in self.model_reads if read.sent >= claim.received)
        return [read for read in later if not broke_down(read)]

    def first_of(self, member: str) -> Any:  # noqa: ANN401  # any JSON value
        """Return the oldest value of a member over all claims; None if never given."""
        values = (claim.members[member] for claim in self.claims if member in claim.members)
        return next(values, None)


@dataclass(slots=True)
class ReadinessHistory:
    """Every answer at one readiness URL.

    Attributes:
        operations: the commands whose receipt or status gave the URL.

    """

    validators: Validators
    operations: list[OperationHistory] = field(default_factory=list)
    reads: list[Exchange] = field(default_factory=list)

    @property
    def documents(self) -> tuple[Exchange, ...]:
        """The reads that were answered with a document."""
        return tuple(read for read in self.reads if read.ok)


@dataclass(slots=True)
class MemberHistory:
    """What was seen of one member, each with the exchange that showed it.

    Attributes:
        services: every publishedServiceId.
        summaries: every summary: in its detail, in the roster, beside the receipt of a write.

    """

    member_id: str
    services: list[tuple[str, Exchange]] = field(default_factory=list)
    summaries: list[tuple[Mapping[str, Any], Exchange]] = field(default_factory=list)


@dataclass(slots=True)
class RouteHistory:
    """Every answer of one operation of the contract.

    Attributes:
        location_reads: each 201 with the first read of its Location.

    """

    rule: Operation
    validators: Validators
    answers: list[Exchange] = field(default_factory=list)
    location_reads: list[tuple[Exchange, Exchange]] = field(default_factory=list)

    def acknowledged_writes(self) -> Iterator[Exchange]:
        """Yield the 2xx answers to writes that owe a receipt."""
        if self.rule.receipt:
            yield from (answer for answer in self.answers if answer.ok)

    def receipts(self) -> Iterator[Exchange]:
        """Yield the acknowledged writes whose answer names a command."""
        yield from (write for write in self.acknowledged_writes() if names_a_command(write))


History = OperationHistory | ReadinessHistory | MemberHistory | RouteHistory
