"""Every red state by a real process: exit code, sentence, no traceback, nothing half done."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import combinations
from pathlib import Path

import httpx
import pytest
from gateway import Answer, Asked, Send, gateway
from ready_process import Ready, ready
from red_states import BY_FLAGS, ELSEWHERE, FAULT, ONLY, STATES, TOKEN, State

from conformance.cli import outcome
from conformance.judge import EXIT_ORDER, Exit, first_of

ROOT = Path(__file__).parent.parent
ACKPROOF = str(Path(sys.executable).parent / "ackproof")
PAGE = (ROOT / "docs/exit-codes.md").read_text(encoding="utf-8")
SECTION = re.compile(r"^## (\d+) .*?\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
SERVER = re.compile(r"127\.0\.0\.1:\d{4,}")
FILES = {"report.json", "report.html", "report.sarif", "junit.xml", "summary.md", "trace.jsonl.gz"}
UNREACHABLE = ("run", "http://127.0.0.1:9", "--scope", "s1")
Serve = Callable[..., str]
Done = subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def honest() -> Iterator[str]:
    """Serve the reference server, with each fault in a scope of its own."""
    command = [sys.executable, "-m", "reference_server", "--port", "0", "--no-auth"]
    arguments = [*command, "--deadline", "2000", "--scoped-faults"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield str(json.loads(process.stdout.readline())["url"])
        process.terminate()


@pytest.fixture(scope="module")
def loaded() -> Iterator[Ready]:
    with ready() as process:
        yield process


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Give a working directory that only the test writes to."""
    (tmp_path / "here").mkdir()
    return tmp_path / "here"


def as_documented(text: str) -> str:
    """Put the port of the documents in the place of the server's own."""
    return SERVER.sub("127.0.0.1:8080", " ".join(text.split()))


def written(folder: Path) -> set[str]:
    """Name the files of a folder; the ledger, which is no part of a report, is left out."""
    return {one.name for one in folder.iterdir()} - {"ledger.jsonl"}


def pattern(says: str) -> str:
    return ".*".join(map(re.escape, says.split("…")))


def put(state: State, folder: Path, url: str) -> tuple[str, ...]:
    """Write the files of a state; return its arguments."""
    for name, content in state.files.items():
        text = content if isinstance(content, bytes) else content.replace("URL", url).encode()
        (folder / name).write_bytes(text)
    places = {"URL": url, "TLS": url.replace("http:", "https:")}
    return tuple(places.get(one, one) for one in state.arguments)


@pytest.mark.parametrize("state", STATES.values(), ids=[one.replace(" ", "-") for one in STATES])
def test_a_red_state_has_its_code_and_its_sentence(
    state: State, honest: str, sick_server: Serve, loaded: Ready, here: Path
) -> None:
    url = "http://127.0.0.1:8080"
    if state.server:
        url = honest if state.server == ("reference",) else sick_server(*state.server)

    done = loaded.run(*put(state, here, url), folder=here, variables=state.variables)

    assert done.returncode == state.code, done
    assert "Traceback" not in done.stdout + done.stderr
    assert TOKEN not in done.stdout + done.stderr
    if state.early:
        assert len(done.stderr.splitlines()) == 1
        assert re.fullmatch(f"ackproof: {pattern(state.says)}", as_documented(done.stderr)), done
        assert "exit " not in done.stdout
    else:
        assert re.search(pattern(state.says), as_documented(done.stdout)), done
        assert state.arguments[0] == "review" or f"\nexit {state.code}: " in done.stdout
        assert not done.stderr


def test_the_page_of_exit_codes_lists_every_red_state_in_its_words() -> None:
    listed: dict[str, tuple[int, str]] = {}
    for code, section in SECTION.findall(PAGE):
        rows = re.findall(r"^\| ([^|]+?) \| `([^`]+)` \| [^|]+ \|$", section, re.MULTILINE)
        listed |= {name: (int(code), says) for name, says in rows}

    states = {name: (one.code, one.says) for name, one in STATES.items()}
    assert listed == states | ELSEWHERE


