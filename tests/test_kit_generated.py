"""The generated lane: repeatable, sent by the kit alone, judged like any other traffic."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from conformance.contract import load_contract
from conformance.exchange import Exchange, Request, Response
from conformance.generated.choices import Choices
from conformance.generated.disputed import ABSENT, EITHER, STATE, TRANSPORT, relax, why_allowed
from conformance.generated.outcome import Generation, LaneFinding, LaneOutcome
from conformance.judge import Exit, exit_code
from conformance.plan import make_plan
from conformance.progress import Silent
from conformance.reports.of_run import report_of
from conformance.run_result import RunResult
from conformance.runner import run
from conformance.target_file import load_target

CONTRACT = load_contract()
FEW = Generation(seed=11, examples=2)
THREE = ("createMember", "getMember", "bindMember")
MADE_BY_THE_SERVER = ("/operations/c-", "/runs/run-", "/members/m-")


def judged(
    url: str, generation: Generation = FEW, operations: tuple[str, ...] = THREE, **flags: object
) -> RunResult:
    """Judge by the lane alone, on three operations unless others are named."""
    target = load_target(None, {"url": url, "scope": "s1", **flags})
    plan = make_plan(CONTRACT, target, lanes=["generated"])
    few = replace(plan, generated=operations)
    return run(CONTRACT, target, few, Silent(), generation)


def asked(result: RunResult) -> list[tuple[Any, ...]]:
    """Every generated request, but those to URLs that the server made."""
    sent = [one.request for one in result.exchanges if one.lane == "generated"]
    return [
        (one.method, one.url.partition("/api/")[2], one.headers[1:], one.body)
        for one in sent
        if not any(part in one.url for part in MADE_BY_THE_SERVER)
    ]


def test_nothing_is_found_in_an_honest_server_and_its_traffic_is_judged(
    reference_server: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a request went out by another way than the kit's own wire")

    monkeypatch.setattr(requests.Session, "send", refuse)
    target = load_target(None, {"url": reference_server("--deadline", "2000"), "scope": "s1"})
    plan = make_plan(CONTRACT, target, lanes=["generated"])
    result = run(CONTRACT, target, plan, Silent(), FEW)

    assert result.lane is not None
    assert result.lane.errors == ()
    assert [(one.check, one.operation, one.message) for one in result.lane.findings] == []
    assert [one.requirement.id for one in result.verdicts if one.findings] == []
    assert {one.lane for one in result.exchanges} == {"scenarios", "generated"}
    assert "DELETE" not in {one.request.method for one in result.exchanges}
    outcomes = {one.requirement.id: one for one in result.verdicts}
    assert outcomes["RCP-01"].judged > 10
    assert outcomes["ERR-01"].judged > 100


def test_the_same_seed_sends_the_same_requests_and_another_seed_others(
    reference_server: Callable[..., str],
) -> None:
    first, second = (judged(reference_server("--deadline", "2000")) for _ in range(2))
    other = judged(reference_server("--deadline", "2000"), replace(FEW, seed=12))

    assert len(asked(first)) > 50
    assert asked(first) == asked(second)
    assert asked(first) != asked(other)


def test_a_users_own_configuration_changes_nothing(
    reference_server: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = judged(reference_server("--deadline", "2000"))
    (tmp_path / "schemathesis.toml").write_text('seed = 99\n[generation]\nmodes = ["positive"]\n')
    monkeypatch.chdir(tmp_path)

    after = judged(reference_server("--deadline", "2000"))

    assert asked(after) == asked(before)


def test_a_broken_invariant_is_found_by_generated_traffic_alone(
    reference_server: Callable[..., str],
) -> None:
    result = judged(reference_server("--fault", "points-location-at-the-member"))

    assert "RCP-06" in {one.requirement.id for one in result.verdicts if one.findings}


def test_the_write_limit_stops_the_lane_and_the_report_says_so(
    reference_server: Callable[..., str],
) -> None:
    result = judged(reference_server(), max_writes=30)

    assert result.lane is not None
    assert "write limit" in result.lane.stopped


CHOICES_OF_A_SERVER = (
    "scripts-only",
    "needs-member-ids",
    "refuses-large-pages",
    "foresees-failures",
    "bad-requests",
)


def test_a_server_is_blamed_for_none_of_its_choices(reference_server: Callable[..., str]) -> None:
    variants = [word for one in CHOICES_OF_A_SERVER for word in ("--variant", one)]
    url = reference_server("--deadline", "2000", *variants)

    result = judged(url, FEW, ("createMember", "listMembers", "bindMember"), kinds=["script"])

    assert result.lane is not None
    assert result.lane.errors == ()
    assert [(one.check, one.operation, one.message) for one in result.lane.findings] == []
    assert set(result.lane.set_aside) == {EITHER, STATE}


def exchange(  # noqa: PLR0913  # what a refusal may hang on
    operation: str,
    code: str = "INVALID_STUDIO_MEMBER_REQUEST",
    *,
    member: str = "m1",
    query: str = "",
    tag: str = "",
    body: object = None,
    status: int = 400,
) -> Exchange:
    """Answer a request to an operation with a problem."""
    rule = CONTRACT.operations[operation]
    ids = ("memberId", "revisionId", "runId", "endpointId")
    path = {name: member if name == "memberId" else "x1" for name in ids if name in rule.path}
    headers = (("if-match", tag),) if tag else ()
    content = None if body is None else json.dumps(body).encode()
    asked = Request(rule.method, f"http://x/{query}", headers, content)
    answer = Response(status, {}, json.dumps({"code": code, "message": "No."}).encode())
    parameters = {"scopeId": "s1", **path}
    return Exchange(1, "generated", "", operation, parameters, asked, answer, 0, 0)


def reason(met: Exchange, check: str = "positive_data_acceptance") -> str | None:
    choices = Choices(CONTRACT, members={"m1"}, unnamed={"workflow"})
    return why_allowed(finding(check, met), choices)


def finding(check: str, met: Exchange | None = None) -> LaneFinding:
    return LaneFinding(check, "GET /", "wrong", "it is", met or exchange("listMembers"), 1)


NAME = {"displayName": "Greeter"}
PLAIN = {**NAME, "implementationKind": "workflow"}
LEFT_TO_THE_SERVER = {
    "a kind that is not offered": exchange(
        "createMember", body={**PLAIN, "implementationKind": "script"}
    ),
    "an id that may be taken": exchange("createMember", body={**PLAIN, "memberId": "m1"}),
    "a text that is counted in bytes": exchange("updateMember", body={"displayName": "ä" * 256}),
    "an empty description": exchange("updateMember", body={"description": ""}),
    "a member of the body that nobody knows": exchange(
        "updateMember", body={**NAME, "color": "red"}
    ),
    "an unknown member within": exchange(
        "bindMember", "INVALID_REQUEST_BODY", body={"script": {"scriptId": "upper", "color": "red"}}
    ),
    "an unknown member within a list": exchange(
        "bindMember",
        "INVALID_REQUEST_BODY",
        body={"gAgent": {"actorTypeName": "echo", "endpoints": [{"endpointId": "e", "color": 1}]}},
    ),
    "a page above the most": exchange("listMembers", query="?pageSize=201"),
    "a page of none": exchange("listMembers", query="?pageSize=0"),
    "a page of another list": exchange("listMembers", query="?pageToken=abc"),
    "a tag without an end": exchange("updateMember", tag=f'"{"0" * 256}"', body=NAME),
    "a tag that is none": exchange("updateMember", tag="000", body=NAME),
    "an id of the generator's": exchange("getMember", member="m2"),
    "a run of an id of the generator's": exchange("getMemberRun"),
    "a revision that is not there": exchange(
        "activateMemberRevision", "INVALID_STUDIO_MEMBER_BINDING_ACTIVATION_REQUEST"
    ),
    "what cannot be bound": exchange(
        "bindMember", "INVALID_STUDIO_MEMBER_BINDING", body={"workflow": {"workflowYamls": ["no"]}}
    ),
}
LEFT_NO_CHOICE = {
    "a create like others": exchange("createMember", body=PLAIN),
    "a name": exchange("updateMember", body=NAME),
    "a name under a tag": exchange("updateMember", tag='"3"', body=NAME),
    "a page of the most": exchange("listMembers", query="?pageSize=200"),
    "a member that is there": exchange("getMember"),
    "a body called unreadable": exchange(
        "bindMember", "INVALID_REQUEST_BODY", body={"script": {"scriptId": "upper"}}
    ),
    "no code at all": exchange("updateMember", "", body=NAME),
}


@pytest.mark.parametrize("met", LEFT_TO_THE_SERVER.values(), ids=LEFT_TO_THE_SERVER)
def test_a_refusal_that_is_left_to_the_server_is_set_aside(met: Exchange) -> None:
    assert reason(met) == EITHER


@pytest.mark.parametrize("met", LEFT_NO_CHOICE.values(), ids=LEFT_NO_CHOICE)
def test_a_refusal_for_the_form_of_a_legal_request_is_found(met: Exchange) -> None:
    assert reason(met) is None


def test_a_refusal_for_a_condition_is_set_aside() -> None:
    assert reason(exchange("listMembers", "INVALID_PAGE_TOKEN")) == STATE
    assert reason(exchange("createMember", "IDEMPOTENCY_KEY_REUSED", body=PLAIN)) == STATE
    assert reason(exchange("listMembers", "INVALID_PAGE_TOKEN"), "status_code_conformance") is None


def test_another_answer_than_405_to_another_method_breaks_a_should_alone() -> None:
    assert reason(exchange("getMember", "ROUTE_NOT_FOUND", status=404), "unsupported_method")


def test_a_server_error_is_found_unless_it_says_what_is_not_offered_or_not_ready() -> None:
    check = "not_a_server_error"
    assert reason(exchange("invokeMember", "INTERNAL_ERROR", status=500), check) is None
    assert reason(exchange("invokeMember", "NOT_IMPLEMENTED", status=501), check) == ABSENT
    assert reason(exchange("invokeMember", "STUDIO_MEMBER_NOT_READY", status=503), check) == STATE
    for code in ("", "SERVICE_UNAVAILABLE"):
        assert reason(exchange("invokeMember", code, status=503), check) == TRANSPORT


@pytest.mark.parametrize("status", [413, 414, 431])
def test_what_a_framework_finds_too_long_is_set_aside_whatever_it_lacks(status: int) -> None:
    met = exchange("updateMember", "", status=status, body=NAME)

    assert reason(met) == TRANSPORT
    assert reason(met, "status_code_conformance") == TRANSPORT


def relaxed(*profiles: str) -> dict[str, Any]:
    """Return the form of each parameter as the generator is told it."""
    document = copy.deepcopy(dict(CONTRACT.document))
    relax(document, profiles)
    return {name: one["schema"] for name, one in document["components"]["parameters"].items()}


def test_a_tag_of_any_form_and_a_page_of_any_size_are_no_breach() -> None:
    assert relaxed()["IfMatch"] == {"type": "string"}
    assert relaxed()["PageSize"] == {"type": "integer", "minimum": 0, "default": 200}


def test_keys_of_another_form_are_illegal_only_for_who_claims_idempotency() -> None:
    assert relaxed("core")["IdempotencyKey"] == {"type": "string"}
    assert relaxed("idempotency")["IdempotencyKey"]["maxLength"] == 255


@pytest.mark.parametrize(
    ("lane", "code"),
    [
        (LaneOutcome(Generation(gates=True), (), findings=(finding("any"),)), Exit.FAILED),
        (LaneOutcome(Generation(), (), findings=(finding("any"),)), Exit.FINE),
        (LaneOutcome(Generation(gates=True), ()), Exit.FINE),
        (LaneOutcome(Generation(), (), errors=("it broke",)), Exit.HARNESS),
    ],
    ids=["gates", "does not gate", "found nothing", "erred"],
)
def test_what_schemathesis_finds_decides_only_where_it_is_asked_to(
    lane: LaneOutcome, code: Exit, reference_server: Callable[..., str]
) -> None:
    target = load_target(None, {"url": reference_server(), "scope": "s1"})
    plan = make_plan(CONTRACT, target, ["BND-01"])
    result = run(CONTRACT, target, plan, Silent())

    report = report_of(replace(result, lane=lane), "0")

    assert report.exit_code == code
    assert report.lane is not None
    assert report.lane.replay.endswith("--lane generated --seed 1 --examples 20")


def test_an_interrupted_run_stays_interrupted_whatever_the_lane_found() -> None:
    assert exit_code((), interrupted=True, gated=True, erred=True) == Exit.INTERRUPTED
