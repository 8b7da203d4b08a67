"""Members: created, renamed, and known by the same names ever after."""

from functools import partial
from typing import Final

from conformance import expect
from conformance.api import Api, member_id_of, named_by
from conformance.checks import Judgements, Missing, Scenario, Unverified, scenario
from conformance.exchange import Exchange
from conformance.history import ACCEPTED

LEGAL_REFUSALS: Final = (401, 403, 404, 429)
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
    actual = f"{settled.told}, then {expect.answer(read)} naming {met}"
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


@scenario("MBR-03", requests=20, writes=3, leaves=1)
def a_rename_changes_nothing_but_the_name(api: Api) -> Judgements:
    member = api.bound_member()
    endpoint = api.fixture("good").endpoint
    before = _facts(api, member.member_id, endpoint)

    api.rename(member.member_id, "Another name altogether")

    after = _facts(api, member.member_id, endpoint)
    for what, (value, earlier) in before.items():
        met, later = after[what]
        if value is None or not later.ok:
            yield Missing(f"{what} cannot be compared: {earlier.line}, {later.line}")
            continue
        yield expect.equal(met, value, f"{what} after the rename", earlier, later)


def _facts(api: Api, member_id: str, endpoint: str) -> dict[str, tuple[object, Exchange]]:
    detail = api.send.get_member(member_id)
    summary = detail.members.get("summary")
    revisions = api.send.list_member_revisions(member_id)
    contract = api.send.get_member_endpoint_contract(member_id, endpoint)
    facts: dict[str, tuple[object, Exchange]] = {
        name: (summary.get(name) if isinstance(summary, dict) else None, detail)
        for name in ("memberId", "publishedServiceId", "implementationKind")
    }
    facts["lastBinding"] = (_only(BINDING, detail.members.get("lastBinding")), detail)
    listed = revisions.members.get("revisions")
    rows = [_only(REVISION, row) for row in listed] if isinstance(listed, list) else listed
    facts["revisions"] = (rows, revisions)
    facts["invokePath"] = (contract.members.get("invokePath"), contract)
    return facts


def _only(names: tuple[str, ...], shown: object) -> object:
    """Keep what the contract knows; what a server adds beside it may change at any time."""
    return {name: shown.get(name) for name in names} if isinstance(shown, dict) else shown


SCENARIOS: Final[tuple[Scenario, ...]] = (
    a_created_member_is_readable,
    a_member_of_each_kind_is_readable_once_created,
    a_member_is_created_as_it_was_asked_for,
    the_published_service_is_assigned_at_create_and_stays,
    a_rename_changes_nothing_but_the_name,
)
