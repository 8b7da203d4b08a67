"""The report as files: report.json, and beside it every view that is a file."""

import json
import os
import tempfile
from pathlib import Path
from typing import Final

from conformance.reports.model import Report
from conformance.reports.views import VIEWS

NAME: Final = "report.json"


class ReportUnwritable(Exception):  # noqa: N818  # the CLI words it
    """The report folder cannot be written to; the message is one sentence."""


def prepare(folder: Path, *names: str) -> None:
    """Make the folder and prove, before anything is judged, that files can be written there.

    Args:
        folder: where to; made if it is not there.
        names: the files; those of a report if none is named.

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
    for name in names or (NAME, *VIEWS):
        if (folder / name).is_dir():
            raise ReportUnwritable(f"The report cannot be written: {folder / name} is a folder.")


def write(report: Report, folder: Path) -> Path:
    """Write the report and its views, each whole or not at all, and return the path of report.json.

    Raises:
        ReportUnwritable: the folder can no longer be written to.

    """
    for name, view in VIEWS.items():
        replace(folder / name, view(report).encode(errors="backslashreplace"))
    text = json.dumps(report.to_dict(), indent=2, ensure_ascii=False) + "\n"
    return replace(folder / NAME, text.encode(errors="backslashreplace"))


def replace(path: Path, content: bytes) -> Path:
    """Write a file whole or not at all, and return its path.

    Raises:
        ReportUnwritable: the folder can no longer be written to.

    """
    unfinished = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".report-", suffix=path.suffix)
        unfinished = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        unfinished.chmod(0o644)
        unfinished.replace(path)
    except OSError as problem:
        if unfinished:
            unfinished.unlink(missing_ok=True)
        raise ReportUnwritable(f"{path} cannot be written: {problem.strerror}.") from problem
    return path
