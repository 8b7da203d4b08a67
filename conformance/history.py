"""What a trace says about one thing: an operation, a member, a route."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from conformance.contract import Contract, Operation
from conformance.exchange import Exchange
from conformance.target import Target
from conformance.urls import absolute
from conformance.validators import Validators

STAGES: Final = ("accepted", "committed", "observed", "ready")
TERMINAL: Final = ("ready", "failed", "timed_out")
STATUSES: Final = ("pending", *TERMINAL)
STATUS: Final = "statusUrl"
MODEL: Final = "readModelUrl"
NOT_OFFERED: Final = (405, 501)
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


def retry_after(answer: Exchange) -> float:
    """Return the seconds that an answer asks to wait, a day at most; 0 without such a header."""
    asked = answer.header("retry-after") or ""
    return min(float(asked), A_DAY) if asked.isascii() and asked.isdigit() else 0.0


def not_offered(answer: Exchange) -> bool:
    """Whether a server says that it does not offer the operation at all."""
    return answer.status in NOT_OFFERED


def names_a_command(exchange: Exchange) -> bool:
    """Whether an answer is meant as a receipt: it names a command and where it stands."""
    members = exchange.members
    return isinstance(members.get("commandId"), str) and bool({"stage", "statusUrl"} & set(members))


def _repeats(write: Exchange, first: Exchange) -> bool:
    """Whether a write asks again for a command that it names itself, or is its replay.

    An answer that says so itself is believed only if it answers the same request.
    """
    key = dict(write.request.headers).get("idempotency-key")
    same_key = key is not None and key == dict(first.request.headers).get("idempotency-key")
    own_id = write.given.get("commandId") == write.members["commandId"]
    return same_key or own_id or (write.members.get("replayed") is True and _alike(write, first))


def _alike(write: Exchange, first: Exchange) -> bool:
    one, other = write.request, first.request
    return (one.method, one.url, one.body) == (other.method, other.url, other.body)


def _broke_down(read: Exchange) -> bool:
    """Whether an answer says only that this request could not be served at this time."""
    return read.status == BUSY or read.status >= BROKEN


@dataclass(slots=True)
class OperationHistory:
    """Everything said about one command.

    Attributes:
        command_id: the key.
        rule: the operation of the contract that was asked.
        acknowledgements: the answer to the write that named it first, and to repeats of that write.
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
        return self.receipt.status != ACCEPTED

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
        return next((one for one in self.status_reads if not _broke_down(one)), None)

    def model_reads_after(self, claim: Exchange) -> list[Exchange]:
        """Return the answered reads of the read model that were sent after a claim was received."""
        later = (read for read in self.model_reads if read.sent >= claim.received)
        return [read for read in later if not _broke_down(read)]

    def first_of(self, member: str) -> Any:  # noqa: ANN401  # any JSON value
        """Return the oldest value of a member over all claims; None if never given."""
        values = (claim.members[member] for claim in self.claims if member in claim.members)
        return next(values, None)


@dataclass(slots=True)
class MemberHistory:
    """Every publishedServiceId seen for one member, with the exchange that showed it."""

    member_id: str
    services: list[tuple[str, Exchange]] = field(default_factory=list)


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


History = OperationHistory | MemberHistory | RouteHistory


