"""The lines of a stored trace read back into the run that they tell of."""

from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeVar

from conformance.checks import Invariant, Judged, Judgement, Missing, OtherBranch, Scenario
from conformance.contract import Contract
from conformance.evidence.lines import Line
from conformance.evidence.redaction import weighed
from conformance.exchange import Exchange, Request, Response
from conformance.generated.outcome import Generation, LaneFinding, LaneOutcome
from conformance.invariants import INVARIANTS
from conformance.judge import Broke, Heard
from conformance.modes import FULL
from conformance.notices import Notice
from conformance.pace import Pace
from conformance.plan import Plan
from conformance.reading import what_is_there_is_read
from conformance.run_result import RunResult, Timing
from conformance.scenarios import SCENARIOS
from conformance.target import Target
from conformance.waivers import Waiver

V = TypeVar("V")
NO_WAIVERS: Final[Mapping[str, Any]] = {"file": None, "entries": ()}
SCENARIOS_BY_NAME: Final = {one.name: one for one in (what_is_there_is_read, *SCENARIOS)}
INVARIANTS_BY_NAME: Final = {one.name: one for one in INVARIANTS}


class Unbacked(Exception):  # noqa: N818  # it is a difference, worded by its message
    """A line names what is nowhere else: an exchange, a check, a requirement."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A run read back.

    Attributes:
        run: as it was when it was written.
        unknown: the requirements and checks that this kit no longer has.

    """

    run: RunResult
    unknown: tuple[str, ...]


def stored_run(lines: Sequence[Line], contract: Contract) -> Stored:
    """Read the lines of a trace, which keep its schema.

    Raises:
        Unbacked: a judgement names an exchange that is not among the lines, or a value in them is
            none of its kind.

    """
    try:
        return _stored(lines, contract)
    except (ValueError, TypeError, OverflowError) as problem:
        raise Unbacked(f"the trace holds a value that means nothing: {problem}") from problem


def _stored(lines: Sequence[Line], contract: Contract) -> Stored:
    first, last = lines[0], lines[-1]
    exchanges = {
        line["number"]: _exchange(line, contract) for line in lines if line["kind"] == "exchange"
    }
    heard = tuple(_heard(line, exchanges) for line in lines if line["kind"] == "heard")
    plan, unknown = _plan(first, contract)
    run = RunResult(
        _target(first["target"]),
        contract,
        plan,
        weighed(plan, heard, last["control"]),
        tuple(exchanges.values()),
        _timing(last["timing"]),
        last["control"],
        last["interrupted"],
        last["lane"] and _lane(last["lane"], exchanges),
        heard,
        tuple(Notice(one["kind"], one["text"]) for one in last["notices"]),
    )
    return Stored(run, unknown)


def _target(told: Mapping[str, Any]) -> Target:
    return Target(
        url=told["url"],
        scope=told["scope"],
        profiles=tuple(told["profiles"]),
        good=None,
        poison=None,
        slow=None,
        origins=tuple(told["origins"]),
        completion_limit=told["completion_limit"],
        pace=Pace(**told["pace"]),
        accept_not_verified=tuple(told["accept_not_verified"]),
        described_by=told["described_by"],
        from_file=told["from_file"],
        version=told["version"],
        waivers=tuple(_waiver(one) for one in (told["waivers"] or NO_WAIVERS)["entries"]),
        waivers_file=(told["waivers"] or NO_WAIVERS)["file"],
        mode=told.get("mode", FULL),
    )


def _waiver(told: Mapping[str, str]) -> Waiver:
    texts = {
        name: told[name] for name in ("requirement", "fingerprint", "owner", "issue", "reason")
    }
    return Waiver(**texts, expires=date.fromisoformat(told["expires"]))


def _plan(first: Line, contract: Contract) -> tuple[Plan, tuple[str, ...]]:
    told, unknown = first["plan"], list[str]()

    def known(names: Sequence[str], values: Mapping[str, V]) -> tuple[V, ...]:
        unknown.extend(name for name in names if name not in values)
        return tuple(values[name] for name in names if name in values)

    scenarios: tuple[Scenario, ...] = known(told["scenarios"], SCENARIOS_BY_NAME)
    invariants: tuple[Invariant, ...] = known(told["invariants"], INVARIANTS_BY_NAME)
    plan = Plan(
        tuple(told["profiles"]),
        known(told["requirements"], contract.requirements),
        known(told["planned"], contract.requirements),
        scenarios,
        invariants,
        known(told["unaffordable"], SCENARIOS_BY_NAME),
        first["contract"]["hash"],
        tuple(told["generated"]),
        known(told.get("withheld", ()), SCENARIOS_BY_NAME),
    )
    return plan, tuple(unknown)


def _exchange(line: Line, contract: Contract) -> Exchange:
    asked, answer, operation = line["request"], line["response"], line["operation"]
    known = operation if operation in contract.operations else None
    headers = tuple((name, value) for name, value in asked["headers"])
    response = answer and Response(answer["status"], answer["headers"], _body(answer) or b"")
    return Exchange(
        number=line["number"],
        lane=line["lane"],
        cause=line["cause"],
        operation_id=known,
        parameters=line["parameters"],
        request=Request(
            asked["method"], asked["url"], headers, _body(asked), frozenset(asked["secret"])
        ),
        response=response and contract.absences.applied(response, known),
        sent=float(line["sent"]),
        received=float(line["received"]),
        error=line["error"],
        violates=line["violates"],
        declared_away=line["declared_away"],
        stranger=line["stranger"],
    )


def _body(told: Mapping[str, Any]) -> bytes | None:
    if "body_base64" in told:
        return b64decode(told["body_base64"])
    text: str | None = told.get("body")
    return None if text is None else text.encode()


def _heard(line: Line, exchanges: Mapping[int, Exchange]) -> Heard:
    broke = None if line["broke"] is None else Broke(line["check"], line["broke"])
    try:
        said = tuple(_judgement(one, exchanges) for one in line["said"])
    except KeyError as missing:
        raise Unbacked(
            f"{line['check']} ({line['requirement']}) rests on exchange {missing}, which is not "
            "in the trace"
        ) from missing
    return Heard(line["requirement"], line["check"], said, broke)


def _judgement(told: Mapping[str, Any], exchanges: Mapping[int, Exchange]) -> Judgement:
    shown_by = tuple(exchanges[number] for number in told["exchanges"])
    match told["kind"]:
        case "Judged":
            twin = None if told["twin"] is None else exchanges[told["twin"]]
            return Judged(
                told["held"], told["expected"], told["actual"], shown_by, told["cause"], twin
            )
        case "OtherBranch":
            return OtherBranch(told["word"], shown_by)
        case _:
            return Missing(told["what"], shown_by)


def _timing(told: Mapping[str, Any]) -> Timing:
    return Timing(**{**told, "started_at": datetime.fromisoformat(told["started_at"])})


def _lane(told: Mapping[str, Any], exchanges: Mapping[int, Exchange]) -> LaneOutcome:
    try:
        findings = tuple(
            LaneFinding(**{**one, "exchange": exchanges[one["exchange"]]})
            for one in told["findings"]
        )
    except KeyError as missing:
        raise Unbacked(
            f"a finding of the generated lane rests on exchange {missing}, which is not in the "
            "trace"
        ) from missing
    return LaneOutcome(
        **{
            **told,
            "generation": Generation(**told["generation"]),
            "operations": tuple(told["operations"]),
            "findings": findings,
            "errors": tuple(told["errors"]),
        }
    )
