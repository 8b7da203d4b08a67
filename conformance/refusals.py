"""A write that must be refused for its one fault, at once or once it was accepted."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from conformance import expect
from conformance.checks import Judgement, Missing
from conformance.exchange import Exchange
from conformance.history import TRANSPORT, not_offered

if TYPE_CHECKING:
    from conformance.api import Api

REFUSALS: Final = (400, 409, 422)


def ends_refused(  # noqa: PLR0913
    api: "Api",
    twin: Exchange,
    asked: Exchange,
    codes: Collection[str],
    what: str,
    *,
    statuses: Collection[int] = REFUSALS,
) -> Judgement:
    """Judge that a write is refused for its one fault, at once or once it was accepted.

    Args:
        api: follows the write where it was accepted.
        twin: the same write without the fault.
        asked: the write with the fault.
        codes: those that the contract allows, now or later.
        what: the fault, in a few words.
        statuses: those that the contract allows for a refusal at once.

    """
    if not_offered(asked):
        return expect.branch("not_offered", asked)
    if asked.response is None or asked.status in TRANSPORT:
        return Missing(f"the transport answered: {asked.line}", (asked,))
    if not asked.ok:
        return expect.refused_unlike(twin, asked, statuses, codes, what)
    code = api.refusal_of(asked)
    if code == "OPERATION_TIMED_OUT":
        return Missing(f"{what}: what became of it is unknown: {asked.line}", (asked,))
    expected = f"{what}: refused, or failed with {' or '.join(codes)}"
    settled = api.verdict_of(asked)
    met = code or f"accepted, then {settled.ending}"
    return expect.that(code in codes, expected, met, twin, asked, settled.last, twin=twin)
