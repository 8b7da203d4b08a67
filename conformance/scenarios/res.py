"""One resolver: a member's traffic reaches the member's own published service."""

from functools import partial
from typing import Final

from conformance import expect
from conformance.api import Api, Encoded, How
from conformance.checks import Judgements, Scenario, Unverified, scenario
from conformance.exchange import Exchange

ROUNDS: Final = 10


@scenario("RES-01", requests=18, writes=3, leaves=1)
def every_surface_of_a_member(api: Api) -> Judgements:
    member = api.bound_member()
    invoked = api.invoke(member.member_id, api.fixture("good"))
    run = api.run_of(invoked)
    api.read_everywhere(member.member_id)
    shown = run.members.get("publishedServiceId", member.service_id)
    yield expect.equal(shown, member.service_id, "publishedServiceId of the run", run)


@scenario("RES-02", requests=12, writes=3, leaves=1)
def the_invoke_path_reaches_the_service_it_described(api: Api) -> Judgements:
    good = api.fixture("good")
    member = api.bound_member()
    contract = api.send.get_member_endpoint_contract(member.member_id, good.endpoint)
    path = contract.members.get("invokePath")
    if not isinstance(path, str) or not api.send.may_follow(path, contract):
        raise Unverified("the contract gives no invokePath to follow", contract)

    invoked = api.send.post_to(path, contract, dict(good.payload))

    if not invoked.ok:
        found = invoked.status != 404 and "NOT_FOUND" not in expect.code_of(invoked)  # noqa: PLR2004
        expected = "the invokePath reaches a service"
        yield expect.that(found, expected, expect.answer(invoked), contract, invoked)
        return
    run = api.run_of(invoked)
    for name in ("publishedServiceId", "revisionId"):
        described = contract.members.get(name)
        yield expect.equal(run.members.get(name), described, f"{name} of the run", contract, run)


@scenario("RES-03", requests=16, writes=4, leaves=2)
def a_service_named_like_the_member_captures_nothing(api: Api) -> Judgements:
    member = api.bound_member()
    decoy = _decoy(api, member.member_id)
    if not decoy.ok:
        yield expect.branch("decoy_refused", decoy)
        return

    run = api.run_of(api.invoke(member.member_id, api.fixture("good")))

    what = "publishedServiceId of the run"
    yield expect.equal(_service(run), member.service_id, what, decoy, run)


@scenario("RES-04", requests=22, writes=5, leaves=2)
def a_service_id_from_the_caller_has_no_effect(api: Api) -> Judgements:
    good = api.fixture("good")
    member = api.member(good.kind)
    other = api.names.fresh()
    _decoy(api, other)
    how = How(query={"serviceId": other}, violates="query: serviceId is no parameter")

    bound = api.send.bind_member(member.member_id, {**good.branch, "serviceId": other}, how)
    yield from _no_effect(api, bound, member.service_id)
    if not bound.ok:
        api.bind(member.member_id, good)

    body = {**good.payload, "serviceId": other}
    invoked = api.send.invoke_member(member.member_id, good.endpoint, body, how)
    if invoked.ok:
        what = "publishedServiceId of the run"
        run = api.run_of(invoked)
        yield expect.equal(_service(run), member.service_id, what, invoked, run)
    else:
        yield expect.that(expect.code_of(invoked), "a typed 400", expect.answer(invoked), invoked)


def _no_effect(api: Api, bound: Exchange, service_id: str) -> Judgements:
    if not bound.ok:
        yield expect.that(expect.code_of(bound), "a typed 400", expect.answer(bound), bound)
        return
    api.verdict_of(bound, lambda: None)
    read = api.send.get_member_binding(bound.parameters["memberId"])
    last = read.members.get("lastBinding")
    shown = last.get("publishedServiceId") if isinstance(last, dict) else None
    yield expect.equal(shown, service_id, "publishedServiceId of the binding", bound, read)


@scenario("RES-05", requests=5, writes=2, leaves=1)
def an_unknown_member_is_never_a_missing_service(api: Api) -> Judgements:
    api.member(api.fixture("good").kind)
    nobody = api.names.fresh()
    for answer in (
        api.invoke(nobody, api.fixture("good")),
        api.send.list_member_runs(nobody),
        api.send.get_member_endpoint_contract(nobody, "chat"),
        api.send.get_member_published_service(nobody),
    ):
        code = expect.code_of(answer)
        if answer.ok and answer.request.method == "POST":
            code = str(api.verdict_of(answer).failure.get("code"))
        expected = "STUDIO_MEMBER_NOT_FOUND for an id that names no member"
        held = code == "STUDIO_MEMBER_NOT_FOUND"
        yield expect.that(held, expected, expect.answer(answer), answer)


@scenario("RES-06", requests=24, writes=2, leaves=1)
def one_spelling_means_one_member_on_every_route(api: Api) -> Judgements:
    member = api.bound_member()
    first = f"%{ord(member.member_id[0]):02X}"
    encoded = Encoded(first + member.member_id[1:])
    padded = f"{member.member_id} "
    plain, same = api.read_everywhere(member.member_id), api.read_everywhere(encoded)
    for one, other in zip(plain, same, strict=True):
        alike = f"the same answer for {encoded} as for {member.member_id}"
        yield expect.that(other.status == one.status, alike, expect.answer(other), one, other)
    answers = [one for one in api.read_everywhere(padded) if one.operation_id != "getMemberRun"]
    served = [answer for answer in answers if answer.ok]
    refused = [answer for answer in answers if not answer.ok]
    mixed = f"{len(served)} routes trim the id and {len(refused)} refuse it"
    shown_by = (*served[:1], *refused[:1])
    yield expect.that(not (served and refused), "trim or refuse on every route", mixed, *shown_by)


@scenario("RES-07", requests=60, writes=30, leaves=20)
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
        invoked = api.invoke(name, good)
        api.verdict_of(created, partial(api.shows, name))
        if invoked.ok:
            settled = api.verdict_of(invoked)
            reached = settled.target.get("publishedServiceId")
            expected = "an invoke before the member is bound reaches no service"
            actual = f"{settled.ending} at {reached}"
            captured = settled.ending == "ready"
            yield expect.that(not captured, expected, actual, decoy, created, invoked)
        else:
            yield expect.that(invoked.status, "a refusal", "no answer", created, invoked)


def _decoy(api: Api, service_id: str) -> Exchange:
    """Make a service of another owner with the given id, by the legacy scope binding."""
    good = api.fixture("good")
    body = {**good.branch, "implementationKind": good.kind, "serviceId": service_id}
    answer = api.send.put_scope_binding(body)
    if not answer.ok and not (400 <= answer.status < 500):  # noqa: PLR2004
        raise Unverified(f"the decoy service could not be made: {answer.line}", answer)
    return answer


def _service(run: Exchange) -> object:
    if not run.ok:
        raise Unverified(f"the run cannot be read: {run.line}", run)
    return run.members.get("publishedServiceId")


SCENARIOS: Final[tuple[Scenario, ...]] = (
    every_surface_of_a_member,
    the_invoke_path_reaches_the_service_it_described,
    a_service_named_like_the_member_captures_nothing,
    a_service_id_from_the_caller_has_no_effect,
    an_unknown_member_is_never_a_missing_service,
    one_spelling_means_one_member_on_every_route,
    nothing_falls_back_to_a_service_while_a_create_is_under_way,
)
