"""The waits of a run for people: one line, and the rows of two tables."""

from collections.abc import Iterator, Mapping
from typing import Final

from conformance.reports.shown_timing import ShownSpread, ShownTiming

ANSWERS: Final = {"write_accepted": "writes accepted", "read_answered": "reads answered"}
VERDICT: Final = "verdict_after_202"
WORDS: Final[Mapping[str, str]] = {
    "write_accepted": "a 2xx to a write",
    "write_refused": "any other answer to a write",
    "read_answered": "an answer to a read",
    "observed_after_202": "from a 202 to stage observed",
    VERDICT: "from a 202 to ready or failed",
    "timed_out_after_202": "from a 202 to timed_out",
    "retry_after_heeded": "a pause that Retry-After asked for",
}
WAITS_HEAD: Final = ("wait", "count", "p50", "p95", "at most")
SETTINGS_HEAD: Final = ("setting", "allowed", "cap")
SHORT: Final = 0.1
WHOLE: Final = 10


def waits_line(timing: ShownTiming) -> str:
    """Say how soon writes were answered and decided, else reads answered; "" without either."""
    observed, said = timing.observed, list[str]()
    answered = next((kind for kind in ANSWERS if kind in observed), None)
    if answered:
        said.append(f"{ANSWERS[answered]} in {_percentiles(observed[answered])}")
    if verdict := observed.get(VERDICT):
        said.append(f"verdict after {_percentiles(verdict)}, at most {seconds_told(verdict.max)}")
    return "; ".join(said)


def waits_rows(timing: ShownTiming) -> Iterator[tuple[str, ...]]:
    """Yield each kind of wait with its numbers, that of a verdict for each operation besides."""
    for kind, waits in timing.observed.items():
        yield _row(WORDS[kind], waits)
        for operation, one in waits.operations.items() if kind == VERDICT else ():
            yield _row(f"… of {operation}", one)


def settings_rows(timing: ShownTiming) -> Iterator[tuple[str, ...]]:
    """Yield each setting of a wait with its cap."""
    for name, one in timing.used.items():
        above = ", above its cap" if one.above_cap else ""
        yield name, f"{one.seconds:g} s{above}", f"{one.cap:g} s"


def seconds_told(seconds: float) -> str:
    """Spell a time with two digits or so, such as 3.1 ms, 40 ms, 0.12 s, 6.1 s or 31 s."""
    if seconds < SHORT:
        thousandths = seconds * 1000
        return f"{thousandths:.0f} ms" if thousandths >= WHOLE else f"{thousandths:.1f} ms"
    if seconds < 1:
        return f"{seconds:.2f} s"
    return f"{seconds:.0f} s" if seconds >= WHOLE else f"{seconds:.1f} s"


def _percentiles(spread: ShownSpread) -> str:
    return f"p50 {seconds_told(spread.p50)}, p95 {seconds_told(spread.p95)}"


def _row(word: str, one: ShownSpread) -> tuple[str, ...]:
    return word, str(one.count), *map(seconds_told, (one.p50, one.p95, one.max))
