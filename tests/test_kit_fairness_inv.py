"""Other ways to take invokes, refuse them and name their runs: no check blames them."""

import itertools
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from conformance.exchange import Response
from conformance.judge import Verdict

Send = Callable[[httpx.Request], Response]
Twist = Callable[[httpx.Request, Send], Response]
Judge = Callable[..., Verdict]


def problem(status: int, code: str) -> Response:
    body = json.dumps({"code": code, "message": "No."}).encode()
    return Response(status, {"content-type": "application/json"}, body)


def asked(request: httpx.Request) -> dict[str, Any]:
    """Return the body of an invoke; empty for any other request."""
    invoke = "/invoke/" in request.url.path and request.method == "POST"
    body: dict[str, Any] = json.loads(request.content) if invoke else {}
    return body


def instead(holds: Callable[[dict[str, Any]], Any], answer: Response) -> Twist:
    """Answer an invoke so where it holds of its body, and honestly elsewhere."""
    return lambda request, send: answer if holds(asked(request)) else send(request)


def without(request: httpx.Request, *names: str) -> httpx.Request:
    """Return the same invoke without some members of its body."""
    body = {name: value for name, value in asked(request).items() if name not in names}
    kept = {k: v for k, v in request.headers.items() if k != "content-length"}
    return httpx.Request(request.method, request.url, headers=kept, json=body)


def reads_prompts_only(request: httpx.Request, send: Send) -> Response:
    typed = {"payloadBase64", "payloadTypeUrl"} & set(asked(request))
    return send(without(request, "payloadBase64", "payloadTypeUrl") if typed else request)


def ignores_prompts(request: httpx.Request, send: Send) -> Response:
    """Be the server that knows typed payloads only, and passes over what it does not know."""
    return send(without(request, "prompt") if "prompt" in asked(request) else request)


REFUSES_TYPES = instead(
    lambda body: "payloadBase64" in body,
    problem(400, "INVALID_STUDIO_MEMBER_INVOKE_REQUEST"),
)


@pytest.mark.parametrize("twist", [reads_prompts_only, REFUSES_TYPES], ids=["ignores", "refuses"])
def test_a_server_may_take_one_form_of_payload(judge: Judge, twist: Twist) -> None:
    assert judge("INV-05", twist).outcome == "not_applicable"


def test_a_server_may_know_no_prompt_and_pass_over_it(judge: Judge) -> None:
    assert judge("INV-05", ignores_prompts).outcome == "pass"


def with_output(of: Callable[[object], str]) -> Twist:
    """Change the output of each run that is read."""

    def twist(request: httpx.Request, send: Send) -> Response:
        answer = send(request)
        if "/runs/" not in request.url.path or answer.status != 200:
            return answer
        document = json.loads(answer.body)
        document["output"] = of(document["output"])
        return Response(200, answer.headers, json.dumps(document).encode())

    return twist


def test_outputs_that_differ_each_time_tell_nothing_of_the_payload(judge: Judge) -> None:
    clock = itertools.count()
    ticking = with_output(lambda output: f"{output} at {next(clock)}")

    def twist(request: httpx.Request, send: Send) -> Response:
        return ticking(request, lambda inner: reads_prompts_only(inner, send))

    verdict = judge("INV-05", twist)

    assert verdict.outcome == "not_verified"
    assert any("implementations.good" in reason for reason in verdict.reasons)


def as_ended(status: str, stage: str) -> Twist:
    """Show the status of each invoke as ended so, without the run that it names."""

    def twist(request: httpx.Request, send: Send) -> Response:
        answer = send(request)
        if b'"member.invoke"' not in answer.body:
            return answer
        document = json.loads(answer.body)
        for name in ("readModelUrl", "readinessUrl"):
            document.pop(name, None)
        document["target"].pop("runId", None)
        if request.method == "GET":
            code = {"pending": None, "failed": "RUN_TIMED_OUT"}.get(status, "OPERATION_TIMED_OUT")
            failure = {"code": code, "message": "Out of time.", "stage": stage, "effect": "none"}
            document |= {"status": status, "stage": stage} | ({"failure": failure} if code else {})
        return Response(answer.status, answer.headers, json.dumps(document).encode())

    return twist


