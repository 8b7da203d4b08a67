"""`ackproof variants`: judge the reference server in each legitimate way of behaving."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from conformance.contract import Contract, load_contract
from conformance.embedded import Embedded, embedded_server, listed_variants
from conformance.judge import Exit, Verdict
from conformance.preflight import TargetUnusable
from conformance.reports import report_file, whole_files
from conformance.reports.counted import counted
from conformance.reports.printable import printable
from conformance.scopes import (
    RED,
    Listed,
    UnknownName,
    chosen,
    judged_alone,
    judged_in,
    side_by_side,
)

PREFIX: Final = ("--path-prefix", "/gateway/v1")  # what URLs must carry is seen only behind one
SERVED: Final = ("--scoped-variants", *PREFIX)
FLAGS: Final = {"concurrency": 12}  # a lag of seconds is waited for, not computed


@dataclass(frozen=True, slots=True)
class Row:
    """What judging one variant, or several at once, showed.

    Attributes:
        variant: its name, or several with a + between.
        outcomes: how many requirements had each outcome.
        red: each finding or error of the kit, by id: the outcome and what was met.
        unverified: ids that the variant kept from being judged.
        seconds: how long the run took.
        error: why the run could not be made; "" if it could.

    """

    variant: str
    outcomes: Mapping[str, int]
    red: Mapping[str, str]
    unverified: tuple[str, ...]
    seconds: float
    error: str = ""

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not self.red and not self.error


def run_variants(names: Sequence[str], file: Path | None, *, pairs: bool) -> int:
    """Judge each variant in its own scope of one server, and print a line for each.

    Args:
        names: of the variants, several at once with a + between; none means all of them.
        file: where the matrix goes as JSON.
        pairs: judge each two that can go together; without names, of those that are for pairing.

    Returns:
        0 if nothing is found in any.

    Raises:
        UnknownName: there is no variant of one of the names, or two of them exclude each other.

    """
    contract = load_contract()
    if file is not None:
        report_file.prepare(file.parent, file.name)
    listed = listed_variants()
    if pairs:
        singles = chosen("variant", listed, names)
        variants = list(_pairs(singles if names else [one for one in singles if one["paired"]]))
    else:
        variants = [_together(listed, name) for name in names] or listed
    console = Console()
    rows: list[Row] = []
    with embedded_server(*SERVED, scope="variant-*") as served:
        for row in side_by_side(lambda one: _row(contract, served, one), variants):
            console.print(_line(row), soft_wrap=True)
            rows.append(row)
    if file is not None:
        content = {"pairs": pairs, "variants": [asdict(row) for row in rows]}
        whole_files.replace(file, f"{json.dumps(content, indent=2)}\n".encode())
    return _closed(console, rows)


def _together(listed: Sequence[Listed], name: str) -> Listed:
    """Return one or several variants as one, in the order given."""
    parts = chosen("variant", listed, name.split("+"))
    excluded = {other for one in parts for other in one["excludes"]}
    clash = [one["name"] for one in parts if one["name"] in excluded]
    if clash:
        raise UnknownName(f"{' and '.join(clash)} exclude each other.")
    restarts = any(one["restarts"] for one in parts)
    return {"name": name, "kind": _kind_of(*parts), "restarts": restarts}


def _kind_of(*variants: Listed) -> str | None:
    return next((one["kind"] for one in variants if one["kind"]), None)


def _pairs(variants: Sequence[Listed]) -> Iterator[Listed]:
    for one, other in combinations(variants, 2):
        if other["name"] not in one["excludes"]:
            yield _together(variants, f"{one['name']}+{other['name']}")


def _row(contract: Contract, served: Embedded, variant: Mapping[str, Any]) -> Row:
    name, kind = variant["name"], variant["kind"]
    flags = FLAGS | ({"kinds": [kind]} if kind else {})
    try:
        if variant["restarts"]:
            parts = [word for one in name.split("+") for word in ("--variant", one)]
            result = judged_alone(contract, (*PREFIX, *parts), flags=flags)
        else:
            result = judged_in(contract, served, f"variant-{name}", flags=flags)
    except TargetUnusable as problem:
        return Row(name, {}, {}, (), 0.0, str(problem))
    verdicts = result.verdicts
    return Row(
        name,
        dict(Counter(one.outcome for one in verdicts)),
        {one.requirement.id: _met(one) for one in verdicts if one.outcome in RED},
        tuple(one.requirement.id for one in verdicts if one.outcome == "not_verified"),
        round(result.timing.seconds, 1),
    )


def _met(verdict: Verdict) -> str:
    """Say what was met, or how the kit erred, in a line."""
    if verdict.findings:
        first = verdict.findings[0]
        return f"{verdict.outcome}: {first.check} expected {first.expected}, met {first.actual}"
    last = verdict.reasons[-1].strip().rpartition("\n")[2] if verdict.reasons else ""
    return f"{verdict.outcome}: {last}"


def _line(row: Row) -> Text:
    words = [f"{'clean' if row.clean else 'RED':7} {row.variant}: {_counts(row)}"]
    words += [f"\n        {one} {met}" for one, met in row.red.items()]
    if row.unverified:
        words.append(f"; not verified {', '.join(row.unverified)}")
    if row.error:
        words.append(f"; {row.error}")
    lines = "".join(words).split("\n")
    return Text("\n".join(map(printable, lines)), "" if row.clean else "bold red")


def _counts(row: Row) -> str:
    named = (f"{number} {outcome.replace('_', ' ')}" for outcome, number in row.outcomes.items())
    return f"{', '.join(named)} in {row.seconds:.1f} s"


def _closed(console: Console, rows: Sequence[Row]) -> int:
    found = sum(not row.clean for row in rows)
    told = f"{counted(len(rows), 'legitimate server')}: {found} with a finding"
    console.print(Text(f"\n{told}", "bold"))
    if not rows:
        return Exit.NOTHING_RAN
    return Exit.FAILED if found else Exit.FINE
