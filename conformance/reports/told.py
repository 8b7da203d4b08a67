"""A verdict as plain text, in the words of the console."""

import io
from dataclasses import replace
from typing import Final

from rich.console import Console

from conformance.reports.findings import print_findings, print_verdict
from conformance.reports.model import ShownExchange, ShownVerdict
from conformance.reports.printable import printable_lines

WIDTH: Final = 100
LONGEST_CURL: Final = 2000


def told(verdict: ShownVerdict) -> str:
    """Tell a verdict as the console does: the first findings of each sort, or the reasons.

    Any text of the server in it is cut and free of control characters. Curl lines that are too
    long to be read are named by their length.
    """
    out = io.StringIO()
    console = Console(file=out, width=WIDTH, color_system=None, force_terminal=False)
    if verdict.findings:
        print_findings(console, [_with_short_curls(verdict)])
    else:
        print_verdict(console, verdict)
    return printable_lines(out.getvalue().strip("\n"))


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
