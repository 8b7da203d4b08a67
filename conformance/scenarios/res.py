"""One resolver: a member's traffic reaches the member's own published service."""

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Any, Final

from conformance import expect
from conformance.api import Api, Encoded, How, Settled, member_id_of, named_by
from conformance.checks import (
    Judgement,
    Judgements,
    Missing,
    Scenario,
    Unverified,
    scenario,
)
from conformance.exchange import Exchange

ROUNDS: Final = 10
IN_A_ROW: Final = 2
CONFLICT: Final = 409
REFUSALS: Final = (400, 401, 403, 404, 409, 410, 412, 422)
OK: Final = "ok"
FOUND: Final = (OK, "SERVICE_RUN_NOT_FOUND", "STUDIO_MEMBER_BINDING_REVISION_NOT_FOUND")


@scenario("RES-01", requests=19, writes=3, leaves=1)
def every_surface_of_a_member(api: Api) -> Judgements:
    member = api.bound_member()
    invoked = api.invoke(member.member_id, api.fixture("good"))
    run = api.run_of(invoked)
    api.read_everywhere(member.member_id)
    api.send.list_members()
    if not member.service_id:
        yield Missing("the member shows no publishedServiceId", (member.shown_by,))
    else:
        yield _at(run, member.service_id, member.shown_by)


@scenario("RES-02", requests=18, writes=4, leaves=1)
def the_invoke_path_reaches_the_service_it_described(api: Api) -> Judgements:
    good = api.fixture("good")
    member = api.bound_member()
    api.bind(member.member_id, good)
    contract = api.send.get_member_endpoint_contract(member.member_id, good.endpoint)
    path = contract.members.get("invokePath")
    if not isinstance(path, str) or not api.send.may_follow(path, contract):
        raise Unverified("the contract gives no invokePath to follow", contract)

    invoked = api.send.post_to(path, contract, dict(good.payload))

    if invoked.response is None:
        raise Unverified(f"the invokePath gave no answer: {invoked.line}", contract, invoked)
    if not invoked.ok:
        found = invoked.status != 404 and "NOT_FOUND" not in expect.code_of(invoked)  # noqa: PLR2004
        expected = "the invokePath reaches a service"
        yield expect.that(found, expected, expect.answer(invoked), contract, invoked)
        return
    run = api.run_of(invoked)
    for name in ("publishedServiceId", "revisionId"):
        described, met = contract.members.get(name), run.members.get(name)
        if described is None or met is None:
            yield Missing(f"the contract or the run names no {name}", (contract, run))
        else:
            yield expect.equal(met, described, f"{name} of the run", contract, run)


@scenario("RES-03", requests=18, writes=5, leaves=2, services=1)
def a_service_named_like_the_member_captures_nothing(api: Api) -> Judgements:
    good = api.fixture("good")
    member = api.member(good.kind)
    decoy = api.decoy(member.member_id)
    if not decoy.ok:
        yield expect.branch("decoy_refused", decoy)
        return
    if member.service_id == member.member_id:
        raise Unverified("the member publishes under its own id: no service can be a decoy")

    yield _captures_nothing(api, api.invoke(member.member_id, good), "not bound", decoy)

    api.bind(member.member_id, good)
    bound = api.send.get_member_binding(member.member_id)
    run = api.run_of(api.invoke(member.member_id, good))
    yield _at(run, _own_service(api, member.member_id), decoy)
    last = bound.members.get("lastBinding")
    revision_id = last.get("revisionId") if isinstance(last, dict) else None
    if revision_id is not None and "revisionId" in run.members:
        what = "revisionId of the run"
        yield expect.equal(run.members["revisionId"], revision_id, what, decoy, bound, run)


@scenario("RES-04", requests=45, writes=12, leaves=2, services=1)
def a_service_id_from_the_caller_has_no_effect(api: Api) -> Judgements:
    good = api.fixture("good")
    member_id, other = api.member(good.kind).member_id, api.names.fresh()
    with suppress(Unverified):  # a serviceId that names nothing has no effect either
        api.decoy(other)
    for place in ("query", "body"):
        yield from _binds_its_own(api, member_id, place, other)

        api.bind(member_id, good)
        api.settle(api.invoke(member_id, good))
        named, how = _naming(place, other)
        payload = {**good.payload, **named}
        invoke = api.send.invoke_member(member_id, good.endpoint, payload, how)
        yield _runs_on(api, invoke, _own_service(api, member_id))


def _naming(place: str, service_id: str) -> tuple[dict[str, str], How]:
    """Return what a serviceId at the place adds to a body, and to a request."""
    if place == "body":
        return {"serviceId": service_id}, How(violates="body: serviceId is no member")
    how = How(query={"serviceId": service_id}, violates="query: serviceId is no parameter")
    return {}, how


def _bind(api: Api, member_id: str, place: str, service_id: str) -> Exchange:
    named, how = _naming(place, service_id)
    return api.send.bind_member(member_id, {**api.fixture("good").branch, **named}, how)


