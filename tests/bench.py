"""Measure the figures of docs/benchmarks.md and write its table (`make bench`; Linux).

What is measured, each several times, each in processes of its own:

- `ackproof run` against the embedded server at 20 ms lag: seconds of wall time, the longest chain
  of waits that the run itself reports, and the peak resident memory of the kit's process and of
  the server's (VmHWM of /proc/PID/status, read every 10 ms);
- the reference server, from the start of its process to its ready line and a first answer;
- the same judging under pytest, by turns with the command;
- the generated lane alone, with its default amount and a fixed seed;
- `ackproof --version`, `ackproof plan`, and `ackproof faults` in its quick form;
- creates that the reference server accepts in a second, from 8 connections that stay open, with a
  passing store and with one on a file, by turns.

The client of the last figure runs on the same cores as the server and takes its share of them.
"""

import http.client
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from textwrap import fill
from typing import Final
from urllib.parse import urlsplit

DOCUMENT: Final = Path(__file__).parent.parent / "docs/benchmarks.md"
BEGIN: Final = "<!-- figures, written by make bench -->\n"
END: Final = "<!-- end of figures -->\n"
ACKPROOF: Final = str(Path(sys.executable).parent / "ackproof")
SERVER: Final = (sys.executable, "-m", "reference_server", "--no-auth", "--port", "0")
PEAK_EVERY_SECONDS: Final = 0.01
CONNECTIONS: Final = 8
WRITES: Final = 2000
ACCEPTED: Final = 202
PYTEST: Final = "the same under pytest"


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured over several runs, and the limit it must keep (None: none was set)."""

    name: str
    unit: str
    values: tuple[float, ...]
    limit: str = ""

    def row(self) -> str:
        """Write it as a row of the table."""
        digits = 2 if self.unit == "s" else 0
        shown = [f"{one:.{digits}f}" for one in (median(self.values), *self.span())]
        limit = self.limit or "none"
        return f"| {self.name} | {self.unit} | {' | '.join(shown)} | {len(self.values)} | {limit} |"

    def span(self) -> tuple[float, float]:
        """Give the least and the most."""
        return min(self.values), max(self.values)


@dataclass(frozen=True, slots=True)
class Run:
    """One full run: seconds, and peaks in MB."""

    wall: float
    longest_chain: float
    kit_peak: float
    server_peak: float


def timed(*command: str, times: int) -> tuple[float, ...]:
    """Run a command that must end with 0; return the seconds of each time."""

    def once() -> float:
        began = time.perf_counter()
        done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
        if done.returncode:
            sys.exit(f"bench: {' '.join(command)} ended with exit code {done.returncode}")
        return time.perf_counter() - began

    return tuple(once() for _ in range(times))


def full_run() -> Run:
    """Judge the embedded server once, and watch the memory of both processes meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        kit = subprocess.Popen([ACKPROOF, "run", "--report-dir", folder], stdout=subprocess.DEVNULL)
        peaks = {kit.pid: 0.0}
        while kit.poll() is None:
            for child in children(kit.pid):
                peaks.setdefault(child, 0.0)
            peaks = {pid: max(known, peak(pid)) for pid, known in peaks.items()}
            time.sleep(PEAK_EVERY_SECONDS)
        wall = time.perf_counter() - began
        report = json.loads((Path(folder) / "report.json").read_text(encoding="utf-8"))
    if kit.returncode:
        sys.exit(f"bench: the full run ended with exit code {kit.returncode}")
    kit_peak = peaks.pop(kit.pid)
    return Run(wall, report["timing"]["longest_wait_seconds"], kit_peak, max(peaks.values()))


def under_pytest() -> float:
    """Judge the embedded server once under pytest; return the seconds."""
    plugin = ("-q", "-p", "conformance.pytest_plugin", "-p", "no:cacheprovider")
    command = (sys.executable, "-m", "pytest", *plugin, "--pyargs", "conformance.suite")
    return timed(*command, times=1)[0]


def lane(seed: int) -> tuple[float, int]:
    """Run the generated lane alone; return its seconds and its requests."""
    with tempfile.TemporaryDirectory() as folder:
        command = [ACKPROOF, "run", "--lane", "generated", "--seed", str(seed)]
        subprocess.run(
            [*command, "--report-dir", folder], check=False, stdout=subprocess.DEVNULL
        )  # it may end with 4: what only scenarios judge is not verified
        report = json.loads((Path(folder) / "report.json").read_text(encoding="utf-8"))
    if report["lane"]["errors"] or report["lane"]["findings"]:
        sys.exit("bench: the generated lane erred or found something in the honest server")
    return report["lane"]["seconds"], report["lane"]["requests"]


