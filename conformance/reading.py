"""A run that only reads: what its owner must name, and everything that it reads from there."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, Final

from conformance import expect
from conformance.api import Api
from conformance.checks import Judgements, Unverified, scenario
from conformance.client import Client
from conformance.exchange import Exchange
from conformance.wire import How

MOST_OTHERS: Final = 2
MOST_RUNS: Final = 3
MOST_COMMANDS: Final = 5
MOST_SHOWN: Final = 5
TWICE: Final = 2
ABSENT: Final = (400, 403, 404, 410)
URLS: Final = ("readinessUrl", "readModelUrl", "statusUrl")


class NothingToRead(Exception):  # noqa: N818  # the CLI words it
    """What the target names as existing cannot be read; the message is one sentence."""


def check_existing(client: Client) -> None:
    """Read once what the target's `[existing]` names.

    Raises:
        NothingToRead: something of it is not there; the message says what to name instead.

    """
    roster = client.list_members()
    for key, read, advice in _named(client, roster):
        if read.status in ABSENT:
            where = client.target.described_by
            said = f"{where}: existing.{key} is not there: {told(read)}."
            raise NothingToRead(client.target.masked(f"{said} {advice}"))


def _named(client: Client, roster: Exchange) -> Iterator[tuple[str, Exchange, str]]:
    """Read each thing that is named; yield its key, the answer, and what to do if it is none."""
    given = client.target.existing
    member_id = given.member or ""
    yield "member", client.get_member(member_id), _advice(client, roster)
    if given.run is not None:
        run = client.get_member_run(member_id, given.run)
        yield "run", run, "Leave it out: the runs that its member lists are read anyway."
    if given.status_url is not None:
        if not client.may_follow(given.status_url, roster):
            raise NothingToRead(
                f"{client.target.described_by}: existing.status_url is at another origin than "
                f"{client.target.url}: list that origin under origins in [target]."
            )
        status = client.follow(given.status_url, roster)
        yield "status_url", status, "It may have expired. Name a newer one, or leave it out."


def _advice(client: Client, roster: Exchange) -> str:
    listed = values(roster, "members", "memberId")[:MOST_SHOWN]
    shown = f"its roster begins with {', '.join(listed)}" if listed else "its roster shows none"
    return f"Name a member of scope {client.target.scope}: {shown}."


@scenario("", requests=60, writes=0, leaves=0, control=True)
def what_is_there_is_read(api: Api) -> Judgements:
    """Read all that can be reached from what is named, so that invariants can judge it."""
    known, unknown = api.target.existing.member or "", api.names.fresh()

    yield from _told_apart(api, known, unknown)

    roster = api.send.list_members()
    api.send.list_members(How(query={"pageSize": "1"}))
    others = [one for one in values(roster, "members", "memberId") if one != known]
    for member_id in (known, *others[:MOST_OTHERS], unknown):
        with suppress(Unverified):  # an id of the server's that no legal request can bear
            _read_member(api, member_id)
    _read_commands(api, unknown)
    api.send.get_scope_binding()
    api.send.get_health_live()
    api.send.get_health_ready()


def _told_apart(api: Api, known: str, unknown: str) -> Judgements:
    """Judge that a member that is there is shown, and one that never was is not."""
    there, absent = api.send.get_member(known), api.send.get_member(unknown)
    summary = there.members.get("summary")
    shown = there.ok and isinstance(summary, dict) and summary.get("memberId") == known
    yield expect.that(shown, f"the member {known}", expect.answer(there), there)
    yield expect.that(not absent.ok, "a refusal", expect.answer(absent), absent)


def _read_member(api: Api, member_id: str) -> None:
    """Read a member, its runs and the contracts of their endpoints, each twice."""
    runs = api.send.list_member_runs(member_id)
    named = api.target.existing
    own = [named.run] if named.run and named.member == member_id else []
    ids = dict.fromkeys([*own, *values(runs, "runs", "runId")[:MOST_RUNS]])
    endpoints = set(values(runs, "runs", "endpointId")[:MOST_RUNS]) - {api.endpoint}
    for _ in range(TWICE):
        api.read_everywhere(member_id)
        for endpoint_id in sorted(endpoints):
            api.send.get_member_endpoint_contract(member_id, endpoint_id)
        for run_id in ids:
            api.send.get_member_run(member_id, run_id)


def _read_commands(api: Api, unknown: str) -> None:
    """Read the newest commands, each twice, and what they name."""
    api.send.get_operation(unknown)
    listed = api.send.list_operations()
    given = [api.target.existing.status_url, *values(listed, "operations", "statusUrl")]
    urls = [one for one in dict.fromkeys(given) if one and api.send.may_follow(one, listed)]
    for url in urls[:MOST_COMMANDS]:
        status = api.send.follow(url, listed)
        for name in URLS:
            named = status.members.get(name)
            if isinstance(named, str) and api.send.may_follow(named, status):
                api.send.follow(named, status)


def values(page: Exchange, rows: str, name: str) -> Sequence[str]:
    """Return the texts that the rows of a list have under a name."""
    listed = page.members.get(rows)
    found: list[Any] = [
        row.get(name)
        for row in (listed if page.ok and isinstance(listed, list) else [])
        if isinstance(row, dict)
    ]
    return [one for one in found if isinstance(one, str) and one]


def told(exchange: Exchange) -> str:
    """Say an exchange in a line, with the code or the beginning of its answer."""
    asked = exchange.line.rpartition(" → ")[0]
    return f"{asked} → {expect.answer(exchange)}"
