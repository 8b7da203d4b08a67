"""The judge's reader of the contract."""

import pytest

from conformance.contract import load_contract

MEMBER = "/api/scopes/s1/members/m1"


@pytest.mark.parametrize(
    ("method", "path", "operation", "parameters"),
    [
        ("GET", "/api/scopes/s1/members", "listMembers", {"scopeId": "s1"}),
        ("GET", "/api/scopes/s1/members/%6D1", "getMember", {"scopeId": "s1", "memberId": "m1"}),
        (
            "GET",
            "/api/scopes/s1/operations/urn:cmd:1",
            "getOperation",
            {"scopeId": "s1", "commandId": "urn:cmd:1"},
        ),
        (
            "POST",
            f"{MEMBER}/binding/revisions/r1:activate",
            "activateMemberRevision",
            {"scopeId": "s1", "memberId": "m1", "revisionId": "r1"},
        ),
    ],
    ids=["collection", "encoded id", "colon in a command id", "verb"],
)
def test_a_path_names_its_operation_and_parameters(
    method: str, path: str, operation: str, parameters: dict[str, str]
) -> None:
    matched = load_contract().match(method, path)

    assert matched is not None
    assert (matched[0].operation_id, matched[1]) == (operation, parameters)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"{MEMBER}/invoke/chat:stream"),
        ("POST", f"{MEMBER}/binding/revisions/r1"),
        ("PUT", MEMBER),
        ("GET", f"{MEMBER}/"),
    ],
    ids=["a verb that is not offered", "no verb", "another method", "an empty last segment"],
)
def test_a_path_outside_the_contract_names_nothing(method: str, path: str) -> None:
    assert load_contract().match(method, path) is None
