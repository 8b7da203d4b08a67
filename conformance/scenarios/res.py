"""One resolver: a member's traffic reaches the member's own published service."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from conformance import expect
from conformance.api import Api, Encoded, How
from conformance.checks import (
    Judged,
    Judgement,
    Judgements,
    Missing,
    Scenario,
    Unverified,
    scenario,
)
from conformance.exchange import Exchange
from conformance.history import not_offered

ROUNDS: Final = 10
IN_A_ROW: Final = 2


@scenario("RES-01", requests=19, writes=3, leaves=1)
def every_surface_of_a_member(api: Api) -> Judgements:
    member = api.bound_member()
    invoked = api.invoke(member.member_id, api.fixture("good"))
    run = api.run_of(invoked)
    api.read_everywhere(member.member_id)
    api.send.list_members()
    shown = run.members.get("publishedServiceId", member.service_id)
    yield expect.equal(shown, member.service_id, "publishedServiceId of the run", run)


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


@scenario("RES-03", requests=18, writes=5, leaves=2)
def a_service_named_like_the_member_captures_nothing(api: Api) -> Judgements:
    good = api.fixture("good")
    member = api.member(good.kind)
    decoy = _decoy(api, member.member_id)
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


@scenario("RES-04", requests=30, writes=7, leaves=2)
def a_service_id_from_the_caller_has_no_effect(api: Api) -> Judgements:
    good = api.fixture("good")
    member_id, other = api.member(good.kind).member_id, api.names.fresh()
    _decoy(api, other)
    how = How(query={"serviceId": other}, violates="query: serviceId is no parameter")

    bind = api.send.bind_member(member_id, {**good.branch, "serviceId": other}, how)
    ending = api.verdict_of(bind, partial(_bound, api, member_id)).ending if bind.ok else "refused"
    binding = api.send.get_member_binding(member_id)
    after = api.invoke(member_id, good)
    body = {**good.payload, "serviceId": other}

    api.bind(member_id, good)
    api.settle(api.invoke(member_id, good))
    service_id = _own_service(api, member_id)
    invoke = api.send.invoke_member(member_id, good.endpoint, body, how)

    if bind.ok:
        yield expect.equal(ending, "ready", "the end of a bind that names a serviceId", bind)
        last = binding.members.get("lastBinding")
        shown = last.get("publishedServiceId") if isinstance(last, dict) else None
        yield expect.equal(shown, service_id, "publishedServiceId of the binding", bind, binding)
        yield _runs_on(api, after, service_id)
    else:
        yield _refuses_the_id(bind)
    yield _runs_on(api, invoke, service_id)


def _bound(api: Api, member_id: str) -> Exchange | None:
    read = api.send.get_member_binding(member_id)
    return read if read.members.get("lastBinding") else None


def _runs_on(api: Api, invoke: Exchange, service_id: str) -> Judgement:
    return _at(api.run_of(invoke), service_id, invoke) if invoke.ok else _refuses_the_id(invoke)


def _refuses_the_id(asked: Exchange) -> Judged:
    held = asked.status in {400, 403, 422} and expect.code_of(asked)
    expected = "a serviceId that is ignored, or refused with a typed 400"
    return expect.that(held, expected, expect.answer(asked), asked)


@scenario("RES-05", requests=6, writes=2, leaves=1)
def an_unknown_member_is_never_a_missing_service(api: Api) -> Judgements:
    api.member(api.fixture("good").kind)
    nobody = api.names.fresh()
    for answer in (
        api.invoke(nobody, api.fixture("good")),
        api.send.list_member_runs(nobody),
        api.send.get_member_run(nobody, "no-such-run"),
        api.send.get_member_endpoint_contract(nobody, api.endpoint),
        api.send.get_member_published_service(nobody),
    ):
        code = api.refusal_of(answer)
        expected = "STUDIO_MEMBER_NOT_FOUND for an id that names no member"
        held = code == "STUDIO_MEMBER_NOT_FOUND"
        yield expect.that(held, expected, code or expect.answer(answer), answer)


@scenario("RES-06", requests=60, writes=20, leaves=1)
def one_spelling_means_one_member_on_every_route(api: Api) -> Judgements:
    member_id = api.bound_member().member_id
    encoded = Encoded(f"%{ord(member_id[0]):02X}{member_id[1:]}")
    reads = zip(api.read_everywhere(member_id), api.read_everywhere(encoded), strict=True)
    pairs = [*reads, *_writes(api, member_id, encoded)]
    for one, other in pairs:
        alike = f"the same answer for {encoded} as for {member_id}: {_class(one)}"
        yield expect.that(_class(one) == _class(other), alike, expect.answer(other), one, other)

    padded = f"{member_id} "
    answers = [*api.read_everywhere(padded), *(one for (one,) in _writes(api, padded))]
    offered = {one.operation_id for one, _ in pairs if one.ok}
    telling = [one for one in answers if one.operation_id in offered]
    served = [one for one in telling if one.ok and not api.refusal_of(one)]
    refused = [one for one in telling if one not in served]
    mixed = f"{len(served)} routes trim the id and {len(refused)} refuse it"
    shown_by = (*served[:1], *refused[:1])
    yield expect.that(not (served and refused), "trim or refuse on every route", mixed, *shown_by)


def _writes(api: Api, *spellings: str) -> Iterator[tuple[Exchange, ...]]:
    """Write by each spelling in turn, route by route, and wait for each write's end."""
    routes = [api.write_everywhere(spelling) for spelling in spellings]
    for first in routes[0]:
        api.refusal_of(first)
        others = [next(route) for route in routes[1:]]
        for other in others:
            api.refusal_of(other)
        yield (first, *others)


