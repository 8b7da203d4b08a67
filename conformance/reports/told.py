"""A verdict as plain text, in the words of the console."""

import io
from dataclasses import replace
from typing import Final

from rich.console import Console

from conformance.reports.findings import print_findings, print_verdict
from conformance.reports.model import ShownWaivers
from conformance.reports.printable import printable_lines
from conformance.reports.shown_findings import ShownExchange, ShownVerdict
from conformance.reports.waivers import print_waivers

WIDTH: Final = 100
LONGEST_CURL: Final = 2000


def told(verdict: ShownVerdict) -> str:
    """Tell a verdict as the console does: the first findings of each sort, or the reasons.

    Any text of the server in it is cut and free of control characters. Curl lines that are too
    long to be read are named by their length.
    """
    console = _plain()
    if verdict.findings:
        print_findings(console, [_with_short_curls(verdict)])
    else:
        print_verdict(console, verdict)
    return _text(console)


def told_of(waivers: ShownWaivers) -> str:
    """Tell what has become of the waivers file as the console does."""
    console = _plain()
    print_waivers(console, waivers)
    return _text(console)


def _plain() -> Console:
    return Console(file=io.StringIO(), width=WIDTH, color_system=None, force_terminal=False)


def _text(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)  # noqa: S101  # for the type checker
    return printable_lines(console.file.getvalue().strip("\n"))


def curl_or_its_length(exchange: ShownExchange, longest: int = LONGEST_CURL) -> str:
    """Return the curl line, or where to find it if it is too long."""
    length = len(exchange.curl)
    return exchange.curl if length <= longest else f"(a curl line of {length} characters)"


def _with_short_curls(verdict: ShownVerdict) -> ShownVerdict:
    findings = tuple(
        replace(
            finding,
            exchanges=tuple(
                replace(exchange, curl=curl_or_its_length(exchange))
                for exchange in finding.exchanges
            ),
        )
        for finding in verdict.findings
    )
    return replace(verdict, findings=findings)
