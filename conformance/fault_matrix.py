"""`ackproof faults`: judge the reference server once for each of its faults."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from conformance.contract import Contract, load_contract
from conformance.embedded import Embedded, embedded_server, listed_faults
from conformance.judge import Exit, Verdict
from conformance.preflight import TargetUnusable
from conformance.reports import report_file, whole_files
from conformance.reports.counted import counted
from conformance.reports.printable import printable
from conformance.run_result import RunResult
from conformance.scopes import (
    ACROSS_A_RESTART,
    RED,
    Listed,
    chosen,
    judged_alone,
    judged_in,
    side_by_side,
)

HONEST_SCOPE: Final = "fault-free"
LAG: Final = ("--lag", "50")  # a busy machine must still meet what lives only in the lag


@dataclass(frozen=True, slots=True)
class Row:
    """What judging one fault showed.

    Attributes:
        breaks: ids that must turn red.
        missed: those of them that did not, each with its outcome.
        undeclared: ids that turned red though the fault declares neither to break them nor to be
            their neighbour, each with its outcome.
        unverified: further ids that the fault kept from being judged.
        error: why the run could not be made; "" if it could.

    """

    fault: str
    breaks: tuple[str, ...]
    missed: Mapping[str, str]
    undeclared: Mapping[str, str]
    unverified: tuple[str, ...]
    error: str = ""

    @property
    def caught(self) -> bool:
        """Whether every id that it breaks turned red."""
        return not self.missed and not self.error


def run_matrix(names: Sequence[str], file: Path | None, *, full: bool) -> int:
    """Judge each fault in its own scope of one server, and print a line for each.

    Args:
        names: of the faults; none means all of them.
        file: where the matrix goes as JSON.
        full: judge the profiles whole and allow no undeclared red; otherwise judge only what
            each fault says that it breaks.

    Returns:
        0 if every fault is caught, none has an undeclared neighbour and the honest scope is clean.

    Raises:
        UnknownName: there is no fault of one of the names.

    """
    contract = load_contract()
    if file is not None:
        report_file.prepare(file.parent, file.name)
    faults = chosen("fault", listed_faults(), names)
    console = Console()
    rows: list[Row] = []
    with embedded_server("--scoped-faults", *LAG, scope="fault-*") as served:
        honest = _honest(contract, served)
        console.print(_line(honest, full=full))

        def judged(fault: Listed) -> Row:
            only = () if full else tuple(fault["breaks"])
            if ACROSS_A_RESTART & {*fault["breaks"]}:
                alone = ("--fault", fault["name"], *LAG)
                return _row(fault, lambda: judged_alone(contract, alone, only))
            scope = f"fault-{fault['name']}"
            return _row(fault, lambda: judged_in(contract, served, scope, only))

        for row in side_by_side(judged, faults):
            console.print(_line(row, full=full), soft_wrap=True)
            rows.append(row)
    if file is not None:
        content = {"full": full, "honest": asdict(honest), "faults": [asdict(row) for row in rows]}
        whole_files.replace(file, f"{json.dumps(content, indent=2)}\n".encode())
    return _closed(console, honest, rows)


def _honest(contract: Contract, served: Embedded) -> Row:
    """Judge a scope without a fault; whatever turns red there is undeclared."""
    none = {"name": "no fault", "breaks": [], "also": []}
    return _row(none, lambda: judged_in(contract, served, HONEST_SCOPE))


def _row(fault: Mapping[str, Any], judged: Callable[[], RunResult]) -> Row:
    breaks = tuple(fault["breaks"])
    try:
        result = judged()
    except TargetUnusable as problem:
        return Row(fault["name"], breaks, {}, {}, (), str(problem))
    outcomes = {verdict.requirement.id: verdict.outcome for verdict in result.verdicts}
    declared = {*breaks, *fault["also"]}
    return Row(
        fault["name"],
        breaks,
        {one: outcomes.get(one, "not judged") for one in breaks if not _broken(one, result)},
        {one: word for one, word in outcomes.items() if word in RED and one not in declared},
        tuple(
            one for one, word in outcomes.items() if word == "not_verified" and one not in declared
        ),
    )


def _broken(requirement: str, result: RunResult) -> bool:
    return any(_caught(verdict, requirement) for verdict in result.verdicts)


def _caught(verdict: Verdict, requirement: str) -> bool:
    return verdict.requirement.id == requirement and verdict.outcome in {"fail", "warn"}


def _line(row: Row, *, full: bool) -> Text:
    state = "caught" if row.caught else "MISSED"
    words = [f"{state:7} {row.fault}: {', '.join(row.breaks)}"]
    if not row.breaks:
        words = [f"{'red' if row.undeclared else 'clean':7} {row.fault}"]
    if row.missed:
        words.append("missed " + _spelt(row.missed))
    if row.undeclared:
        words.append("undeclared " + _spelt(row.undeclared))
    if row.unverified and full:
        words.append("not verified " + ", ".join(row.unverified))
    if row.error:
        words.append(row.error)
    fine = row.caught and not row.undeclared
    return Text(printable("; ".join(words)), "" if fine else "bold red")


def _spelt(outcomes: Mapping[str, str]) -> str:
    return ", ".join(f"{one} ({outcome})" for one, outcome in outcomes.items())


def _closed(console: Console, honest: Row, rows: Sequence[Row]) -> int:
    caught = sum(row.caught for row in rows)
    spread = sum(bool(row.undeclared) for row in rows)
    clean = not honest.undeclared and not honest.unverified and not honest.error
    console.print()
    console.print(
        Text(
            f"{counted(len(rows), 'fault')}: {caught} caught, {len(rows) - caught} missed, "
            f"{spread} with undeclared red; without a fault "
            f"{'everything holds' if clean else 'something is red or not verified'}",
            "bold",
        )
    )
    if not rows:
        return Exit.NOTHING_RAN
    return Exit.FINE if clean and caught == len(rows) and not spread else Exit.FAILED
