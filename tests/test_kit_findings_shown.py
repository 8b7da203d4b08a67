"""What the findings of a report tell somebody who must mend the server."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from conformance.contract import Requirement
from conformance.exchange import Exchange, Request, Response
from conformance.judge import Finding, Outcome, Verdict
from conformance.reports.findings import print_findings
from conformance.reports.of_run import verdict_of
from conformance.reports.telling import telling
from conformance.target import Target

TARGET = Target("http://127.0.0.1:8080", "s1", ("core",), None, None, None)


def exchange(number: int = 7) -> Exchange:
    request = Request("PUT", "http://127.0.0.1:8080/api/x")
    answer = Response(202, {}, b'{"a": 1}')
    return Exchange(number, "scenarios", "a_check", "bindMember", {}, request, answer, 0.5, 0.75)


def finding(name: str, number: int = 7) -> Finding:
    return Finding(name, "a_check", "expected", "actual", (exchange(number),), "")


def verdict(name: str, outcome: Outcome, *findings: Finding, level: str = "MUST") -> Verdict:
    requirement = Requirement(name, level, ("core",), "text", "seed 003", "why", planned=False)
    return Verdict(requirement, outcome, 1, 0, 0, findings)


def printed(*verdicts: Verdict) -> str:
    out = io.StringIO()
    print_findings(Console(file=out, width=80), [verdict_of(one, TARGET, 31) for one in verdicts])
    return out.getvalue()


def read(number: int, body: str, path: str = "/api/x", method: str = "GET") -> Exchange:
    request = Request(method, f"http://127.0.0.1:8080{path}")
    response = Response(200, {}, body.encode())
    return replace(exchange(number), request=request, response=response)


def differs(*exchanges: Exchange) -> tuple[str, ...]:
    found = Finding("ACK-01", "a_check", "e", "a", exchanges, "")
    return verdict_of(verdict("ACK-01", "fail", found), TARGET, 31).findings[0].differs


def test_broken_musts_come_before_broken_shoulds() -> None:
    advice = verdict("ACK-01", "warn", finding("ACK-01"), level="SHOULD")
    out = printed(advice, verdict("RCP-01", "fail", finding("RCP-01")))

    assert out.index("RCP-01 MUST") < out.index("ACK-01 SHOULD")


def test_exchanges_stand_in_the_order_of_sending_and_the_twin_is_named() -> None:
    twin, refused = exchange(9), replace(exchange(5), violates="body: no such kind")
    found = Finding("ACK-01", "a_check", "e", "a", (twin, refused), "", twin)
    broken = verdict("ACK-01", "fail", found)

    shown = verdict_of(broken, TARGET, 31).findings[0].exchanges
    out = printed(broken)

    assert [(one.number, one.role) for one in shown] == [(5, ""), (9, "twin")]
    assert out.index("sent so on purpose: body: no such kind") < out.index("the same without the")


def test_an_exchange_names_the_id_that_the_log_of_the_server_has() -> None:
    answer = Response(202, {"x-request-id": "r-7", "x-correlation-id": "01J\x1b[2J"}, b"")
    known, unknown = replace(exchange(5), response=answer), exchange(6)
    found = Finding("ACK-01", "a_check", "expected", "actual", (known, unknown), "")

    out = printed(verdict("ACK-01", "fail", found))

    assert "  log id     x-correlation-id: 01J" in out
    assert out.count("log id") == 1
    assert "\x1b" not in out


def test_an_exchange_is_printed_in_full_only_once() -> None:
    first = Finding("ACK-01", "a_check", "one", "a", (exchange(7),), "")
    again = Finding("ACK-01", "a_check", "another", "b", (exchange(7), exchange(8)), "")
    out = printed(verdict("ACK-01", "fail", first, again))

    assert out.count("exchange   7 of 31") == 2
    assert out.count("as above") == 1
    assert out.count("curl -sS") == 2


def test_findings_that_are_left_out_are_counted_by_operation() -> None:
    alike = [finding("ACK-01", number=number) for number in range(1, 6)]
    out = printed(verdict("ACK-01", "fail", *alike))

    assert "and 4 more findings of ACK-01 like these; all 5: 5 at bindMember" in out


def test_two_reads_of_one_url_are_compared() -> None:
    completed = read(3, '{"runStatus": "completed", "output": "A", "tags": [1, {"a": 2}]}')
    running = read(8, '{"runStatus": "running", "tags": [1, {"a": 3}], "more": null}')

    assert differs(completed, running) == (
        '3 to 8  runStatus: "completed" → "running"',
        '3 to 8  output: "A" → absent',
        "3 to 8  tags[1].a: 2 → 3",
        "3 to 8  more: absent → null",
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (read(1, '{"a": 1}'), read(2, '{"a": 1}')),
        (read(1, '{"a": 1}'), read(2, '{"a": 2}', path="/api/y")),
        (read(1, '{"a": 1}', method="POST"), read(2, '{"a": 2}', method="POST")),
        (read(1, "no JSON"), read(2, "none either")),
    ],
)
def test_what_is_alike_or_not_alike_in_kind_is_not_compared(
    before: Exchange, after: Exchange
) -> None:
    assert differs(before, after) == ()


def test_long_differences_are_cut_and_counted() -> None:
    many = ", ".join(f'"m{number}": "{"x" * 200}"' for number in range(12))
    lines = differs(read(1, "{" + many + "}"), read(2, "[]"))
    told = differs(read(1, "{" + many + "}"), read(2, "{}"))

    assert len(lines) == 1
    assert len(lines[0]) < 120
    assert (len(told), told[-1]) == (9, "and 4 more")


def test_differences_stand_in_place_of_the_answers() -> None:
    found = Finding("ACK-01", "c", "e", "a", (read(1, '{"a": 1}'), read(2, '{"a": 2}')), "")
    out = printed(verdict("ACK-01", "fail", found))

    assert "  differs    1 to 2  a: 1 → 2\n" in out
    assert "answer" not in out


def test_an_answer_cannot_draw_over_the_report() -> None:
    found = Finding("ACK-01", "c", "e", "a", (read(1, '{"a": "\x1b[2J"}'),), "")

    assert "\x1b" not in printed(verdict("ACK-01", "fail", found))


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            '{"runId": "r", "status": "failed", "failedAt": "x", "failure": null}',
            'status: "failed", failure: null',
        ),
        ('{"runId": "r"}', '{"runId": "r"}'),
        ('["a"]', '["a"]'),
        ("<html>", "<html>"),
        ('{"members": "' + "x" * 200 + '"}', 'members: "' + "x" * 78 + "…"),
    ],
)
def test_an_answer_is_told_by_what_is_no_id_link_or_instant(body: str, told: str) -> None:
    assert telling(body) == told
