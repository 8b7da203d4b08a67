"""What a server declares and answers, as far as harmless reads tell."""

import re
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from conformance.api import MEMBER_ID
from conformance.checks import Unverified
from conformance.client import Client
from conformance.contract import Contract, Operation
from conformance.exchange import Exchange
from conformance.expect import code_of
from conformance.history import ABSENT, NOT_OFFERED
from conformance.modes import READ_ONLY
from conformance.preflight import TargetUnusable, check_reached
from conformance.reading import URLS, values
from conformance.target import Target
from conformance.trace import Trace
from conformance.trust import trust_of
from conformance.urls import origin_of, resolved
from conformance.wire import PLAIN, Connections

Word = Literal[
    "as the contract", "otherwise", "typed refusal", "not offered", "no route", "closed", "broken",
    "not asked",
]  # fmt: skip

SELF_DESCRIPTION: Final = "/api/conformance"
DOCUMENTS: Final = (
    "/openapi.json",
    "/openapi/v1.json",
    "/swagger/v1/swagger.json",
    "/v3/api-docs",
    "/api/openapi.json",
    "/api-docs/openapi.json",
    "/swagger.json",
)
NOBODY: Final = "ackproof-no-such-thing"
BOUND: Final = "bind_ready"
CLOSED: Final = (401, 403)
BROKEN: Final = 500


@dataclass(frozen=True, slots=True)
class Answered:
    """What one operation of the contract answered.

    Attributes:
        declared: whether the server's OpenAPI document has it; None without a document.
        word: what the answer is worth.
        told: the exchange in a line, and what is otherwise about it; "" if nothing was asked.

    """

    operation: Operation
    declared: bool | None
    word: Word
    told: str


@dataclass(frozen=True, slots=True)
class Probed:
    """What was found out.

    Attributes:
        roster: the answer that shows the members of the scope.
        document: path of the OpenAPI document; None where none was found.
        described: what `/api/conformance` says; None where there is none.
        operations: each operation of the contract.
        members: of the first page of the roster, those that a legal request can name; those that
            are bound come first.
        kinds: as that page shows them.
        run, status_url: the first that a list shows; None without one.
        origins: foreign ones that its URLs name.
        server: what its Server header says.

    """

    target: Target
    roster: Exchange
    document: str | None
    described: Mapping[str, Any] | None
    operations: tuple[Answered, ...]
    members: tuple[str, ...]
    kinds: tuple[str, ...]
    run: str | None
    status_url: str | None
    origins: tuple[str, ...]
    server: str | None

    def words(self, *words: Word) -> list[str]:
        """Return the operations whose answer is one of some words."""
        return [one.operation.operation_id for one in self.operations if one.word in words]


def probe(contract: Contract, target: Target) -> Probed:
    """Ask a server what it declares and answers, without any write.

    Raises:
        TargetUnusable: it does not answer at all.

    """
    target = replace(target, mode=READ_ONLY)
    trust, timeout = trust_of(target), target.pace.request_timeout
    with closing(Connections(trust=trust, timeout=timeout)) as connections:
        client = Client(contract, target, Trace(), "probe", connections)
        roster = client.list_members()
        try:
            check_reached(roster, target.url)
        except TargetUnusable as problem:
            raise TargetUnusable(target.masked(str(problem))) from None
        members = _members(client, roster)
        read = _read(client, target.existing.member or next(iter(members), NOBODY))
        met = {str(one.operation_id): one for one in (roster, *read)}
        return replace(_probed(client, met, *_document(client)), members=tuple(members))


def _members(client: Client, roster: Exchange) -> list[str]:
    """Return the members that a legal request can name, those that are bound first."""
    bound = [
        row.get("memberId")
        for row in (roster.members["members"] if values(roster, "members", "memberId") else ())
        if isinstance(row, dict) and row.get("lifecycleStage") == BOUND
    ]
    named = values(roster, "members", "memberId")
    legal = [one for one in named if not client.contract.validators.part(MEMBER_ID, one)]
    return sorted(legal, key=lambda one: one not in bound)


