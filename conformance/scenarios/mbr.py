"""Members: created, renamed, and known by the same names ever after."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from conformance import expect
from conformance.api import Api, How, Member, Settled, member_id_of, named_by
from conformance.checks import (
    Judgement,
    Judgements,
    Missing,
    Scenario,
    Unverified,
    scenario,
    whole,
)
from conformance.exchange import Exchange
from conformance.history import ACCEPTED, broke_down, instant, not_offered
from conformance.refusals import REFUSALS, ends_refused

LEGAL_REFUSALS: Final = (401, 403, 404, 429)
TELLABLE_SECONDS: Final = 1.2
MEMBER_ID: Final = "/components/schemas/CreateMemberRequest/properties/memberId"
SCRIPT: Final = {"script": {"scriptId": "uppercase"}}
SHOUT: Final = "name: shout\nsteps:\n  - {id: one, type: transform, parameters: {op: uppercase}}\n"
WORKFLOW: Final = {"workflow": {"workflowYamls": [SHOUT]}}
FOREIGN: Final[Mapping[str, Mapping[str, Any]]] = {
    "workflow": SCRIPT,
    "gagent": SCRIPT,
    "script": WORKFLOW,
}
UNFIT_UPDATE: Final = (
    "STUDIO_MEMBER_KIND_LOCKED",
    "INVALID_STUDIO_MEMBER_IMPLEMENTATION",
    "INVALID_STUDIO_MEMBER_REQUEST",
)
UNFIT_BIND: Final = ("STUDIO_MEMBER_KIND_LOCKED", "INVALID_STUDIO_MEMBER_BINDING")
REFERENCE: Final = ("implementationKind", "workflowId", "scriptId", "actorTypeName")
Write = Callable[..., Exchange]
Look = Callable[[], Exchange]
TWO: Final = How(violates="body: two implementations")
BINDING: Final = ("publishedServiceId", "revisionId", "implementationKind", "boundAt")
REVISION: Final = ("revisionId", "status", "isServing", "createdAt")


@scenario("MBR-01", requests=3, writes=1, leaves=1, control=True)
def a_created_member_is_readable(api: Api) -> Judgements:
    kind = api.target.good.kind if api.target.good else api.target.kinds[0]
    yield from _is_created(api, kind)


@scenario("MBR-01", requests=9, writes=3, leaves=3)
def a_member_of_each_kind_is_readable_once_created(api: Api) -> Judgements:
    for kind in api.target.kinds:
        yield from _is_created(api, kind)


def _is_created(api: Api, kind: str) -> Judgements:
    asked = api.names.fresh()
    body = {"memberId": asked, "displayName": f"{kind} member", "implementationKind": kind}
    write = api.send.create_member({**body, "description": "made by a conformance run"})
    if not write.ok and (write.status in LEGAL_REFUSALS or not expect.code_of(write)):
        raise Unverified(f"no member can be created here: {write.line}", write)
    expected = f"a {kind} member is created (`kinds` in the target file says which are offered)"
    yield expect.that(write.ok, expected, expect.answer(write), write)
    if not write.ok:
        return
    named = member_id_of(write, asked)
    settled = api.verdict_of(write, partial(api.shows, named))
    read = api.send.get_member(named)
    summary = read.members.get("summary")
    met = summary.get("memberId") if isinstance(summary, dict) else None
    if write.status == ACCEPTED and settled.ending == "undecided" and not read.ok:
        raise Unverified(f"the create was not decided within the run's limit: {write.line}", write)
    expected = f"GET of the created member answers 200 with memberId {named}"
    actual = f"{settled.told}, then {expect.answer(read)} naming {expect.shown(met)}"
    yield expect.that(read.ok and met == named, expected, actual, write, read)


@scenario("MBR-01", requests=4, writes=1, leaves=1)
def a_member_is_created_as_it_was_asked_for(api: Api) -> Judgements:
    name, kind = api.names.fresh(), api.target.kinds[-1]
    asked = {"displayName": f"Member {name}", "implementationKind": kind, "description": "A test"}
    write = api.send.create_member({**asked, "memberId": name})
    settled = api.settle(write, partial(api.shows, member_id_of(write, name)))

    read = api.send.get_member(named_by(settled, name))

    summary = read.members.get("summary")
    for what, value in asked.items():
        met = summary.get(what) if isinstance(summary, dict) else None
        yield expect.equal(met, value, f"{what} of the created member", write, read)


@scenario("MBR-02", requests=30, writes=6, leaves=1)
def the_published_service_is_assigned_at_create_and_stays(api: Api) -> Judgements:
    good = api.fixture("good")
    created = api.member(good.kind)
    expected = "a publishedServiceId from the create on"
    yield expect.that(created.service_id, expected, "none", created.shown_by)

    for change in ("rename", "implementation update", "bind", "rename", "bind"):
        _changed(api, created.member_id, change)
        later = api.read(created.member_id)
        shown_by = (created.shown_by, later.shown_by)
        what = f"publishedServiceId after a {change}"
        yield expect.equal(later.service_id, created.service_id, what, *shown_by)


def _changed(api: Api, member_id: str, change: str) -> None:
    good = api.fixture("good")
    if change == "rename":
        api.rename(member_id, f"Renamed {api.names.fresh()}")
    elif change == "bind":
        api.bind(member_id, good)
    else:
        api.verdict_of(api.send.update_member_implementation(member_id, dict(good.branch)))


@scenario("MBR-03", requests=21, writes=3, leaves=1)
def a_rename_changes_nothing_but_the_name(api: Api) -> Judgements:
    member, endpoint = api.bound_member(), api.fixture("good").endpoint
    looks: tuple[Look, ...] = (
        partial(api.send.get_member, member.member_id),
        partial(api.send.list_member_revisions, member.member_id),
        partial(api.send.get_member_endpoint_contract, member.member_id, endpoint),
    )
    bound = _revision_ids(api.send.get_member_binding(member.member_id))
    before = [_once_it_names(api, look, member, bound) for look in looks]

    renamed = api.rename(member.member_id, "Another name altogether")

    kept: list[Judgement] = []
    for look, earlier in zip(looks, before, strict=True):
        shows = partial(_shows_facts_of, earlier)
        kept += _stays(earlier, api.caught_up(renamed, look, shows), renamed)
    yield from whole(*kept)


def _once_it_names(api: Api, look: Look, member: Member, bound: set[object]) -> Exchange:
    """Read until a document names what was bound; a list may show it after the status does."""
    for _ in api.looks(member.shown_by):
        read = look()
        if not_offered(read) or bound <= _revision_ids(read):
            break
    return read


def _revision_ids(read: Exchange) -> set[object]:
    rows = _rows(read.members.get("revisions")) or []
    places = [read.members, read.members.get("lastBinding"), *rows]
    named = {place.get("revisionId") for place in places if isinstance(place, dict)}
    return named - {None}


def _shows_facts_of(earlier: Exchange, later: Exchange) -> bool:
    return _facts(later) == _facts(earlier)


def _stays(earlier: Exchange, later: Exchange, renamed: Settled) -> Iterator[Judgement]:
    """Judge what a document showed before a rename; what it does not show is not compared."""
    if not earlier.ok:
        return
    if broke_down(later) or later.response is None or expect.is_behind(later, renamed.version):
        yield Missing(f"what the rename left cannot be read: {later.line}", (earlier, later))
        return
    for what, value in _facts(earlier).items():
        met = _facts(later).get(what) if later.ok else expect.answer(later)
        yield expect.equal(met, value, f"{what} after the rename", earlier, later)


def _facts(read: Exchange) -> dict[str, object]:
    """Return what a rename must leave of a member's detail, its revisions or its contract."""
    summary, listed = read.members.get("summary"), read.members.get("revisions")
    known = summary if isinstance(summary, dict) else {}
    facts: dict[str, object] = {
        name: known.get(name) for name in ("memberId", "publishedServiceId", "implementationKind")
    }
    facts["lastBinding"] = _only(BINDING, read.members.get("lastBinding"))
    facts["revisions"] = _rows(listed)
    facts["invokePath"] = read.members.get("invokePath")
    return {what: value for what, value in facts.items() if value is not None}


