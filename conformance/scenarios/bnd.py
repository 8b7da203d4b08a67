"""Bindings: none, and the one that was asked for."""

from typing import Final

from conformance import expect
from conformance.api import Api
from conformance.checks import Judgements, Missing, Scenario, scenario


@scenario("BND-01", requests=4, writes=1, leaves=1)
def a_member_never_bound_has_a_null_binding(api: Api) -> Judgements:
    member = api.member(api.target.kinds[0])

    read = api.send.get_member_binding(member.member_id)

    held = read.ok and "lastBinding" in read.members and read.members["lastBinding"] is None
    yield expect.that(held, "200 with lastBinding null", expect.answer(read), read)


@scenario("BND-03", requests=17, writes=3, leaves=1)
def the_binding_shows_the_revision_that_was_bound(api: Api) -> Judgements:
    good = api.fixture("good")
    member_id = api.member(good.kind).member_id
    for revision_id in (f"{member_id}-a", f"{member_id}-b"):
        bound = api.bind(member_id, good, revisionId=revision_id)
        named = bound.target.get("revisionId")

        read = api.send.get_member_binding(member_id)

        last = read.members.get("lastBinding")
        shown = last if isinstance(last, dict) else {}
        if named is None:
            yield Missing("neither receipt nor status names the revision", (bound.write,))
        else:
            both = (bound.write, read)
            yield expect.equal(shown.get("revisionId"), named, "lastBinding.revisionId", *both)
        member, service = api.read(member_id), shown.get("publishedServiceId")
        if not member.service_id:
            yield Missing("the member shows no publishedServiceId", (member.shown_by,))
        else:
            what = "lastBinding.publishedServiceId"
            yield expect.equal(service, member.service_id, what, member.shown_by, read)


SCENARIOS: Final[tuple[Scenario, ...]] = (
    a_member_never_bound_has_a_null_binding,
    the_binding_shows_the_revision_that_was_bound,
)
