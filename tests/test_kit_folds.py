"""Histories: what a trace says about one command, in whatever order it was told."""

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.contract import Contract, load_contract
from conformance.exchange import Exchange, Request, Response
from conformance.fold import Histories
from conformance.target import Target

BASE = "http://127.0.0.1:1/api/scopes/s1"
STAGES = ("accepted", "committed", "observed", "ready")


@cache
def contract() -> Contract:
    return load_contract()


def target() -> Target:
    return Target("http://127.0.0.1:1", "s1", ("core",), None, None, None)


def exchange(
    method: str, url: str, number: int, status: int = 200, document: object = None, **sent: str
) -> Exchange:
    matched = contract().match(method, url.removeprefix("http://127.0.0.1:1"))
    assert matched, url
    return Exchange(
        number,
        "scenarios",
        "a test",
        matched[0].operation_id,
        matched[1],
        Request(method, url, tuple(sent.items())),
        Response(status, {}, json.dumps(document or {}).encode()),
        float(number),
        number + 0.5,
    )


def _receipt(command: str, stage: str) -> dict[str, Any]:
    return {
        "commandId": command,
        "stage": stage,
        "statusUrl": f"/api/scopes/s1/operations/{command}",
        "readModelUrl": f"/api/scopes/s1/members/m-{command}",
        "target": {"memberId": f"m-{command}", "publishedServiceId": f"svc-{command}"},
    }


@st.composite
def commands(draw: st.DrawFn) -> list[list[Exchange]]:
    """Draw what was exchanged about each of a few commands on members of their own."""
    told = []
    for one in range(draw(st.integers(2, 4))):
        command, number = f"c{one}", one * 100
        write = exchange("POST", f"{BASE}/members", number, 202, _receipt(command, "accepted"))
        reads = [f"{BASE}/operations/{command}", f"{BASE}/members/m-{command}"]
        read = st.tuples(st.sampled_from(reads), st.sampled_from(STAGES))
        told.append(
            [write]
            + [
                exchange("GET", url, number + place, 200, _receipt(command, stage))
                for place, (url, stage) in enumerate(draw(st.lists(read, max_size=6)), start=1)
            ]
        )
    return told


def folded(trace: Sequence[Exchange]) -> Histories:
    histories = Histories(contract(), target())
    for one in trace:
        histories.take(one)
    return histories


@settings(max_examples=60, deadline=None)
@given(commands(), st.randoms(use_true_random=False))
def test_independent_commands_have_the_same_histories_however_interleaved(
    told: list[list[Exchange]], chance: Random
) -> None:
    in_turn = [one for exchanges in told for one in exchanges]
    waiting = [list(exchanges) for exchanges in told]
    mixed = []
    while waiting := [exchanges for exchanges in waiting if exchanges]:
        mixed.append(chance.choice(waiting).pop(0))

    assert folded(mixed).operations == folded(in_turn).operations
    assert folded(mixed).members == folded(in_turn).members


@settings(max_examples=60, deadline=None)
@given(commands())
def test_a_command_history_holds_its_own_exchanges_only(told: list[list[Exchange]]) -> None:
    histories = folded([one for exchanges in told for one in exchanges])

    for command, exchanges in zip(histories.operations.values(), told, strict=True):
        assert command.acknowledgements == exchanges[:1]
        assert [*command.status_reads, *command.model_reads] == sorted(
            exchanges[1:], key=lambda read: "/members/" in read.request.url
        )


def test_a_status_at_a_url_outside_the_contract_is_still_a_status() -> None:
    receipt = _receipt("c1", "accepted") | {"statusUrl": "/elsewhere/c1"}
    write = exchange("POST", f"{BASE}/members", 1, 202, receipt)
    read = replace(
        exchange("GET", f"{BASE}/members", 2, 200, receipt),
        operation_id=None,
        request=Request("GET", "http://127.0.0.1:1/elsewhere/c1"),
    )

    assert folded([write, read]).operations["c1"].samples == (read,)


def test_a_read_before_the_write_belongs_to_no_command() -> None:
    read = exchange("GET", f"{BASE}/operations/c1", 1, 200, _receipt("c1", "ready"))
    write = exchange("POST", f"{BASE}/members", 2, 202, _receipt("c1", "accepted"))

    assert folded([read, write]).operations["c1"].status_reads == []


def test_two_reads_under_way_at_once_are_in_no_order() -> None:
    write = exchange("POST", f"{BASE}/members", 1, 202, _receipt("c1", "accepted"))
    reads = [
        exchange("GET", f"{BASE}/operations/c1", number, 200, _receipt("c1", "ready"))
        for number in (2, 3)
    ]
    overlapping = [reads[0], replace(reads[1], sent=2.2)]

    assert len(list(folded([write, *reads]).operations["c1"].ordered_samples())) == 1
    assert list(folded([write, *overlapping]).operations["c1"].ordered_samples()) == []
