"""The fold from a trace to its histories: one exchange at a time, in order of sending."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from conformance.contract import Contract, Operation
from conformance.exchange import Exchange
from conformance.gateways import may_be_of_another_path
from conformance.history import (
    CREATED,
    OK,
    History,
    MemberHistory,
    OperationHistory,
    ReadinessHistory,
    RouteHistory,
    broke_down,
    is_left_out,
    names_a_command,
)
from conformance.modes import READ_ONLY
from conformance.target import Target
from conformance.urls import absolute

SUMMARISING: Final = (
    "createMember",
    "getMember",
    "listMembers",
    "updateMember",
    "updateMemberImplementation",
)
READINESS: Final = "getMemberBindingReadiness"
STATUS: Final = "getOperation"
DELETE: Final = "deleteMember"
GONE: Final = (404, 410)


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


@dataclass(slots=True)
class Histories:
    """A fold over a trace: takes one exchange at a time, in order of sending.

    `foreign` are the commands that others sent, by the URL at which a run that only reads met
    their status.
    """

    contract: Contract
    target: Target
    operations: dict[str, OperationHistory] = field(default_factory=dict)
    members: dict[tuple[str, str], MemberHistory] = field(default_factory=dict)
    routes: dict[str, RouteHistory] = field(default_factory=dict)
    readiness: dict[str, ReadinessHistory] = field(default_factory=dict)
    foreign: dict[str, OperationHistory] = field(default_factory=dict)
    _status_urls: dict[str, set[str]] = field(default_factory=dict)
    _model_urls: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    _locations: dict[str, Exchange] = field(default_factory=dict)
    _own_members: set[tuple[str, str]] = field(default_factory=set)
    _deleted: set[str] = field(default_factory=set)

    def of(self, kind: type[History]) -> Iterable[History]:
        """All histories of one kind."""
        kinds: dict[type[History], Iterable[History]] = {
            OperationHistory: self.operations.values(),
            ReadinessHistory: self.readiness.values(),
            MemberHistory: self.members.values(),
            RouteHistory: self.routes.values(),
        }
        return kinds[kind]

    def take(self, exchange: Exchange) -> None:
        """Add one exchange to every history that it belongs to."""
        if exchange.response is None or may_be_of_another_path(exchange):
            return
        rule = self.contract.operations.get(exchange.operation_id or "")
        if rule is not None and not is_left_out(exchange, rule):
            self._take_route(rule, exchange)
        if exchange.request.method == "GET" and not exchange.stranger:
            self._take_read(exchange)  # also at a URL of the server's own, outside spec/

    def _take_route(self, rule: Operation, exchange: Exchange) -> None:
        validators = self.contract.validators
        route = self.routes.setdefault(rule.operation_id, RouteHistory(rule, validators))
        route.answers.append(exchange)
        if exchange.stranger:  # what somebody without access is told shows nothing of a thing
            return
        self._take_member(rule, exchange)
        if rule.operation_id == DELETE and exchange.ok:
            gone = (exchange.request.url, exchange.members.get("readModelUrl"))
            origins = self.target.own_origins
            self._deleted |= {
                absolute(url, exchange, origins) for url in gone if isinstance(url, str)
            }
        if rule.receipt:
            location = exchange.header("location")
            if exchange.status == CREATED and location:
                self._locations[absolute(location, exchange, self.target.own_origins)] = exchange
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
        url = absolute(exchange.request.url, exchange, self.target.own_origins)
        created = None if broke_down(exchange) else self._locations.pop(url, None)
        if created:
            route = self.routes[str(created.operation_id)]
            route.location_reads.append((created, exchange))
        if self.target.mode == READ_ONLY:
            self._take_foreign(url, exchange)
        if exchange.operation_id == READINESS or url in self.readiness:
            self._readiness_at(url).reads.append(exchange)
        for command_id in self._status_urls.get(url, ()):
            self.operations[command_id].status_reads.append(exchange)
            if exchange.status == OK:
                self._learn_urls(command_id, exchange)
        if exchange.status in GONE and self._is_deleted(url):
            return
        for command_id in self._model_urls.get((url, exchange.request.url.count("%")), ()):
            self.operations[command_id].model_reads.append(exchange)

    def _take_foreign(self, url: str, exchange: Exchange) -> None:
        """Take a read of the status of a command whose receipt this run has not seen."""
        told, origins = exchange.members, self.target.own_origins
        own = absolute(str(told.get("statusUrl")), exchange, origins) == url
        status = exchange.operation_id == STATUS or (own and names_a_command(exchange))
        if url not in self.foreign and exchange.ok and status:
            rule, validators = self.contract.operations[STATUS], self.contract.validators
            self.foreign[url] = OperationHistory(
                str(told.get("commandId")), rule, validators, self.target
            )
        if url in self.foreign:
            self.foreign[url].status_reads.append(exchange)

    def _is_deleted(self, url: str) -> bool:
        """Whether a URL is, or is below, that of a member whose deletion was accepted."""
        return any(url == one or url.startswith(one + "/") for one in self._deleted)

    def _learn_urls(self, command_id: str, exchange: Exchange) -> None:
        status_url, model_url = (
            exchange.members.get(name) for name in ("statusUrl", "readModelUrl")
        )
        origins = self.target.own_origins
        if isinstance(status_url, str):
            url = absolute(status_url, exchange, origins)
            self._status_urls.setdefault(url, set()).add(command_id)
        if isinstance(model_url, str):
            # The escapes are counted to tell it from another spelling: RES-06 asks about those.
            spelt = absolute(model_url, exchange, origins), model_url.count("%")
            self._model_urls.setdefault(spelt, set()).add(command_id)
        readiness_url = exchange.members.get("readinessUrl")
        if isinstance(readiness_url, str):
            asked = self._readiness_at(absolute(readiness_url, exchange, origins)).operations
            if all(one.command_id != command_id for one in asked):
                asked.append(self.operations[command_id])

    def _readiness_at(self, url: str) -> ReadinessHistory:
        return self.readiness.setdefault(url, ReadinessHistory(self.contract.validators))

    def _take_member(self, rule: Operation, exchange: Exchange) -> None:
        """Take what an answer says of the members that this run wrote or asked for."""
        answered, scope_id = exchange.members, exchange.parameters.get("scopeId", "")
        written = (exchange.given, answered, answered.get("target"), answered.get("summary"))
        documents = (exchange.parameters, *(written if rule.is_write else ()))
        named = (one.get("memberId") for one in documents if isinstance(one, dict))
        self._own_members.update((scope_id, one) for one in named if isinstance(one, str))
        for member_id, service in sightings(exchange):
            if (scope_id, member_id) in self._own_members:
                self._member(scope_id, member_id).services.append((service, exchange))
        for summary in summaries(exchange):
            if (scope_id, summary["memberId"]) in self._own_members:
                own = self._member(scope_id, summary["memberId"])
                own.summaries.append((summary, exchange))

    def _member(self, scope_id: str, member_id: str) -> MemberHistory:
        return self.members.setdefault((scope_id, member_id), MemberHistory(member_id))


def summaries(exchange: Exchange) -> Iterator[dict[str, Any]]:
    """Each summary of a member in an answer of an operation on members."""
    if not exchange.ok or exchange.operation_id not in SUMMARISING:
        return
    rows = exchange.members.get("members")
    places = [exchange.members.get("summary"), *(rows if isinstance(rows, list) else ())]
    if "lifecycleStage" in exchange.members:
        places.append(exchange.members)
    for place in places:
        if isinstance(place, dict) and isinstance(place.get("memberId"), str):
            yield place


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
