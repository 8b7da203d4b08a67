"""The review for people at a terminal: verdict, version, counts, then the changes, worst first."""

import io
from typing import Final

from rich.console import Console
from rich.text import Text

from conformance.reports.counted import counted
from conformance.reports.hanging import print_hanging
from conformance.reports.printable import printable
from conformance.review.changes import Review, SideTold
from conformance.review.views import words
from conformance.review.views.inside import fields_of
from conformance.review.views.told import LABELS, Shown, Told, told_of

WIDTH: Final = 80
IN_A_LINE: Final = frozenset({"other", "not-judged"})
STYLES: Final = {"ready": "bold green", "unchanged": "bold green", "not-ready": "bold red"}
GROUP_STYLES: Final = {"weakened": "bold red", "breaks": "bold red", "may-break": "bold yellow"}


def text(review: Review) -> str:
    """Return what a console of 80 columns without colours shows."""
    file = io.StringIO()
    print_review(Console(file=file, width=WIDTH, force_terminal=False, no_color=True), review)
    return file.getvalue()


def print_review(console: Console, review: Review) -> None:
    """Print a whole review, in colours where the console has some."""
    told = told_of(review)
    print_hanging(console, Text("Contract review: ", STYLES[told.word]), printable(told.verdict))
    _field(console, "base", _side(review.base))
    _field(console, "head", _side(review.head))
    _field(console, "version", review.version.sentence)
    _print_policy(console, review, told)
    for notice in review.notices:
        _field(console, "note", notice)
    if review.changes:
        _print_counts(console, review, told)
    for name, shown in told.groups.items():
        console.print()
        console.print(Text(told.heading(name), GROUP_STYLES.get(name, "bold")))
        _print_group(console, name, shown)
    if any(one.violates for one in told.shown):
        console.print()
        _field(
            console, "to approve", "--print-approvals gives ready entries for spec-approvals.yaml"
        )


def _side(side: SideTold) -> str:
    version = f"version {side.version}" if side.version else "no version"
    operations = counted(side.operations, "operation")
    return f"{side.name}: {version}, OpenAPI {side.openapi}, {operations}"


def _print_policy(console: Console, review: Review, told: Told) -> None:
    numbers = {one.fingerprint: one.number for one in told.shown}
    for violation in review.violations:
        found = [numbers[one] for one in violation.fingerprints if one in numbers]
        which = f", {words.numbers_told(found)}" if found else ""
        _field(console, "policy", f"{violation.sentence} ({violation.clause}{which})")
    for one in review.bad_approvals:
        _field(console, one.problem, one.sentence)


def _print_counts(console: Console, review: Review, told: Told) -> None:
    shown = list(told.shown)
    console.print()
    console.print(Text(f"  {'changes':<26}{'open':>5}{'approved':>10}", "dim"))
    for label, (title, _) in LABELS.items():
        count = told.counts[label]
        detail = printable(words.detail_of(label, review, shown))
        gap = "  " if detail else ""
        head = Text(f"  {title:<26}{count.open:>5}{count.approved:>10}{gap}")
        print_hanging(console, head, detail)
    every = told.counts["changes"]
    console.print(Text(f"  {'all changes':<26}{every.open:>5}{every.approved:>10}"))
    console.print(Text("  A change has one cause and may count in several rows.", "dim"))


def _print_group(console: Console, name: str, shown: tuple[Shown, ...]) -> None:
    for one in shown:
        if name in IN_A_LINE:
            _print_line(console, one)
        else:
            _print_change(console, one)


def _print_line(console: Console, shown: Shown) -> None:
    change = shown.change
    where = change.pointer if not change.judged else words.places_told(change)
    head = Text(f"{shown.number:>3}. ")
    against = f", forbidden by {', '.join(shown.violates)}" if shown.violates else ""
    print_hanging(console, head, printable(f"{change.what} [{change.rule}]{against}"))
    print_hanging(console, Text("     "), printable(where))


def _print_change(console: Console, shown: Shown) -> None:
    change = shown.change
    print_hanging(console, Text(f"{shown.number:>3}. ", "bold"), printable(change.what))
    if change.means:
        print_hanging(console, Text("     "), printable(change.means))
    told = ""
    for label, value in fields_of(shown):
        name = "" if label == told else label
        print_hanging(console, Text(f"     {name:<13}", "dim"), value)
        told = label


def _field(console: Console, label: str, value: str) -> None:
    print_hanging(console, Text(f"  {label:<11}", "dim"), printable(value))