@pytest.mark.parametrize("status", ["failed", "timed_out", "pending"])
@pytest.mark.parametrize("requirement", ["INV-01", "INV-02"])
def test_an_invoke_that_ends_before_there_is_a_run_names_none(
    judge: Judge, requirement: str, status: str
) -> None:
    verdict = judge(requirement, as_ended(status, "accepted"), completion_limit=1.0)

    assert verdict.outcome in {"not_verified", "pass"}
    assert verdict.findings == ()
    assert (requirement, verdict.outcome) != ("INV-01", "pass")


def test_an_invoke_that_is_committed_names_its_run(judge: Judge) -> None:
    assert judge("INV-01", as_ended("timed_out", "committed")).outcome == "fail"


@pytest.mark.parametrize(
    "code", ["INVALID_STUDIO_MEMBER_INVOKE_REQUEST", "STUDIO_MEMBER_NOT_READY"]
)
def test_a_pin_to_a_revision_that_never_was_may_be_refused_in_other_words(
    judge: Judge, code: str
) -> None:
    def twist(request: httpx.Request, send: Send) -> Response:
        answer = send(request)
        return problem(400, code) if asked(request) and answer.status == 404 else answer

    assert judge("INV-03", twist).outcome == "pass"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (problem(400, "UNREADABLE_PAYLOAD"), "pass"),
        (problem(400, "STUDIO_MEMBER_NOT_READY"), "fail"),
        (problem(500, "INTERNAL_ERROR"), "fail"),
    ],
    ids=["own-code", "another-reason", "breakdown"],
)
def test_a_wrong_payload_may_be_refused_with_a_code_of_ones_own(
    judge: Judge, answer: Response, outcome: str
) -> None:
    wrong = {"%%%"}
    twist = instead(lambda body: body.get("payloadBase64") in wrong, answer)

    assert judge("INV-05", twist).outcome == outcome


def test_a_server_may_run_nothing_but_what_serves(judge: Judge) -> None:
    refusal = problem(409, "STUDIO_MEMBER_NOT_READY")
    twist = instead(lambda body: str(body.get("revisionId")).endswith("-r1"), refusal)

    assert judge("INV-03", twist).outcome == "fail"  # a retired one has a reason of its own

    def until_retired(request: httpx.Request, send: Send) -> Response:
        answer = send(request)
        pins_the_first = str(asked(request).get("revisionId")).endswith("-r1")
        return refusal if pins_the_first and answer.status == 202 else answer

    assert judge("INV-03", until_retired).outcome == "pass"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (problem(400, "INVALID_STUDIO_MEMBER_INVOKE_REQUEST"), "pass"),
        (Response(400), "warn"),
    ],
    ids=["typed", "bare"],
)
def test_a_server_may_refuse_a_command_id_of_the_clients_own(
    judge: Judge, answer: Response, outcome: str
) -> None:
    assert judge("INV-08", instead(lambda body: "commandId" in body, answer)).outcome == outcome


def test_a_server_may_refuse_the_repeat_of_a_command(judge: Judge) -> None:
    known: set[str] = set()

    def once(request: httpx.Request, send: Send) -> Response:
        own = asked(request).get("commandId")
        if own in known:
            return problem(409, "IDEMPOTENCY_IN_PROGRESS")
        known.update({own} if own else ())
        return send(request)

    assert judge("INV-08", once).outcome == "pass"


@pytest.mark.parametrize("status", [404, 409, 503])
def test_an_early_invoke_may_be_refused_with_any_of_the_statuses(judge: Judge, status: int) -> None:
    def unready(request: httpx.Request, send: Send) -> Response:
        answer = send(request)
        early = "/invoke/" in request.url.path and answer.status == 409
        return problem(status, "STUDIO_MEMBER_NOT_READY") if early else answer

    assert judge("INV-04", unready).outcome == "pass"