@pytest.mark.parametrize(
    "command",
    [("--version",), ("plan", "--only", "FLR-01"), ("config", "explain", "--json"), BY_FLAGS],
    ids=["version", "plan", "json", "run"],
)
def test_output_that_cannot_be_written_is_told(
    command: tuple[str, ...], honest: str, loaded: Ready, here: Path
) -> None:
    arguments = [honest if word == "URL" else word for word in command]

    done = loaded.run(*arguments, folder=here, stdout=Path("/dev/full"))

    code, says = ELSEWHERE["a full disk under the output"]
    assert (done.returncode, done.stderr) == (code, f"ackproof: {says}\n")


def test_a_sentence_that_cannot_be_written_leaves_the_exit_code_as_it_is(tmp_path: Path) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run([ACKPROOF, "rnu"], stderr=full, check=False, cwd=tmp_path)

    assert done.returncode == 2


def limited(kilobytes: int, *arguments: str, folder: Path) -> Done:
    """Run where no file may grow beyond a size."""
    shell = f"ulimit -f {kilobytes * 2}; exec {shlex.join([ACKPROOF, *arguments])}"
    return subprocess.run(
        ["/bin/sh", "-c", shell], capture_output=True, text=True, check=False, cwd=folder
    )


def test_a_report_that_cannot_be_written_is_printed_and_leaves_nothing(
    honest: str, tmp_path: Path
) -> None:
    asked = ("run", honest, "--scope", FAULT, *ONLY, "--report-dir", "report")
    (tmp_path / "report").mkdir()
    (tmp_path / "report/report.json").write_text("of an earlier run", encoding="utf-8")

    done = limited(4, *asked, folder=tmp_path)

    code, says = ELSEWHERE["a full disk under the report"]
    assert done.returncode == code
    assert "FLR-01 MUST  fail" in done.stdout
    assert f"\nexit {code}: the report could not be written" in done.stdout
    assert re.fullmatch(f"ackproof: {pattern(says)}\n", done.stderr), done.stderr
    assert written(tmp_path / "report") == set()


def test_a_run_that_cannot_begin_leaves_no_report_of_an_earlier_one(
    loaded: Ready, here: Path
) -> None:
    for name in FILES:
        (here / name).write_text("of an earlier run", encoding="utf-8")
    (here / "notes.txt").write_text("somebody's own", encoding="utf-8")

    done = loaded.run(*UNREACHABLE, "--report-dir", ".", folder=here)

    assert done.returncode == 3
    assert written(here) == {"notes.txt"}


def test_a_run_that_is_not_described_leaves_an_earlier_report_alone(
    loaded: Ready, here: Path
) -> None:
    for name in FILES:
        (here / name).write_text("of an earlier run", encoding="utf-8")

    done = loaded.run("run", "-c", "absent.toml", "--report-dir", ".", folder=here)

    assert done.returncode == 2
    assert {one.name for one in here.iterdir()} == FILES


IN_A_CHECK = """
from dataclasses import replace
from conformance import plan

def breaks(api):
    yield 1 / 0

plan.SCENARIOS = tuple(
    replace(one, script=breaks) if one.requirement == "MBR-03" else one for one in plan.SCENARIOS
)
"""
LOST = {
    "scenario": """
from conformance.performing import Performing

wait = Performing.wait

def waits_and_forgets(performing, *scenarios):
    wait(performing, *scenarios)
    for name, one in performing._scenarios.items():
        if one.requirement == "MBR-03":
            performing._futures.pop(name, None)

Performing.wait = waits_and_forgets
""",
    "invariant": """
from conformance import runner

runner.judge_histories = lambda *_: []
""",
}
OUTSIDE = """
from conformance import command_run

command_run.header = lambda *_: 1 / 0
"""


def planted(defect: str, *arguments: str, folder: Path) -> Done:
    """Run the command with a defect of the kit."""
    script = f"{defect}\nfrom conformance.cli import main\nmain()"
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name != "ACKPROOF_DEBUG"},
    )


