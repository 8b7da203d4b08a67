"""A run as the lines of its stored trace: JSON values in the form of `trace.schema.json`."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

from conformance.checks import Judged, Judgement, Missing, OtherBranch
from conformance.exchange import Exchange, Request, Response
from conformance.generated.outcome import LaneOutcome
from conformance.judge import Heard
from conformance.plan import Plan
from conformance.run_result import RunResult
from conformance.target import Target

TRACE_VERSION: Final = 1
Line = dict[str, Any]


def lines_of(run: RunResult, kit: str) -> Iterator[Line]:
    """Yield the run, its exchanges in order of sending, what each check said, and its end.

    Args:
        run: without secrets, as `redacted` returns it.
        kit: version of the kit.

    """
    yield {
        "kind": "run",
        "trace_version": TRACE_VERSION,
        "kit": kit,
        "contract": {"version": run.contract.version, "hash": run.contract.hash},
        "target": _target(run.target),
        "plan": _plan(run.plan),
    }
    yield from (exchange_line(one) for one in run.exchanges)
    yield from (heard_line(one) for one in run.heard)
    yield {
        "kind": "end",
        "exchanges": len(run.exchanges),
        "heard": len(run.heard),
        "interrupted": run.interrupted,
        "control": run.control,
        "notices": [asdict(one) for one in run.notices],
        "timing": asdict(run.timing) | {"started_at": run.timing.started_at.isoformat()},
        "lane": run.lane and _lane(run.lane),
    }


def _target(target: Target) -> Line:
    """Return what the verdicts and the report rest on; how its members are made is left out."""
    return {
        "url": target.url,
        "scope": target.scope,
        "profiles": target.profiles,
        "origins": target.origins,
        "completion_limit": target.completion_limit,
        "pace": asdict(target.pace),
        "accept_not_verified": target.accept_not_verified,
        "described_by": target.described_by,
        "from_file": target.from_file,
        "version": target.version,
        "secrets": sorted(target.secrets.values()),
        "waivers": None if target.waivers_file is None else _waivers(target),
        "mode": target.mode,
    }


def _waivers(target: Target) -> Line:
    entries = [asdict(one) | {"expires": one.expires.isoformat()} for one in target.waivers]
    return {"file": target.waivers_file, "entries": entries}


def _plan(plan: Plan) -> Line:
    return {
        "hash": plan.hash,
        "profiles": plan.profiles,
        "requirements": [one.id for one in plan.requirements],
        "planned": [one.id for one in plan.planned],
        "scenarios": [one.name for one in plan.scenarios],
        "invariants": [one.name for one in plan.invariants],
        "unaffordable": [one.name for one in plan.unaffordable],
        "generated": plan.generated,
        "withheld": [one.name for one in plan.withheld],
    }


def exchange_line(one: Exchange) -> Line:
    """Return an exchange."""
    return {
        "kind": "exchange",
        "number": one.number,
        "lane": one.lane,
        "cause": one.cause,
        "operation": one.operation_id,
        "parameters": one.parameters,
        "stranger": one.stranger,
        "violates": one.violates,
        "declared_away": one.declared_away,
        "sent": one.sent,
        "received": one.received,
        "error": one.error,
        "request": _request(one.request),
        "response": one.response and _response(one.response),
    }


def _request(asked: Request) -> Line:
    head = {
        "method": asked.method,
        "url": asked.url,
        "headers": asked.headers,
        "secret": sorted(asked.secret),
    }
    return head | ({} if asked.body is None else _body(asked.body))


def _response(answer: Response) -> Line:
    return {"status": answer.status, "headers": answer.headers} | _body(answer.body)


def _body(body: bytes) -> Line:
    try:
        return {"body": body.decode()}
    except UnicodeDecodeError:
        return {"body_base64": b64encode(body).decode()}


def heard_line(heard: Heard) -> Line:
    """Return what one check said; exchanges are named by their numbers."""
    return {
        "kind": "heard",
        "requirement": heard.requirement,
        "check": heard.check,
        "said": [judgement_value(one) for one in heard.said],
        "broke": heard.broke and heard.broke.traceback,
    }


def judgement_value(one: Judgement) -> Line:
    """Return one judgement."""
    shown_by = [exchange.number for exchange in one.shown_by]
    match one:
        case Judged():
            return {
                "kind": "Judged",
                "held": one.held,
                "expected": one.expected,
                "actual": one.actual,
                "exchanges": shown_by,
                "twin": one.twin and one.twin.number,
                "cause": one.cause,
            }
        case OtherBranch():
            return {"kind": "OtherBranch", "word": one.word, "exchanges": shown_by}
        case Missing():
            return {"kind": "Missing", "what": one.what, "exchanges": shown_by}


def _lane(lane: LaneOutcome) -> Line:
    findings = [
        {
            "check": one.check,
            "operation": one.operation,
            "title": one.title,
            "message": one.message,
            "exchange": one.exchange.number,
            "count": one.count,
        }
        for one in lane.findings
    ]
    return {
        "generation": asdict(lane.generation),
        "operations": lane.operations,
        "requests": lane.requests,
        "seconds": lane.seconds,
        "findings": findings,
        "set_aside": dict(lane.set_aside),
        "errors": lane.errors,
        "stopped": lane.stopped,
    }
