"""The waivers of a run as a report shows them."""

from datetime import UTC
from typing import TYPE_CHECKING

from conformance.reports.model import ShownWaiver, ShownWaivers
from conformance.waivers import Waivers, WeighedWaiver

if TYPE_CHECKING:
    from conformance.run_result import RunResult


def waivers_of(run: "RunResult") -> Waivers:
    """Return the entries of the target's waivers file, as of the day that the run began."""
    today = run.timing.started_at.astimezone(UTC).date()
    return Waivers(run.target.waivers, today, run.target.masked)


def weighed_in(run: "RunResult", waivers: Waivers) -> tuple[WeighedWaiver, ...]:
    """Weigh each entry against the run."""
    judged = [one.requirement.id for one in run.verdicts]
    thin = {one for one in judged if run.interrupted or run.plan.is_thin(one)}
    return waivers.weighed(run.verdicts, run.contract.requirements, thin)


def shown_waivers(run: "RunResult", waivers: Waivers) -> ShownWaivers | None:
    """Show the waivers file; None if the target has none."""
    if run.target.waivers_file is None:
        return None
    entries = tuple(_shown(one, waivers) for one in weighed_in(run, waivers))
    return ShownWaivers(run.target.waivers_file, waivers.today.isoformat(), entries)


def _shown(weighed: WeighedWaiver, waivers: Waivers) -> ShownWaiver:
    waiver, text = weighed.waiver, waivers.masked
    return ShownWaiver(
        requirement=waiver.requirement,
        fingerprint=waiver.fingerprint,
        reason=text(waiver.reason),
        issue=text(waiver.issue),
        owner=text(waiver.owner),
        expires=waiver.expires.isoformat(),
        state=weighed.state,
        why=text(weighed.why),
        trouble=weighed.is_trouble,
    )
