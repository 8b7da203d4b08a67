"""`ackproof verify-report` and `ackproof rejudge`: hold stored evidence against its report."""

from pathlib import Path

from rich.console import Console
from rich.text import Text

from conformance.contract import load_contract
from conformance.evidence.rejudging import Changed, rejudge
from conformance.evidence.verification import verify
from conformance.judge import Exit
from conformance.reports.counted import counted
from conformance.reports.hanging import print_hanging
from conformance.reports.printable import printable
from conformance.versions import kit_version


def verify_report(folder: Path) -> int:
    """Say whether a report is what its evidence says, name each difference, return the code."""
    console = Console()
    verified = verify(folder, load_contract(), kit_version())
    for difference in verified.differences:
        print_hanging(console, Text("  differs    ", "bold red"), printable(difference))
    exchanges = counted(verified.exchanges, "exchange")
    judged = f"{counted(verified.verdicts, 'verdict')} from {exchanges}"
    if verified.differences:
        count = counted(len(verified.differences), "difference")
        console.print(Text(f"{count}: the report is not what the evidence says ({judged})"))
        return Exit.FAILED
    console.print(Text(f"the report is what the evidence says: {judged}"))
    return Exit.FINE


def rejudge_report(folder: Path) -> int:
    """Print which verdicts of a stored run are others now, and return the exit code."""
    console = Console()
    judged = rejudge(folder, load_contract(), kit_version())
    for note in judged.notes:
        print_hanging(console, Text("  note       ", "dim"), printable(note))
    for one in judged.changed:
        print_hanging(console, Text("  changed    ", "bold red"), printable(_told(one)))
    total = counted(judged.verdicts, "verdict")
    console.print(Text(f"{len(judged.changed)} of {total} changed"))
    return Exit.FAILED if judged.changed else Exit.FINE


def _told(changed: Changed) -> str:
    if changed.after is None:
        return f"{changed.requirement} {changed.before} → no such requirement in this contract"
    line = f"{changed.requirement} {changed.before} → {changed.after.outcome}"
    if changed.after.findings:
        first = changed.after.findings[0]
        places = ", ".join(str(one.number) for one in first.exchanges)
        return f"{line}: expected {first.expected}, met {first.actual} (exchange {places})"
    return f"{line}: {changed.after.reasons[0]}" if changed.after.reasons else line
