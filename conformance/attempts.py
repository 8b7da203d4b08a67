"""Perform a scenario, and perform it anew where the answer to one of its writes was lost."""

import traceback
from collections.abc import Callable, Sequence
from typing import Final

from conformance.api import Api
from conformance.checks import Judged, Judgement, Missing, OtherBranch, Scenario, Unverified
from conformance.client import Client
from conformance.exchange import Exchange
from conformance.gateways import of_the_transport
from conformance.history import BUSY, not_offered
from conformance.judge import Broke, Heard

TRIES: Final = 3


def performed(scenario: Scenario, arranged: Callable[[], Api]) -> Heard:
    """Run a scenario and return whatever it says or raises.

    A write that was done without an answer makes whatever the script counts afterwards wrong, so
    that only an attempt without one is believed; the last attempt is, where it blames nobody. One
    that has the target restarted has a single attempt, since others share the restart.

    Args:
        scenario: makes fresh members each time.
        arranged: gives the api of one attempt.

    """
    for attempt in range(1, TRIES + 1):
        api = arranged()
        heard = _attempted(scenario, api, again=attempt > 1)
        timed_out = any("timed out" in (one.error or "") for one in api.send.lost)
        if not api.send.lost or timed_out or scenario.restarts:
            break
    return heard


def _attempted(scenario: Scenario, api: Api, *, again: bool) -> Heard:
    said: list[Judgement] = []
    broke = None
    try:
        if again:
            api.waiting("a fresh attempt, since the answer to a write was lost")
        said.extend(_weighed(judgement, api.send) for judgement in scenario.script(api))
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
        if given_up := _given_up_since(judgement.shown_by, send):
            what = f"a request was given up meanwhile: {given_up.line}"
            return Missing(what, (*judgement.shown_by, given_up))
    return judgement


def _given_up_since(shown_by: Sequence[Exchange], send: Client) -> Exchange | None:
    """Return a request that had no answer after the first of some exchanges; None without one.

    What was not seen to happen may have happened while nobody answered.
    """
    first = min((one.number for one in shown_by), default=0)
    return next((one for one in send.unanswered if one.number > first), None)


def _of_the_transport(exchange: Exchange, send: Client) -> bool:
    rule = send.contract.operations.get(exchange.operation_id or "")
    return exchange.status == BUSY or of_the_transport(exchange, rule)


def _lost(send: Client) -> Missing:
    return Missing(f"the answer to a write was lost: {send.lost[0].line}", tuple(send.lost[:1]))