def test_a_check_of_the_kit_that_breaks_outranks_a_broken_must(honest: str, tmp_path: Path) -> None:
    both = ("run", honest, "--scope", FAULT, *ONLY, "--only", "MBR-03")

    done = planted(IN_A_CHECK, *both, "--report-dir", "report", folder=tmp_path)

    code, says = ELSEWHERE["a check of the kit breaks"]
    report = json.loads((tmp_path / "report/report.json").read_text(encoding="utf-8"))
    assert done.returncode == report["exit_code"] == code
    assert report["failed"] == ["FLR-01"]
    assert says in as_documented(done.stdout)
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("defect", LOST.values(), ids=LOST)
def test_a_check_of_the_plan_that_is_lost_is_an_error_of_the_kit(
    defect: str, honest: str, tmp_path: Path
) -> None:
    asked = ("run", honest, "--scope", "s1", "--only", "MBR-03", "--only", "RCP-06")

    done = planted(defect, *asked, folder=tmp_path)

    code, says = ELSEWHERE["a check of the plan is lost"]
    assert done.returncode == code, done.stdout
    assert re.search(pattern(says), as_documented(done.stdout))


def test_a_kit_that_breaks_outside_every_check_says_so(honest: str, tmp_path: Path) -> None:
    done = planted(OUTSIDE, "run", honest, "--scope", "s1", *ONLY, folder=tmp_path)

    code, says = ELSEWHERE["the kit breaks outside every check"]
    assert (done.returncode, done.stderr) == (code, f"ackproof: {says}\n")
    assert not done.stdout


