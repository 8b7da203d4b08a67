"""What waivers say for the findings that they excuse."""

from collections.abc import Mapping

from conformance.reports.model import Report
from conformance.reports.shown_findings import ShownVerdict

Reasons = Mapping[tuple[str, str], str]


def reasons_of(report: Report) -> Reasons:
    """Return the reason of each waiver that is used, by its requirement and fingerprint."""
    return {
        (one.requirement, one.fingerprint): (
            f"{one.reason} ({one.owner}, {one.issue}, until {one.expires})"
        )
        for one in (report.waivers.entries if report.waivers else ())
        if one.state == "used"
    }


def excuse_of(verdict: ShownVerdict, reasons: Reasons) -> str:
    """Say why a waived requirement may stay broken."""
    said = (reasons[verdict.id, one] for one in verdict.fingerprints)
    return "; ".join(dict.fromkeys(said))
