"""Servers that keep strangers out in another way, or cannot be asked: no check blames them."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

import httpx
import pytest

from conformance import wire
from conformance.contract import load_contract
from conformance.embedded import Embedded, embedded_server
from conformance.exchange import Response
from conformance.invariants.sec import varying_bits
from conformance.judge import Verdict
from conformance.plan import make_plan
from conformance.progress import Silent
from conformance.runner import run
from conformance.target import Target
from conformance.target_file import load_target

Twist = Callable[[httpx.Request, Response], Response]
NEED_ANOTHER = ("ISO-02", "ISO-03", "ISO-05", "ISO-06", "SEC-02", "SEC-03", "SEC-05")


@pytest.fixture(scope="module")
def served() -> Iterator[Embedded]:
    with embedded_server() as server:
        yield server


def verdicts(target: Target, *only: str) -> dict[str, Verdict]:
    contract = load_contract()
    found = run(contract, target, make_plan(contract, target, only), Silent()).verdicts
    return {one.requirement.id: one for one in found}


def twisted(monkeypatch: pytest.MonkeyPatch, twist: Twist) -> None:
    honest = wire._answered  # noqa: SLF001  # the one place that every answer comes through
    monkeypatch.setattr(
        wire, "_answered", lambda pool, request: twist(request, honest(pool, request))
    )


def test_without_a_second_principal_what_needs_one_is_not_verified(served: Embedded) -> None:
    alone = replace(served.target({}), other=None)

    found = verdicts(alone, *NEED_ANOTHER, "ISO-01", "ISO-04", "SEC-01", "ERR-10")

    assert {found[name].outcome for name in NEED_ANOTHER} == {"not_verified"}
    assert {found[name].outcome for name in ("ISO-01", "ISO-04")} == {"pass"}
    assert {found[name].outcome for name in ("SEC-01", "ERR-10")} == {"pass"}
    assert "[principals.other]" in " ".join(found["ISO-02"].reasons)


def test_a_second_principal_whose_token_is_unknown_proves_nothing(served: Embedded) -> None:
    target = served.target({})
    assert target.other is not None
    expired = replace(target, other=replace(target.other, token="expired"))  # noqa: S106

    found = verdicts(expired, *NEED_ANOTHER)

    assert {one.outcome for one in found.values()} == {"not_verified"}
    assert "cannot use its own scope" in " ".join(found["SEC-02"].reasons)


def test_with_authentication_off_nobody_is_asked(reference_server: Callable[..., str]) -> None:
    url = reference_server()
    target = load_target(None, {"url": url, "scope": "s1"})

    found = verdicts(target, "ISO-01", "ISO-04", "ERR-10", *(f"SEC-0{n}" for n in range(1, 7)))

    outcomes = {name: one.outcome for name, one in found.items()}
    assert {name for name, word in outcomes.items() if word == "fail"} == set()
    assert {outcomes[name] for name in ("SEC-01", "ERR-10")} == {"not_applicable"}
    assert {outcomes[name] for name in ("ISO-01", "ISO-04", "SEC-06")} == {"pass"}


def test_a_stranger_may_be_told_that_there_is_nothing(
    served: Embedded, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = json.dumps({"code": "SCOPE_NOT_FOUND", "message": "No."}).encode()

    def hide(request: httpx.Request, answer: Response) -> Response:  # noqa: ARG001
        denied = b"SCOPE_ACCESS_DENIED" in answer.body
        return Response(404, {"content-type": "application/json"}, nothing) if denied else answer

    twisted(monkeypatch, hide)

    found = verdicts(served.target({}), *NEED_ANOTHER, "ERR-10")

    assert {one.outcome for one in found.values()} == {"pass"}


def test_a_page_of_a_gateway_that_does_not_hold_the_id_is_a_note(
    served: Embedded, monkeypatch: pytest.MonkeyPatch
) -> None:
    def firewall(request: httpx.Request, answer: Response) -> Response:
        page = Response(403, {"content-type": "text/html"}, b"<html>Blocked.</html>")
        return page if "%3Cb%3E" in str(request.url) and "/runs/" in request.url.path else answer

    twisted(monkeypatch, firewall)

    found = verdicts(served.target({}), "SEC-06")["SEC-06"]

    assert (found.outcome, found.missing) == ("pass", 1)


def test_random_ids_and_counters_are_told_apart() -> None:
    counted = [f"c-{number:032d}" for number in range(1000)]
    random = ["k3Vx9_Qb2w", "Zt8aLm0RpY", "u1NcE7sHdo", "5gWjX-TfQ4", "bM6yPk3Vza"]
    random += ["Rr0DqS9iLh", "xO2uCe8BvJ", "7KnGt_1FwA"]

    assert varying_bits(counted) < 24 < varying_bits(random)


def breaks_down_elsewhere(request: httpx.Request, answer: Response) -> Response:
    """Answer 500 without a code in every scope but its own, and to ids that are no ids."""
    own = "/scopes/ackproof/members" in request.url.raw_path.decode()
    crafted = b":z" in request.content or b"/z" in request.content
    if own and not crafted:
        return answer
    return Response(500, {"content-type": "text/plain"}, b"broken")


def test_a_server_that_breaks_down_elsewhere_has_refused_nothing(
    served: Embedded, monkeypatch: pytest.MonkeyPatch
) -> None:
    twisted(monkeypatch, breaks_down_elsewhere)

    assert verdicts(served.target({}), "ISO-04")["ISO-04"].outcome == "not_verified"
