"""Count the planted faults that generated requests find, ours beside stock (`make lane`; Linux).

Each of every SHARE-th fault is served by a process of its own. Against it go, one after the other
and for the same wall time, the generated lane alone and Schemathesis as it is, with all its checks
and stateful phases. Ours has found it where a requirement that the fault breaks turned red, or
Schemathesis found something in our lane; stock where it found what it finds in none of eight runs
against honest servers, each new. Four more such runs tell how often chance alone would count as a
find. The counts go into docs/trust.md.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill
from typing import Any, Final, TypeVar

from bench import ACKPROOF, SERVER, put, served

DOCUMENT: Final = Path(__file__).parent.parent / "docs/trust.md"
SPEC: Final = Path(__file__).parent.parent / "spec/openapi.yaml"
SCHEMATHESIS: Final = str(Path(sys.executable).parent / "schemathesis")
BEGIN: Final = "<!-- lane, written by make lane -->\n"
END: Final = "<!-- end of lane -->\n"
SHARE: Final = 12
AT_ONCE: Final = 2
HONEST_RUNS: Final = 8
CONTROL_RUNS: Final = 4
Sort = tuple[str, str]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Row:
    """A fault, and who found it."""

    fault: str
    seconds: float
    ours: bool
    stock: bool


def listed() -> list[dict[str, Any]]:
    """Give every SHARE-th fault."""
    told = subprocess.run([*SERVER, "--list-faults", "--json"], check=True, capture_output=True)
    faults: list[dict[str, Any]] = json.loads(told.stdout)
    return faults[::SHARE]


def lane(url: str) -> dict[str, Any]:
    """Run the lane alone; return its report."""
    with tempfile.TemporaryDirectory() as folder:
        command = [ACKPROOF, "run", url, "--scope", "s1", "--lane", "generated"]
        subprocess.run([*command, "--report-dir", folder], check=False, stdout=subprocess.DEVNULL)
        report: dict[str, Any] = json.loads((Path(folder) / "report.json").read_text("utf-8"))
    return report


def stock(url: str, seconds: float) -> set[Sort]:
    """Run Schemathesis as it is for so long; return check and operation of what it found."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "events.ndjson"
        command = [SCHEMATHESIS, "run", str(SPEC), "--url", url, "--checks", "all", "--seed", "1"]
        command += ["--continue-on-failure", "--max-time", str(max(1, round(seconds)))]
        command += ["--generation-database", "none", "--report-ndjson-path", str(file)]
        subprocess.run(
            command, check=False, capture_output=True, cwd=folder, timeout=seconds * 4 + 60
        )
        lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return {one for line in lines for one in failures(json.loads(line))}


def failures(node: Any, label: str = "") -> list[Sort]:  # noqa: ANN401  # any JSON value
    """Find each failed check in an event, with the operation that it stands under."""
    if isinstance(node, list):
        return [one for part in node for one in failures(part, label)]
    if not isinstance(node, dict):
        return []
    label = str(node.get("label") or label)
    own = [(str(node["name"]), label)] if node.get("status") == "failure" and "name" in node else []
    return own + [one for part in node.values() for one in failures(part, label)]


def judged(fault: dict[str, Any], known: set[Sort]) -> Row:
    """Let both look for a fault."""
    with served("--fault", fault["name"], "--deadline", "2000") as url:
        report = lane(url)
        red = {one["id"] for one in report["verdicts"] if one["outcome"] in {"fail", "warn"}}
        seconds = report["timing"]["seconds"]
        ours = bool(red & set(fault["breaks"])) or bool(report["lane"]["findings"])
    with served("--fault", fault["name"], "--deadline", "2000") as url:
        return Row(fault["name"], seconds, ours, bool(stock(url, seconds) - known))


def side_by_side(look: Callable[[str], T], runs: int) -> list[T]:
    """Look at so many honest servers, each new, as many at once as the faults get."""

    def once(_: int) -> T:
        with served("--deadline", "2000") as url:
            return look(url)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(once, range(runs)))


def lane_seconds(url: str) -> float:
    """Run the lane alone; return how long it took."""
    return float(lane(url)["timing"]["seconds"])


def honest(seconds: float, runs: int) -> list[set[Sort]]:
    """Give what stock finds in so many honest servers."""
    return side_by_side(lambda url: stock(url, seconds), runs)


def main() -> None:
    """Write the counts and who found what."""
    seconds = sum(side_by_side(lane_seconds, AT_ONCE)) / AT_ONCE
    known = set().union(*honest(seconds, HONEST_RUNS))
    chance = sum(bool(found - known) for found in honest(seconds, CONTROL_RUNS))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        rows = list(pool.map(lambda fault: judged(fault, known), listed()))
    ours, theirs = sum(row.ours for row in rows), sum(row.stock for row in rows)
    only = [row.fault for row in rows if row.stock and not row.ours]
    told = (
        f"Of {len(rows)} faults (every {SHARE}th), the generated lane alone finds {ours}, and "
        f"Schemathesis as it is {theirs} in the same wall time. In the honest server the lane "
        f"finds nothing; stock reports {len(known)} findings there, by check and operation, and in "
        f"{chance} of {CONTROL_RUNS} further honest runs something new. "
        f"Found by stock only: {', '.join(only) or 'none'}. Command: `make lane`."
    )
    put(DOCUMENT, BEGIN, fill(told, 100) + "\n", END)


if __name__ == "__main__":
    main()
