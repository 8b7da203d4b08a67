"""The endpoint contract: where to invoke, which revision runs, and who has none."""

import re
from typing import Final
from urllib.parse import parse_qsl, quote, unquote

from conformance import expect
from conformance.api import Api, Member
from conformance.checks import (
    Judgement,
    Judgements,
    Missing,
    NotOffered,
    Scenario,
    Unverified,
    scenario,
)
from conformance.exchange import Exchange
from conformance.history import not_offered
from conformance.scenarios.rev import done, revised
from conformance.urls import below_base, resolved

UNBOUND: Final = ("STUDIO_MEMBER_NOT_BOUND", "INVALID_STUDIO_MEMBER_ENDPOINT_CONTRACT_REQUEST")
EXAMPLES: Final = ("curlExample", "fetchExample")
JSON_WEB_TOKEN: Final = re.compile(r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}")
NO_LEGACY: Final = (403, 404, 405, 410, 501)
MIRRORED: Final = (
    *("scopeId", "endpointId", "method", "requestContentType", "responseContentType"),
    *("requestTypeUrl", "responseTypeUrl", "supportsSse", "supportsWebSocket"),
    *("supportsAguiFrames", "streamFrameFormat", "smokeTestSupported", "defaultSmokeInputMode"),
    *("defaultSmokePrompt", "sampleRequestJson", "deploymentStatus", "revisionId"),
)


@scenario("EPC-02", requests=8, writes=2, leaves=1)
def the_invoke_path_is_the_members_own(api: Api) -> Judgements:
    endpoint = api.endpoint
    member, contract = _described(api)
    given = contract.members.get("invokePath")
    parts = resolved(str(given), contract)
    path = unquote(below_base(parts, api.target.own_origins)) if parts else ""
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


def _described(api: Api) -> tuple[Member, Exchange]:
    """Bind a fresh member and read the contract of the good implementation's endpoint."""
    member = api.bound_member()
    return member, _contract(api, member.member_id)


def _contract(api: Api, member_id: str) -> Exchange:
    contract = api.send.get_member_endpoint_contract(member_id, api.endpoint)
    if not_offered(contract):
        raise NotOffered(contract)
    if not contract.ok:
        raise Unverified(f"the contract cannot be read: {contract.line}", contract)
    return contract


@scenario("EPC-03", requests=12, writes=3, leaves=2)
def a_contract_that_is_not_there_is_told_apart(api: Api) -> Judgements:
    bound, unbound = api.bound_member(), api.member(api.fixture("good").kind)
    twin, nowhere = _contract(api, bound.member_id), api.names.fresh()

    other = api.send.get_member_endpoint_contract(bound.member_id, nowhere)
    codes = ("STUDIO_MEMBER_ENDPOINT_CONTRACT_NOT_FOUND",)
    yield expect.refused_unlike(twin, other, {404}, codes, "an unknown endpoint of a bound member")

    early = api.send.get_member_endpoint_contract(unbound.member_id, api.endpoint)
    what = "an endpoint of an unbound member"
    yield expect.refused_unlike(twin, early, {400, 404, 409}, UNBOUND, what)

    missing = api.send.get_member_endpoint_contract(nowhere, api.endpoint)
    codes = ("STUDIO_MEMBER_NOT_FOUND",)
    yield expect.refused_unlike(twin, missing, {404}, codes, "an endpoint of a missing member")


@scenario("EPC-04", requests=22, writes=6, leaves=1)
def the_contract_names_the_revision_that_runs(api: Api) -> Judgements:
    member_id, (first, second) = revised(api)
    done(api, "activate", member_id, first)
    contract = _contract(api, member_id)
    invoked = api.verdict_of(api.invoke(member_id, api.fixture("good")))
    done(api, "retire", member_id, second)

    later = _contract(api, member_id)

    expected = f"a contract of another revision than {second}, which is retired"
    shown = later.members.get("revisionId")
    yield expect.that(shown != second, expected, shown, later)
    yield _runs(api.run_in(invoked), contract)


def _runs(run: Exchange, contract: Exchange) -> Judgement:
    """Judge that the described revision ran; documents that name none are not compared."""
    described, met = contract.members.get("revisionId"), run.members.get("revisionId")
    if not run.ok or met is None or not described:
        return Missing("the contract or the run names no revisionId", (contract, run))
    return expect.equal(met, described, "revisionId of an unpinned run", contract, run)


@scenario("EPC-06", requests=8, writes=2, leaves=1)
def the_examples_call_the_invoke_path_without_a_credential(api: Api) -> Judgements:
    _, contract = _described(api)
    path = _path_alone(api, contract)
    shown = {name: contract.members.get(name) for name in EXAMPLES}
    for name, example in shown.items():
        if isinstance(example, str):
            secret = bool(api.target.token) and str(api.target.token) in example
            held = not secret and not JSON_WEB_TOKEN.search(example)
            yield expect.that(held, f"{name} holds no live credential", "it holds one", contract)
            called = re.search(re.escape(path) + r"(?![\w:/%~-])", example)
            yield expect.that(called, f"{name} calls {path}", example, contract)
    if not any(isinstance(example, str) for example in shown.values()):
        yield expect.branch("no_examples", contract)


def _path_alone(api: Api, contract: Exchange) -> str:
    """Return the invokePath without what a gateway may put before it: origin and prefix."""
    given = expect.spelt(contract.members.get("invokePath"))
    parts = resolved(given, contract)
    if parts is None:
        return given
    return below_base(parts, api.target.own_origins) + (f"?{parts.query}" if parts.query else "")


@scenario("EPC-07", requests=9, writes=2, leaves=1)
def the_contract_mirrors_the_legacy_one(api: Api) -> Judgements:
    member, contract = _described(api)
    if not member.service_id:
        raise Unverified("the member shows no publishedServiceId", member.shown_by)

    service, endpoint = quote(member.service_id, safe=""), quote(api.endpoint, safe="")
    legacy = api.send.follow(
        f"../../../../services/{service}/endpoints/{endpoint}/contract", contract
    )

    if legacy.status in NO_LEGACY:
        yield expect.branch("not_offered", legacy)
        return
    if not legacy.ok:
        raise Unverified(f"the legacy contract cannot be read: {legacy.line}", legacy)
    for name in MIRRORED:
        if name in legacy.members and name in contract.members:
            met, own = legacy.members[name], contract.members[name]
            yield expect.equal(own, met, f"{name} of the member's contract", legacy, contract)


SCENARIOS: Final[tuple[Scenario, ...]] = (
    the_invoke_path_is_the_members_own,
    a_contract_that_is_not_there_is_told_apart,
    the_contract_names_the_revision_that_runs,
    the_examples_call_the_invoke_path_without_a_credential,
    the_contract_mirrors_the_legacy_one,
)