@scenario("MBR-04", requests=17, writes=5, leaves=1)
def a_patch_changes_no_description_that_it_does_not_name(api: Api) -> Judgements:
    name, kind = api.names.fresh(), api.target.kinds[0]
    body = {"memberId": name, "displayName": name, "implementationKind": kind}
    create = api.send.create_member({**body, "description": "as created"})
    settled = api.settle(create, partial(api.shows, member_id_of(create, name)))
    member_id = named_by(settled, name)

    renamed, met = _described(api, member_id, {})
    yield expect.equal(met, "as created", "description after a rename without one", create, renamed)

    yield _is_blanked_or_refuses(api, member_id)

    written, met = _described(api, member_id, {"description": "as written"})
    yield expect.equal(met, "as written", "description after a patch of it", written)

    cleared, met = _described(api, member_id, {"description": None})
    yield expect.that(not met, "no description after a patch to null", met, written, cleared)


def _described(api: Api, member_id: str, patch: Mapping[str, Any]) -> tuple[Exchange, object]:
    """Rename and patch; read the member and its description once the new name shows.

    The name tells that the patch has been applied, also where the server gives no receipts.
    """
    name = api.names.fresh()
    write = api.send.update_member(member_id, {"displayName": name, **patch})
    settled = api.settle(write, partial(api.is_called, member_id, name))
    return _described_under(api, member_id, name, settled)


