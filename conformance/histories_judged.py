"""The end of a run: statuses read once more, and every invariant applied to every history."""

import traceback
from collections.abc import Iterable
from typing import Final

from conformance.checks import Invariant, Judgement, Missing
from conformance.client import Client
from conformance.contract import Contract
from conformance.exchange import Exchange
from conformance.fold import Histories
from conformance.gateways import SAFE
from conformance.history import OperationHistory
from conformance.judge import Broke, Heard
from conformance.modes import NEEDS_WRITES, NOT_SHOWN, READ_ONLY
from conformance.restarting import RESTART
from conformance.scenarios import SCENARIOS
from conformance.target import Target

END: Final = "the_end_of_the_run"
READ_AGAIN: Final = 40
AMID_A_RESTART: Final = {RESTART, *(one.name for one in SCENARIOS if one.restarts)}


def read_again(client: Client, exchanges: Iterable[Exchange]) -> None:
    """Read the statuses of commands from all over a run once more.

    A server that does not answer is left alone.
    Those of another scope are left out: its status may be closed to whoever asks here.
    """
    scope, writes = {"scopeId": client.target.scope}.items(), []
    for one in exchanges:
        told = one.ok and isinstance(one.members.get("statusUrl"), str)
        if told and one.request.method not in SAFE and scope <= one.parameters.items():
            writes.append(one)
    for write in writes[:: max(1, len(writes) // READ_AGAIN)]:
        url = write.members["statusUrl"]
        if client.may_follow(url, write) and client.follow(url, write).response is None:
            return


def judge_histories(
    contract: Contract,
    target: Target,
    invariants: Iterable[Invariant],
    exchanges: Iterable[Exchange],
) -> list[Heard]:
    """Fold exchanges, in order of sending, and return what each invariant says of them.

    Those around a restart are left out: a server that comes up may be behind what it showed.
    """
    histories = Histories(contract, target)
    for exchange in exchanges:
        if exchange.cause not in AMID_A_RESTART:
            histories.take(exchange)
    return [_applied(one, histories) for one in invariants]


def _applied(one: Invariant, histories: Histories) -> Heard:
    said: list[Judgement] = []
    broke = None
    foreign = histories.foreign.values() if one.without_receipt else ()
    try:
        for history in (*histories.of(one.over), *foreign):
            said.extend(one.rule(history))
    except Exception:  # noqa: BLE001  # whatever a check raises is the kit's fault, and said so
        broke = Broke(one.name, traceback.format_exc(limit=-4))
    if not said and histories.target.mode == READ_ONLY:
        of_a_write = one.over is OperationHistory and not one.without_receipt
        said.append(Missing(NEEDS_WRITES if of_a_write else NOT_SHOWN))
    return Heard(one.requirement, one.name, tuple(said), broke)
