"""Servers that keep revisions in another way than the reference server: no check blames them."""

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
ACTIVATE, RETIRE = ":activate", ":retire"


def problem(status: int, code: str) -> Response:
    body = json.dumps({"code": code, "message": "No."}).encode()
    return Response(status, {"content-type": "application/json"}, body)


def changed(answer: Response, change: Callable[[dict[str, Any]], None]) -> Response:
    document = json.loads(answer.body)
    change(document)
    return Response(answer.status, answer.headers, json.dumps(document).encode())


def refusing(action: str, answer: Response) -> Twist:
    """Put an answer in the place of each refusal of an action."""

    def twist(request: httpx.Request, send: Send) -> Response:
        given = send(request)
        return answer if given.status >= 400 and request.url.path.endswith(action) else given

    return twist


@pytest.mark.parametrize("requirement", ["REV-02", "REV-05"])
def test_a_server_without_revision_actions_breaks_none_of_them(
    judge: Judge, requirement: str
) -> None:
    def twist(request: httpx.Request, send: Send) -> Response:
        action = request.url.path.endswith((ACTIVATE, RETIRE))
        return problem(405, "METHOD_NOT_ALLOWED") if action else send(request)

    assert judge(requirement, twist).outcome == "not_applicable"


@pytest.mark.parametrize("requirement", ["REV-03", "REV-05"])
def test_a_server_may_name_revisions_itself(judge: Judge, requirement: str) -> None:
    def twist(request: httpx.Request, send: Send) -> Response:
        if request.method != "PUT" or not request.url.path.endswith("/binding"):
            return send(request)
        body = {k: v for k, v in json.loads(request.content).items() if k != "revisionId"}
        return send(httpx.Request("PUT", request.url, json=body))

    assert judge(requirement, twist).outcome == "pass"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (problem(400, "INVALID_STUDIO_MEMBER_BINDING_REVISION_REQUEST"), "pass"),
        (problem(404, "STUDIO_MEMBER_BINDING_REVISION_NOT_FOUND"), "pass"),
        (problem(422, "STUDIO_MEMBER_BINDING_REVISION_NOT_FOUND"), "fail"),
        (problem(404, "STUDIO_MEMBER_NOT_FOUND"), "fail"),
        (Response(404), "fail"),
    ],
    ids=["family", "specific", "other-status", "other-code", "bare"],
)
def test_an_unknown_revision_may_be_refused_in_two_words(
    judge: Judge, answer: Response, outcome: str
) -> None:
    assert judge("REV-02", refusing(RETIRE, answer)).outcome == outcome


def test_a_gateway_that_gives_up_says_nothing_of_a_revision(judge: Judge) -> None:
    verdict = judge("REV-06", refusing(RETIRE, problem(503, "SERVICE_UNAVAILABLE")))

    assert (verdict.outcome, verdict.missing) == ("pass", 2)


@pytest.mark.parametrize(
    ("version", "outcome"), [(1, "not_verified"), (99, "fail")], ids=["not-seen-yet", "seen"]
)
def test_readiness_that_has_not_seen_an_activate_is_not_compared(
    judge: Judge, version: int, outcome: str
) -> None:
    def other(document: dict[str, Any]) -> None:
        document["stateVersion"] = version
        document["target"]["revisionId"] = "the-one-before"

    def twist(request: httpx.Request, send: Send) -> Response:
        answer = send(request)
        return changed(answer, other) if request.url.path.endswith("/readiness") else answer

    assert judge("REV-05", twist, completion_limit=2.0).outcome == outcome


@pytest.mark.parametrize(
    ("word", "outcome"),
    [("published", "pass"), ("Published", "warn"), (None, "warn")],
    ids=["of-the-list", "spelt-otherwise", "null"],
)
def test_a_word_outside_the_list_is_a_warning_only(
    judge: Judge, word: str | None, outcome: str
) -> None:
    def spelt(document: dict[str, Any]) -> None:
        for row in document["revisions"]:
            row["status"] = word

    def twist(request: httpx.Request, send: Send) -> Response:
        answer = send(request)
        return changed(answer, spelt) if request.url.path.endswith("/revisions") else answer

    assert judge("REV-07", twist).outcome == outcome