def children(pid: int) -> list[int]:
    """Give the child processes; none once the process has ended."""
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def peak(pid: int) -> float:
    """Give the peak resident memory in MB; 0 once the process has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    lines = (line.split() for line in status.splitlines())
    return next((int(words[1]) * 1024 / 1e6 for words in lines if words[0] == "VmHWM:"), 0.0)


@contextmanager
def served(*arguments: str) -> Iterator[str]:
    """Serve, and yield the URL once the ready line is there."""
    process = subprocess.Popen([*SERVER, *arguments], stdout=subprocess.PIPE, text=True)
    try:
        if process.stdout is None:
            sys.exit("bench: the server has no output")
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.terminate()
        process.communicate(timeout=10)


def start() -> float:
    """Return the seconds from the start of a server process to its first answer."""
    began = time.perf_counter()
    with served() as url:
        connection = http.client.HTTPConnection(urlsplit(url).netloc)
        connection.request("GET", "/health/ready")
        connection.getresponse().read()
        return time.perf_counter() - began


def accepted_per_second(*arguments: str) -> float:
    """Create members from several connections; return how many were accepted in a second."""
    with served(*arguments) as url, ThreadPoolExecutor(CONNECTIONS) as pool:
        share = WRITES // CONNECTIONS
        began = time.perf_counter()
        accepted = sum(pool.map(lambda mine: creates(url, mine, share), range(CONNECTIONS)))
        seconds = time.perf_counter() - began
    if accepted != share * CONNECTIONS:
        sys.exit(f"bench: {accepted} of {share * CONNECTIONS} creates were accepted")
    return accepted / seconds


def creates(url: str, mine: int, count: int) -> int:
    """Create members over one connection; return how many were accepted."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    accepted = 0
    for number in range(count):
        name = f"b-{mine}-{number}"
        body = {"memberId": name, "displayName": name, "implementationKind": "workflow"}
        headers = {"content-type": "application/json"}
        connection.request("POST", "/api/scopes/bench/members", json.dumps(body), headers)
        answer = connection.getresponse()
        answer.read()
        accepted += answer.status == ACCEPTED
    connection.close()
    return accepted


def on_a_file() -> float:
    """Return the accepted creates a second with a store on a file."""
    with tempfile.TemporaryDirectory() as folder:
        return accepted_per_second("--data", str(Path(folder) / "events.sqlite"))


def planted() -> int:
    """Count the faults of the reference server."""
    listed = subprocess.run([*SERVER, "--list-faults", "--json"], check=True, capture_output=True)
    return len(json.loads(listed.stdout))


def repeated(measure: Callable[[], float], times: int) -> tuple[float, ...]:
    """Measure several times."""
    return tuple(measure() for _ in range(times))


def figures() -> list[Figure]:
    """Measure everything."""
    faults = timed(ACKPROOF, "faults", times=2)
    turns = [(full_run(), under_pytest()) for _ in range(5)]
    runs = [run for run, _ in turns]
    lanes = [lane(seed) for seed in (1, 1, 1)]
    version = timed(ACKPROOF, "--version", times=10)
    passing, on_file = zip(*((accepted_per_second(), on_a_file()) for _ in range(5)), strict=True)
    return [
        Figure("full run", "s", tuple(one.wall for one in runs), "15"),
        Figure(PYTEST, "s", tuple(seconds for _, seconds in turns)),
        Figure("its longest chain of waits", "s", tuple(one.longest_chain for one in runs)),
        Figure("peak memory of the kit", "MB", tuple(one.kit_peak for one in runs), "250"),
        Figure("peak memory of the server", "MB", tuple(one.server_peak for one in runs), "250"),
        Figure("generated lane alone", "s", tuple(seconds for seconds, _ in lanes)),
        Figure("its requests", "", tuple(float(sent) for _, sent in lanes)),
        Figure("server start to first answer", "s", repeated(start, 10), "1"),
        Figure("`ackproof --version`", "s", version, "0.3"),
        Figure("`ackproof plan`", "s", timed(ACKPROOF, "plan", times=5)),
        Figure(f"`ackproof faults`, {planted()} of them", "s", faults, "180"),
        Figure("accepted creates, passing store", "1/s", passing, "at least 1000"),
        Figure("accepted creates, store on a file", "1/s", on_file),
    ]


def table(measured: Sequence[Figure], load: float) -> str:
    """Write the figures, what two of them say about each other, and where they were taken."""
    named = {figure.name: median(figure.values) for figure in measured}
    chain = named["full run"] / named["its longest chain of waits"]
    passing, on_file = measured[-2:]
    pytest = median(
        one / other for one, other in zip(measured[1].values, measured[0].values, strict=True)
    )
    store = median(one / other for one, other in zip(on_file.values, passing.values, strict=True))
    compared = (
        f"A full run takes {chain:.2f} times its longest chain of waits, and under pytest "
        f"{pytest:.2f} times as long as by the command. With a store on a file, "
        f"every commit flushed to disk, the server accepts {store:.2f} times as many writes a "
        "second as with a passing one."
    )
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    python = f"{platform.python_implementation()} {platform.python_version()}"
    rows = [
        "| what | unit | median | least | most | runs | limit |",
        "|---|---|---:|---:|---:|---:|---:|",
        *(figure.row() for figure in measured),
        "",
        fill(compared, 100),
        "",
        f"Command: `make bench`. Machine: {machine}, load {load:.1f} at the start. {python}.",
    ]
    return "\n".join(rows) + "\n"


def put(document: Path, begin: str, written: str, end: str) -> None:
    """Write a text between two markers of a document, and to the terminal."""
    head, _, rest = document.read_text(encoding="utf-8").partition(begin)
    tail = rest.partition(end)[2]
    document.write_text(f"{head}{begin}\n{written}\n{end}{tail}", encoding="utf-8")
    sys.stdout.write(written)


def main() -> None:
    """Measure, print the table and put it between the markers of the document."""
    load = os.getloadavg()[0]
    written = table(figures(), load)
    put(DOCUMENT, BEGIN, written, END)


if __name__ == "__main__":
    main()
