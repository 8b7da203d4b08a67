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
from pathlib import Path
from typing import Final

from corpus_model import Texts, write
from review_corpus import EVERYTHING

OTHERS: Final = Path(__file__).parent / "others"
FIGURES: Final = Path(__file__).parent / "data/review-others.json"
SCRIPTS: Final = {"@redocly/cli": "redocly.mjs", "api-smart-diff": "api_smart_diff.mjs"}
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


def asked(script: str, npm: Path, about: Iterable[Pair]) -> Outcomes:
    """Ask one tool, by its script, about all pairs."""
    lines = "".join(json.dumps([name, str(base), str(head)]) + "\n" for name, base, head in about)
    command = ("node", str(OTHERS / script))
    quiet = os.environ | {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, cwd=npm, input=lines, text=True, env=quiet
    )
    return dict(json.loads(line) for line in done.stdout.splitlines())


def versions() -> dict[str, str]:
    """Give the pinned versions of the tools."""
    pinned: dict[str, str] = json.loads((OTHERS / "package.json").read_text())["dependencies"]
    return pinned


def main() -> None:
    """Ask every tool about everything and write the figures."""
    npm = Path(sys.argv[1]).absolute()
    with tempfile.TemporaryDirectory() as folder:
        about = list(pairs(Path(folder)))
        outcomes = {tool: asked(script, npm, about) for tool, script in SCRIPTS.items()}
    names = [name for name, _, _ in about]
    told = {name: {tool: found[name] for tool, found in outcomes.items()} for name in names}
    rows = ",\n".join(f"    {json.dumps(name)}: {json.dumps(row)}" for name, row in told.items())
    tools = json.dumps({tool: versions()[tool] for tool in outcomes})
    FIGURES.write_text(f'{{\n  "tools": {tools},\n  "told": {{\n{rows}\n  }}\n}}\n')


if __name__ == "__main__":
    main()
