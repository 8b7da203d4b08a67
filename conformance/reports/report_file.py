"""report.json: the report as data."""

import json
import os
import tempfile
from pathlib import Path
from typing import Final

from conformance.reports.model import Report

NAME: Final = "report.json"


class ReportUnwritable(Exception):  # noqa: N818  # the CLI words it
    """The report folder cannot be written to; the message is one sentence."""


def prepare(folder: Path, name: str = NAME) -> None:
    """Make the folder and prove, before anything is judged, that a file can be written there.

    Raises:
        ReportUnwritable: it cannot.

    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as problem:
        raise ReportUnwritable(
            f"The report folder {folder} cannot be written to: {problem.strerror}."
        ) from problem
    if (folder / name).is_dir():
        raise ReportUnwritable(f"The report cannot be written: {folder / name} is a folder.")


def write(report: Report, folder: Path) -> Path:
    """Write the report whole or not at all, and return its path.

    Raises:
        ReportUnwritable: the folder can no longer be written to.

    """
    text = json.dumps(report.to_dict(), indent=2, ensure_ascii=False) + "\n"
    return replace(folder / NAME, text.encode(errors="backslashreplace"))


def replace(path: Path, content: bytes) -> Path:
    """Write a file whole or not at all, and return its path.

    Raises:
        ReportUnwritable: the folder can no longer be written to.

    """
    try:
        handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".report-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(unfinished).chmod(0o644)
            Path(unfinished).replace(path)
        finally:
            Path(unfinished).unlink(missing_ok=True)
    except OSError as problem:
        raise ReportUnwritable(f"{path} cannot be written: {problem.strerror}.") from problem
    return path