def _class(answer: Exchange) -> str:
    return "an answer" if answer.ok else f"{answer.status} {expect.code_of(answer)}".rstrip()


@scenario("RES-07", requests=60, writes=40, leaves=20, long=True)
def nothing_falls_back_to_a_service_while_a_create_is_under_way(api: Api) -> Judgements:
    good = api.fixture("good")
    for _ in range(ROUNDS):
        name = api.names.fresh()
        decoy = _decoy(api, name)
        if not decoy.ok:
            yield expect.branch("decoy_refused", decoy)
            return
        created = api.send.create_member(
            {"memberId": name, "displayName": name, "implementationKind": good.kind}
        )
        invokes = [api.invoke(name, good) for _ in range(IN_A_ROW)]
        if api.verdict_of(created, partial(api.shows, name)).ending != "ready":
            yield Missing(f"the member beside the decoy was not created: {created.line}")
            return
        for invoke in invokes:
            yield _captures_nothing(api, invoke, "not observed", decoy, created)


def _captures_nothing(api: Api, invoke: Exchange, state: str, *before: Exchange) -> Judgement:
    """Judge that an invoke of a member that is not bound was refused, or did not end ready."""
    if invoke.response is None:
        return Missing(f"an invoke was not answered: {invoke.line}", (invoke,))
    settled = api.verdict_of(invoke) if invoke.ok else None
    captured = settled is not None and settled.ending == "ready"
    expected = f"an invoke of a member that is {state} reaches no service"
    reached = settled.target.get("publishedServiceId") if settled else None
    return expect.that(not captured, expected, f"ready at {reached}", *before, invoke)


def _decoy(api: Api, service_id: str) -> Exchange:
    """Make a service of another owner with the given id, by the legacy scope binding."""
    good = api.fixture("good")
    body = {**good.branch, "implementationKind": good.kind, "serviceId": service_id}
    answer = api.send.put_scope_binding(body)
    refused = 400 <= answer.status < 500 or not_offered(answer)  # noqa: PLR2004
    if not answer.ok and not refused:
        raise Unverified(f"the decoy service could not be made: {answer.line}", answer)
    return answer


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
