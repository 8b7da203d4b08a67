"""Traces made by hand, judged by the invariants."""

from conformance.checks import Judgement
from conformance.contract import Contract
from conformance.exchange import Exchange
from conformance.fold import Histories
from conformance.invariants import INVARIANTS
from conformance.target import Target


def said_of(
    contract: Contract, target: Target, requirement: str, trace: tuple[Exchange, ...]
) -> list[Judgement]:
    """Return everything that the invariants of one requirement say of a trace."""
    histories = Histories(contract, target)
    for exchange in trace:
        histories.take(exchange)
    return [
        judgement
        for one in INVARIANTS
        if one.requirement == requirement
        for history in histories.of(one.over)
        for judgement in one.rule(history)
    ]
