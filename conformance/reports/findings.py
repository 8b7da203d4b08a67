"""Findings for people: what was expected, what was met, and the exchanges that show it."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from rich.console import Console
from rich.text import Text

from conformance.reports.counted import counted
from conformance.reports.hanging import print_hanging
from conformance.reports.printable import printable
from conformance.reports.shown_findings import ShownExchange, ShownFinding, ShownVerdict
from conformance.reports.sorts import by_sort
from conformance.reports.telling import telling

FINDINGS_IN_FULL: Final = 3
EXCHANGES_IN_FULL: Final = 3
LONGEST_ANSWER: Final = 300
LOG_IDS: Final = ("x-correlation-id", "x-request-id", "traceparent")
STYLES: Final = {"fail": "bold red", "warn": "yellow", "harness_error": "bold magenta"}
BESIDE_A_TWIN: Final = "the same without the fault, which must be and was accepted"


def print_verdict(console: Console, verdict: ShownVerdict) -> None:
    """Print one verdict that is not a pass: its findings, or why there is none."""
    if verdict.findings:
        _print_requirement(console, verdict, verdict.findings[:FINDINGS_IN_FULL])
        return
    _print_headline(console, verdict)
    for reason in verdict.reasons:
        print_field(console, "why", reason)


def print_findings(console: Console, verdicts: Sequence[ShownVerdict]) -> None:
    """Print what is broken, MUSTs first; what has one cause is told once."""
    verdicts = sorted(verdicts, key=lambda verdict: verdict.outcome != "fail")
    shared = _shared_causes(verdicts)
    told: set[str] = set()
    for verdict in verdicts:
        for cause in dict.fromkeys(finding.cause for finding in verdict.findings):
            if cause in shared and cause not in told:
                told.add(cause)
                _print_cause(console, cause, shared[cause])
        _print_own(console, verdict, set(shared))


def _shared_causes(verdicts: Iterable[ShownVerdict]) -> dict[str, list[ShownVerdict]]:
    """Return the requirements broken by each cause that breaks more than one."""
    broken: dict[str, dict[str, ShownVerdict]] = {}
    for verdict in verdicts:
        for finding in verdict.findings:
            broken.setdefault(finding.cause, {})[verdict.id] = verdict
    return {
        cause: list(those.values()) for cause, those in broken.items() if cause and len(those) > 1
    }


def _print_cause(console: Console, cause: str, broken: Sequence[ShownVerdict]) -> None:
    console.print()
    title = Text(f"one cause, {len(broken)} requirements: ", "bold")
    print_hanging(console, title, printable(cause))
    print_hanging(console, Text("  "), ", ".join(f"{one.id} {one.outcome}" for one in broken))
    first = broken[0]
    finding = next(one for one in first.findings if one.cause == cause)
    _print_requirement(console, first, [finding])


def _print_own(console: Console, verdict: ShownVerdict, shared: Collection[str]) -> None:
    """Print the findings of a requirement that no shared cause explains, one of each sort."""
    own = [finding for finding in verdict.findings if finding.cause not in shared]
    if not own:
        return
    console.print()
    sorts = [alike[0] for alike in by_sort(own)]
    _print_requirement(console, verdict, sorts[:FINDINGS_IN_FULL])
    beyond_the_report = verdict.findings_total - len(verdict.findings)
    left = len(own) - len(sorts[:FINDINGS_IN_FULL]) + beyond_the_report
    if left:
        alike = " like these" if len(sorts) <= FINDINGS_IN_FULL else ""
        more = f"and {counted(left, 'more finding')} of {verdict.id}{alike}"
        kept = f"the first {len(verdict.findings)} of {verdict.findings_total}"
        which = kept if beyond_the_report else f"all {verdict.findings_total}"
        print_hanging(console, Text("  "), f"{more}; {which}: {_places(verdict)}")


def _places(verdict: ShownVerdict) -> str:
    """Count the findings that a report holds by the operation that showed them last."""
    last = [finding.exchanges[-1] for finding in verdict.findings if finding.exchanges]
    places = Counter(one.operation or one.request.method for one in last)
    return ", ".join(f"{number} at {place}" for place, number in places.most_common())


def _print_requirement(
    console: Console, verdict: ShownVerdict, findings: Sequence[ShownFinding]
) -> None:
    _print_headline(console, verdict)
    told: set[int] = set()
    for number, finding in enumerate(findings):
        if number:
            console.print()
        _print_finding(console, finding, told)
    if verdict.why:
        print_field(console, "means", " ".join(verdict.why.split()))


def _print_headline(console: Console, verdict: ShownVerdict) -> None:
    head = Text(f"{verdict.id} {verdict.level}  ")
    head.append(verdict.outcome.replace("_", " "), STYLES.get(verdict.outcome, ""))
    head.append("" if verdict.scored else ", not scored")
    print_hanging(console, head.append("  "), " ".join(verdict.text.split()))


def _print_finding(console: Console, finding: ShownFinding, told: set[int]) -> None:
    print_field(console, "check", finding.check.replace("_", " "))
    print_field(console, "expected", finding.expected)
    print_field(console, "actual", finding.actual)
    for line in finding.differs:
        print_field(console, "differs", line)
    left = len(finding.exchanges) - EXCHANGES_IN_FULL
    if left > 0:
        print_field(console, "", f"{counted(left, 'earlier exchange')} in report.json")
    for exchange in finding.exchanges[-EXCHANGES_IN_FULL:]:
        if exchange.number in told:
            _print_place(console, exchange)
            print_field(console, "", "as above")
        else:
            _print_exchange(console, exchange, answers=not finding.differs)
        told.add(exchange.number)
    waived = " (waived)" if finding.waived else ""
    print_field(console, "fingerprint ", f"{finding.fingerprint}{waived}")


def _print_exchange(console: Console, exchange: ShownExchange, *, answers: bool) -> None:
    _print_place(console, exchange)
    if exchange.role == "twin":
        print_field(console, "", BESIDE_A_TWIN)
    if exchange.violates:
        print_field(console, "", f"sent so on purpose: {exchange.violates}")
    if answers and exchange.response and exchange.response.body:
        print_field(console, "answer", printable(telling(exchange.response.body), LONGEST_ANSWER))
    console.print(Text(f"             {exchange.curl}"), soft_wrap=True)
    if log_id := _log_id(exchange):
        print_field(console, "log id", log_id)


def _log_id(exchange: ShownExchange) -> str:
    """Return the header by which the server's own log knows the exchange; "" without one."""
    headers = exchange.response.headers if exchange.response else {}
    return next((f"{name}: {headers[name]}" for name in LOG_IDS if headers.get(name)), "")


def _print_place(console: Console, exchange: ShownExchange) -> None:
    """Print which exchange it is, never broken into lines: its URL is there to be copied."""
    place = f"{exchange.number} of {exchange.of}, at {exchange.sent:.2f} s"
    line = f"{place}   {printable(exchange.line)}"
    console.print(Text.assemble((f"  {'exchange':<11}", "dim"), line), soft_wrap=True)


def print_field(console: Console, label: str, value: str) -> None:
    """Print a label and, beside it, a value made safe to print."""
    print_hanging(console, Text(f"  {label:<11}", "dim"), printable(value))
