"""How long a run waited, read off its trace: what counts as a wait, and in which four numbers."""

import json
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.contract import Contract, load_contract
from conformance.exchange import Exchange, Request, Response
from conformance.histories_judged import END
from conformance.pace import Pace
from conformance.reports.waits import seconds_told
from conformance.restarting import RESTART
from conformance.target import Target
from conformance.waits import spread, waits_of

BASE: Final = "http://127.0.0.1:1"
MEMBERS: Final = f"{BASE}/api/scopes/s1/members"
STATUS: Final = f"{BASE}/api/scopes/s1/operations/c1"
TARGET: Final = Target(BASE, "s1", ("core",), None, None, None)
ANSWER: Final = 0.01
times = st.floats(0, 1e6, allow_subnormal=False)


@cache
def contract() -> Contract:
    return load_contract()


def exchange(  # noqa: PLR0913  # all that a wait may hang on
    number: int,
    method: str,
    url: str,
    sent: float,
    status: int = 200,
    *,
    document: object = None,
    cause: str = "a_check",
    **headers: str,
) -> Exchange:
    matched = contract().match(method, url.removeprefix(BASE))
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Exchange(
        number,
        "scenarios",
        cause,
        matched[0].operation_id if matched else None,
        matched[1] if matched else {},
        Request(method, url),
        Response(status, named, json.dumps(document or {}).encode()),
        sent,
        sent + ANSWER,
    )


def told(stage: str, status: str = "pending") -> dict[str, str]:
    return {"commandId": "c1", "stage": stage, "status": status, "statusUrl": STATUS}


def create(status: int = 202) -> Exchange:
    return exchange(1, "POST", MEMBERS, 0.0, status, document=told("accepted"))


def look(number: int, sent: float, stage: str, status: str = "pending", **how: Any) -> Exchange:  # noqa: ANN401
    return exchange(number, "GET", STATUS, sent, document=told(stage, status), **how)


def waited(*trace: Exchange, target: Target = TARGET) -> dict[str, list[float]]:
    """Give the waits by kind, in seconds of two decimals."""
    found: dict[str, list[float]] = {}
    for one in waits_of(contract(), target, trace):
        found.setdefault(one.kind, []).append(round(one.seconds, 2))
    return found


@given(st.lists(times, min_size=1, max_size=300))
def test_a_percentile_is_the_least_of_the_waits_that_so_many_do_not_exceed(
    seconds: list[float],
) -> None:
    told = spread(seconds)

    for share, value in ((50, told.p50), (95, told.p95)):
        assert value in seconds
        assert 100 * sum(one <= value for one in seconds) >= share * len(seconds)
        assert 100 * sum(one < value for one in seconds) < share * len(seconds)
    assert (told.count, told.longest) == (len(seconds), max(seconds))
    assert told.p50 <= told.p95 <= told.longest


@given(st.lists(times, min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_a_spread_does_not_hang_on_the_order(seconds: list[float], chance: Random) -> None:
    mixed = list(seconds)
    chance.shuffle(mixed)

    assert spread(mixed) == spread(seconds)


@settings(max_examples=60, deadline=None)
@given(
    decided=st.floats(0, 3),
    observed=st.floats(0, 3),
    pauses=st.lists(st.floats(0.01, 0.25), min_size=1, max_size=60),
    verdict=st.sampled_from(["ready", "failed", "timed_out"]),
)
def test_what_is_polled_for_is_met_within_a_pause_of_when_it_was_there(
    decided: float, observed: float, pauses: list[float], verdict: str
) -> None:
    observed, sent, trace = min(observed, decided), ANSWER, [create()]
    for number, pause in enumerate(pauses, start=2):
        stage = "observed" if sent >= observed else "accepted"
        status = verdict if sent >= decided else "pending"
        trace.append(look(number, sent, stage, status))
        sent += ANSWER + pause
    kind = "timed_out_after_202" if verdict == "timed_out" else "verdict_after_202"

    found = waited(*trace)

    for name, there in ((kind, decided), ("observed_after_202", observed)):
        assert len(found.get(name, ())) == (trace[-1].sent >= there)
        for seconds in found.get(name, ()):
            assert there - ANSWER <= seconds + 0.01
            assert seconds <= max(there, ANSWER) + ANSWER + max(pauses) + 0.01


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["GET", "POST"]), st.sampled_from([0, 200, 404, 503]))))
def test_every_answer_and_nothing_else_ends_a_wait(sent: list[tuple[str, int]]) -> None:
    trace = [
        exchange(number, how, MEMBERS, number, code) for number, (how, code) in enumerate(sent)
    ]
    trace = [one if one.status else replace(one, response=None, error="reset") for one in trace]

    found = waited(*trace)

    assert {kind: len(seconds) for kind, seconds in found.items()} == {
        kind: count
        for kind, count in {
            "write_accepted": sent.count(("POST", 200)),
            "write_refused": sent.count(("POST", 404)) + sent.count(("POST", 503)),
            "read_answered": sum(how == "GET" and code > 0 for how, code in sent),
        }.items()
        if count
    }