def _binds_its_own(api: Api, member_id: str, place: str, other: str) -> Judgements:
    """Judge where a bind that names a serviceId led, by the binding and by an invoke after it."""
    bind = _bind(api, member_id, place, other)
    settled = api.verdict_of(bind, partial(_bound, api, member_id)) if bind.ok else None
    if settled is None or settled.ending == "failed":
        api.bind(member_id, api.fixture("good"))
        yield _refuses_the_id(bind, settled)
        free = _bind(api, member_id, place, api.names.fresh())
        codes = [api.refusal_of(one) for one in (bind, free)]
        yield expect.equal(codes[1], codes[0], "the refusal of any other serviceId", bind, free)
        return
    if settled.ending != "ready":
        yield _undecided(settled)
        return
    read, service_id = api.send.get_member_binding(member_id), _own_service(api, member_id)
    last = read.members.get("lastBinding")
    shown = last.get("publishedServiceId") if isinstance(last, dict) else None
    yield expect.equal(shown, service_id, "publishedServiceId of the binding", bind, read)
    yield _runs_on(api, api.invoke(member_id, api.fixture("good")), service_id)


def _bound(api: Api, member_id: str) -> Exchange | None:
    read = api.send.get_member_binding(member_id)
    return read if read.members.get("lastBinding") else None


def _runs_on(api: Api, invoke: Exchange, service_id: str) -> Judgement:
    settled = api.verdict_of(invoke) if invoke.ok else None
    if settled is None or settled.ending == "failed":
        return _refuses_the_id(invoke, settled)
    return _at(api.run_in(settled), service_id, invoke)


def _refuses_the_id(asked: Exchange, settled: Settled | None) -> Judgement:
    """Judge a refusal by its code, given at once or as the verdict."""
    expected = "a serviceId that is ignored, or refused with a typed 400"
    if settled is None:
        typed = asked.status in {400, 403, 422} and expect.code_of(asked)
        return expect.that(typed, expected, expect.answer(asked), asked)
    code = str(settled.failure.get("code", ""))
    held = code and "NOT_FOUND" not in code
    return expect.that(held, expected, settled.told, asked, settled.last)


@scenario("RES-05", requests=6, writes=2, leaves=1)
def an_unknown_member_is_never_a_missing_service(api: Api) -> Judgements:
    member_id, nobody = api.member().member_id, api.names.fresh()
    payload = dict(api.target.good.payload) if api.target.good else {"prompt": "hello"}
    answers = (
        api.send.invoke_member(nobody, api.endpoint, payload),
        api.send.list_member_runs(nobody),
        api.send.get_member_run(nobody, "no-such-run"),
        api.send.get_member_endpoint_contract(nobody, api.endpoint),
        api.send.get_member_published_service(nobody),
    )
    absent = api.not_routed(answers, member_id)
    for answer in (one for one in answers if one.operation_id not in absent):
        code = api.refusal_of(answer)
        expected = "STUDIO_MEMBER_NOT_FOUND for an id that names no member"
        held = code == "STUDIO_MEMBER_NOT_FOUND"
        yield expect.that(held, expected, code or expect.answer(answer), answer)


@scenario("RES-06", requests=60, writes=20, leaves=1)
def one_spelling_means_one_member_on_every_route(api: Api) -> Judgements:
    member_id = api.bound_member().member_id
    encoded = Encoded(f"%{ord(member_id[0]):02X}{member_id[1:]}")
    reads = zip(api.read_everywhere(member_id), api.read_everywhere(encoded), strict=True)
    spellings = [api.write_everywhere(one) for one in (member_id, encoded)]
    pairs = [*reads, *_writes(api, *spellings)]
    for one, other in pairs:
        alike = f"the same answer for {encoded} as for {member_id}: {_class(one)}"
        yield expect.that(_class(one) == _class(other), alike, expect.answer(other), one, other)

    padded, how = f"{member_id} ", How(violates="path: memberId is padded with a space")
    writes = _writes(api, api.write_everywhere(padded, how))
    answers = [*api.read_everywhere(padded, how), *(one for (one,) in writes)]
    plain = {one.operation_id: _outcome(api, one) for one, _ in pairs}
    telling = [one for one in answers if plain[one.operation_id] in FOUND]
    served = [one for one in telling if _outcome(api, one) == plain[one.operation_id]]
    refused = [one for one in telling if one not in served]
    mixed = f"{len(served)} routes trim the id and {len(refused)} refuse it"
    shown_by = (*served[:1], *refused[:1])
    yield expect.that(not (served and refused), "trim or refuse on every route", mixed, *shown_by)


def _writes(api: Api, *routes: Iterator[Exchange]) -> Iterator[tuple[Exchange, ...]]:
    """Write by each spelling in turn, route by route, and wait until each write is decided."""
    for first in routes[0]:
        _wait(api, first)
        others = [next(route) for route in routes[1:]]
        for other in others:
            _wait(api, other)
        yield (first, *others)


