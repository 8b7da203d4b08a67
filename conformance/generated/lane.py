"""Requests that nobody wrote: generated from the contract, sent by the kit's own wire.

The exchanges go into the trace of the run, so that every invariant judges them. What Schemathesis
itself makes of an answer is kept apart, as findings of the lane.
"""

import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status
from schemathesis.engine.core import Engine
from schemathesis.engine.events import Interrupted, NonFatalError, ScenarioFinished
from schemathesis.engine.run import Phase, PhaseName, PhaseSkipReason
from schemathesis.openapi import from_dict

from conformance.api import Api
from conformance.checks import Unverified
from conformance.contract import spec_folder
from conformance.exchange import Exchange
from conformance.generated.choices import CREATE, Choices
from conformance.generated.disputed import relax, why_allowed
from conformance.generated.outcome import Generation, LaneFinding, LaneOutcome
from conformance.generated.transport import SentByUs, sent_by_us
from conformance.target import Target

CHECKS: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "positive_data_acceptance",
    "missing_required_header",
    "unsupported_method",
)
KNOWN_MEMBERS: Final = 2
# No delete: what a generated request names may be somebody else's.
UNEXPECTED_METHODS: Final = ("get", "put", "post", "options", "patch", "trace", "query")


class OnlyTests(Engine):
    """The engine without what it would send by its own connections, before any test."""

    def get_phase_config(self, phase_name: PhaseName, **how: bool) -> Phase:
        """Leave out the phases that are no tests."""
        if phase_name in {PhaseName.PROBING, PhaseName.AUTH_BOOTSTRAP}:
            return Phase(phase_name, is_enabled=False, skip_reason=PhaseSkipReason.DISABLED)
        return super().get_phase_config(phase_name, **how)


def generate(api: Api, generation: Generation, operations: tuple[str, ...]) -> LaneOutcome:
    """Send generated requests to the operations, and read what became of the accepted writes.

    Raises:
        Unverified: the run was interrupted, or its write limit is used up.

    """
    began, before = time.monotonic(), len(api.send.trace)
    transport = SentByUs(api)
    known = tuple(_known_members(api, generation.seed))
    document = _document(api, known)
    config = _config(api.target, generation)
    schema = sent_by_us(from_dict(document, config=config), transport)
    schema.location = (spec_folder() / "openapi.yaml").resolve().as_uri()
    chosen = schema.include(operation_id=list(operations))
    disputed: list[LaneFinding] = []
    errors: list[str] = []
    for event in OnlyTests(chosen).execute():
        transport.heed_stop()
        if isinstance(event, Interrupted):
            raise KeyboardInterrupt
        if isinstance(event, NonFatalError):
            errors.append(f"{event.label}: {event.info.title}: {event.info.message}")
        if isinstance(event, ScenarioFinished):
            disputed += _findings(event, transport.exchanges)
    transport.settle()
    found, set_aside = _weighed(disputed, _choices(api, known, transport.exchanges.values()))
    return LaneOutcome(
        generation=generation,
        operations=operations,
        requests=len(api.send.trace) - before,
        seconds=time.monotonic() - began,
        findings=found,
        set_aside=set_aside,
        errors=tuple(dict.fromkeys(errors)),
    )


def _config(target: Target, generation: Generation) -> SchemathesisConfig:
    """Say everything that a user's own configuration file could otherwise change."""
    unlearned = {"extra-data-sources": {"responses": False}}
    return SchemathesisConfig.from_dict(
        {
            "seed": generation.seed,
            "base-url": target.url,
            "workers": 1,
            "continue-on-failure": True,
            "parameters": {"path.scopeId": target.scope},
            "cache": {"enabled": False},
            "generation": {
                "max-examples": generation.examples,
                "no-shrink": True,
                "database": "none",
            },
            "checks": {"enabled": False, **_checks()},
            "phases": {
                "examples": unlearned,
                "coverage": unlearned | {"unexpected-methods": list(UNEXPECTED_METHODS)},
                "fuzzing": unlearned | {"error-feedback": {"enabled": False}},
                "stateful": {"enabled": False},
            },
        }
    )


def _checks() -> dict[str, Any]:
    """Take every refusal for one: 5xx has a check of its own."""
    checks: dict[str, Any] = {name: {"enabled": True} for name in CHECKS}
    refusals = ["4xx", "5xx"]
    checks["negative_data_rejection"]["expected-statuses"] = refusals
    return checks


def _document(api: Api, known: Collection[str]) -> dict[str, Any]:
    """Return the contract with members, a revision and an endpoint that are really there."""
    document: dict[str, Any] = _copied(api.send.contract.document)
    parameters = document["components"]["parameters"]
    relax(document, api.target.profiles)
    parameters["IdempotencyKey"].pop("example", None)
    for name, values in (("MemberId", known), ("EndpointId", (api.endpoint,))):
        if values:
            legal = parameters[name]["schema"]
            parameters[name]["schema"] = {"anyOf": [{"enum": list(values)}, legal]}
    return document


def _known_members(api: Api, seed: int) -> Iterator[str]:
    """Make members that the requests may name, the same ones for the same seed."""
    for number in range(KNOWN_MEMBERS):
        member_id = f"ap-generated-{seed}-{number}"
        try:
            good = api.fixture("good")
            api.create(good.kind, member_id=member_id)
            api.bind(member_id, good, revisionId="r1")
        except Unverified:
            if api.shows(member_id) is None:
                return
        yield member_id


def _findings(event: ScenarioFinished, exchanges: dict[str, Exchange]) -> Iterator[LaneFinding]:
    for case_id, checks in event.recorder.checks.items():
        case = event.recorder.cases[case_id].value
        for check in checks:
            info = check.failure_info
            if check.status != Status.FAILURE or info is None or case.id not in exchanges:
                continue
            yield LaneFinding(
                check=check.name,
                operation=str(event.label),
                title=info.failure.title,
                message=info.failure.message,
                exchange=exchanges[case.id],
                count=1,
            )


def _choices(api: Api, known: Iterable[str], exchanges: Iterable[Exchange]) -> Choices:
    """Return what the server shows of its own choices in what it answered."""
    taken = [one.given for one in exchanges if one.ok and one.operation_id == CREATE]
    return Choices(
        api.send.contract,
        frozenset(one for one in known if api.shows(one)),
        frozenset(str(one.get("implementationKind")) for one in taken if "memberId" not in one),
    )


def _weighed(
    disputed: Iterable[LaneFinding], choices: Choices
) -> tuple[tuple[LaneFinding, ...], dict[str, int]]:
    """Return the findings, one of each sort, and how many more the contract allows and why."""
    found: dict[tuple[str, str, str], LaneFinding] = {}
    set_aside: Counter[str] = Counter()
    for one in disputed:
        if reason := why_allowed(one, choices):
            set_aside[reason] += 1
            continue
        earlier = found.get(one.sort)
        found[one.sort] = earlier.again() if earlier else one
    return tuple(found.values()), dict(set_aside)


def _copied(value: Any) -> Any:  # noqa: ANN401  # any JSON value
    if isinstance(value, dict):
        return {str(key): _copied(one) for key, one in value.items()}
    return [_copied(one) for one in value] if isinstance(value, list | tuple) else value
