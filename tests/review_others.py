"""Run other tools on the labelled corpus, for docs/review-detection.md (`make review-others`).

It needs the tools of tests/others/ in FOLDER/node_modules and writes tests/data/review-others.json:
for each case and rewrite and each tool `silent` (it tells no change), `seen` (it tells one),
`breaking` (it rates one as breaking or major) or `refused` (it does not read the document).

The tools are given the OpenAPI documents only: they know no catalogue and no plan.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from corpus_model import Texts, write
from review_corpus import EVERYTHING

OTHERS: Final = Path(__file__).parent / "others"
FIGURES: Final = Path(__file__).parent / "data/review-others.json"
Pair = tuple[str, Path, Path]
Outcomes = dict[str, str]


def pairs(folder: Path) -> Iterator[Pair]:
    """Write both sides of everything into a folder; yield where they are."""
    for one in EVERYTHING:
        sides = zip(("base", "head"), one.texts(), strict=True)
        base, head = (_document(files, folder / one.name / side) for side, files in sides)
        yield one.name, base, head


def _document(files: Texts, folder: Path) -> Path:
    write(files, folder)
    return next(folder.glob("openapi.*"))


def redocly(npm: Path, asked: Iterable[Pair]) -> Outcomes:
    """Ask Redocly's `diff`, one process for each pair."""
    command = (str(npm / "node_modules/.bin/redocly"), "diff")
    settings = os.environ | {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}

    def ask(pair: Pair) -> tuple[str, str]:
        name, base, head = pair
        sides = (str(base), str(head))
        done = subprocess.run(
            [*command, *sides, "--format", "json"], check=False, capture_output=True, env=settings
        )
        return name, _impact(done.stdout)

    with ThreadPoolExecutor(2) as pool:
        return dict(pool.map(ask, asked))


def _impact(printed: bytes) -> str:
    try:
        report = json.loads(printed)
    except json.JSONDecodeError:
        return "refused"
    if not report["changes"]:
        return "silent"
    return "breaking" if report["summary"]["major"] else "seen"


def api_smart_diff(npm: Path, asked: Iterable[Pair]) -> Outcomes:
    """Ask api-smart-diff, a library, in one process for all pairs."""
    lines = "".join(json.dumps([name, str(a), str(b)]) + "\n" for name, a, b in asked)
    script = ("node", str(OTHERS / "api_smart_diff.mjs"))
    done = subprocess.run(script, check=True, capture_output=True, cwd=npm, input=lines, text=True)
    return dict(json.loads(line) for line in done.stdout.splitlines())


def versions() -> dict[str, str]:
    """Give the pinned versions of the tools."""
    pinned: dict[str, str] = json.loads((OTHERS / "package.json").read_text())["dependencies"]
    return pinned


def main() -> None:
    """Ask every tool about everything and write the figures."""
    npm = Path(sys.argv[1]).absolute()
    with tempfile.TemporaryDirectory() as folder:
        asked = list(pairs(Path(folder)))
        outcomes = {
            "@redocly/cli": redocly(npm, asked),
            "api-smart-diff": api_smart_diff(npm, asked),
        }
    names = [name for name, _, _ in asked]
    told = {name: {tool: found[name] for tool, found in outcomes.items()} for name in names}
    rows = ",\n".join(f"    {json.dumps(name)}: {json.dumps(row)}" for name, row in told.items())
    tools = json.dumps({tool: versions()[tool] for tool in outcomes})
    FIGURES.write_text(f'{{\n  "tools": {tools},\n  "told": {{\n{rows}\n  }}\n}}\n')


if __name__ == "__main__":
    main()
