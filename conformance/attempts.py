"""Perform a scenario, and perform it anew where the answer to one of its writes was lost."""

import traceback
from collections.abc import Callable
from typing import Final

from conformance.api import Api
from conformance.checks import (
    IN_DOUBT,
    Judged,
    Judgement,
    Missing,
    OtherBranch,
    Scenario,
    Unverified,
)
from conformance.client import Client
from conformance.exchange import Exchange
from conformance.gateways import of_the_transport
from conformance.history import BUSY, not_offered
from conformance.judge import Broke, Heard

TRIES: Final = 3


def performed(scenario: Scenario, arranged: Callable[[], Api]) -> Heard:
    """Run a scenario and return whatever it says or raises.

    A write that was done without an answer makes whatever the script counts afterwards wrong, so
    that only an attempt without one is believed; the last attempt is, where it blames nobody. A
    finding that is in doubt is looked for anew, too. One that has the target restarted has a single
    attempt, since others share the restart.

    Args:
        scenario: makes fresh members each time.
        arranged: gives the api of one attempt.

    """
    for attempt in range(1, TRIES + 1):
        api = arranged()
        heard = _attempted(scenario, api, again=attempt > 1)
        doubted = any(isinstance(one, Missing) and one.in_doubt for one in heard.said)
        given_up = (*api.send.lost, *(api.send.unanswered if doubted else ()))
        timed_out = any("timed out" in (one.error or "") for one in given_up)
        if not (api.send.lost or doubted) or timed_out or scenario.restarts:
            break
    return heard


def _attempted(scenario: Scenario, api: Api, *, again: bool) -> Heard:
    said: list[Judgement] = []
    broke = None
    try:
        if again:
            api.waiting("a fresh attempt, since a request was given up")
        for judgement in scenario.script(api):
            weighed = _weighed(judgement, api.send)
            said.append(weighed if scenario.restarts else _doubted(weighed, api.send))
    except Unverified as reason:
        said.append(reason.judgement)
    except Exception:  # noqa: BLE001  # whatever a check raises is the kit's fault, and said so
        if api.send.lost:
            said.append(_lost(api.send))
        else:
            broke = Broke(scenario.name, traceback.format_exc(limit=-4))
    return Heard(scenario.requirement, scenario.name, tuple(said), broke)


def _weighed(judgement: Judgement, send: Client) -> Judgement:
    """Take no failure of the transport, and no operation left out, for a counterexample."""
    if isinstance(judgement, Judged) and not judgement.held:
        for exchange in judgement.shown_by:
            if not_offered(exchange):
                return OtherBranch("not_offered", (exchange,))
            if exchange.response is None or _of_the_transport(exchange, send):
                return Missing(f"the transport answered: {exchange.line}", judgement.shown_by)
        if send.lost:
            return _lost(send)
    return judgement


def _doubted(judgement: Judgement, send: Client) -> Judgement:
    """Doubt a counterexample if, after the first exchange that shows it, a request was given up.

    What was not seen to happen may have happened while nobody answered. Around a restart, where
    nobody answers for a while anyway, nothing is doubted.
    """
    if isinstance(judgement, Judged) and not judgement.held:
        first = min((one.number for one in judgement.shown_by), default=0)
        for given_up in send.unanswered:
            if given_up.number > first:
                return Missing(f"{IN_DOUBT}: {given_up.line}", (*judgement.shown_by, given_up))
    return judgement


def _of_the_transport(exchange: Exchange, send: Client) -> bool:
    rule = send.contract.operations.get(exchange.operation_id or "")
    return exchange.status == BUSY or of_the_transport(exchange, rule)


def _lost(send: Client) -> Missing:
    return Missing(f"the answer to a write was lost: {send.lost[0].line}", tuple(send.lost[:1]))
