"""The worst run that can be expected: every requirement of the contract broken, at length."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import count, islice
from typing import Final

from hand_made_runs import TARGET

from conformance.contract import load_contract
from conformance.exchange import Exchange, Request, Response
from conformance.judge import Finding, Verdict
from conformance.plan import Plan
from conformance.reports.model import Report
from conformance.reports.of_run import report_of
from conformance.run_result import RunResult, Timing

EXCHANGES: Final = 5_000
KINDS: Final = ("a status", "a list", "a receipt that names what it changed")
ROWS_OF_AN_ANSWER: Final = 8


@cache
def worst_report() -> Report:
    """A report on 226 requirements, 678 findings and 5,000 exchanges with long bodies."""
    return report_of(worst_run(), "0.1.0")


def worst_run() -> RunResult:
    contract = load_contract()
    requirements = tuple(contract.requirements.values())
    exchanges = tuple(exchange(number) for number in range(1, EXCHANGES + 1))
    numbers = count()
    each = EXCHANGES // (len(requirements) * len(KINDS))

    def findings(name: str) -> Iterator[Finding]:
        for kind in KINDS:
            shown = tuple(exchanges[number] for number in islice(numbers, each))
            expected = f"{kind} that says at stage observed what {name} asks of every answer"
            actual = f"{kind} at stage accepted: {shown[-1].line} " + "and more of the same " * 6
            yield Finding(name, f"{kind.replace(' ', '_')}_is_read", expected, actual, shown, "")

    verdicts = tuple(
        Verdict(one, "fail" if one.level == "MUST" else "warn", 3, 0, 0, tuple(findings(one.id)))
        for one in requirements
    )
    return RunResult(
        target=TARGET,
        contract=contract,
        plan=Plan(tuple(contract.profiles), requirements, (), (), (), (), "b" * 16),
        verdicts=verdicts,
        exchanges=exchanges,
        interrupted=False,
        timing=Timing(datetime(2026, 1, 1, tzinfo=UTC), 301.5, "a_check", 30.0),
        control=None,
    )


def exchange(number: int) -> Exchange:
    """Every third is a write; the reads between read the same and meet something else."""
    member = f"ap-4be1f0a2-{number // 6}-c0ffee5eb4f2d5f34d37b30d8861f55a73d1"
    url = f"http://127.0.0.1:8080/api/scopes/s1/members/{member}"
    rows = [row(number * 100 + place) for place in range(ROWS_OF_AN_ANSWER)]
    answer = json.dumps({"stateVersion": number, "members": rows}).encode()
    head = (("authorization", "Bearer $ACKPROOF_TOKEN"), ("accept", "application/json"))
    written = json.dumps({"displayName": "a name " * 20}).encode()
    writes = number % 3 == 0
    return Exchange(
        number=number,
        lane="scenarios",
        cause="a_check",
        operation_id="updateMember" if writes else "getMember",
        parameters={"scopeId": "s1", "memberId": member},
        request=Request("PATCH" if writes else "GET", url, head, written if writes else None),
        response=Response(202 if writes else 200, {"etag": f'"{number}"'}, answer),
        sent=number * 0.06,
        received=number * 0.06 + 0.02,
    )


def row(number: int) -> dict[str, object]:
    return {
        "memberId": f"ap-4be1f0a2-{number}",
        "displayName": f"Member <{number}> & others",
        "description": f'It says "{number}", ' + "and <more> & more of the same " * 20,
        "publishedServiceId": f"service-{number}-5e2eb4f2d5f34d37b30d8861f55a73d1",
    }
