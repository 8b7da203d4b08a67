"""A null in an optional member is its absence; in a required one it is what it is."""

import json
from contextlib import closing
from typing import Any, Final

import pytest
import respx

from conformance.client import Client
from conformance.contract import load_contract
from conformance.target import Target
from conformance.trace import Trace
from conformance.wire import Connections

CONTRACT: Final = load_contract()
JSON: Final = "application/json"
ADDRESSED: Final = {"resourceType": "member.binding", "scopeId": "s1", "memberId": "m1"}
CONDITION: Final = {"type": "BindingReady", "status": "false", "reason": "NEVER_BOUND"}
RECEIPT: Final = {
    "commandId": "c-1",
    "correlationId": "k-1",
    "operation": "member.bind",
    "target": ADDRESSED,
    "stage": "accepted",
    "status": "pending",
    "completionStage": "ready",
    "acceptedAt": "2026-01-01T00:00:00Z",
    "statusUrl": "/api/scopes/s1/operations/c-1",
}
STATUS: Final = RECEIPT | {"updatedAt": "2026-01-01T00:00:00Z"}
READINESS: Final = {
    "target": ADDRESSED,
    "status": "pending",
    "reason": "NEVER_BOUND",
    "observedAt": "2026-01-01T00:00:00Z",
    "conditions": [CONDITION],
}


def read(operation_id: str | None, document: Any, status: int = 200, media: str = JSON) -> Any:  # noqa: ANN401  # any JSON
    return CONTRACT.absences.read(operation_id, status, media, document)


@pytest.mark.parametrize(
    ("operation_id", "status", "document", "more"),
    [
        ("bindMember", 202, RECEIPT, {"stateVersion": None, "failure": None, "readModelUrl": None}),
        ("bindMember", 299, RECEIPT, {"warnings": None}),
        ("getOperation", 200, STATUS, {"history": None, "reason": None}),
        (None, 200, STATUS, {"failure": None}),
        ("getMemberRun", 200, STATUS, {"stateVersion": None, "output": None}),
        ("getMemberBindingReadiness", 200, READINESS, {"commandId": None}),
        (None, 200, READINESS, {"failure": None}),
        ("getMember", 404, {"code": "X", "message": "No."}, {"status": None, "errors": None}),
        (None, 404, {"code": "X", "message": "No."}, {"errors": None}),
    ],
)
def test_an_optional_null_is_read_as_nothing(
    operation_id: str | None, status: int, document: dict[str, Any], more: dict[str, Any]
) -> None:
    assert read(operation_id, document | more, status) == document


def test_it_is_so_in_the_objects_and_lists_inside() -> None:
    nulls = {"target": {**ADDRESSED, "runId": None}, "conditions": [{**CONDITION, "message": None}]}

    assert read("getMemberBindingReadiness", READINESS | nulls) == READINESS
    assert read("listOperations", {"operations": [STATUS | {"noop": None}]}) == {
        "operations": [STATUS]
    }
    failure = {"code": "X", "step": None}
    assert read("bindMember", RECEIPT | {"failure": failure}, 202)["failure"] == {"code": "X"}


@pytest.mark.parametrize("name", ["commandId", "statusUrl", "target", "status"])
def test_a_required_null_stays_and_breaks_the_shape(name: str) -> None:
    document = read("bindMember", RECEIPT | {name: None}, 202)

    assert document[name] is None
    assert CONTRACT.validators.shape("receipt", document)


def test_a_null_that_the_contract_asks_for_stays() -> None:
    binding = {"lastBinding": None, "stateVersion": 1}

    assert read("getMemberBinding", binding) == binding


def test_the_media_type_says_what_a_problem_owes() -> None:
    problem = {"code": "X", "message": "No.", "type": None}

    assert read("getMember", problem, 404, "application/problem+json") == problem
    assert "type" not in read("getMember", problem, 404, "Application/JSON; charset=utf-8")


def test_what_no_schema_describes_is_left_as_it_is() -> None:
    run = {"runId": "r1", "output": {"a": None, "b": [{"c": None}]}}

    assert read("getMemberRun", run) == run
    assert read(None, {"a": None}) == {"a": None}
    assert read("getMember", [None]) == [None]


def test_every_answer_is_read_so_and_its_bytes_are_kept(respx_mock: respx.MockRouter) -> None:
    url = "http://127.0.0.1:1/api/scopes/s1/operations/c-1"
    respx_mock.get(url).respond(json=STATUS | {"failure": None})
    target = Target("http://127.0.0.1:1", "s1", ("core",), None, None, None)

    with closing(Connections()) as connections:
        client = Client(CONTRACT, target, Trace(), "a test", connections)
        asked = client.get_operation("c-1")

    assert asked.members == STATUS
    assert asked.response
    assert json.loads(asked.response.body)["failure"] is None
