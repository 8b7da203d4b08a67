"""Runs made by hand, one of each kind that a report must tell."""

import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from rich.console import Console

from conformance.contract import Contract, Requirement, load_contract
from conformance.exchange import Exchange, Request, Response
from conformance.generated.outcome import Generation, LaneFinding, LaneOutcome
from conformance.judge import Finding, Outcome, Verdict
from conformance.notices import Notice
from conformance.pace import Pace
from conformance.plan import Plan
from conformance.reports.console import print_report
from conformance.reports.of_run import report_of
from conformance.run_result import RunResult, Timing
from conformance.target import Target
from conformance.waivers import Waiver, Waivers

TOKEN = "s3cr3t-token"  # noqa: S105  # no real secret
TARGET = Target(
    "http://127.0.0.1:8080",
    "s1",
    ("core",),
    None,
    None,
    None,
    token_env="ACKPROOF_TOKEN",  # noqa: S106  # a variable's name
    token=TOKEN,
)
IDS = ("ACK-01", "ACK-02", "RCP-01", "RCP-02", "STA-01", "STA-02", "FLR-01")


HOSTILE = (
    "</pre></code></details><img src=x onerror=alert(1)><script>alert(1)</script>\n\n# head\n"
    "| a | b |\n\n```\n[x](javascript:1) ![i](http://e/x) @all <!-- ]]> &amp; "
    "\x00\x1b[2J\u202e\ufffe"
)


def requirement(name: str, level: str = "MUST", *, planned: bool = False) -> Requirement:
    text = f"The text of {name}, which is long enough to be broken into lines on a terminal."
    return Requirement(name, level, ("core",), text, "seed 003", f"why {name}", planned=planned)


def exchange(number: int = 7, body: bytes = b'{"a": 1}', path: str = "/api/x") -> Exchange:
    return Exchange(
        number=number,
        lane="scenarios",
        cause="a_check",
        operation_id="bindMember",
        parameters={},
        request=Request(
            "PUT",
            f"http://127.0.0.1:8080{path}",
            (("authorization", "Bearer $ACKPROOF_TOKEN"), ("content-type", "application/json")),
            b'{"prompt": "hello"}',
        ),
        response=Response(202, {"server": "uvicorn", "x-echo": TOKEN}, body),
        sent=0.5,
        received=0.75,
    )


def finding(name: str, actual: str = "actual", cause: str = "", **how: Any) -> Finding:  # noqa: ANN401
    return Finding(name, "a_check", "expected", actual, (exchange(**how),), cause)


def verdict(
    name: str,
    outcome: Outcome,
    *findings: Finding,
    level: str = "MUST",
    reasons: tuple[str, ...] = (),
) -> Verdict:
    return Verdict(requirement(name, level), outcome, 1, 0, 0, findings, reasons)


def unscored(verdict: Verdict) -> Verdict:
    return replace(verdict, requirement=replace(verdict.requirement, scored=False))


def run_of(*verdicts: Verdict, planned: tuple[str, ...] = (), **changes: Any) -> RunResult:  # noqa: ANN401
    catalogue = {one: requirement(one, planned=one in planned) for one in IDS}
    catalogue |= {one.requirement.id: one.requirement for one in verdicts}
    judged = tuple(one.requirement for one in verdicts)
    expected_to_come = tuple(catalogue[one] for one in planned)
    result = RunResult(
        target=TARGET,
        contract=Contract("1.0.0", "a" * 64, {}, catalogue, {}, {}, {}),
        plan=Plan(("core",), judged, expected_to_come, (), (), (), "a" * 64),
        verdicts=verdicts,
        exchanges=tuple(exchange(number) for number in range(1, 32)),
        interrupted=False,
        timing=Timing(datetime(2026, 1, 1, tzinfo=UTC), 8.25, "a_check", 3.5),
        control=None,
    )
    return replace(result, **changes)


def printed(run: RunResult, width: int = 80) -> str:
    out = io.StringIO()
    print_report(Console(file=out, width=width), report_of(run, "0.1.0"), None)
    return out.getvalue()


def lane(**changes: Any) -> LaneOutcome:  # noqa: ANN401
    found = LaneFinding("status_code", "PUT /x", "Undocumented", "a\nb", exchange(), 2)
    outcome = LaneOutcome(Generation(), ("bindMember",), 5, 1.5, (found,), {"allowed": 1})
    return replace(outcome, **changes)


def planted(text: str) -> RunResult:
    """A run in which a server, or a request, says the text wherever it can."""
    said = exchange(number=3, body=text.encode("utf-8", "replace"))
    request = replace(
        said.request, headers=(("x-echo", text),), body=text.encode("utf-8", "replace")
    )
    answer = replace(said.response or Response(0), headers={"server": text, "x-echo": text})
    told = replace(said, request=request, response=answer)
    silent = replace(told, number=4, response=None, error=text, violates="body: no such kind")
    found = Finding("ACK-01", "a_check", text, text, (told, silent), "a cause")
    broken = [
        Verdict(requirement("ACK-01"), "fail", 1, 0, 0, (found,)),
        Verdict(requirement("ACK-02", "SHOULD"), "warn", 1, 0, 0, (found,)),
        verdict("RCP-01", "not_verified", reasons=(f"because {text}",)),
        verdict("STA-01", "not_applicable", reasons=(f"because {text}",)),
        verdict("STA-02", "harness_error", reasons=(f"because {text}",)),
    ]
    lane_found = replace(lane().findings[0], message=f"because {text}", exchange=told)
    generated = lane(findings=(lane_found,), errors=(text,))
    return run_of(*broken, control=f"because {text}", lane=generated)


