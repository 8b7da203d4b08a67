"""The kit sends no request that breaks the contract without saying so."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from functools import cache
from typing import Any

import httpx
import pytest
import respx

from conformance.checks import Unverified
from conformance.client import Client, Encoded, HarnessError
from conformance.contract import Contract, load_contract
from conformance.legality import Asked, broken_parts
from conformance.target import Target
from conformance.trace import Trace
from conformance.wire import Connections, How

URL = "http://127.0.0.1:1"
MEMBER = {"displayName": "One", "implementationKind": "script"}


@cache
def contract() -> Contract:
    return load_contract()


@pytest.fixture
def client() -> Iterator[Client]:
    with closing(Connections()) as connections:
        yield Client(
            contract(),
            Target(URL, "s1", ("core",), None, None, None),
            Trace(),
            "a test",
            connections,
        )


def broken(
    operation_id: str,
    path: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    body: object = None,
) -> list[str]:
    asked = Asked(path or {}, query or {}, headers or {}, body)
    operation = contract().operations[operation_id]
    return [one.sentence for one in broken_parts(contract().validators, operation, asked)]


ILLEGAL: dict[str, Callable[[Client], Any]] = {
    "body": lambda client: client.create_member({"displayName": 7}),
    "path": lambda client: client.get_member("a.b"),
    "encoded path": lambda client: client.get_member(Encoded("a%20b")),
    "query value": lambda client: client.list_members(How(query={"pageSize": "0"})),
    "query text": lambda client: client.list_members(How(query={"pageSize": "many"})),
    "query name": lambda client: client.list_members(How(query={"pagesize": "1"})),
    "header": lambda client: client.create_member(MEMBER, How({"idempotency-key": ""})),
    "media type": lambda client: client.create_member(MEMBER, How({"content-type": "text/plain"})),
}


@pytest.mark.parametrize("ask", ILLEGAL.values(), ids=ILLEGAL.keys())
def test_an_undeclared_breach_is_the_kits_own_error_and_is_not_sent(
    ask: Callable[[Client], Any], client: Client
) -> None:
    with pytest.raises(HarnessError, match=r"^a test was about to send a \w+ request that breaks"):
        ask(client)

    assert len(client.trace) == 0


GIVEN: dict[str, tuple[Any, Callable[[Client, Any], Any]]] = {
    "a run id": ("wf:1", lambda client, given: client.get_member_run("m1", given)),
    "no id at all": ("", lambda client, given: client.get_member(given)),
    "a revision id": (
        "sha256:0f",
        lambda client, given: client.bind_member("m1", {"revisionId": given}),
    ),
    "a page token": ("t" * 1025, lambda client, given: client.list_members(_page(given))),
}


def _page(token: str) -> How:
    return How(query={"pageToken": token})


@pytest.mark.parametrize(("given", "ask"), GIVEN.values(), ids=GIVEN.keys())
@respx.mock
def test_a_breach_by_what_the_server_gave_is_not_the_kits_error(
    given: Any,  # noqa: ANN401  # any JSON value
    ask: Callable[[Client, Any], Any],
    client: Client,
) -> None:
    roster = respx.get(f"{URL}/api/scopes/s1/members")
    roster.mock(httpx.Response(200, json={"members": [{"any": {"thing": given}}]}))
    client.list_members()

    with pytest.raises(Unverified, match=r"^the server gave a value that no legal \w+ request"):
        ask(client, given)

    assert len(client.trace) == 1


@respx.mock
def test_an_id_at_the_end_of_a_location_is_the_servers_as_well(client: Client) -> None:
    created = httpx.Response(201, headers={"Location": "/api/scopes/s1/members/a.b"})
    respx.post(f"{URL}/api/scopes/s1/members").mock(created)
    client.create_member(MEMBER)

    with pytest.raises(Unverified):
        client.get_member("a.b")


@respx.mock
def test_a_declared_breach_is_sent_as_it_is(client: Client) -> None:
    respx.get(f"{URL}/api/scopes/s1/members/a.b").mock(httpx.Response(404))

    answer = client.get_member("a.b", How(violates="path: no memberId has a dot"))

    assert (answer.status, answer.violates) == (404, "path: no memberId has a dot")


LEGAL = {
    "a number in the query": ("listMembers", {"scopeId": "s"}, {"pageSize": "200"}, {}, None),
    "a header that the contract does not name": ("getMember", {}, {}, {"X-Own": ""}, None),
    "a header in another case": ("bindMember", {}, {}, {"IF-MATCH": '"3"'}, {}),
    "a media type with a parameter": (
        "createMember",
        {},
        {},
        {"content-type": "Application/JSON; charset=utf-8"},
        MEMBER,
    ),
    "a token that looks like a number": ("listMembers", {}, {"pageToken": "7"}, {}, None),
}


@pytest.mark.parametrize("asked", LEGAL.values(), ids=LEGAL.keys())
def test_a_legal_request_breaks_nothing(asked: tuple[Any, ...]) -> None:
    assert broken(*asked) == []


def test_every_operation_knows_the_parameters_of_its_path() -> None:
    for operation in contract().operations.values():
        in_path = {one.name for one in operation.parameters if one.place == "path"}
        assert {f"{{{name}}}" for name in in_path} == {
            part.partition(":")[0] for part in operation.path.split("/") if "{" in part
        }