def _wait(api: Api, write: Exchange) -> None:
    if write.ok:
        api.verdict_of(write)


def _outcome(api: Api, answer: Exchange) -> str:
    """Return the code that a request ended with, `ok` where it was served."""
    if answer.ok and answer.request.method == "GET":
        return OK
    return api.refusal_of(answer) or (OK if answer.ok else _class(answer))


def _class(answer: Exchange) -> str:
    return "an answer" if answer.ok else f"{answer.status} {expect.code_of(answer)}".rstrip()


@scenario("RES-07", requests=67, writes=43, leaves=21, services=10, long=True)
def nothing_falls_back_to_a_service_while_a_create_is_under_way(api: Api) -> Judgements:
    good = api.fixture("good")
    twin = api.invoke(api.bound_member().member_id, good)
    if not twin.ok:
        raise Unverified(f"an invoke of a bound member was refused: {twin.line}", twin)
    api.verdict_of(twin)
    for _ in range(ROUNDS):
        name = api.names.fresh()
        decoy = api.decoy(name)
        if not decoy.ok:
            yield expect.branch("decoy_refused", decoy)
            return
        created = api.send.create_member(
            {"memberId": name, "displayName": name, "implementationKind": good.kind}
        )
        if created.status == CONFLICT and expect.code_of(created):
            yield expect.branch("decoy_refused", created)
            return
        invokes = [api.invoke(name, good) for _ in range(IN_A_ROW)] if created.ok else []
        settled = api.settle(created, partial(api.shows, member_id_of(created, name)))
        if named_by(settled, name) != name:
            yield from _named_afterwards(api)
            return
        for invoke in invokes:
            yield _captures_nothing(api, invoke, "not observed", decoy, created)


def _named_afterwards(api: Api) -> Judgements:
    """Name a service like a member whose id the server made, as long as the member is not read."""
    good, name = api.fixture("good"), api.names.fresh()
    created = api.send.create_member({"displayName": name, "implementationKind": good.kind})
    named = member_id_of(created, "")
    if not named:
        raise Unverified(f"the create's answer names no memberId: {created.line}", created)
    decoy = api.decoy(named)
    if not decoy.ok:
        yield expect.branch("decoy_refused", decoy)
    elif api.shows(named):
        yield expect.branch("ids_are_the_servers", created, decoy)
    else:
        yield _captures_nothing(api, api.invoke(named, good), "not observed", decoy, created)


def _captures_nothing(api: Api, invoke: Exchange, state: str, *before: Exchange) -> Judgement:
    """Judge that an invoke of a member that is not bound was refused, or ended failed."""
    expected = f"an invoke of a member that is {state} reaches no service"
    if invoke.status in REFUSALS:
        return expect.that(True, expected, expect.answer(invoke), invoke)  # noqa: FBT003
    if not invoke.ok:
        return Missing(f"an invoke was neither accepted nor refused: {invoke.line}", (invoke,))
    settled = api.verdict_of(invoke)
    if settled.ending in {"ready", "failed"}:
        reached = f"ready at {expect.shown(settled.target.get('publishedServiceId'))}"
        return expect.that(settled.ending == "failed", expected, reached, *before, invoke)
    runs = api.send.list_member_runs(invoke.parameters["memberId"])
    if any(_captured(run, invoke.parameters["memberId"]) for run in _rows(runs)):
        return expect.that(False, expected, "a run of it", *before, invoke, runs)  # noqa: FBT003
    return _undecided(settled)


def _undecided(settled: Settled) -> Missing:
    what = f"what became of {settled.write.line} cannot be told: {settled.ending}"
    return Missing(what, (settled.write, settled.last))


def _rows(runs: Exchange) -> list[Any]:
    rows = runs.members.get("runs")
    return rows if isinstance(rows, list) else []


def _captured(run: object, service_id: str) -> bool:
    """Whether a listed run is one of the service that is named like its member."""
    return isinstance(run, dict) and run.get("publishedServiceId") == service_id


def _own_service(api: Api, member_id: str) -> str:
    member = api.read(member_id)
    if not member.service_id:
        raise Unverified("the member shows no publishedServiceId", member.shown_by)
    return member.service_id


def _at(run: Exchange, service_id: str, *before: Exchange) -> Judgement:
    """Judge that a run is one of the service; a run that names none is not compared."""
    met = run.members.get("publishedServiceId")
    if not run.ok or met is None:
        return Missing(f"the run names no publishedServiceId: {run.line}", (run,))
    return expect.equal(met, service_id, "publishedServiceId of the run", *before, run)


SCENARIOS: Final[tuple[Scenario, ...]] = (
    every_surface_of_a_member,
    the_invoke_path_reaches_the_service_it_described,
    a_service_named_like_the_member_captures_nothing,
    a_service_id_from_the_caller_has_no_effect,
    an_unknown_member_is_never_a_missing_service,
    one_spelling_means_one_member_on_every_route,
    nothing_falls_back_to_a_service_while_a_create_is_under_way,
)
