"""The views that are files, each made from the report model alone."""

from collections.abc import Callable, Mapping
from typing import Final

from conformance.reports.junit import junit
from conformance.reports.model import Report
from conformance.reports.page import page
from conformance.reports.sarif import sarif
from conformance.reports.summary import summary

VIEWS: Final[Mapping[str, Callable[[Report], str]]] = {
    "junit.xml": junit,
    "summary.md": summary,
    "report.sarif": sarif,
    "report.html": page,
}
