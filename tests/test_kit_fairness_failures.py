"""Servers that fail in another way than the reference server: no check of failures blames them."""

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


def changed(answer: Response, change: Callable[[dict[str, Any]], None]) -> Response:
    if not isinstance(answer.document, dict):
        return answer
    document = json.loads(answer.body)
    change(document)
    return Response(answer.status, answer.headers, json.dumps(document).encode())


def failing_with(**more: object) -> Twist:
    def change(document: dict[str, Any]) -> None:
        if isinstance(document.get("failure"), dict):
            document["failure"] |= more

    return lambda request, send: changed(send(request), change)


def without_effect(request: httpx.Request, send: Send) -> Response:
    """Leave nothing of a bind that broke half way."""

    def change(document: dict[str, Any]) -> None:
        if isinstance(document.get("failure"), dict):
            document["failure"]["effect"] = "none"
        document.pop("steps", None)
        if isinstance(document.get("revisions"), list):
            document["revisions"] = []

    return changed(send(request), change)


def test_a_server_that_undoes_half_a_bind_is_left_out(judge: Judge) -> None:
    assert judge("FLR-05", without_effect).outcome == "not_applicable"


def test_a_server_that_calls_nothing_retryable_is_left_out(judge: Judge) -> None:
    assert judge("FLR-06", failing_with(retryable=False)).outcome == "not_applicable"


def test_a_failure_that_may_have_left_something_is_not_compared(judge: Judge) -> None:
    assert judge("FLR-04", failing_with(effect="unknown")).outcome in {
        "not_applicable",
        "not_verified",
    }


def test_a_run_may_tell_its_failure_as_text(judge: Judge) -> None:
    def change(document: dict[str, Any]) -> None:
        rows = document.get("runs")
        for run in [document, *(rows if isinstance(rows, list) else ())]:
            if "runStatus" in run:
                run["status"], run["lastError"] = run.pop("runStatus"), "It is empty."
                run.pop("failure", None)

    assert judge("FLR-08", lambda request, send: changed(send(request), change)).outcome == "pass"


def test_a_list_without_runs_is_left_out(judge: Judge) -> None:
    def twist(request: httpx.Request, send: Send) -> Response:
        return Response(501) if request.url.path.endswith("/runs") else send(request)

    assert judge("FLR-08", twist).outcome == "pass"


@pytest.mark.parametrize(
    "message",
    [
        "Look at the file a.b, line 3.",
        "Not found at https://example.com/a.",
        "Step one.two failed.",
    ],
)
def test_an_ordinary_message_is_no_leak(judge: Judge, message: str) -> None:
    assert judge("FLR-09", failing_with(message=message)).outcome == "pass"
