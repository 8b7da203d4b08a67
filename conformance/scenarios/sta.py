"""Commands of every kind, followed to their verdicts and read again."""

import re
import secrets
from functools import partial
from typing import Final
from urllib.parse import quote

from conformance import expect
from conformance.api import Api, Settled
from conformance.checks import Judged, Judgements, Missing, Scenario, Unverified, scenario
from conformance.exchange import Exchange
from conformance.history import TRANSPORT

READ_AGAIN: Final = 5
ENOUGH: Final = 16
LATE_READS: Final = 12
BETWEEN_LATE_READS_SECONDS: Final = 0.25


@scenario("STA-03", requests=117, writes=9, leaves=1)
def every_kind_of_write_keeps_its_verdict(api: Api) -> Judgements:
    good = api.fixture("good")
    api, member_id = api.in_a_hurry(), api.names.fresh()
    first, second = f"{member_id}-r1", f"{member_id}-r2"
    settled = [
        api.create(good.kind, member_id=member_id),
        api.rename(member_id, "Before any revision"),
        api.settle(api.send.update_member_implementation(member_id, dict(good.branch))),
        api.bind(member_id, good, revisionId=first),
        api.bind(member_id, good, revisionId=second),
        api.settle(api.send.activate_member_revision(member_id, first)),
        api.settle(api.send.retire_member_revision(member_id, second)),
        api.verdict_of(api.invoke(member_id, good)),
        api.rename(member_id, "After everything else"),
    ]

    for _ in range(READ_AGAIN):
        for one in settled:
            api.look_up(one.write)
            api.read_model(one)
    yield from (Missing(f"{one.write.line} ended {one.ending}") for one in settled if _odd(one))


def _odd(settled: Settled) -> bool:
    return settled.ending in {"undecided", "unreadable", "vanished"}


@scenario("STA-06", requests=17, writes=3, leaves=1, long=True)
def a_slow_invoke_is_decided_by_its_deadline(api: Api) -> Judgements:
    slow = api.fixture("slow")
    member = api.bound_member("slow")

    settled = api.verdict_of(api.invoke(member.member_id, slow))

    for _ in range(READ_AGAIN):
        api.look_up(settled.write)
    _read_on_while_unknown(api, settled)
    if settled.ending == "undecided":
        due = api.deadline(settled.write)
        limit = api.target.completion_limit
        yield Missing(
            f"the slow invoke's deadline of {due:.0f} s is past the run's limit of {limit:.0f} s"
        )


def _read_on_while_unknown(api: Api, settled: Settled) -> None:
    """Read a timed_out status again, for a late outcome to show in it."""
    last = settled.last
    for _ in range(LATE_READS):
        if last.members.get("status") != "timed_out":
            return
        api.let_pass(BETWEEN_LATE_READS_SECONDS)
        last = api.again(settled.write.members.get("statusUrl"), settled.write)


@scenario("STA-14", requests=3, writes=1, leaves=1)
def an_unknown_command_is_a_typed_404(api: Api) -> Judgements:
    known = api.create(api.target.kinds[0])
    command_id = known.write.members.get("commandId")
    if not isinstance(command_id, str):
        yield Missing("the create's answer names no commandId to replace", (known.write,))
        return
    given = expect.spelt(known.write.members.get("statusUrl"))
    spelt = [quote(command_id, safe=kept) for kept in ("~:", "~", ":", "")]
    before, found, after = given.rpartition(next((one for one in spelt if one in given), "?!"))
    if not found:
        yield Missing(f"the statusUrl does not show the commandId: {given}", (known.write,))
        return

    unknown = api.again(before + _alike(command_id) + after, known.write)
    if unknown.status in TRANSPORT:
        yield Missing(f"the transport answered: {unknown.line}", (unknown,))
        return

    codes = {404: ("OPERATION_NOT_FOUND", "SERVICE_RUN_NOT_FOUND"), 400: ("INVALID_COMMAND_ID",)}
    expected = "404 OPERATION_NOT_FOUND for a command that never was"
    held = expect.code_of(unknown) in codes.get(unknown.status, ())
    yield expect.that(held, expected, _said(unknown), unknown)


def _alike(command_id: str) -> str:
    """Return a fresh random id of the same shape, long enough to be nobody's."""
    long = command_id + command_id[-1] * (ENOUGH - len(command_id))
    return long[:2] + re.sub(r"[0-9A-Za-z]", _another, long[2:])


def _another(character: re.Match[str]) -> str:
    if character[0].isdigit():
        return secrets.choice("0123456789")
    return secrets.choice("ABCDEF" if character[0].isupper() else "abcdef")


def _said(answer: Exchange) -> str:
    status = answer.members.get("status")
    return f"{answer.status} with status {status}" if answer.ok else expect.answer(answer)


@scenario("STA-15", requests=12, writes=3, leaves=1)
def a_bind_that_is_overtaken_is_decided(api: Api) -> Judgements:
    good = api.fixture("good")
    member_id = api.member(good.kind).member_id
    writes = [api.send.bind_member(member_id, dict(good.branch)) for _ in range(2)]
    for write in writes:
        if not write.ok:
            raise Unverified(f"one of two binds was refused: {write.line}", write)

    overtaken, last = [api.verdict_of(write, partial(_bound, api, member_id)) for write in writes]

    code = overtaken.failure.get("code")
    superseded = overtaken.ending == "failed" and code == "OPERATION_SUPERSEDED"
    expected = "ready, or failed with OPERATION_SUPERSEDED"
    due = isinstance(overtaken.write.members.get("deadlineAt"), str)
    if overtaken.ending in {"ready", "failed"} or (overtaken.ending == "overdue" and due):
        held = overtaken.ending == "ready" or superseded
        yield expect.that(held, expected, overtaken.told, overtaken.write, last.write)
    else:
        what = f"the first of two binds ended {overtaken.told}"
        yield Missing(what, (overtaken.write, overtaken.last))


def _bound(api: Api, member_id: str) -> Exchange | None:
    read = api.send.get_member_binding(member_id)
    return read if isinstance(read.members.get("lastBinding"), dict) else None


@scenario("STA-16", requests=12, writes=3, leaves=1)
def what_a_command_changed_names_the_command(api: Api) -> Judgements:
    good = api.fixture("good")
    member_id = api.member(good.kind).member_id
    bound = api.bind(member_id, good)
    yield _traced(api, bound)
    yield _traced(api, api.verdict_of(api.invoke(member_id, good)))


def _traced(api: Api, settled: Settled) -> Judged | Missing:
    """Judge that what shows the effect of a command carries its ids."""
    named = {name: settled.write.members.get(name) for name in ("commandId", "correlationId")}
    given = settled.url("readModelUrl")
    if None in named.values() or given is None or not api.send.may_follow(*given):
        return Missing(f"no commandId or readModelUrl to go by: {settled.write.line}")
    read = api.send.follow(*given)
    if not read.ok:
        return Missing(f"the read model cannot be read: {read.line}", (read,))
    met = {name: read.members.get(name) for name in named}
    met["commandId"] = met["commandId"] or read.members.get("lastCommandId")
    expected = ", ".join(f"{name} {value}" for name, value in named.items())
    return expect.that(met == named, expected, met, settled.write, read)


SCENARIOS: Final[tuple[Scenario, ...]] = (
    every_kind_of_write_keeps_its_verdict,
    a_slow_invoke_is_decided_by_its_deadline,
    an_unknown_command_is_a_typed_404,
    a_bind_that_is_overtaken_is_decided,
    what_a_command_changed_names_the_command,
)
