"""Break the processor time of an accepted write down (`make bench-write`; Linux).

The reference server runs under cProfile while 8 connections create members. What its event loop
did is summed by the part that did it, and set against the processor time of the whole process,
whose writer thread is not profiled. A profiled server is slower than another: read the shares.
"""

import json
import os
import pstats
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from bench import CONNECTIONS, WRITES, creates

PARTS: Final = (
    ("_socket", "system calls on sockets"),
    ("SimpleQueue", "handing over to the writer"),
    ("urandom", "making ids"),
    ("uuid", "making ids"),
    ("dataclasses", "events: recording and folding"),
    ("instants.py", "events: recording and folding"),
    ("strftime", "events: recording and folding"),
    ("urls.py", "receipts and documents"),
    ("uvicorn", "HTTP: uvicorn and httptools"),
    ("httptools", "HTTP: uvicorn and httptools"),
    ("starlette", "request and response: starlette"),
    ("json", "JSON"),
    ("asyncio", "event loop"),
    ("selectors", "event loop"),
    ("routing.py", "routing and access"),
    ("access.py", "routing and access"),
    ("app.py", "the app: limits, headers, rendering"),
    ("requests.py", "reading the body"),
    ("receipts.py", "receipts and documents"),
    ("documents.py", "receipts and documents"),
    ("handlers/", "handlers"),
    ("operations.py", "operations and worker"),
    ("worker.py", "operations and worker"),
    ("changes.py", "deciding"),
    ("commands/", "deciding"),
    ("authority.py", "events: recording and folding"),
    ("events/", "events: recording and folding"),
    ("projections.py", "read models"),
    ("store.py", "handing over to the writer"),
    ("sqlite3", "handing over to the writer"),
    ("behaviour", "decisions"),
)
STARTING: Final = ("importlib", "yaml", "compile", "builtins.exec", "marshal", "epoll")
TICKS: Final = os.sysconf("SC_CLK_TCK")


def part_of(file: str, function: str) -> str:
    """Name the part of the server that a profiled function belongs to."""
    where = f"{file} {function}"
    return next((name for mark, name in PARTS if mark in where), "everything else")


def processor_seconds(pid: int) -> float:
    """Give the processor time that a process has taken, its threads included."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def profiled(folder: Path) -> tuple[Path, float]:
    """Create members on a profiled server; return the profile and the process's seconds."""
    profile = folder / "profile"
    command = [sys.executable, "-m", "cProfile", "-o", str(profile), "-m", "reference_server"]
    process = subprocess.Popen(
        [*command, "--no-auth", "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    if process.stdout is None:
        sys.exit("bench: the server has no output")
    url = json.loads(process.stdout.readline())["url"]
    before = processor_seconds(process.pid)
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        share = WRITES // CONNECTIONS
        list(pool.map(lambda mine: creates(url, mine, share), range(CONNECTIONS)))
    time.sleep(1)  # what was accepted is brought to its verdict
    used = processor_seconds(process.pid) - before
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    return profile, used


def main() -> None:
    """Print the parts, the largest first."""
    with tempfile.TemporaryDirectory() as name:
        profile, used = profiled(Path(name))
        stats = pstats.Stats(str(profile)).stats  # type: ignore[attr-defined]  # it has them
    parts: Counter[str] = Counter()
    for (file, _, function), (_, _, own, _, _) in stats.items():
        if not any(mark in f"{file} {function}" for mark in STARTING):
            parts[part_of(file, function)] += own
    told = sum(parts.values())
    sys.stdout.write("| part of the event loop | µs a write | share |\n|---|---:|---:|\n")
    for part, seconds in parts.most_common():
        sys.stdout.write(f"| {part} | {seconds / WRITES * 1e6:.0f} | {seconds / told:.0%} |\n")
    whole = f"{used / WRITES * 1e6:.0f} µs of processor time a write, all threads, profiled"
    sys.stdout.write(f"\n{whole}\n")


if __name__ == "__main__":
    main()
