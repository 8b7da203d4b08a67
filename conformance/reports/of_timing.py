"""The waits of a run as a report shows them: how long was allowed, and how long it took."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import UTC
from typing import TYPE_CHECKING, Final, get_args

from conformance.pace import CAPS, is_above_cap
from conformance.reports.shown_timing import ShownSetting, ShownSpread, ShownTiming, ShownWaits
from conformance.waits import Kind, spread, waits_of

if TYPE_CHECKING:
    from conformance.run_result import RunResult

DIGITS: Final = 4


def shown_timing(run: "RunResult") -> ShownTiming:
    """Show when a run was, how long it took, and its waits."""
    timing = run.timing
    return ShownTiming(
        timing.started_at.astimezone(UTC).isoformat(timespec="milliseconds"),
        round(timing.seconds, 3),
        timing.longest_wait_scenario,
        round(timing.longest_wait_seconds, 3),
        {
            name: ShownSetting(seconds, CAPS[name], is_above_cap(name, seconds))
            for name, seconds in run.target.waits.items()
        },
        _observed(run),
    )


def _observed(run: "RunResult") -> Mapping[str, ShownWaits]:
    """Return the waits by kind, in the order in which a write meets them."""
    found: dict[str, dict[str | None, list[float]]] = defaultdict(lambda: defaultdict(list))
    for one in waits_of(run.contract, run.target, run.exchanges):
        found[one.kind][one.operation].append(one.seconds)
    return {kind: _waits(found[kind]) for kind in get_args(Kind) if kind in found}


def _waits(by_operation: Mapping[str | None, Collection[float]]) -> ShownWaits:
    all_of_them = _spread([one for those in by_operation.values() for one in those])
    operations = {name: _spread(by_operation[name]) for name in sorted(filter(None, by_operation))}
    return ShownWaits(
        all_of_them.count, all_of_them.p50, all_of_them.p95, all_of_them.max, operations
    )


def _spread(seconds: Collection[float]) -> ShownSpread:
    one = spread(seconds)
    return ShownSpread(
        one.count, *(round(value, DIGITS) for value in (one.p50, one.p95, one.longest))
    )