@contextmanager
def under_way(*arguments: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a run."""
    with subprocess.Popen(
        [ACKPROOF, "run", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
    ) as process:
        yield process


SLOW = ("--only", "STA-06", "--only", "FLR-01", "--only", "MBR-03")


@contextmanager
def held_up(honest: str, seconds: float) -> Iterator[tuple[str, threading.Event]]:
    """Stand before a server and hold up each bind; give the URL, and what is set by the first."""
    met = threading.Event()

    def habit(asked: Asked, send: Send) -> Answer:
        if asked.method == "PUT":
            met.set()
            time.sleep(seconds)
        return send(asked)

    with gateway(honest, habit) as url:
        yield url, met


@pytest.mark.parametrize(
    ("number", "state"),
    [(signal.SIGINT, "Ctrl-C in the middle"), (signal.SIGTERM, "SIGTERM in the middle")],
    ids=["ctrl-c", "sigterm"],
)
def test_a_run_that_is_stopped_reports_what_was_judged_and_that_it_was_stopped(
    number: signal.Signals, state: str, honest: str, tmp_path: Path
) -> None:
    with held_up(honest, 1) as (url, bound):
        asked = (url, "--scope", "s1", *ONLY, "--report-dir", "report")
        with under_way(*asked, folder=tmp_path) as process:
            assert bound.wait(30)
            process.send_signal(number)
            out, errors = process.communicate(timeout=30)

    code, says = ELSEWHERE[state]
    report = json.loads((tmp_path / "report/report.json").read_text(encoding="utf-8"))
    assert process.returncode == report["exit_code"] == code
    assert report["interrupted"]
    assert f"\n{says}" in out
    assert not errors
    assert written(tmp_path / "report") == FILES
    assert "<error" in (tmp_path / "report/junit.xml").read_text(encoding="utf-8")
    for name in ("report.html", "summary.md"):
        assert "interrupted" in (tmp_path / "report" / name).read_text(encoding="utf-8")
    assert outcome(["verify-report", str(tmp_path / "report")]) == 0


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, 130), (signal.SIGKILL, -signal.SIGKILL)],
    ids=["sigterm", "sigkill"],
)
def test_the_embedded_server_goes_with_a_run_that_is_stopped(
    number: signal.Signals, code: int, tmp_path: Path
) -> None:
    with under_way(*ONLY, folder=tmp_path) as process:
        assert process.stdout is not None
        told = SERVER.search(process.stdout.readline())
        process.send_signal(number)
        process.communicate(timeout=30)

    assert told
    assert process.returncode == code
    assert eventually_refuses(f"http://{told[0]}")


def eventually_refuses(url: str) -> bool:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            httpx.get(url)
        except httpx.ConnectError:
            return True
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    return False


def test_ctrl_c_before_anything_is_judged_ends_with_130(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        asked = (url, "--scope", "s1", "--report-dir", "report")
        with under_way(*asked, folder=tmp_path) as process:
            connection, _ = silent.accept()
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=30)
            connection.close()

    code, says = ELSEWHERE["Ctrl-C before anything is judged"]
    assert (process.returncode, errors.strip()) == (code, f"ackproof: {says}")
    assert written(tmp_path / "report") == set()


def test_a_second_ctrl_c_ends_at_once(honest: str, tmp_path: Path) -> None:
    with held_up(honest, 8) as (url, bound):
        asked = (url, "--scope", "s1", *ONLY, "--report-dir", "report")
        with under_way(*asked, folder=tmp_path) as process:
            assert bound.wait(30)
            process.send_signal(signal.SIGINT)
            time.sleep(0.5)
            assert process.poll() is None
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=5)

    code, says = ELSEWHERE["Ctrl-C twice"]
    assert (process.returncode, errors.strip()) == (code, f"ackproof: {says}")
    assert written(tmp_path / "report") == set()


def test_a_server_that_dies_in_the_middle_is_blamed_for_nothing_else(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "reference_server", "--port", "0", "--no-auth"]
    with subprocess.Popen(
        [*command, "--deadline", "2000"], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        url = json.loads(server.stdout.readline())["url"]
        with held_up(url, 0.2) as (gone, bound):
            asked = (gone, "--scope", "s1", *SLOW, "--limit", "3", "--report-dir", "report")
            with under_way(*asked, folder=tmp_path) as process:
                assert bound.wait(30)
                server.kill()
                out, errors = process.communicate(timeout=30)

    code, says = ELSEWHERE["the server dies in the middle"]
    report = json.loads((tmp_path / "report/report.json").read_text(encoding="utf-8"))
    assert process.returncode == report["exit_code"] == code
    assert report["failed"] == []
    assert re.search(pattern(says), as_documented(out))
    assert [one["kind"] for one in report["notices"]] == ["stopped_answering"]
    assert not errors


def test_a_reader_who_leaves_early_ends_the_command_without_a_word(tmp_path: Path) -> None:
    with subprocess.Popen(
        [ACKPROOF, "plan"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr is not None
        assert not process.stderr.read()
    assert process.returncode == 130


def is_red(done: Done) -> bool:
    """Whether a run of the fault was told as it always is, without colours."""
    finding = "FLR-01 MUST" in done.stdout and "exit 1: a MUST is broken" in done.stdout
    return done.returncode == 1 and finding and not done.stderr and "\x1b" not in done.stdout


BROKEN = ("--scope", FAULT, *ONLY)


def test_a_terminal_without_our_characters_gets_the_others(honest: str) -> None:
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        [ACKPROOF, "run", honest, *BROKEN],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | ascii_only,
    )

    assert is_red(done)
    assert done.stdout.isascii()


def test_a_narrow_screen_breaks_no_line_but_those_to_be_copied(
    honest: str, loaded: Ready, here: Path
) -> None:
    narrow = {"COLUMNS": "40", "NO_COLOR": "1"}
    done = loaded.run("run", honest, *BROKEN, folder=here, variables=narrow)

    assert is_red(done)
    findings = done.stdout[done.stdout.index("FLR-01 MUST") :]
    long = [line.strip() for line in findings.splitlines() if len(line) > 40]
    whole = {"exchange", "curl", "longest", "writes", "exit", "cleanup"}
    assert {line.split()[0] for line in long} <= whole


def test_a_run_writes_nothing_to_its_working_directory(
    honest: str, loaded: Ready, here: Path
) -> None:
    assert is_red(loaded.run("run", honest, *BROKEN, folder=here))
    assert not list(here.iterdir())


def test_the_first_code_of_the_published_order_wins() -> None:
    order = [130, 6, 3, 2, 7, 1, 5, 4, 0]

    assert list(EXIT_ORDER) == order
    assert set(EXIT_ORDER) == set(Exit)
    for size in range(1, len(order)):
        for codes in combinations(order, size):
            assert first_of(reversed(codes)) == codes[0]
    assert first_of(()) == 0