def _probed(
    client: Client, met: Mapping[str, Exchange], document: str | None, paths: frozenset[str] | None
) -> Probed:
    roster, listed = met["listMembers"], met.get("listOperations")
    runs = values(met["listMemberRuns"], "runs", "runId") if "listMemberRuns" in met else ()
    urls = values(listed, "operations", "statusUrl") if listed else ()
    return Probed(
        target=client.target,
        roster=roster,
        document=document,
        described=_object(client, SELF_DESCRIPTION),
        operations=tuple(_answered(client, met, paths)),
        members=(),
        kinds=tuple(dict.fromkeys(values(roster, "members", "implementationKind"))),
        run=next(iter(runs), None),
        status_url=next(iter(urls), None),
        origins=tuple(dict.fromkeys(_foreign_origins(client, listed))),
        server=roster.header("server"),
    )


def _read(client: Client, member: str) -> Iterator[Exchange]:
    """Read on each route that reads; of what cannot be asked for, nothing is yielded."""
    endpoint = client.target.good.endpoint if client.target.good else "chat"
    with suppress(Unverified):  # an id of the server's that no legal request can bear
        yield client.get_member(member)
        yield client.get_member_published_service(member)
        yield client.get_member_binding(member)
        yield client.get_member_binding_readiness(member)
        yield client.list_member_revisions(member)
        yield client.get_member_endpoint_contract(member, endpoint)
        yield (runs := client.list_member_runs(member))
        yield client.get_member_run(member, next(iter(values(runs, "runs", "runId")), NOBODY))
    with suppress(Unverified):
        yield (listed := client.list_operations())
        command = next(iter(values(listed, "operations", "commandId")), NOBODY)
        yield client.get_operation(command)
    yield client.get_scope_binding()
    yield client.get_health_live()
    yield client.get_health_ready()


def _document(client: Client) -> tuple[str | None, frozenset[str] | None]:
    """Find the OpenAPI document; return its path and each method with each path in it."""
    for path in (client.target.openapi,) if client.target.openapi else DOCUMENTS:
        paths = _object(client, path, "paths")
        if paths:
            found = (
                f"{method.upper()} {_plain(template)}"
                for template, item in paths.items()
                for method in (item if isinstance(item, dict) else ())
            )
            return path, frozenset(found)
    return None, None


def _object(client: Client, path: str, name: str = "") -> Mapping[str, Any] | None:
    """Return the JSON object at a path below the base URL, or the one that it has under a name."""
    read = client.sent("GET", client.target.url + path, None, PLAIN)
    document: object = read.members.get(name) if name else read.document
    return document if read.ok and isinstance(document, dict) else None


def _plain(template: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", template).rstrip("/")


def _answered(
    client: Client, met: Mapping[str, Exchange], paths: frozenset[str] | None
) -> Iterator[Answered]:
    for name, operation in client.contract.operations.items():
        declared = None if paths is None else _is_among(operation, paths)
        if name in met:
            word, more = _worth(client, operation, met[name])
            told = client.target.masked(met[name].line + more)
            yield Answered(operation, declared, word, told)
        else:
            yield Answered(operation, declared, "not asked", "")


def _is_among(operation: Operation, paths: frozenset[str]) -> bool:
    """Whether a document has an operation, at its path or below a base path of its own."""
    method, own = operation.method, _plain(operation.path)
    return any(one.startswith(f"{method} ") and one.endswith(own) for one in paths)


def _worth(client: Client, operation: Operation, answer: Exchange) -> tuple[Word, str]:
    """Say what an answer is worth, and what is wrong about it."""
    if answer.ok:
        wrong = (
            client.contract.validators.part(operation.answer, answer.document)
            if operation.answer
            else []
        )
        return ("otherwise", f": {wrong[0]}") if wrong else ("as the contract", "")
    code = code_of(answer)
    told = f" {code}" if code else ""
    if answer.status in CLOSED:
        return "closed", told
    if answer.status in NOT_OFFERED:
        return "not offered", told
    if not answer.status or answer.status >= BROKEN:
        return "broken", told
    routed = code not in ("", "NOT_FOUND", "ROUTE_NOT_FOUND") or answer.status not in ABSENT
    return ("typed refusal", told) if routed and code else ("no route", told)


def _foreign_origins(client: Client, listed: Exchange | None) -> Iterator[str]:
    """Yield the origins that the list of operations names and the target does not."""
    if listed is None:
        return
    known = {origin_of(urlsplit(one)) for one in client.target.own_origins}
    for url in (one for name in URLS for one in values(listed, "operations", name)):
        parts = resolved(url, listed)
        if parts and parts.hostname and origin_of(parts) not in known:
            yield f"{parts.scheme}://{parts.netloc}"
