"""Servers that come back from a crash in another legitimate way: no check blames them."""

import re
from dataclasses import replace
from typing import Final

import httpx
import pytest

from conformance import wire
from conformance.contract import load_contract
from conformance.embedded import embedded_server
from conformance.exchange import Response
from conformance.judge import Verdict
from conformance.plan import make_plan
from conformance.progress import Silent
from conformance.runner import run
from conformance.scopes import ACROSS_A_RESTART
from conformance.target import Target

FRACTION: Final = re.compile(rb'("completedAt": ?"[^"]*)\.[0-9]+Z')
DURABILITY = sorted(ACROSS_A_RESTART)


def verdicts(target: Target) -> dict[str, Verdict]:
    contract = load_contract()
    found = run(contract, target, make_plan(contract, target, DURABILITY), Silent()).verdicts
    return {one.requirement.id: one for one in found}


def outcomes(target: Target) -> dict[str, str]:
    return {name: one.outcome for name, one in verdicts(target).items()}


@pytest.mark.parametrize(
    "variants",
    [
        "rebuilds-read-models+run-is-status+absolute-urls+own-member-ids+keeps-statuses-briefly",
        "random-lag+late-run-ids+no-deadlines+needs-member-ids+trailing-lists+bare-documents",
        "limits-rates+latches-timeouts+writes-nulls+replays-first-receipt+refuses-after-acceptance",
    ],
    ids=["rebuilding", "lagging", "terse"],
)
def test_a_durable_server_is_held_to_be_one(variants: str) -> None:
    chosen = [word for name in variants.split("+") for word in ("--variant", name)]
    with embedded_server(*chosen) as served:
        found = verdicts(served.target({}))

    assert [one.findings for one in found.values() if one.findings] == []
    assert {name: one.outcome for name, one in found.items()} == dict.fromkeys(DURABILITY, "pass")


def test_a_status_may_expire_while_the_server_is_down() -> None:
    with embedded_server("--variant", "keeps-statuses-briefly", "--deadline", "400") as served:
        found = verdicts(served.target({}))

    assert [one.findings for one in found.values() if one.findings] == []


def test_a_synchronous_server_has_nothing_in_flight() -> None:
    with embedded_server("--variant", "synchronous") as served:
        found = outcomes(served.target({"concurrency": 1}))

    closed = {"DUR-01": "not_applicable"}
    assert found == dict.fromkeys(DURABILITY, "pass") | closed


def test_a_store_may_hold_fewer_digits_than_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = wire._answered  # noqa: SLF001  # the one place that every answer comes through
    crashes: list[httpx.TransportError] = []

    def answered(pool: httpx.Client, request: httpx.Request) -> Response:
        """Show whole seconds, once the server was away."""
        try:
            answer = honest(pool, request)
        except httpx.TransportError as crash:
            crashes.append(crash)
            raise
        return replace(answer, body=FRACTION.sub(rb"\1Z", answer.body)) if crashes else answer

    monkeypatch.setattr(wire, "_answered", answered)
    with embedded_server() as served:
        found = verdicts(served.target({}))

    assert crashes
    assert found["DUR-04"].outcome == "pass"


def test_a_finding_of_a_burst_stands_although_its_last_requests_were_not_answered() -> None:
    with embedded_server("--fault", "acknowledges-before-the-commit") as served:
        found = verdicts(served.target({}))

    burst = "what_was_accepted_amid_a_crash_is_decided_after_it"
    assert burst in {one.check for one in found["DUR-01"].findings}


def test_what_the_owner_has_no_fixture_for_is_not_verified() -> None:
    with embedded_server() as served:
        target = replace(served.target({}), good=None, poison=None, slow=None)
        found = outcomes(target)

    missing = ("DUR-03", "DUR-05")
    assert found == dict.fromkeys(DURABILITY, "pass") | dict.fromkeys(missing, "not_verified")


def test_a_server_without_keys_is_not_blamed_for_their_loss() -> None:
    with embedded_server("--fault", "takes-no-notice-of-keys") as served:
        found = verdicts(served.target({}))

    assert found["DUR-03"].outcome == "not_verified"
    assert "without a crash, too, the key gives first command" in " ".join(found["DUR-03"].reasons)
    assert {found[name].outcome for name in DURABILITY if name != "DUR-03"} == {"pass"}
