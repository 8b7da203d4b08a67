"""The endpoint contract: where to invoke, and who has none."""

from typing import Final
from urllib.parse import unquote, urljoin, urlsplit

from conformance import expect
from conformance.api import Api
from conformance.checks import Judgements, Scenario, scenario

UNBOUND: Final = ("STUDIO_MEMBER_NOT_BOUND", "INVALID_STUDIO_MEMBER_ENDPOINT_CONTRACT_REQUEST")


@scenario("EPC-02", requests=8, writes=2, leaves=1)
def the_invoke_path_is_the_members_own(api: Api) -> Judgements:
    member = api.bound_member()
    endpoint = api.fixture("good").endpoint

    contract = api.send.get_member_endpoint_contract(member.member_id, endpoint)

    given = contract.members.get("invokePath")
    resolved = urlsplit(urljoin(contract.request.url, str(given))).path
    path = unquote(resolved.removeprefix(urlsplit(api.target.url).path))
    expected = f"/api/scopes/{api.target.scope}/members/{member.member_id}/invoke/{endpoint}"
    held = path.removesuffix(":stream") == expected
    yield expect.that(held, f"invokePath {expected}", given, contract)
    if member.service_id:
        segments = path.split("/")
        absent = "no segment of invokePath is the publishedServiceId"
        yield expect.that(member.service_id not in segments, absent, given, contract)


@scenario("EPC-03", requests=11, writes=3, leaves=2)
def a_contract_that_is_not_there_is_told_apart(api: Api) -> Judgements:
    bound, unbound = api.bound_member(), api.member(api.fixture("good").kind)
    nowhere = api.names.fresh()

    other = api.send.get_member_endpoint_contract(bound.member_id, nowhere)
    codes = ("STUDIO_MEMBER_ENDPOINT_CONTRACT_NOT_FOUND",)
    yield expect.refused(other, {404}, codes, "an unknown endpoint of a bound member")

    early = api.send.get_member_endpoint_contract(unbound.member_id, "chat")
    yield expect.refused(early, {400, 404, 409}, UNBOUND, "an endpoint of an unbound member")

    missing = api.send.get_member_endpoint_contract(nowhere, "chat")
    codes = ("STUDIO_MEMBER_NOT_FOUND",)
    yield expect.refused(missing, {404}, codes, "an endpoint of a missing member")


SCENARIOS: Final[tuple[Scenario, ...]] = (
    the_invoke_path_is_the_members_own,
    a_contract_that_is_not_there_is_told_apart,
)
