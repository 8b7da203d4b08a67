"""A run of the judge, and what has become of it."""

import json
from collections.abc import Mapping
from typing import Final

from conformance.ci.annotations import annotations
from conformance.ci.inputs import Inputs
from conformance.ci.outcome import Outcome
from conformance.ci.process import ended, told
from conformance.embedded import EMBEDDED_SERVER
from conformance.judge import Exit
from conformance.reports.report_file import NAME

SUMMARY: Final = "summary.md"
NO_TARGET: Final = (
    "Nothing named a server, so that the kit judged the one that it brings along, and not yours: "
    "give a target file, or a URL among the arguments."
)


def judged(inputs: Inputs, environment: Mapping[str, str]) -> Outcome:
    """Run the kit, and read the report that this run wrote; one of an earlier run is none."""
    path = inputs.folder / NAME
    code, unwritten = ended(inputs, (), environment, path)
    if unwritten:
        return unwritten
    report = json.loads(path.read_text("utf-8"))
    if report["target"]["described_by"] == EMBEDDED_SERVER:
        return told(inputs, Exit.USAGE, NO_TARGET)
    summary = (inputs.folder / SUMMARY).read_text("utf-8")
    return Outcome(code, report["meaning"], annotations=tuple(annotations(report)), summary=summary)