@dataclass(slots=True)
class Histories:
    """A fold over a trace: takes one exchange at a time, in order of sending."""

    contract: Contract
    target: Target
    operations: dict[str, OperationHistory] = field(default_factory=dict)
    members: dict[str, MemberHistory] = field(default_factory=dict)
    routes: dict[str, RouteHistory] = field(default_factory=dict)
    _status_urls: dict[str, set[str]] = field(default_factory=dict)
    _model_urls: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    _locations: dict[str, Exchange] = field(default_factory=dict)
    _own_members: set[str] = field(default_factory=set)

    def of(self, kind: type[History]) -> Iterable[History]:
        """All histories of one kind."""
        if kind is OperationHistory:
            return self.operations.values()
        return self.members.values() if kind is MemberHistory else self.routes.values()

    def take(self, exchange: Exchange) -> None:
        """Add one exchange to every history that it belongs to."""
        if exchange.response is None:
            return
        if exchange.operation_id is not None:
            self._take_route(self.contract.operations[exchange.operation_id], exchange)
        if exchange.request.method == "GET":  # also at a URL of the server's own, outside spec/
            self._take_read(exchange)

    def _take_route(self, rule: Operation, exchange: Exchange) -> None:
        validators = self.contract.validators
        route = self.routes.setdefault(rule.operation_id, RouteHistory(rule, validators))
        route.answers.append(exchange)
        self._take_member(rule, exchange)
        if rule.receipt:
            location = exchange.header("location")
            if exchange.status == CREATED and location:
                self._locations[absolute(location, exchange, self.target.origins)] = exchange
            if exchange.ok and names_a_command(exchange):
                self._take_acknowledgement(rule, exchange)

    def _take_acknowledgement(self, rule: Operation, exchange: Exchange) -> None:
        command_id = exchange.members["commandId"]
        history = self.operations.setdefault(
            command_id,
            OperationHistory(command_id, rule, self.contract.validators, self.target),
        )
        if history.acknowledgements and not _repeats(exchange, history.receipt):
            history.namesakes.append(exchange)
            return
        history.acknowledgements.append(exchange)
        self._learn_urls(command_id, exchange)

    def _take_read(self, exchange: Exchange) -> None:
        url = absolute(exchange.request.url, exchange, self.target.origins)
        created = None if _broke_down(exchange) else self._locations.pop(url, None)
        if created:
            route = self.routes[str(created.operation_id)]
            route.location_reads.append((created, exchange))
        for command_id in self._status_urls.get(url, ()):
            self.operations[command_id].status_reads.append(exchange)
            if exchange.status == OK:
                self._learn_urls(command_id, exchange)
        for command_id in self._model_urls.get((url, exchange.request.url.count("%")), ()):
            self.operations[command_id].model_reads.append(exchange)

    def _learn_urls(self, command_id: str, exchange: Exchange) -> None:
        status_url, model_url = (exchange.members.get(name) for name in (STATUS, MODEL))
        origins = self.target.origins
        if isinstance(status_url, str):
            url = absolute(status_url, exchange, origins)
            self._status_urls.setdefault(url, set()).add(command_id)
        if isinstance(model_url, str):
            # The escapes are counted to tell it from another spelling: RES-06 asks about those.
            spelt = absolute(model_url, exchange, origins), model_url.count("%")
            self._model_urls.setdefault(spelt, set()).add(command_id)

    def _take_member(self, rule: Operation, exchange: Exchange) -> None:
        """Take what an answer says of the members that this run wrote or asked for."""
        answered = exchange.members
        written = (exchange.given, answered, answered.get("target"), answered.get("summary"))
        documents = (exchange.parameters, *(written if rule.is_write else ()))
        named = (one.get("memberId") for one in documents if isinstance(one, dict))
        self._own_members.update(one for one in named if isinstance(one, str))
        for member_id, service in sightings(exchange):
            if member_id in self._own_members:
                history = self.members.setdefault(member_id, MemberHistory(member_id))
                history.services.append((service, exchange))


def sightings(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """Each memberId of an answer with the publishedServiceId that stands beside it."""
    addressed = exchange.parameters.get("memberId")
    if not exchange.ok:
        return
    places = [
        exchange.members,
        *(exchange.members.get(name) for name in ("summary", "lastBinding")),
    ]
    for listed in ("members", "runs"):
        rows = exchange.members.get(listed)
        places += rows if isinstance(rows, list) else []
    for place in (*places, exchange.members.get("target")):
        if isinstance(place, dict) and isinstance(place.get("publishedServiceId"), str):
            member_id = place.get("memberId") or addressed
            if isinstance(member_id, str):
                yield member_id, place["publishedServiceId"]