def test_a_command_that_was_polled_is_measured_from_its_202() -> None:
    found = waited(
        create(),
        look(2, 0.02, "accepted"),
        look(3, 0.20, "observed"),
        look(4, 0.40, "ready", "ready"),
        look(5, 0.42, "ready", "ready"),
    )

    assert (found["observed_after_202"], found["verdict_after_202"]) == ([0.2], [0.4])
    assert found["read_answered"] == [ANSWER] * 4


@pytest.mark.parametrize(
    "trace",
    [
        (create(), look(2, 60.0, "ready", "ready", cause=END)),
        (create(), look(2, 0.02, "accepted"), look(3, 60.0, "ready", "ready")),
        (create(201), look(2, 0.02, "ready", "ready")),
        (look(1, 0.0, "accepted"), look(2, 0.02, "ready", "ready")),
        tuple(replace(one, cause=RESTART) for one in (create(), look(2, 0.02, "ready", "ready"))),
    ],
    ids=["at the end", "after a while", "no 202", "of somebody else", "around a restart"],
)
def test_what_nobody_waited_for_is_no_wait(trace: tuple[Exchange, ...]) -> None:
    assert set(waited(*trace)) <= {"write_accepted", "read_answered"}


def test_a_pause_that_the_server_asked_for_is_no_late_look() -> None:
    found = waited(
        create(),
        look(2, 0.02, "accepted", retry_after="3"),
        look(3, 3.03, "ready", "ready"),
    )

    assert (found["verdict_after_202"], found["retry_after_heeded"]) == ([3.03], [3.0])


@pytest.mark.parametrize(
    ("headers", "pause", "heeded"),
    [
        ({"retry_after": "1"}, 1.0, [1.0]),
        ({"retry_after": "1"}, 0.9, []),
        ({"retry_after": "1"}, 60.0, []),
        ({"retry_after": "0"}, 0.1, []),
        ({"retry_after": "500"}, 30.0, [30.0]),
        ({"retry_after": "Fri, 01 Jan 2126 00:00:00 GMT"}, 30.0, []),
        (
            {
                "retry_after": "Thu, 01 Jan 2026 00:00:02 GMT",
                "date": "Thu, 01 Jan 2026 00:00:00 GMT",
            },
            2.0,
            [2.0],
        ),
    ],
    ids=["in time", "early", "late", "zero", "to the limit", "date alone", "date from date"],
)
def test_retry_after_is_heeded_by_the_same_request_in_time(
    headers: dict[str, str], pause: float, heeded: list[float]
) -> None:
    asked = look(1, 0.0, "accepted", **headers)
    sent = asked.received + pause + 1e-6

    assert waited(asked, look(2, sent, "accepted")).get("retry_after_heeded", []) == heeded
    assert "retry_after_heeded" not in waited(asked, exchange(2, "GET", MEMBERS, sent))
    assert "retry_after_heeded" not in waited(asked, look(2, sent, "accepted", cause="another"))


def test_a_target_with_longer_pauses_is_looked_at_later() -> None:
    trace = (create(), look(2, 0.02, "accepted"), look(3, 5.0, "ready", "ready"))
    patient = replace(TARGET, pace=Pace(poll_most=3.0))

    assert waited(*trace, target=patient)["verdict_after_202"] == [5.0]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.0, "0.0 ms"),
        (0.0031, "3.1 ms"),
        (0.0124, "12 ms"),
        (0.0996, "100 ms"),
        (0.123, "0.12 s"),
        (6.14, "6.1 s"),
        (31.4, "31 s"),
    ],
)
def test_a_time_is_spelt_with_two_digits_or_so(seconds: float, said: str) -> None:
    assert seconds_told(seconds) == said
