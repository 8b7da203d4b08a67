"""`ackproof plan --export`: what proves each requirement, as data for whoever compares versions."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from conformance.checks import Check
from conformance.contract import Contract, Requirement, load_contract
from conformance.embedded import listed_faults
from conformance.invariants import INVARIANTS
from conformance.reports import report_file, whole_files
from conformance.scenarios import SCENARIOS
from conformance.versions import kit_version

VERSION: Final = 1


def export_plan(file: Path) -> int:
    """Write what proves each requirement of the catalogue.

    Raises:
        ReportUnwritable: the file cannot be written.
        ServerNotStarted: the reference server does not list its faults.

    """
    report_file.prepare(file.parent, file.name)
    whole_files.replace(file, exported(load_contract()).encode())
    return 0


def exported(contract: Contract) -> str:
    """Return the text of the export, equal for equal contracts and kits.

    Raises:
        ServerNotStarted: the reference server does not list its faults.

    """
    faults = listed_faults()
    content = {
        "plan_version": VERSION,
        "kit": kit_version(),
        "contract": {"version": contract.version, "hash": contract.hash},
        "requirements": {
            one.id: _requirement(one, faults) for one in contract.requirements.values()
        },
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _requirement(requirement: Requirement, faults: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "level": requirement.level,
        "profiles": list(requirement.profiles),
        "operations": list(requirement.operations),
        "planned": requirement.planned,
        "scenarios": _names(SCENARIOS, requirement.id),
        "invariants": _names(INVARIANTS, requirement.id),
        "faults": sorted(one["name"] for one in faults if requirement.id in one["breaks"]),
    }


def _names(checks: Sequence[Check], requirement: str) -> list[str]:
    return sorted(one.name for one in checks if one.requirement == requirement)
