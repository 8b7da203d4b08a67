"""The endpoint contract: where to invoke, and who has none."""

from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from conformance import expect
from conformance.api import Api
from conformance.checks import Judgements, Missing, Scenario, Unverified, scenario
from conformance.urls import resolved

UNBOUND: Final = ("STUDIO_MEMBER_NOT_BOUND", "INVALID_STUDIO_MEMBER_ENDPOINT_CONTRACT_REQUEST")


@scenario("EPC-02", requests=8, writes=2, leaves=1)
def the_invoke_path_is_the_members_own(api: Api) -> Judgements:
    member = api.bound_member()
    endpoint = api.fixture("good").endpoint

    contract = api.send.get_member_endpoint_contract(member.member_id, endpoint)

    if not contract.ok:
        raise Unverified(f"the contract cannot be read: {contract.line}", contract)
    given = contract.members.get("invokePath")
    parts = resolved(str(given), contract)
    path = unquote(parts.path.removeprefix(urlsplit(api.target.url).path)) if parts else ""
    expected = f"/api/scopes/{api.target.scope}/members/{member.member_id}/invoke/{endpoint}"
    held = path.removesuffix(":stream") == expected
    yield expect.that(held, f"invokePath {expected}", given, contract)
    if not member.service_id:
        yield Missing("the member shows no publishedServiceId", (member.shown_by,))
    elif member.service_id != member.member_id:
        query = parse_qsl(parts.query) if parts else []
        places = [*path.split("/"), *(value for _, value in query)]
        absent = "an invokePath without the publishedServiceId, in path and query"
        yield expect.that(member.service_id not in places, absent, given, contract)


@scenario("EPC-03", requests=11, writes=3, leaves=2)
def a_contract_that_is_not_there_is_told_apart(api: Api) -> Judgements:
    bound, unbound = api.bound_member(), api.member(api.fixture("good").kind)
    nowhere = api.names.fresh()

    other = api.send.get_member_endpoint_contract(bound.member_id, nowhere)
    codes = ("STUDIO_MEMBER_ENDPOINT_CONTRACT_NOT_FOUND",)
    yield expect.refused(other, {404}, codes, "an unknown endpoint of a bound member")

    early = api.send.get_member_endpoint_contract(unbound.member_id, api.endpoint)
    yield expect.refused(early, {400, 404, 409}, UNBOUND, "an endpoint of an unbound member")

    missing = api.send.get_member_endpoint_contract(nowhere, api.endpoint)
    codes = ("STUDIO_MEMBER_NOT_FOUND",)
    yield expect.refused(missing, {404}, codes, "an endpoint of a missing member")


SCENARIOS: Final[tuple[Scenario, ...]] = (
    the_invoke_path_is_the_members_own,
    a_contract_that_is_not_there_is_told_apart,
)
