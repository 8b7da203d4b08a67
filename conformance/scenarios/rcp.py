"""Receipts: whose correlation they carry, where their URLs lead, and what a body may carry."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from conformance import expect
from conformance.api import Api, How, Settled, member_id_of, named_by
from conformance.checks import Judgement, Judgements, Missing, Scenario, Unverified, scenario
from conformance.exchange import Exchange
from conformance.history import TRANSPORT, broke_down, not_offered

PLAIN: Final = How()
LONG: Final = 100
REFUSED: Final = (400, 422)
UNTIMELY: Final = {"undecided", "overdue", "timed_out"}
UNKNOWN: Final = {"xAckproofUnknown": {"nested": [1, "two", None]}}
ANSWERED_AS: Final = {
    "status": "the OperationStatus of the command",
    "readiness": "a ReadinessDocument",
}


@scenario("RCP-04", requests=12, writes=4, leaves=1)
def writes_under_a_correlation_id_of_the_callers(api: Api) -> Judgements:
    good = api.fixture("good")
    created = _member_by(api, _created(api, {}, _correlated(api)))
    member_id = named_by(created, created.write.given["memberId"])
    bind = api.send.bind_member(member_id, dict(good.branch), _correlated(api))
    api.settle(bind)

    writes = (
        created.write,
        bind,
        api.send.update_member(member_id, {"displayName": "Correlated"}, _correlated(api)),
        api.invoke(member_id, good, _correlated(api)),
    )

    for write in writes[2:]:
        api.look_up(write)
    yield from (
        Missing(f"a write under a correlation id was refused: {write.line}", (write,))
        for write in writes
        if not write.ok
    )


def _correlated(api: Api) -> How:
    """Name a correlation in each kind of character that is easily lost."""
    name = f"Ap/Corr.{api.names.fresh()}:~K_"
    return How(headers={"X-Correlation-Id": name + "x" * (LONG - len(name))})


def _created(api: Api, more: Mapping[str, object], how: How) -> Exchange:
    body = {
        "memberId": api.names.fresh(),
        "displayName": "A member of the receipts",
        "implementationKind": api.fixture("good").kind,
    }
    return api.send.create_member({**body, **more}, how)


def _member_by(api: Api, create: Exchange) -> Settled:
    member_id = member_id_of(create, create.given["memberId"])
    return api.settle(create, partial(api.shows, member_id))


@scenario("RCP-09", requests=12, writes=2, leaves=1)
def each_url_of_a_bind_answers_its_own_question(api: Api) -> Judgements:
    good = api.fixture("good")
    bound = api.bind(api.member(good.kind).member_id, good)

    status = _followed(api, bound, "statusUrl")
    readiness = _followed(api, bound, "readinessUrl")
    model = _followed(api, bound, "readModelUrl")

    own = status.members.get("commandId") == bound.write.members.get("commandId")
    yield expect.that(_is(api, "status", status) and own, *_question("status", status), status)
    if not_offered(readiness):
        yield Missing(f"readiness is not offered: {readiness.line}", (readiness,))
    else:
        held = _is(api, "readiness", readiness)
        yield expect.that(held, *_question("readiness", readiness), readiness)
    other = [kind for kind in ANSWERED_AS if _is(api, kind, model)]
    met = f"{model.status} {', '.join(ANSWERED_AS[kind] for kind in other) or 'without a version'}"
    held = model.ok and not other and model.members.get("stateVersion") is not None
    yield expect.that(held, "the resource, with its stateVersion", met, model)


def _followed(api: Api, settled: Settled, name: str) -> Exchange:
    """Read a URL that a write's answers give.

    Raises:
        Unverified: they give none, or the transport answers.

    """
    given = settled.url(name)
    if given is None or not api.send.may_follow(*given):
        raise Unverified(f"no answer to the write names a {name}", *settled.documents)
    read = api.send.follow(*given)
    if broke_down(read) and not not_offered(read):
        raise Unverified(f"the {name} cannot be read: {read.line}", read)
    return read


def _is(api: Api, kind: str, read: Exchange) -> bool:
    return read.ok and not api.send.contract.validators.shape(kind, read.document)


def _question(kind: str, read: Exchange) -> tuple[str, str]:
    return f"200 with {ANSWERED_AS[kind]}", expect.answer(read)


@scenario("RCP-13", requests=34, writes=10, leaves=2)
def an_unknown_member_of_a_body_changes_no_outcome(api: Api) -> Judgements:
    created = _member_by(api, _created(api, {}, PLAIN))
    yield _ends_alike(api, created, _created(api, UNKNOWN, PLAIN))
    for write in _writes(api, named_by(created, created.write.given["memberId"])):
        twin = write({})
        if twin.ok:
            yield _ends_alike(api, api.verdict_of(twin), write(UNKNOWN))
        else:
            yield Missing(f"the twin without the member was refused too: {twin.line}", (twin,))


def _writes(api: Api, member_id: str) -> tuple[Callable[[Mapping[str, Any]], Exchange], ...]:
    """Return the writes that take a body, each with room for more members in it."""
    send, good = api.send, api.fixture("good")
    return (
        lambda more: send.update_member(member_id, {"displayName": "Unknown", **more}),
        lambda more: send.update_member_implementation(member_id, {**good.branch, **more}),
        lambda more: send.bind_member(member_id, {**good.branch, **more}),
        lambda more: send.invoke_member(member_id, good.endpoint, {**good.payload, **more}),
    )


def _ends_alike(api: Api, twin: Settled, other: Exchange) -> Judgement:
    if other.response is None or other.status in TRANSPORT:
        return Missing(f"the transport answered: {other.line}", (other,))
    expected = f"{twin.ending}, as without the unknown member, or 400 or 422 with a code"
    if not other.ok:
        typed = other.status in REFUSED and expect.code_of(other)
        return expect.that(typed, expected, expect.answer(other), twin.write, other)
    ended = api.verdict_of(other)
    if "unreadable" in {twin.ending, ended.ending}:
        return expect.that(True, "accepted as without it", "", twin.write, other)  # noqa: FBT003
    if UNTIMELY & {twin.ending, ended.ending}:
        return Missing(f"a write was not decided in time: {other.line}", (other,))
    return expect.that(ended.ending == twin.ending, expected, ended.told, twin.write, other)


SCENARIOS: Final[tuple[Scenario, ...]] = (
    writes_under_a_correlation_id_of_the_callers,
    each_url_of_a_bind_answers_its_own_question,
    an_unknown_member_of_a_body_changes_no_outcome,
)
