"""Servers that describe endpoints in another way than the reference server: nothing is blamed."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from rich.console import Console

from conformance import wire
from conformance.contract import load_contract
from conformance.exchange import Response
from conformance.judge import Verdict
from conformance.plan import make_plan
from conformance.reports.live import LiveProgress
from conformance.runner import run
from conformance.target_file import load_target

Send = Callable[[httpx.Request], Response]
Twist = Callable[[httpx.Request, Send], Response]
Judge = Callable[[str, Twist], Verdict]
Document = dict[str, Any]
OPTIONAL = ("defaultSmokePrompt", "sampleRequestJson", "curlExample", "fetchExample")


def described(change: Callable[[Document], None]) -> Twist:
    """Change each contract of a member."""

    def twist(request: httpx.Request, send: Send) -> Response:
        answer = send(request)
        if answer.status != 200 or not request.url.path.endswith("/contract"):
            return answer
        document = json.loads(answer.body)
        change(document)
        return Response(200, answer.headers, json.dumps(document).encode())

    return twist


def lacking(names: tuple[str, ...]) -> Twist:
    def drop(document: Document) -> None:
        for name in names:
            del document[name]

    return described(drop)


def example(text: str) -> Twist:
    """Give a curlExample, in which PATH stands for the invokePath."""
    return described(
        lambda document: document.update(curlExample=text.replace("PATH", document["invokePath"]))
    )


@pytest.mark.parametrize(
    ("names", "outcome"), [(OPTIONAL, "pass"), (("revisionId",), "fail")], ids=["optional", "owed"]
)
def test_what_is_optional_in_a_contract_may_be_left_out(
    judge: Judge, names: tuple[str, ...], outcome: str
) -> None:
    assert judge("EPC-01", lacking(names)).outcome == outcome


def test_a_contract_that_names_no_revision_is_not_compared(judge: Judge) -> None:
    twist = described(lambda document: document.update(revisionId=None, deploymentStatus="Paused"))

    verdict = judge("EPC-04", twist)

    assert (verdict.outcome, verdict.missing) == ("pass", 1)


EXAMPLES = {
    "another-host": ("curl https://api.example/gatewayPATH", "pass"),
    "placeholder": ('curl -H "Authorization: Bearer $TOKEN" "PATH"', "pass"),
    "shown-as-three-dots": ('curl -H "Authorization: Bearer eyJhbGciOi..." PATH', "pass"),
    "json-web-token": ("curl -H 'X-Token: eyJhbGciOiJI.eyJzdWIiOiJ4.c2lnbmF0dX' PATH", "fail"),
    "another-path": ("curl /api/scopes/s1/invoke/chat", "fail"),
    "the-stream": ("curl PATH:stream", "fail"),
}


@pytest.mark.parametrize(("text", "outcome"), EXAMPLES.values(), ids=EXAMPLES)
def test_an_example_is_judged_by_its_path_and_its_credential(
    judge: Judge, text: str, outcome: str
) -> None:
    assert judge("EPC-06", example(text)).outcome == outcome


def test_without_an_example_there_is_nothing_to_judge(judge: Judge) -> None:
    assert judge("EPC-06", lacking(OPTIONAL)).outcome == "not_applicable"


def test_the_token_of_the_run_in_an_example_is_blamed(
    reference_server: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    honest, twist = wire._answered, example("curl -H 'X-Api-Key: key-1' PATH")  # noqa: SLF001
    monkeypatch.setattr(
        wire, "_answered", lambda pool, request: twist(request, lambda one: honest(pool, one))
    )
    described_by = {"url": reference_server(), "scope": "s1", "token_env": "KEY"}
    contract, target = load_contract(), load_target(None, described_by, {"KEY": "key-1"})

    with LiveProgress(Console(quiet=True), 0) as progress:
        result = run(contract, target, make_plan(contract, target, ("EPC-06",)), progress)

    outcomes = {one.requirement.id: one.outcome for one in result.verdicts}
    assert outcomes["EPC-06"] == "fail"


def mirrored(status: int, change: Callable[[Document], None]) -> Twist:
    """Offer the legacy contract: the member's own, changed."""

    def twist(request: httpx.Request, send: Send) -> Response:
        scope, legacy, rest = str(request.url).partition("/services/member-")
        if not legacy:
            return send(request)
        answer = send(httpx.Request("GET", f"{scope}/members/{rest}"))
        document = {"serviceId": "hidden", **answer.document}
        change(document)
        return Response(status, {}, json.dumps(document).encode())

    return twist


@pytest.mark.parametrize(
    ("status", "more", "outcome"),
    [
        (200, {"invokePath": "/elsewhere"}, "pass"),
        (200, {"method": "PUT"}, "warn"),
        (404, {"code": "SCOPE_SERVICE_NOT_FOUND"}, "not_applicable"),
        (500, {}, "not_verified"),
    ],
    ids=["alike", "another-method", "hidden", "broken"],
)
def test_the_legacy_contract_is_compared_where_it_is_offered(
    judge: Judge, status: int, more: Document, outcome: str
) -> None:
    twist = mirrored(status, lambda document: document.update(more))

    assert judge("EPC-07", twist).outcome == outcome
