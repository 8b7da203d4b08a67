"""Invokes: what their receipts name, what they reach, and the run behind them."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from conformance import expect
from conformance.api import Api, How, Settled
from conformance.checks import (
    Judged,
    Judgement,
    Judgements,
    Missing,
    Scenario,
    Unverified,
    scenario,
    whole,
)
from conformance.exchange import Exchange
from conformance.history import ACCEPTED, TRANSPORT, rank
from conformance.scenarios.rev import RETIRED, UNBOUND, UNKNOWN, done, refused, revised, shows
from conformance.scenarios.run import rows_of
from conformance.urls import absolute

URLS: Final = ("statusUrl", "readModelUrl")
FAMILY: Final = "INVALID_STUDIO_MEMBER_INVOKE_REQUEST"
ENDPOINT: Final = "STUDIO_MEMBER_ENDPOINT_NOT_FOUND"
UNREADY: Final = ("STUDIO_MEMBER_NOT_READY", UNBOUND, RETIRED)
UNUSABLE: Final = (UNKNOWN, RETIRED, FAMILY, "STUDIO_MEMBER_NOT_READY")
UNREADY_STATUSES: Final = (400, 404, 409, 503)
UNDECIDED: Final = ("undecided", "unreadable", "timed_out")
OTHER_FAULTS: Final = ("", *UNREADY, UNKNOWN)
BAD_REQUEST: Final = 400
NOT_FOUND: Final = 404
HELLO: Final = "CgVoZWxsbw=="  # a text, and a message whose field 1 is "hello"
TYPE_URL: Final = "type.example/Text"


@scenario("INV-01", requests=12, writes=3, leaves=1)
def an_invoke_is_followed_by_its_run_or_operation(api: Api) -> Judgements:
    member = api.bound_member()
    invoked = api.invoke(member.member_id, api.fixture("good"))
    if not invoked.ok:
        raise Unverified(f"a legal invoke was refused: {invoked.line}", invoked)
    settled = api.verdict_of(invoked)
    if invoked.status != ACCEPTED:
        yield expect.branch("synchronous_throughout", invoked)
        return

    if settled.ending == "unreadable":
        raise Unverified(f"the invoke's status cannot be read: {settled.last.line}", invoked)

    yield from whole(_names_its_run(settled), _location_is_its_own(api, settled))


def _names_its_run(settled: Settled) -> Judgement:
    """Judge that the run is named; an invoke that ended before it was committed has none."""
    shown_by = (settled.write, settled.last)
    named = isinstance(settled.target.get("runId"), str)
    if not (named or _has_come_to(settled, "committed")):
        return Missing(f"the invoke ended {settled.told} before there was a run", shown_by)
    expected = "target.runId in the receipt, or in the status once the run exists"
    return expect.that(named, expected, f"target {dict(settled.target)}", *shown_by)


def _has_come_to(settled: Settled, stage: str) -> bool:
    reached = rank(settled.last.members.get("stage")) >= rank(stage)
    return settled.ending == "ready" or reached


def _location_is_its_own(api: Api, settled: Settled) -> Judgement:
    invoked, origins = settled.write, api.target.own_origins
    location, run_id = invoked.header("location") or "", str(settled.target.get("runId"))
    given = {name: absolute(*url, origins) for name in URLS if (url := settled.url(name))}
    if run_id not in given.get("readModelUrl", "").split("/"):
        given.pop("readModelUrl", None)
    held = location and absolute(location, invoked, origins) in given.values()
    expected = "Location is the status of the operation, or its run"
    return expect.that(held, expected, location or "no Location", invoked)


@scenario("INV-02", requests=15, writes=3, leaves=1)
def the_run_is_found_at_the_member_with_the_commands_ids(api: Api) -> Judgements:
    member = api.bound_member()
    invoked = api.invoke(member.member_id, api.fixture("good"))
    if not invoked.ok:
        raise Unverified(f"a legal invoke was refused: {invoked.line}", invoked)
    settled = api.verdict_of(invoked)

    run = api.run_in(settled)
    run_id = settled.target.get("runId") or run.members.get("runId")
    if not run.ok and settled.ending != "unreadable" and not _has_come_to(settled, "observed"):
        raise Unverified(f"the invoke ended {settled.told} before its run was observed", invoked)
    if run.ok and not isinstance(run_id, str):
        raise Unverified(f"neither the invoke nor its run names a runId: {run.line}", invoked, run)
    own = [api.send.get_member_run(member.member_id, run_id)] if isinstance(run_id, str) else []

    yield from whole(*(one for read in (run, *own) for one in _has_ids_of(invoked, read)))


def _has_ids_of(invoked: Exchange, run: Exchange) -> Iterator[Judgement]:
    yield expect.that(run.ok, "the run is readable", expect.answer(run), invoked, run)
    for name in ("commandId", "correlationId"):
        named = invoked.members.get(name)
        if named is None:
            yield Missing(f"the invoke's answer names no {name}", (invoked,))
        elif run.ok:
            yield expect.equal(run.members.get(name), named, f"{name} of the run", invoked, run)


@scenario("INV-03", requests=30, writes=8, leaves=1)
def a_pinned_revision_is_the_one_that_runs(api: Api) -> Judgements:
    member_id, (old, serving) = revised(api)
    for pinned in (old, serving):
        twin = _pinned(api, member_id, pinned)
        yield _runs_or_refuses(api, twin, pinned)
    unknown = _pinned(api, member_id, api.names.fresh())
    yield refused(api, twin, unknown, UNUSABLE, "an invoke that pins a revision that never was")

    retired = done(api, "retire", member_id, old)
    if not any(shows(api, "retire", member_id, old) for _ in api.looks(retired.last)):
        raise Unverified("no list of revisions shows the retired one as retired", retired.last)
    asked = _pinned(api, member_id, old)

    what = "an invoke that pins a retired revision"
    yield refused(api, twin, asked, (RETIRED, FAMILY), what)


def _pinned(api: Api, member_id: str, revision_id: str) -> Exchange:
    good = api.fixture("good")
    body = {**good.payload, "revisionId": revision_id}
    return api.send.invoke_member(member_id, good.endpoint, body)


def _runs_or_refuses(api: Api, invoked: Exchange, revision_id: str) -> Judgement:
    expected = f"a run of the pinned revision {revision_id}, or a typed refusal"
    if invoked.response is None or invoked.status in TRANSPORT:
        return Missing(f"the transport answered: {invoked.line}", (invoked,))
    if not invoked.ok:
        plain = api.invoke(invoked.parameters["memberId"], api.fixture("good"))
        if not plain.ok:
            return Missing(f"an invoke that pins none was refused too: {plain.line}", (invoked,))
        typed = expect.code_of(invoked)
        return expect.that(typed, expected, expect.answer(invoked), plain, invoked)
    settled = api.verdict_of(invoked)
    if settled.ending == "failed" and settled.failure.get("stage") == "accepted":
        code = settled.failure.get("code")
        return expect.that(code, expected, settled.told, invoked, settled.last)
    run = api.run_in(settled)
    met = run.members.get("revisionId")
    if not run.ok or met is None:
        return Missing(f"the run names no revisionId: {run.line}", (invoked, run))
    return expect.that(met == revision_id, expected, f"a run of {met}", invoked, run)


@scenario("INV-04", requests=17, writes=5, leaves=1)
def an_invoke_before_readiness_is_refused_or_decided(api: Api) -> Judgements:
    good = api.fixture("good")
    member_id = api.member(good.kind).member_id
    bind = api.send.bind_member(member_id, dict(good.branch))
    early = api.invoke(member_id, good)
    bound = api.settle(bind, partial(_bound, api, member_id))
    yield _refused_or_decided(api, early)

    revision_id = bound.target.get("revisionId") or _revision(
        api.send.get_member_binding(member_id)
    )
    done(api, "retire", member_id, str(revision_id))
    readiness = api.send.get_member_binding_readiness(member_id)
    late = api.invoke(member_id, good)
    yield _refused_or_decided(api, late, readiness)


def _bound(api: Api, member_id: str) -> Exchange | None:
    read = api.send.get_member_binding(member_id)
    return read if _revision(read) else None


def _revision(binding: Exchange) -> object:
    last = binding.members.get("lastBinding")
    return last.get("revisionId") if isinstance(last, dict) else None


def _refused_or_decided(
    api: Api, invoked: Exchange, readiness: Exchange | None = None
) -> Judgement:
    """Judge that an invoke was refused as too early, or led to a verdict; `readiness` says no."""
    code = expect.code_of(invoked)
    if not invoked.ok and not code and invoked.status in (0, *TRANSPORT):
        return Missing(f"the transport answered: {invoked.line}", (invoked,))
    if not invoked.ok:
        return expect.refused(invoked, UNREADY_STATUSES, UNREADY, "an invoke before readiness")
    settled = api.verdict_of(invoked)
    if settled.ending in UNDECIDED:
        return Missing(f"{invoked.line} then was {settled.ending}", (invoked, settled.last))
    if settled.ending == "ready":
        return _ran(api, settled, readiness)
    held = settled.ending == "failed" and settled.failure.get("code")
    expected = "it is refused as not ready, or decided: ready with its run, or failed with a code"
    return expect.that(held, expected, settled.told, invoked, settled.last)


def _ran(api: Api, settled: Settled, readiness: Exchange | None) -> Judged:
    run = api.run_in(settled)
    if readiness is None or readiness.members.get("status") not in ("pending", "failed"):
        expected, actual = "an invoke that is ready has a run", expect.answer(run)
        return expect.that(run.ok, expected, actual, settled.write, settled.last, run)
    reason = readiness.members.get("reason") or "without a reason"
    told = f"{readiness.members['status']} {reason}"
    expected = f"no run while readiness is {told}"
    return expect.that(False, expected, f"ready: {run.line}", readiness, settled.write, run)  # noqa: FBT003


@scenario("INV-05", requests=29, writes=11, leaves=1)
def a_wrong_payload_is_refused_at_once(api: Api) -> Judgements:
    good, member_id = api.fixture("good"), api.bound_member().member_id
    typed = _typed(api.send.get_member_endpoint_contract(member_id, good.endpoint), good.payload)
    send = partial(api.send.invoke_member, member_id, good.endpoint)
    first = send({})
    empty = _outcome(api, first)
    twin = send(typed)
    reads = _reads(api, twin, empty)
    forms = [form for form in _forms(typed) if reads and _reads(api, send(form), empty)]
    if twin.ok:
        _rests_on_the_payload_alone(api, first, empty, send({}))
    if not reads:
        yield expect.branch("single_payload_form", twin, first)
        return

    for what, body in _wrong(typed, forms).items():
        how = How(violates=f"body: {what}")
        asked = send(body, how)
        yield _refused_at_once(twin, asked, what)


def _typed(contract: Exchange, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return a payload of bytes with its type, the owner's own where that is one."""
    if "payloadBase64" in payload:
        return dict(payload)
    named = contract.members.get("requestTypeUrl")
    type_url = named if isinstance(named, str) and named else TYPE_URL
    return {"payloadTypeUrl": type_url, "payloadBase64": HELLO}