def _described_under(
    api: Api, member_id: str, name: str, renamed: Settled
) -> tuple[Exchange, object]:
    detail = api.caught_up(
        renamed,
        lambda: api.read(member_id).shown_by,
        lambda read: read.members["summary"].get("displayName") == name,
    )
    return detail, detail.members["summary"].get("description")


def _is_blanked_or_refuses(api: Api, member_id: str) -> Judgement:
    name = api.names.fresh()
    write = api.send.update_member(member_id, {"displayName": name, "description": ""})
    expected = "an empty description after an empty one was given, or a typed refusal of it"
    if not write.ok:
        held = write.status in REFUSALS and expect.code_of(write)
        return expect.that(held, expected, expect.answer(write), write)
    settled = api.verdict_of(write, partial(api.is_called, member_id, name))
    if settled.ending == "failed":
        return expect.that(settled.failure.get("code"), expected, settled.told, write, settled.last)
    if settled.ending != "ready":
        raise Unverified(f"{write.line} ended {settled.told}", write, settled.last)
    detail, met = _described_under(api, member_id, name, settled)
    return expect.that(not met, expected, met, write, detail)


@scenario("MBR-05", requests=14, writes=6, leaves=2)
def an_implementation_of_another_kind_is_refused(api: Api) -> Judgements:
    good = api.fixture("good")
    kind = next((one for one in api.target.kinds if one != good.kind), good.kind)
    branch = FOREIGN[kind] if kind == good.kind else good.branch
    own, locked = api.member(good.kind).member_id, api.member(kind).member_id
    before = api.read(locked).shown_by

    for write, codes in _writes_of_implementations(api):
        twin = write(own, dict(good.branch))
        asked = write(locked, dict(branch))
        yield ends_refused(api, twin, asked, codes, f"an implementation that is no {kind}")

    after = api.read(locked).shown_by
    for what, value in _locked(before).items():
        yield expect.equal(_locked(after)[what], value, f"{what} after the refusals", before, after)


def _locked(detail: Exchange) -> dict[str, object]:
    shown, summary = detail.members, detail.members["summary"]
    return {
        "implementationKind": summary.get("implementationKind"),
        "lifecycleStage": summary.get("lifecycleStage"),
        "implementationRef": _only(REFERENCE, shown.get("implementationRef")),
        "lastBinding": _only(BINDING[:-1], shown.get("lastBinding")),
    }


@scenario("MBR-06", requests=14, writes=7, leaves=1)
def one_implementation_of_the_members_kind_and_no_other(api: Api) -> Judgements:
    good = api.fixture("good")
    member_id, foreign = api.member(good.kind).member_id, FOREIGN[good.kind]
    for write, codes in _writes_of_implementations(api):
        twin = write(member_id, dict(good.branch))
        api.verdict_of(twin)

        both = write(member_id, {**good.branch, **foreign}, TWO)
        unread = (*codes, "INVALID_REQUEST_BODY")
        yield ends_refused(api, twin, both, unread, "two implementations")

        wrong = write(member_id, dict(foreign))
        yield ends_refused(api, twin, wrong, codes, f"an implementation that is no {good.kind}")


def _writes_of_implementations(api: Api) -> tuple[tuple[Write, tuple[str, ...]], ...]:
    send = api.send
    return (send.update_member_implementation, UNFIT_UPDATE), (send.bind_member, UNFIT_BIND)


