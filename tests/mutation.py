"""Mutate judge, history and expect; compare what survives with a list (`make mutation`).

mutmut makes the mutants and runs the fast tests of the judging core on each. A survivor that
tests/data/mutants-that-survive.json does not name with a reason, or a list entry that no longer
survives, ends this with 1; so does a share below 85 %.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
LIST: Final = ROOT / "tests/data/mutants-that-survive.json"
MUTMUT: Final = str(Path(sys.executable).parent / "mutmut")
LEAST: Final = 0.85


def outcomes() -> dict[str, str]:
    """Run every mutant anew; return the outcome of each by its name."""
    shutil.rmtree(ROOT / "mutants", ignore_errors=True)
    subprocess.run([MUTMUT, "run"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    told = subprocess.run(
        [MUTMUT, "results", "--all", "true"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return dict(re.findall(r"^\s+(\S+): (.+)$", told.stdout, re.MULTILINE))


def change(name: str) -> str:
    """Return what a mutant changes, as the lines taken away and put in their place."""
    shown = subprocess.run(
        [MUTMUT, "show", name], cwd=ROOT, check=True, capture_output=True, text=True
    )
    lines = [line for line in shown.stdout.splitlines() if re.match(r"[-+](?![-+])", line)]
    return " → ".join(line[1:].strip() for line in lines)


def main() -> int:
    """Print the share and what is new or gone."""
    found = outcomes()
    survivors = {change(name) for name, word in found.items() if word != "killed"}
    known = {entry["change"]: entry["why"] for entry in json.loads(LIST.read_text("utf-8"))}
    killed = sum(word == "killed" for word in found.values())
    share = killed / len(found) if found else 0.0
    sys.stdout.write(f"{killed} of {len(found)} mutants killed: {share:.1%}\n")
    for one in sorted(survivors - set(known)):
        sys.stdout.write(f"survives without a reason: {one}\n")
    for one in sorted(set(known) - survivors):
        sys.stdout.write(f"is listed and does not survive: {one}\n")
    return int(share < LEAST or survivors != set(known))


if __name__ == "__main__":
    sys.exit(main())
