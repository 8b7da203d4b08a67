"""The waivers file for people: what holds, what is in trouble, what the run left alone."""

from rich.console import Console
from rich.text import Text

from conformance.reports.counted import counted
from conformance.reports.findings import print_field
from conformance.reports.hanging import print_hanging
from conformance.reports.model import ShownWaiver, ShownWaivers
from conformance.reports.printable import printable


def print_waivers(console: Console, waivers: ShownWaivers) -> None:
    """Print each entry that holds or is in trouble; what was left alone is counted."""
    console.print()
    title = f"{printable(waivers.file)} on {waivers.today}: "
    print_hanging(console, Text(title, "bold"), _counts(waivers.entries))
    troubled = [one for one in waivers.entries if one.trouble]
    for one in troubled + [one for one in waivers.entries if one.state == "used"]:
        _print_entry(console, one)
    left = [one.requirement for one in waivers.entries if one.state == "left_alone"]
    if left:
        print_field(console, "left alone", ", ".join(dict.fromkeys(left)))
        print_field(console, "why", "this run did not select or judge them, or does not score them")


def _counts(entries: tuple[ShownWaiver, ...]) -> str:
    troubled = sum(one.trouble for one in entries)
    used = sum(one.state == "used" for one in entries)
    return f"{counted(len(entries), 'waiver')}, {used} used, {troubled} in trouble"


def _print_entry(console: Console, one: ShownWaiver) -> None:
    state = "waived" if one.state == "used" else one.state
    style = "bold red" if one.trouble else "yellow"
    head = Text("  ").append(f"{state:<11}", style)
    print_hanging(console, head, f"{one.requirement} {one.fingerprint} until {one.expires}")
    if one.trouble:
        print_field(console, "", one.why)
    print_field(console, "", f"{one.owner}: {one.reason} {one.issue}")
