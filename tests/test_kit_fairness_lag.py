"""Read models that show a change later than the status does: none is blamed, all are waited for."""

import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from conformance.exchange import Response
from conformance.judge import Verdict

Send = Callable[[httpx.Request], Response]
Twist = Callable[[httpx.Request, Send], Response]
Judge = Callable[..., Verdict]
Document = dict[str, Any]
LAG = 2.5
NOT_OFFERED = Response(405, {"content-type": "application/json"}, b'{"code": "NOT_OFFERED"}')


def behind(holds: Callable[[httpx.Request], bool], seconds: float = LAG) -> Twist:
    """Give each answer that was once given for so long after it was no longer true."""
    states: dict[str, list[tuple[float, Response]]] = {}

    def twist(request: httpx.Request, send: Send) -> Response:
        answer = send(request)
        if not holds(request) or answer.status != 200:
            return answer
        own, now = states.setdefault(request.url.path, []), time.monotonic()
        if not own or own[-1][1].body != answer.body:
            own.append((now, answer))
        return next((old for first, old in reversed(own) if now - first >= seconds), own[0][1])

    return twist


def rewritten(holds: Callable[[httpx.Request], bool], change: Callable[[Document], None]) -> Twist:
    def twist(request: httpx.Request, send: Send) -> Response:
        answer = send(request)
        if not holds(request) or not 200 <= answer.status < 300:
            return answer
        document = json.loads(answer.body)
        change(document)
        return Response(answer.status, answer.headers, json.dumps(document).encode())

    return twist


def both(first: Twist, second: Twist) -> Twist:
    return lambda request, send: first(request, lambda inner: second(inner, send))


def as_floats(document: Document) -> None:
    for place in (document, document.get("summary"), *document.get("members", ())):
        if isinstance(place, dict) and isinstance(place.get("stateVersion"), int):
            place["stateVersion"] = float(place["stateVersion"])


def is_detail(request: httpx.Request) -> bool:
    parts = request.url.path.rpartition("/members/")
    return request.method == "GET" and bool(parts[1]) and "/" not in parts[2]


def is_roster(request: httpx.Request) -> bool:
    return request.method == "GET" and request.url.path.endswith("/members")


def is_readiness(request: httpx.Request) -> bool:
    return request.url.path.endswith("/binding/readiness")


def is_list(request: httpx.Request) -> bool:
    return request.method == "GET" and request.url.path.endswith("/revisions")


def is_update(request: httpx.Request) -> bool:
    return request.method == "PUT" and request.url.path.endswith("/implementation")


def anything(_: httpx.Request) -> bool:
    return True


@pytest.mark.parametrize(
    ("requirement", "holds"),
    [
        ("LFC-05", is_detail),
        ("LFC-06", is_detail),
        ("LFC-07", is_roster),
        ("MBR-03", is_list),
        ("RDY-03", is_readiness),
        ("REV-04", is_list),
        ("REV-05", is_readiness),
    ],
)
def test_a_read_model_that_lags_is_waited_for(
    judge: Judge, requirement: str, holds: Callable[[httpx.Request], bool]
) -> None:
    verdict = judge(requirement, both(rewritten(anything, as_floats), behind(holds)))

    assert (verdict.outcome, verdict.reasons, verdict.missing) == ("pass", (), 0)


def test_a_list_that_differs_after_a_repeat_is_blamed(judge: Judge) -> None:
    looks: list[int] = []

    def forgets(document: Document) -> None:
        looks.append(document["stateVersion"])
        if len(looks) > 1:
            document["revisions"] = document["revisions"][:1]

    assert judge("REV-04", rewritten(is_list, forgets)).outcome == "fail"


def test_a_stage_that_is_compared_only_before_the_bind_is_not_verified(judge: Judge) -> None:
    twist = behind(lambda one: is_detail(one) or is_roster(one), seconds=60.0)

    assert judge("LFC-07", twist, completion_limit=2.0).outcome == "not_verified"


def test_half_of_what_binds_readiness_to_its_subject_is_not_enough(judge: Judge) -> None:
    def twist(request: httpx.Request, send: Send) -> Response:
        return NOT_OFFERED if is_update(request) else send(request)

    assert judge("RDY-03", twist).outcome == "not_applicable"


def test_readiness_that_failed_for_a_command_nobody_knows_is_not_verified(judge: Judge) -> None:
    def nameless(document: Document) -> None:
        if "readinessUrl" in document:
            document.pop("failure", None)

    verdict = judge("RDY-06", rewritten(anything, nameless))

    assert verdict.outcome == "not_verified"
    assert any("no receipt names the command" in reason for reason in verdict.reasons)


def test_a_failed_readiness_of_no_command_is_blamed(judge: Judge) -> None:
    def none(document: Document) -> None:
        if "commandId" in document:
            document["commandId"] = None

    assert judge("RDY-06", rewritten(is_readiness, none)).outcome == "fail"
