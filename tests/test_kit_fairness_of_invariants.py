"""The invariants against answers that are unusual and legal, and against claims without proof."""

import json
from dataclasses import replace
from typing import Any, Final

import pytest
from judged_traces import said_of

from conformance.checks import Judged, Judgement
from conformance.contract import load_contract
from conformance.exchange import Exchange, Request, Response
from conformance.history import instant
from conformance.target import Target

BASE: Final = "http://127.0.0.1:1"
MEMBERS: Final = "/api/scopes/s1/members"
MEMBER: Final = f"{MEMBERS}/m1"
STATUS_URL: Final = "/api/scopes/s1/operations/c-1"
CONTRACT: Final = load_contract()
TARGET: Final = Target(BASE, "s1", ("core",), None, None, None, origins=("https://alias.example",))
RECEIPT: Final = {
    "commandId": "c-1",
    "correlationId": "k-1",
    "operation": "member.update",
    "target": {"resourceType": "member", "scopeId": "s1", "memberId": "m1"},
    "stage": "accepted",
    "status": "pending",
    "completionStage": "observed",
    "acceptedAt": "2026-01-01T00:00:00Z",
    "statusUrl": STATUS_URL,
}
OBSERVED: Final = RECEIPT | {
    "stage": "observed",
    "status": "ready",
    "stateVersion": 3,
    "updatedAt": "2026-01-01T00:00:01Z",
    "completedAt": "2026-01-01T00:00:01Z",
    "readModelUrl": MEMBER,
}


def asked(  # noqa: PLR0913  # a whole exchange
    method: str,
    path: str,
    status: int,
    answer: object,
    *,
    number: int = 1,
    given: object = None,
    **headers: str,
) -> Exchange:
    matched = CONTRACT.match(method, path)
    operation_id, parameters = (matched[0].operation_id, matched[1]) if matched else (None, {})
    body = None if given is None else json.dumps(given).encode()
    return Exchange(
        number,
        "scenarios",
        "a test",
        operation_id,
        parameters,
        Request(method, BASE + path, (), body),
        Response(status, headers, json.dumps(answer).encode()),
        float(number),
        number + 0.5,
    )


def renamed(answer: object, status: int = 202, *, number: int = 1, name: str = "A") -> Exchange:
    given = {"displayName": name}
    return asked("PATCH", MEMBER, status, answer, number=number, given=given)


def judged(requirement: str, *trace: Exchange) -> list[Judgement]:
    """Everything that the invariants of one requirement say of a trace."""
    return said_of(CONTRACT, TARGET, requirement, trace)


def verdicts(requirement: str, *trace: Exchange) -> list[bool]:
    return [one.held for one in judged(requirement, *trace) if isinstance(one, Judged)]


def test_a_replay_of_the_same_request_needs_no_key() -> None:
    replay = renamed(RECEIPT | {"replayed": True}, number=2)

    assert verdicts("RCP-03", renamed(RECEIPT), replay) == [True]


def test_a_replay_of_another_request_is_none() -> None:
    other = renamed(RECEIPT | {"replayed": True}, number=2, name="B")

    assert verdicts("RCP-03", renamed(RECEIPT), other) == [False]


@pytest.mark.parametrize(
    "own",
    [
        {"operation": "member.rename"},
        {"completionStage": "committed"},
        {"target": {"resourceType": "agent", "scopeId": "s1", "memberId": "m1"}},
    ],
    ids=lambda own: next(iter(own)),
)
def test_a_receipt_says_what_the_contract_says_of_its_operation(own: dict[str, Any]) -> None:
    assert False not in verdicts("RCP-02", renamed(RECEIPT))
    assert False in verdicts("RCP-02", renamed(RECEIPT | own))


def test_a_member_that_is_lacking_is_left_to_the_shape() -> None:
    without = {name: value for name, value in RECEIPT.items() if name != "operation"}

    assert False not in verdicts("RCP-02", renamed(without))
    assert False in verdicts("RCP-01", renamed(without))


def test_another_spelling_beside_the_right_name_is_a_member_of_the_capability() -> None:
    assert False not in verdicts("RCP-02", renamed(RECEIPT | {"command_id": "legacy-1"}))
    assert False in verdicts("RCP-02", renamed(RECEIPT | {"deadline_at": "2026-01-01T00:02:00Z"}))


@pytest.mark.parametrize("version", [3, 3.0, 4.0])
def test_a_version_may_be_written_with_a_zero_fraction(version: float) -> None:
    read = asked("GET", STATUS_URL, 200, OBSERVED, number=2)
    model = asked("GET", MEMBER, 200, {"stateVersion": version}, number=3)

    assert verdicts("STA-11", renamed(RECEIPT), read, model) == [True]


@pytest.mark.parametrize("version", [2, 3.5, True, "3", None])
def test_an_older_version_or_none_is_not_shown(version: object) -> None:
    read = asked("GET", STATUS_URL, 200, OBSERVED, number=2)
    model = asked("GET", MEMBER, 200, {"stateVersion": version}, number=3)

    assert verdicts("STA-11", renamed(RECEIPT), read, model) == [False]


