"""The report as files: report.json, and beside it every view that is a file."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from conformance.reports.model import Report
from conformance.reports.views import VIEWS
from conformance.reports.whole_files import ReportUnwritable, replace_all, told

NAME: Final = "report.json"
NOTHING: Final[Mapping[str, bytes]] = {}


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
            f"The report folder {folder} cannot be written to: {problem.strerror}. "
            "Name another one."
        ) from problem
    for name in names or (NAME, *VIEWS):
        if (folder / name).is_dir():
            raise ReportUnwritable(
                f"The report cannot be written: {folder / name} is a folder. Name another place."
            )


def clear(folder: Path, *beside: str) -> None:
    """Take away the report of an earlier run, so that nobody takes it for that of this one.

    Args:
        folder: where it is.
        beside: files that belong to it.

    Raises:
        ReportUnwritable: it cannot be taken away.

    """
    for name in (NAME, *VIEWS, *beside):
        with told(folder / name):
            (folder / name).unlink(missing_ok=True)


def write(report: Report, folder: Path, beside: Mapping[str, bytes] = NOTHING) -> Path:
    """Write the report, its views and what belongs to it, and return the path of report.json.

    Args:
        report: what to write.
        folder: where to; it exists.
        beside: the content of further files by their names.

    Raises:
        ReportUnwritable: the folder can no longer be written to; then none of them is there.

    """
    text = json.dumps(report.to_dict(), indent=2, ensure_ascii=False) + "\n"
    texts = {name: view(report) for name, view in VIEWS.items()} | {NAME: text}
    encoded = {name: one.encode(errors="backslashreplace") for name, one in texts.items()}
    replace_all({folder / name: content for name, content in (dict(beside) | encoded).items()})
    return folder / NAME
