"""trace.jsonl.gz: a line of JSON for each part of a run, each chained to the one before it."""

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from conformance.evidence.lines import TRACE_VERSION, Line
from conformance.published_schemas import validator_of

NAME: Final = "trace.jsonl.gz"
REPORT: Final = "report.json"
DIGITS: Final = 32
START: Final = "0" * DIGITS
LEVEL: Final = 6


class EvidenceUnreadable(Exception):  # noqa: N818  # the CLI words it
    """The evidence cannot be read; the message is a sentence that says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class TraceFile:
    """A stored trace as it was met.

    Attributes:
        lines: that keep the schema, the run's first and its end last.
        sha256: of the file, hex.
        broken: where its lines are not those that were written, a sentence each.

    """

    lines: tuple[Line, ...]
    sha256: str
    broken: tuple[str, ...]


def packed(lines: Iterable[Line]) -> tuple[bytes, int]:
    """Return the content of the file, compressed, and how many lines it has.

    Each line gets its number and its digest. None is held longer than it takes to write it: a run
    has twenty megabytes of them.
    """
    content, before, number = BytesIO(), START, 0
    with gzip.GzipFile("", "wb", LEVEL, content, mtime=0) as file:
        for number, line in enumerate(lines, 1):  # the last is how many there are
            numbered = {"line": number} | line
            before = _digest(before, numbered)
            file.write(f"{_text(numbered | {'digest': before})}\n".encode())
    return content.getvalue(), number


def digest_of(content: bytes) -> str:
    """Return the digest by which a report names the file."""
    return sha256(content).hexdigest()


def read_trace(folder: Path) -> TraceFile:
    """Read the trace of a report folder.

    Raises:
        EvidenceUnreadable: it is not there, or not a whole trace of this version.

    """
    path = folder / NAME
    content = _content(path)
    try:
        text = gzip.decompress(content).decode()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as problem:
        raise EvidenceUnreadable(
            f"{path} is not a gzip file of UTF-8 text: {problem}. Take it from the run again."
        ) from problem
    lines = tuple(_lines(text, path))
    _check_whole(lines, path)
    return TraceFile(lines, digest_of(content), tuple(_broken(lines)))


def read_report(folder: Path) -> dict[str, Any]:
    """Read the report.json of a report folder.

    Raises:
        EvidenceUnreadable: it is not there, or not a report of this version.

    """
    path = folder / REPORT
    report = _json(_content(path).decode(errors="replace"), str(path))
    _keep("report", report, str(path))
    return report


def name_of(line: Line) -> str:
    """Name a line for people."""
    match line["kind"]:
        case "exchange":
            return f"exchange {line['number']}"
        case "heard":
            return f"what {line['check']} said of {line['requirement']}"
        case "run":
            return "the description of the run"
        case _:
            return "the end of the run"


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise EvidenceUnreadable(
            f"{path} cannot be read: {problem.strerror}. Give the folder that "
            "`ackproof run --report-dir` wrote."
        ) from problem


def _lines(text: str, path: Path) -> Iterator[Line]:
    for number, written in enumerate(text.splitlines(), 1):
        where = f"{path}, line {number},"
        line = _json(written, where)
        if number == 1 and line.get("trace_version") not in (None, TRACE_VERSION):
            raise EvidenceUnreadable(
                f"{path} has trace_version {line['trace_version']}, and this kit reads "
                f"{TRACE_VERSION}. Verify it by the kit that wrote it."
            )
        _keep("trace", line, where)
        yield line


def _json(text: str, where: str) -> dict[str, Any]:
    try:
        value = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as problem:
        raise EvidenceUnreadable(f"{where} is not JSON: {problem}.") from problem
    if not isinstance(value, dict):
        raise EvidenceUnreadable(f"{where} is no JSON object.")
    return value


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _keep(kind: str, value: Line, where: str) -> None:
    try:
        error = next(validator_of(kind).iter_errors(value), None)
    except UnicodeEncodeError as problem:
        raise EvidenceUnreadable(f"{where} holds text that is none: {problem}.") from problem
    if error is not None:
        place = "/".join(map(str, error.instance_path))
        raise EvidenceUnreadable(
            f"{where} does not keep {kind}.schema.json at {place or 'its top'}: {error.message}."
        )


def _check_whole(lines: Sequence[Line], path: Path) -> None:
    kinds = [line["kind"] for line in lines]
    inner = kinds[1:-1]
    if kinds[:1] != ["run"] or kinds[-1:] != ["end"] or {"run", "end"} & set(inner):
        raise EvidenceUnreadable(
            f"{path} is no whole trace: it begins with the line of the run and ends with its end."
        )


def _broken(lines: Sequence[Line]) -> Iterator[str]:
    """Say where a line was changed, left out, put in or moved."""
    before = START
    for line in lines:
        own = {name: value for name, value in line.items() if name != "digest"}
        if _digest(before, own) != line["digest"]:
            yield f"{name_of(line)} is not as it was written, or what stood before it is not"
        before = line["digest"]
    for one, other in pairwise(lines):
        step = other["line"] - one["line"]
        if step > 1:
            yield f"{step - 1} line(s) are missing between {name_of(one)} and {name_of(other)}"
            yield from _numbers_between(one, other)
        elif step < 1:
            yield f"{name_of(other)} stands behind {name_of(one)}, and was written before it"


def _numbers_between(one: Line, other: Line) -> Iterator[str]:
    """Name the exchanges that are missing between two lines, as far as their numbers tell."""
    first = one.get("number", 0)
    last = other.get("number", first + other["line"] - one["line"])
    if one["kind"] in ("run", "exchange"):
        yield from (f"exchange {number} is missing" for number in range(first + 1, last))


def _digest(before: str, line: Line) -> str:
    return sha256((before + _text(line)).encode()).hexdigest()[:DIGITS]


def _text(line: Line) -> str:
    return json.dumps(line, separators=(",", ":"))