def test_a_version_does_not_change_by_its_zero_fraction() -> None:
    reads = [
        asked("GET", STATUS_URL, 200, OBSERVED | {"stateVersion": version}, number=number)
        for number, version in ((2, 3), (3, 3.0))
    ]

    assert False not in verdicts("STA-10", renamed(RECEIPT), *reads)


def test_a_target_need_not_name_the_endpoint() -> None:
    target = {"resourceType": "member.run", "scopeId": "s1", "memberId": "m1", "runId": "run-1"}
    receipt = RECEIPT | {"operation": "member.invoke", "target": target}

    assert verdicts("RCP-05", asked("POST", f"{MEMBER}/invoke/chat", 202, receipt)) == [True]


def test_the_location_of_another_201_than_a_creates_need_only_be_readable() -> None:
    run = f"{MEMBER}/runs/run-1"
    invoked = asked("POST", f"{MEMBER}/invoke/chat", 201, RECEIPT, location=run)
    found = asked("GET", run, 200, {"runId": "run-1"}, number=2)

    assert verdicts("ACK-02", invoked, found) == [True]
    assert verdicts("ACK-02", invoked, replace(found, response=Response(404))) == [False]


def test_a_definition_at_another_listed_origin_is_a_definition() -> None:
    alias = f"https://alias.example{MEMBER}"
    receipt = RECEIPT | {"statusUrl": alias}
    accepted = asked("PATCH", MEMBER, 202, receipt, location=alias)

    assert verdicts("RCP-06", accepted) == [True, False]


def test_the_location_of_a_created_member_names_it() -> None:
    created = asked("POST", MEMBERS, 201, RECEIPT, given={"memberId": "m1"}, location=MEMBER)
    another = asked("GET", MEMBER, 200, {"memberId": "m2"}, number=2)

    assert verdicts("ACK-02", created, another) == [False]


@pytest.mark.parametrize("text", ["2026-01-01t00:00:00z", "2026-01-01T01:00:00+01:00"])
def test_an_instant_may_be_written_in_every_form_of_rfc_3339(text: str) -> None:
    read = asked("GET", STATUS_URL, 200, OBSERVED | {"acceptedAt": text}, number=2)

    assert instant(text) == instant("2026-01-01T00:00:00Z")
    assert verdicts("RCP-12", renamed(RECEIPT), read) == [True, True]


def test_an_untyped_429_may_come_from_a_rate_limiter() -> None:
    assert verdicts("ERR-01", asked("GET", MEMBER, 429, "slow down")) == []


def roster(service: str, number: int) -> Exchange:
    rows = [{"memberId": "m1", "publishedServiceId": service}]
    return asked("GET", MEMBERS, 200, {"members": rows}, number=number)


def shown(service: str, number: int) -> Exchange:
    return asked("GET", MEMBER, 200, {"publishedServiceId": service}, number=number)


def test_what_a_roster_says_of_strangers_is_not_judged() -> None:
    assert judged("RES-01", roster("svc-1", 1), roster("svc-2", 2)) == []


def test_what_a_roster_says_of_members_of_this_run_is_judged() -> None:
    assert verdicts("RES-01", shown("svc-1", 1), roster("svc-2", 2)) == [False]


STRANGE: Final = {"stage": "enlisted", "status": "queued", "completionStage": "enlisted"}


@pytest.mark.parametrize("requirement", ["STA-02", "STA-05", "STA-10", "RCP-07", "RCP-08"])
def test_words_outside_the_vocabulary_pass_nothing_but_break_the_shape(requirement: str) -> None:
    strange = {name: one for name, one in (RECEIPT | STRANGE).items() if name != "statusUrl"}
    linked = renamed(RECEIPT | STRANGE)
    reads = [asked("GET", STATUS_URL, 200, strange, number=number) for number in (2, 3)]

    trace = [linked, *reads] if requirement != "RCP-07" else [renamed(strange)]
    assert verdicts(requirement, *trace) == []
    assert False in verdicts("STA-01", linked, *reads)


def test_a_correlation_that_nobody_names_is_not_kept() -> None:
    nameless = {name: one for name, one in RECEIPT.items() if name != "correlationId"}
    read = asked("GET", STATUS_URL, 200, nameless, number=2)

    assert verdicts("STA-09", renamed(nameless), read) == []
    assert verdicts("STA-09", renamed(RECEIPT), read) == [False]


def test_a_target_that_changed_is_told_by_what_changed_of_it() -> None:
    target = {"resourceType": "member", "scopeId": "s1", "memberId": "m2", "revisionId": "r1"}
    read = asked("GET", STATUS_URL, 200, OBSERVED | {"target": target}, number=2)

    said = judged("STA-09", renamed(RECEIPT), read)

    assert [one.actual for one in said if isinstance(one, Judged)] == [
        "target.memberId m1 is now m2"
    ]


def test_a_version_that_is_null_is_no_version() -> None:
    read = asked("GET", STATUS_URL, 200, OBSERVED | {"stateVersion": None}, number=2)

    assert False in verdicts("STA-10", renamed(RECEIPT), read)