def waiting() -> RunResult:
    """A run that follows a bind to its verdict, and may wait for longer than it should."""
    status = "/api/scopes/s1/operations/c1"
    told = {"commandId": "c1", "stage": "accepted", "status": "pending", "statusUrl": status}
    ready = told | {"stage": "ready", "status": "ready"}
    bodies = [json.dumps(one).encode() for one in (told, told, ready)]
    write, *reads = (exchange(number, body) for number, body in enumerate(bodies, start=1))
    asked = Request("GET", f"{TARGET.url}{status}")
    polls = [
        replace(
            one,
            operation_id="getOperation",
            request=asked,
            response=replace(one.response or Response(0), status=200),
            sent=one.number * 0.5,
            received=one.number * 0.5 + 0.004,
        )
        for one in reads
    ]
    target = replace(TARGET, pace=Pace(poll_most=6.0))
    run = run_of(verdict("ACK-01", "pass"), target=target, exchanges=(write, *polls))
    contract = replace(load_contract(), requirements=run.contract.requirements)
    return replace(run, contract=contract)


def waiver(name: str, actual: str = "actual", expires: date = date(2026, 3, 1)) -> Waiver:
    kind = Waivers(masked=TARGET.masked).fingerprint(finding(name, actual))
    issue = "https://issues.example/7"
    return Waiver(name, kind, expires, "<gateway> team", issue, f"mended in 2.1, not {TOKEN}")


def with_waivers(*waivers: Waiver) -> Target:
    return replace(TARGET, waivers=waivers, waivers_file="waivers.toml")


RUNS = {
    "nothing": run_of(),
    "clean": run_of(verdict("ACK-01", "pass")),
    "broken": run_of(verdict("ACK-01", "fail", finding("ACK-01"))),
    "advised": run_of(verdict("ACK-01", "warn", finding("ACK-01"), level="SHOULD")),
    "unverified": run_of(verdict("FLR-01", "not_verified", reasons=("no poison implementation",))),
    "closed": run_of(verdict("ACK-02", "not_applicable", reasons=("accepted_throughout: x",))),
    "kit-error": run_of(verdict("ACK-01", "harness_error", reasons=("Traceback\nKeyError: 1",))),
    "interrupted": run_of(verdict("ACK-01", "pass"), interrupted=True),
    "no-control": run_of(verdict("ACK-01", "not_verified"), control="the control failed"),
    "no-answer": run_of(
        verdict(
            "ACK-01",
            "fail",
            Finding(
                "ACK-01", "c", "e", "a", (replace(exchange(), response=None, error="reset"),), ""
            ),
        )
    ),
    "accepted": run_of(
        verdict("ACK-01", "pass"),
        verdict("FLR-01", "not_verified", reasons=("no poison",)),
        target=replace(TARGET, accept_not_verified=("FLR-01",)),
    ),
    "several": run_of(
        verdict("ACK-01", "fail", finding("ACK-01"), finding("ACK-01", actual="other")),
        verdict("ACK-02", "not_applicable", reasons=("accepted_throughout: x",)),
        verdict("RCP-01", "warn", finding("RCP-01", number=8), level="SHOULD"),
        verdict("RCP-02", "not_verified", level="SHOULD", reasons=("no traffic",)),
        verdict("STA-01", "not_verified", reasons=("no traffic",)),
        verdict("STA-02", "harness_error", reasons=("Traceback\nKeyError: 1",)),
        planned=("FLR-01",),
    ),
    "lesser": run_of(
        verdict("ACK-01", "pass"),
        verdict("ACK-02", "not_verified", reasons=("the run was interrupted",)),
        interrupted=True,
        notices=(
            Notice("certificate_not_verified", "verify = false: nobody checked <who> it is."),
            Notice("non_conforming_timing", "The waits are longer than a conforming run allows."),
        ),
    ),
    "lane-gates": run_of(verdict("ACK-01", "pass"), lane=lane(generation=Generation(gates=True))),
    "lane-found": run_of(verdict("ACK-01", "pass"), lane=lane()),
    "lane-erred": run_of(verdict("ACK-01", "pass"), lane=lane(findings=(), errors=("it broke",))),
    "waived": run_of(
        verdict("ACK-01", "fail", finding("ACK-01"), finding("ACK-01", actual="other")),
        verdict("ACK-02", "pass"),
        lane=lane(),
        target=with_waivers(waiver("ACK-01"), waiver("ACK-01", "other"), waiver("RCP-01")),
    ),
    "waived-in-part": run_of(
        verdict("ACK-01", "fail", finding("ACK-01"), finding("ACK-01", actual="other")),
        target=with_waivers(waiver("ACK-01")),
    ),
    "waived-and-stale": run_of(
        verdict("ACK-01", "fail", finding("ACK-01")),
        verdict("ACK-02", "pass"),
        target=with_waivers(waiver("ACK-01"), waiver("ACK-02")),
    ),
    "waiver-expired": run_of(
        verdict("ACK-01", "fail", finding("ACK-01")),
        target=with_waivers(waiver("ACK-01", expires=date(2025, 12, 31))),
    ),
    "unscored": run_of(
        verdict("ACK-01", "pass"),
        unscored(verdict("ACK-02", "fail", finding("ACK-02"))),
        unscored(verdict("RCP-01", "not_verified", reasons=("no traffic",))),
        unscored(verdict("STA-01", "pass")),
        unscored(verdict("STA-02", "harness_error", reasons=("Traceback\nKeyError: 1",))),
        target=with_waivers(waiver("ACK-02")),
    ),
    "unscored-alone": run_of(unscored(verdict("ACK-01", "fail", finding("ACK-01")))),
    "waiting": waiting(),
    "unanswered": run_of(exchanges=(replace(exchange(), response=None, error="reset"),)),
    "waiver-left-alone": run_of(verdict("ACK-01", "pass"), target=with_waivers(waiver("RCP-01"))),
}