def _reads(api: Api, typed: Exchange, empty: tuple[object, ...]) -> bool:
    """Whether an invoke with a payload is taken, and its outcome unlike that of none."""
    return typed.ok and _outcome(api, typed) != empty


def _rests_on_the_payload_alone(
    api: Api, first: Exchange, outcome: tuple[object, ...], again: Exchange
) -> None:
    """Compare an invoke before all others with an equal one after them.

    Raises:
        Unverified: their outcomes differ, so that an outcome tells nothing of its payload.

    """
    if _outcome(api, again) != outcome:
        raise Unverified(
            "two equal invokes came to different outcomes: describe under [implementations.good] "
            "in the target file one whose output depends on nothing but its payload",
            first,
            again,
        )


def _outcome(api: Api, invoked: Exchange) -> tuple[object, ...]:
    refusal = api.refusal_of(invoked)
    return (
        (refusal,) if refusal or not invoked.ok else ("", api.run_of(invoked).members.get("output"))
    )


def _forms(typed: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    """Return a payload in each form that may not stand beside a payload of bytes."""
    json = {"payloadJson": {"input": "x"}, "payloadTypeUrl": typed.get("payloadTypeUrl", TYPE_URL)}
    return {"prompt": "hello"}, json


def _wrong(
    typed: Mapping[str, Any], forms: Iterable[Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    return {
        **{f"bytes and a {next(iter(one))} as payload": {**one, **typed} for one in forms},
        "a payload that is not base64": {**typed, "payloadBase64": "%%%"},
        "a payload without a type": {k: v for k, v in typed.items() if k != "payloadTypeUrl"},
    }


def _refused_at_once(twin: Exchange, asked: Exchange, what: str) -> Judgement:
    if asked.response is None or asked.status in TRANSPORT:
        return Missing(f"the transport answered: {asked.line}", (asked,))
    held = asked.status == BAD_REQUEST and expect.code_of(asked) not in OTHER_FAULTS
    expected = f"{what}: 400 with a code of its own"
    return expect.that(held, expected, expect.answer(asked), twin, asked)


@scenario("INV-06", requests=15, writes=4, leaves=1)
def an_unknown_endpoint_is_not_invoked(api: Api) -> Judgements:
    good, member_id = api.fixture("good"), api.bound_member().member_id
    twin = api.invoke(member_id, good)
    api.verdict_of(twin)

    asked = api.send.invoke_member(member_id, api.names.fresh(), dict(good.payload))

    what = "an invoke of an unknown endpoint"
    yield refused(api, twin, asked, (ENDPOINT,), what, statuses=(NOT_FOUND,))


@scenario("INV-07", requests=14, writes=3, leaves=1)
def a_run_that_failed_is_told_by_its_invoke(api: Api) -> Judgements:
    invoked = api.invoke(api.bound_member("poison").member_id, api.fixture("poison"))
    if not invoked.ok:
        yield Missing(f"no run was accepted that fails: {invoked.line}", (invoked,))
        return

    run = api.run_of(invoked)

    if not run.ok:
        yield Missing(f"the run cannot be read: {run.line}", (invoked, run))


@scenario("INV-08", requests=16, writes=4, leaves=1)
def a_command_id_of_the_clients_own_is_honoured(api: Api) -> Judgements:
    good, member_id = api.fixture("good"), api.bound_member().member_id
    own = api.names.fresh()
    body = {**good.payload, "commandId": own}
    first = api.send.invoke_member(member_id, good.endpoint, body)
    if not first.ok:
        yield _refuses_own_ids(api.invoke(member_id, good), first)
        return
    again = api.send.invoke_member(member_id, good.endpoint, body)

    met = [one for one in (first, again) if one.ok]
    honoured = [
        expect.equal(one.members.get("commandId"), own, "commandId of the receipt", one)
        for one in met
    ]
    yield from whole(*honoured, _ran_once(api, first, again))


def _refuses_own_ids(twin: Exchange, first: Exchange) -> Judgement:
    if first.response is None or first.status in TRANSPORT:
        return Missing(f"the transport answered: {first.line}", (first,))
    if not twin.ok:
        return Missing(f"the twin without a commandId was refused too: {twin.line}", (twin, first))
    expected = "a commandId in the body is honoured, or refused with a typed 400"
    held = first.status == BAD_REQUEST and expect.code_of(first)
    return expect.that(held, expected, expect.answer(first), first)


def _ran_once(api: Api, first: Exchange, again: Exchange) -> Judgement:
    for one in (first, again):
        if one.ok:
            api.verdict_of(one)
    for _ in api.looks(first):
        listed = _listed(api, first.parameters["memberId"])
        if listed:
            break
    if listed is None:
        return Missing("the member's list shows no run", (first,))
    runs = len(rows_of(listed))
    expected = "one run of a command that was asked for twice"
    return expect.that(runs == 1, expected, f"{runs} runs", first, again, listed)


def _listed(api: Api, member_id: str) -> Exchange | None:
    """Read the list of runs; None as long as it is empty."""
    read = api.send.list_member_runs(member_id)
    return read if rows_of(read) else None


SCENARIOS: Final[tuple[Scenario, ...]] = (
    an_invoke_is_followed_by_its_run_or_operation,
    the_run_is_found_at_the_member_with_the_commands_ids,
    a_pinned_revision_is_the_one_that_runs,
    an_invoke_before_readiness_is_refused_or_decided,
    a_wrong_payload_is_refused_at_once,
    an_unknown_endpoint_is_not_invoked,
    a_run_that_failed_is_told_by_its_invoke,
    a_command_id_of_the_clients_own_is_honoured,
)
