"""Ten full runs beside two busy loops, at a lag drawn anew each time (`make steadiness`; Linux).

Each run must end with 0: nothing found, nothing unverified, no error of the kit. The spread of wall
times goes into docs/trust.md.
"""

import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from textwrap import fill
from typing import Final

from bench import ACKPROOF, put, served

RUNS: Final = 10
BUSY: Final = 2
DOCUMENT: Final = Path(__file__).parent.parent / "docs/trust.md"
BEGIN: Final = "<!-- steadiness, written by make steadiness -->\n"
END: Final = "<!-- end of steadiness -->\n"


def spin() -> None:
    """Take a whole core until somebody stops it."""
    while True:
        pass


@contextmanager
def busy() -> Iterator[None]:
    """Keep as many cores busy as the table says."""
    loops = [multiprocessing.Process(target=spin, daemon=True) for _ in range(BUSY)]
    for loop in loops:
        loop.start()
    try:
        yield
    finally:
        for loop in loops:
            loop.terminate()
            loop.join()


def once(number: int) -> float:
    """Judge a server of its own once; return the seconds, or end where anything is wrong."""
    with served("--lag", "0-500", "--deadline", "2000") as url:
        began = time.perf_counter()
        command = [ACKPROOF, "run", url, "--scope", "s1"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - began
    if done.returncode:
        sys.exit(f"run {number} ended with {done.returncode}:\n{done.stdout}")
    return seconds


def main() -> None:
    """Write the spread."""
    with busy():
        taken = [once(number) for number in range(1, RUNS + 1)]
    told = (
        f"{RUNS} full runs of core and member-first at a lag of 0 to 500 ms, drawn for each "
        f"change, beside {BUSY} busy loops on {os.cpu_count()} cores: nothing found in any, no "
        f"error of the kit. Wall time {min(taken):.1f} to {max(taken):.1f} s, median "
        f"{median(taken):.1f} s. Command: `make steadiness`."
    )
    put(DOCUMENT, BEGIN, fill(told, 100) + "\n", END)


if __name__ == "__main__":
    main()
