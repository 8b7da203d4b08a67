"""Refusals that are legal, or not the API's own: no rule about refusals blames them."""

import json
from typing import Any, Final

import pytest

from conformance.checks import Judged
from conformance.contract import load_contract
from conformance.exchange import Exchange, Request, Response
from conformance.fold import Histories
from conformance.invariants import INVARIANTS
from conformance.target import Target

BASE: Final = "http://127.0.0.1:1"
MEMBERS: Final = "/api/scopes/s1/members"
MEMBER: Final = f"{MEMBERS}/m1"
CONTRACT: Final = load_contract()
TARGET: Final = Target(BASE, "s1", ("core",), None, None, None)
RULES: Final = ("ERR-03", "ERR-07", "ERR-08", "ERR-11")
PROBLEM: Final = {
    "type": "about:blank",
    "title": "Not found",
    "status": 404,
    "code": "STUDIO_MEMBER_NOT_FOUND",
    "message": "No such member.",
}


def refused(
    path: str, status: int, document: object, given: object = None, *, plain: bool = False
) -> Exchange:
    """Give a refused write where there is a body, else a refused read."""
    method = "GET" if given is None else "POST"
    matched = CONTRACT.match(method, path)
    operation_id, parameters = (matched[0].operation_id, matched[1]) if matched else (None, {})
    media_type = "application/json" if plain else "application/problem+json"
    response = Response(status, {"content-type": media_type}, json.dumps(document).encode())
    body = None if given is None else json.dumps(given).encode()
    request = Request(method, BASE + path, (), body)
    return Exchange(1, "scenarios", "a test", operation_id, parameters, request, response, 0.0, 0.1)


def broken(exchange: Exchange) -> set[str]:
    """Name the rules about refusals that an exchange breaks."""
    histories = Histories(CONTRACT, TARGET)
    histories.take(exchange)
    return {
        one.requirement
        for one in INVARIANTS
        if one.requirement in RULES
        for history in histories.of(one.over)
        for judgement in one.rule(history)
        if isinstance(judgement, Judged) and not judgement.held
    }


@pytest.mark.parametrize(
    ("changed", "ids"),
    [
        ({}, set()),
        ({"status": 400}, {"ERR-07"}),
        ({"title": None}, {"ERR-07"}),
        ({"code": "memberNotFound"}, {"ERR-03"}),
        ({"code": "A" * 64}, {"ERR-03"}),
        ({"detail": "No such member. Look at the roster."}, set()),
        ({"detail": "Something else."}, {"ERR-08"}),
        ({"memberId": "m1", "scopeId": "s1"}, set()),
        ({"memberId": "m2"}, {"ERR-11"}),
        ({"scopeId": "s2"}, {"ERR-11"}),
        ({"runId": "a-run-that-nobody-named"}, set()),
    ],
)
def test_a_refusal_is_blamed_for_what_it_says_alone(changed: dict[str, Any], ids: set[str]) -> None:
    assert broken(refused(MEMBER, 404, PROBLEM | changed)) == ids


def test_plain_json_owes_no_title() -> None:
    plain = {"code": "STUDIO_MEMBER_NOT_FOUND", "message": "No such member."}

    assert broken(refused(MEMBER, 404, plain, plain=True)) == set()


@pytest.mark.parametrize("status", [413, 429, 502, 503, 504])
def test_what_a_gateway_answers_is_not_the_apis(status: int) -> None:
    gateway = {"type": "rate", "status": 7, "code": "too-many", "message": "a", "detail": "b"}

    assert broken(refused(MEMBER, status, gateway)) == set()


def test_a_create_may_be_refused_under_an_id_of_the_servers_own() -> None:
    conflict = PROBLEM | {"status": 409, "code": "STUDIO_MEMBER_CONFLICT", "memberId": "own-7"}

    assert broken(refused(MEMBERS, 409, conflict, {"memberId": "asked-for"})) == set()
