"""A review of a contract, and what has become of it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from conformance.ci.base import base_of
from conformance.ci.inputs import Inputs, InputsUnusable
from conformance.ci.outcome import Outcome
from conformance.ci.process import ended

FILES: Final[Mapping[str, str]] = {
    "json": "review.json",
    "html": "review.html",
    "markdown": "review.md",
    "summary": "review-summary.md",
    "junit": "review-junit.xml",
    "sarif": "review.sarif",
    "github": "review-annotations.txt",
}
"""By format, the names of what a review writes into the folder of its report."""


def reviewed(inputs: Inputs, environment: Mapping[str, str]) -> Outcome:
    """Review the contract, and read what this review wrote; what an earlier one wrote is nothing.

    Raises:
        InputsUnusable: the folder cannot be made, or the checkout is not what is to be reviewed.

    """
    base = inputs.base or base_of(environment)
    _make(inputs.folder)
    files = {name: inputs.folder / file for name, file in FILES.items()}
    outs = (f"--out={name}={path}" for name, path in files.items())
    more = (*outs, *((f"--base={base}",) if base else ()))
    code, unwritten = ended(inputs, more, environment, files["json"])
    if unwritten:
        return unwritten
    said = {name: path.read_text("utf-8") for name, path in files.items()}
    report = json.loads(said["json"])
    return Outcome(
        code,
        report["meaning"],
        inputs.task,
        tuple(said["github"].splitlines()),
        said["summary"],
        said["markdown"],
        quiet=report["verdict"] == "unchanged",
    )


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None) or str(problem)
        raise InputsUnusable(f"The folder {folder} of the input report-dir: {why}.") from problem
