"""Runs that are kept and listed in other ways than the reference server has: none is blamed."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from conformance.exchange import Response
from conformance.judge import Verdict

Send = Callable[[httpx.Request], Response]
Twist = Callable[[httpx.Request, Send], Response]
Judge = Callable[[str, Twist], Verdict]


def problem(status: int, code: str) -> Response:
    body = json.dumps({"code": code, "message": "No."}).encode()
    return Response(status, {"content-type": "application/json"}, body)


def is_list(request: httpx.Request) -> bool:
    return request.method == "GET" and request.url.path.endswith("/runs")


def listed_as(change: Callable[[dict[str, Any]], None]) -> Twist:
    """Change every list of runs."""

    def twist(request: httpx.Request, send: Send) -> Response:
        answer = send(request)
        if not is_list(request) or answer.status != 200:
            return answer
        document = json.loads(answer.body)
        change(document)
        return Response(200, answer.headers, json.dumps(document).encode())

    return twist


def truncated(document: dict[str, Any]) -> None:
    for row in document["runs"]:
        row["createdAt"] = row["createdAt"][:17] + "00Z"


def leaner(document: dict[str, Any]) -> None:
    for row in document["runs"]:
        for name in ("memberId", "scopeId", "endpointId", "output", "failure", "updatedAt"):
            del row[name]


def one_by_one(request: httpx.Request, send: Send) -> Response:
    """Give pages of one run, whatever is asked for."""
    if is_list(request):
        asked = request.url.copy_merge_params({"pageSize": "1"})
        return send(httpx.Request("GET", asked, headers=request.headers))
    return send(request)


def no_list(request: httpx.Request, send: Send) -> Response:
    return problem(405, "METHOD_NOT_ALLOWED") if is_list(request) else send(request)


@pytest.mark.parametrize("requirement", ["RUN-01", "RUN-07"])
def test_a_server_may_give_pages_of_one_run(judge: Judge, requirement: str) -> None:
    assert judge(requirement, one_by_one).outcome == "pass"


@pytest.mark.parametrize("requirement", ["RUN-01", "RUN-08"])
def test_a_list_that_is_not_offered_closes_what_is_said_of_it(
    judge: Judge, requirement: str
) -> None:
    assert judge(requirement, no_list).outcome == "not_applicable"


@pytest.mark.parametrize(
    ("requirement", "change"),
    [("RUN-07", truncated), ("RUN-01", leaner), ("RUN-04", leaner)],
    ids=["whole-minutes", "lean-rows", "words-of-lean-rows"],
)
def test_rows_may_say_less(
    judge: Judge, requirement: str, change: Callable[[dict[str, Any]], None]
) -> None:
    assert judge(requirement, listed_as(change)).outcome == "pass"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (problem(400, "BAD_RUN_ID"), "pass"),
        (problem(404, "SERVICE_RUN_NOT_FOUND"), "pass"),
        (Response(200, {"content-type": "application/json"}, b"{}"), "fail"),
        (Response(404), "fail"),
    ],
    ids=["own-code", "not-found", "empty", "bare"],
)
def test_a_malformed_run_id_may_be_refused_in_either_way(
    judge: Judge, answer: Response, outcome: str
) -> None:
    def twist(request: httpx.Request, send: Send) -> Response:
        return answer if request.url.path.endswith("/runs/-!") else send(request)

    assert judge("RUN-06", twist).outcome == outcome


def test_an_older_server_may_tell_the_error_in_a_text(judge: Judge) -> None:
    def twist(request: httpx.Request, send: Send) -> Response:
        answer = send(request)
        if "/runs/" not in request.url.path or answer.status != 200:
            return answer
        document = json.loads(answer.body)
        failure = document.pop("failure")
        document["status"] = document.pop("runStatus")
        document["lastError"] = failure and failure["message"]
        return Response(200, answer.headers, json.dumps(document).encode())

    assert judge("RUN-05", twist).outcome == "pass"