@scenario("MBR-08", requests=4, writes=1, leaves=1)
def a_member_id_of_the_servers_own_is_safe_in_a_url(api: Api) -> Judgements:
    called = f"Without an id {api.names.fresh()}"
    body = {"displayName": called, "implementationKind": api.target.kinds[0]}
    write = api.send.create_member(body)
    if write.status in REFUSALS and expect.code_of(write):
        twin = api.send.create_member({**body, "memberId": api.names.fresh()})
        yield (
            expect.branch("ids_are_the_clients", twin, write)
            if twin.ok
            else Missing(f"a create with an id was refused too: {twin.line}", (twin, write))
        )
        return
    named = member_id_of(write, "")
    settled = api.settle(write, partial(api.shows, named) if named else None)
    named = named_by(settled, named)

    violations = api.send.contract.validators.part(MEMBER_ID, named)
    yield expect.valid(violations, f"a memberId that is safe in a URL in place of {named!r}", write)
    if not violations:
        read = api.send.get_member(named)
        yield expect.that(read.ok, "200 at the memberId as it stands", expect.answer(read), read)


@scenario("MBR-09", requests=11, writes=3, leaves=2)
def a_renamed_member_keeps_its_service_from_others(api: Api) -> Judgements:
    first = api.member(api.target.kinds[0])
    name = _display_name(first)

    api.rename(first.member_id, f"Renamed {api.names.fresh()}")

    yield from _inherits_nothing(api, name, first, "renamed")


@scenario("MBR-09", requests=11, writes=3, leaves=2)
def a_deleted_member_keeps_its_service_from_others(api: Api) -> Judgements:
    apart = f"deleted-{api.names.fresh()}"  # a walk that looks for the run's members claims it not
    first = api.member(api.target.kinds[0], member_id=apart)
    name = _display_name(first)

    api.delete(first.member_id)

    yield from _inherits_nothing(api, name, first, "deleted")


def _display_name(member: Member) -> str:
    name = member.shown_by.members["summary"].get("displayName")
    if not isinstance(name, str):
        raise Unverified("the member shows no displayName", member.shown_by)
    return name


def _inherits_nothing(api: Api, name: str, first: Member, was: str) -> Judgements:
    """Judge that a new member of a name that became free does not publish the same service."""
    other = api.names.fresh()
    body = {"memberId": other, "displayName": name, "implementationKind": api.target.kinds[0]}
    write = api.send.create_member(body)
    expected = f"no other member publishes the service of a member that was {was}"
    if write.status in REFUSALS and expect.code_of(write):
        yield expect.that(True, expected, "", first.shown_by, write)  # noqa: FBT003
        return
    settled = api.settle(write, partial(api.shows, member_id_of(write, other)))
    second = api.read(named_by(settled, other))
    if not first.service_id:
        raise Unverified("the member shows no publishedServiceId", first.shown_by)
    actual = f"{second.service_id} again"
    held = second.service_id != first.service_id
    yield expect.that(held, expected, actual, first.shown_by, second.shown_by)


@scenario("MBR-10", requests=20, writes=5, leaves=1, long=True)
def a_member_is_changed_long_after_its_create(api: Api) -> Judgements:
    good, name = api.fixture("good"), api.names.fresh()
    body = {"memberId": name, "displayName": name, "implementationKind": good.kind}
    create = api.send.create_member(body)
    settled = api.settle(create, partial(api.shows, member_id_of(create, name)))
    member_id = named_by(settled, name)
    created = api.read(member_id).shown_by
    if instant(created.members["summary"].get("createdAt")) is None:
        yield Missing("the member shows no createdAt", (created,))

    api.let_pass(TELLABLE_SECONDS)
    again = api.send.create_member({**body, "memberId": member_id})
    api.verdict_of(again)
    api.read(member_id)
    for change in ("rename", "implementation update", "bind"):
        _changed(api, member_id, change)
        api.read(member_id)


def _rows(listed: object) -> list[object] | None:
    return [_only(REVISION, row) for row in listed] if isinstance(listed, list) else None


def _only(names: tuple[str, ...], shown: object) -> object:
    """Keep what the contract knows; what a server adds beside it may change at any time."""
    return {name: shown.get(name) for name in names} if isinstance(shown, dict) else shown


SCENARIOS: Final[tuple[Scenario, ...]] = (
    a_created_member_is_readable,
    a_member_of_each_kind_is_readable_once_created,
    a_member_is_created_as_it_was_asked_for,
    the_published_service_is_assigned_at_create_and_stays,
    a_rename_changes_nothing_but_the_name,
    a_patch_changes_no_description_that_it_does_not_name,
    an_implementation_of_another_kind_is_refused,
    one_implementation_of_the_members_kind_and_no_other,
    a_member_id_of_the_servers_own_is_safe_in_a_url,
    a_renamed_member_keeps_its_service_from_others,
    a_deleted_member_keeps_its_service_from_others,
    a_member_is_changed_long_after_its_create,
)
