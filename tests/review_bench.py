"""Measure a review for docs/benchmarks.md (`make bench`; Linux): two sizes, one shared change.

Each pair of contracts differs in one component that every operation answers with. Where
`make review-others` has put Redocly's `diff`, it is given the same pairs by turns.
"""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from bench import ACKPROOF, DOCUMENT, Figure, put

BEGIN: Final = "<!-- review, written by make bench -->\n"
END: Final = "<!-- end of review -->\n"
REDOCLY: Final = Path(__file__).parent.parent / "build/npm-others/node_modules/.bin/redocly"
TIMES: Final = 5
SMALL: Final = 50
LARGE: Final = 1000
LIMITS: Final = {SMALL: ("1", ""), LARGE: ("2.5", "300")}
"""Seconds and MB of our own command, by the number of operations."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a command: seconds, its peak of resident memory in MB, and what it printed."""

    seconds: float
    peak: float
    printed: bytes


def ran(*command: str) -> Run:
    """Run a command to its end, whatever its exit code."""
    began = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL)
        _, _, used = os.wait4(process.pid, 0)
        process.returncode = 0
        seconds = time.perf_counter() - began
        output.seek(0)
        return Run(seconds, used.ru_maxrss * 1024 / 1e6, output.read())


def contract(operations: int) -> dict[str, Any]:
    """Make a contract of so many operations, about 1 kB of YAML each."""
    shared = {"type": "object", "required": ["commandId", "statusUrl"], "properties": _texts(4)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Many", "version": "1.0.0"},
        "paths": dict(_path(number) for number in range(operations)),
        "components": {
            "schemas": {"Receipt": shared}
            | {f"Thing{number}": _thing(number) for number in range(operations)}
        },
    }


def _texts(count: int) -> dict[str, Any]:
    return {name: {"type": "string"} for name in ("commandId", "statusUrl", "stage", "x")[:count]}


def _thing(number: int) -> dict[str, Any]:
    members = {
        "name": {
            "type": "string",
            "minLength": 1,
            "maxLength": 64,
            "description": "Its name.",
        },
        "kind": {"type": "string", "enum": ["one", "two", "three", f"kind-{number}"]},
        "size": {"type": "number", "minimum": 0, "description": "In kilograms, with the box."},
    }
    return {"type": "object", "required": ["name"], "properties": members}


def _path(number: int) -> tuple[str, dict[str, Any]]:
    receipt = {"application/json": {"schema": {"$ref": "#/components/schemas/Receipt"}}}
    body = {"application/json": {"schema": {"$ref": f"#/components/schemas/Thing{number}"}}}
    operation = {
        "operationId": f"put{number}",
        "summary": f"Put thing {number} where it belongs",
        "parameters": [
            {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
            {"name": "dry", "in": "query", "schema": {"type": "boolean", "default": False}},
        ],
        "requestBody": {"required": True, "content": body},
        "responses": {"202": {"description": "The command is stored.", "content": receipt}},
    }
    return f"/things{number}/{{id}}", {"put": operation}


def pair(operations: int, folder: Path) -> tuple[str, str]:
    """Write both sides; return their files."""
    document = contract(operations)
    base = _written(document, folder / f"base-{operations}.yaml")
    document["components"]["schemas"]["Receipt"]["required"].remove("statusUrl")
    return base, _written(document, folder / f"head-{operations}.yaml")


def _written(document: dict[str, Any], path: Path) -> str:
    path.write_text(yaml.dump(document, Dumper=yaml.CSafeDumper, sort_keys=False), "utf-8")
    return str(path)


def measured(operations: int, folder: Path) -> Iterator[Figure]:
    """Review a pair several times, by turns with Redocly's `diff` where it is installed."""
    base, head = pair(operations, folder)
    ours, theirs = [], []
    for _ in range(TIMES):
        ours.append(ran(ACKPROOF, "review", base, head, "--format", "json"))
        if REDOCLY.exists():
            theirs.append(ran(str(REDOCLY), "diff", base, head, "--format", "json"))
    size = f"{operations} operations, {Path(base).stat().st_size / 1e6:.2f} MB"
    seconds, peak = LIMITS[operations]
    yield Figure(f"review, {size}", "s", tuple(one.seconds for one in ours), seconds)
    yield Figure("its peak memory", "MB", tuple(one.peak for one in ours), peak)
    yield from _told("its", [reached(one.printed) for one in ours])
    if theirs:
        yield Figure("Redocly's diff of the same", "s", tuple(one.seconds for one in theirs))
        yield Figure("its peak memory", "MB", tuple(one.peak for one in theirs))
        yield Figure("its changes", "", tuple(_changes(one.printed) for one in theirs))


def _told(whose: str, told: Sequence[tuple[int, int]]) -> Iterator[Figure]:
    yield Figure(f"{whose} changes", "", tuple(float(changes) for changes, _ in told), "1")
    yield Figure("operations that they reach", "", tuple(float(reach) for _, reach in told))


def reached(printed: bytes) -> tuple[int, int]:
    """Count the changes of a report of ours, and the operations that they reach."""
    changes = json.loads(printed)["changes"]
    operations = {reach["operation"] for change in changes for reach in change["reaches"]}
    return len(changes), len(operations)


def _changes(printed: bytes) -> float:
    return float(len(json.loads(printed)["changes"]))


def main() -> None:
    """Measure both sizes and put the table between the markers of the document."""
    with tempfile.TemporaryDirectory() as folder:
        figures = [one for size in (SMALL, LARGE) for one in measured(size, Path(folder))]
    rows = [
        "| what | unit | median | least | most | runs | limit |",
        "|---|---|---:|---:|---:|---:|---:|",
        *(figure.row() for figure in figures),
    ]
    put(DOCUMENT, BEGIN, "\n".join(rows) + "\n", END)


if __name__ == "__main__":
    main()
