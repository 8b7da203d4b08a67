"""A run that restarts its target: once, at its end, and to nobody's harm."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from conformance.checks import Unverified
from conformance.cli import outcome
from conformance.contract import load_contract
from conformance.embedded import embedded_server
from conformance.exchange import Exchange, Request, Response
from conformance.histories_judged import END
from conformance.hooks import HookFailed
from conformance.plan import make_plan
from conformance.progress import Silent
from conformance.restarting import NO_HOOK, RESTART, Restarted, Restarting
from conformance.runner import run
from conformance.scenarios import SCENARIOS

ACKPROOF = str(Path(sys.executable).with_name("ackproof"))
DURABILITY = ("DUR-01", "DUR-02", "DUR-03", "DUR-04", "DUR-05")
AROUND = {RESTART, *(one.name for one in SCENARIOS if one.restarts)}
STARTS = """
import json, os, signal, subprocess, sys, time

def gone(pid):
    try:
        return open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[0] in "ZX"
    except FileNotFoundError:
        return True

port, forgets = sys.argv[1], sys.argv[2:]
if os.path.exists("announced"):
    pid = json.load(open("announced"))["pid"]
    os.kill(pid, signal.SIGKILL)
    while not gone(pid):
        time.sleep(0.01)
for name in forgets:
    os.remove(name)
command = [sys.executable, "-m", "reference_server", "--port", port, "--no-auth"]
command += ["--data", "events.sqlite", "--deadline", "2000"]
with open("announced", "w") as announced:
    subprocess.Popen(command, stdout=announced, start_new_session=True)
while not os.path.getsize("announced"):
    time.sleep(0.01)
print("started", file=open("starts", "a"))
"""


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Write a target file of a server that is started and restarted by hooks of its owner."""

    def write(port: int, **hooks: str) -> Path:
        (tmp_path / "starts.py").write_text(STARTS, encoding="utf-8")
        given = "\n".join(f"{name} = {command}" for name, command in hooks.items())
        path = tmp_path / "conformance.toml"
        path.write_text(
            f'[target]\nurl = "http://127.0.0.1:{port}"\nscope = "s1"\n'
            f'profiles = ["durability"]\n[timing]\nrestart_limit = 5\n[hooks]\n{given}\n',
            encoding="utf-8",
        )
        return path

    yield write
    with suppress(FileNotFoundError, ProcessLookupError):
        os.kill(json.loads((tmp_path / "announced").read_text("utf-8"))["pid"], signal.SIGKILL)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def starting(port: int, *forgets: str) -> list[str]:
    """Give the command that kills the owner's server, if there is one, and starts it."""
    return [sys.executable, "starts.py", str(port), *forgets]


def reported(folder: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((folder / "out/report.json").read_text("utf-8"))
    return report


def outcomes(report: Mapping[str, Any]) -> dict[str, str]:
    return {one["id"]: one["outcome"] for one in report["verdicts"]}


def judged(folder: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    code = outcome(["run", *arguments, "--report-dir", str(folder / "out")])
    return code, reported(folder)


def test_an_owner_resets_and_restarts_a_server_by_hooks(
    tmp_path: Path, own: Callable[..., Path]
) -> None:
    starts = json.dumps(starting(free_port()))
    path = own(int(json.loads(starts)[2]), reset=starts, restart=starts)

    code, report = judged(tmp_path, "-c", str(path))

    assert outcomes(report) == dict.fromkeys(DURABILITY, "pass")
    assert code == 0
    assert report["summary"]["durability"]["held"] is True
    assert report["notices"] == []
    assert (tmp_path / "starts").read_text("utf-8") == "started\n" * 2
    assert outcome(["verify-report", str(tmp_path / "out")]) == 0


def test_a_server_that_keeps_nothing_is_blamed_for_all_that_it_lost_and_for_nothing_else(
    tmp_path: Path, own: Callable[..., Path]
) -> None:
    port = free_port()
    reset, restart = starting(port), starting(port, "events.sqlite", "events.sqlite-wal")
    path = own(port, reset=json.dumps(reset), restart=json.dumps(restart))
    only = [word for name in (*DURABILITY, "STA-03", "STA-08") for word in ("--only", name)]

    code, report = judged(tmp_path, "-c", str(path), *only, "--set", "timing.restart_limit=1")

    kept = {"STA-03": "pass", "STA-08": "pass", "DUR-05": "not_verified"}
    assert outcomes(report) == dict.fromkeys(DURABILITY, "fail") | kept
    assert code == 1
    assert outcome(["verify-report", str(tmp_path / "out")]) == 0


def test_without_a_hook_durability_is_not_verified_by_name_and_nothing_is_sent_for_it(
    tmp_path: Path, reference_server: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    url, profile = reference_server(), ("--scope", "s1", "--profile", "durability")

    code, report = judged(tmp_path, url, *profile)
    outcome(["plan", url, *profile])

    assert code == 4
    assert {one["outcome"] for one in report["verdicts"]} == {"not_verified"}
    assert {reason for one in report["verdicts"] for reason in one["reasons"]} == {NO_HOOK}
    assert report["exchanges"] < 20
    assert "not verified, since there is no restart hook" in " ".join(
        capsys.readouterr().out.split()
    )


def test_a_hook_that_restarts_nothing_is_told_to_have_shown_no_outage(
    tmp_path: Path, reference_server: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    hooks = ("--set", "hooks.restart=sleep,1")

    code, report = judged(tmp_path, reference_server(), "--scope", "s1", *hooks, "--only", "DUR-02")

    (notice,) = report["notices"]
    assert (code, outcomes(report)) == (0, {"DUR-02": "pass"})
    assert notice["kind"] == "no_outage_seen"
    assert int(notice["text"].partition("none of the ")[2].partition(" ")[0]) >= 10
    assert "no outage seen: The restart hook did its work" in capsys.readouterr().out
    assert outcome(["verify-report", str(tmp_path / "out")]) == 0


FAILING = {
    "ends-badly": ("print('no docker'); raise SystemExit(1)", "exit code 1; it said: no docker"),
    "ends-never": ("import time; time.sleep(60)", "did not end within 1 s and was killed"),
    "leaves-it-down": ("import os, sys; os.kill(int(sys.argv[1]), 9)", "not answer within 1 s of"),
}


@pytest.mark.parametrize(("script", "sentence"), FAILING.values(), ids=FAILING.keys())
def test_a_restart_that_fails_hurts_nothing_but_what_needs_it(
    tmp_path: Path, own: Callable[..., Path], script: str, sentence: str
) -> None:
    port = free_port()
    own(port)
    subprocess.run(starting(port), check=True, cwd=tmp_path)
    pid = json.loads((tmp_path / "announced").read_text("utf-8"))["pid"]
    killing = json.dumps([sys.executable, "-c", script, str(pid)])
    path = own(port, restart=killing, timeout="1")

    only = [word for name in ("STA-03", "RCP-01", "DUR-04") for word in ("--only", name)]
    code, report = judged(tmp_path, "-c", str(path), *only, "--set", "timing.restart_limit=1")

    found = outcomes(report)
    assert (found["STA-03"], found["RCP-01"], found["DUR-04"]) == ("pass", "pass", "not_verified")
    (reason,) = next(one["reasons"] for one in report["verdicts"] if one["id"] == "DUR-04")
    assert sentence in reason
    assert code == 4
    assert "no_outage_seen" not in {one["kind"] for one in report["notices"]}


def test_ctrl_c_kills_the_hook_and_reports_what_was_judged(
    tmp_path: Path, reference_server: Callable[..., str]
) -> None:
    script = ["sh", "-c", "echo $$ > pid; sleep 60"]
    path = tmp_path / "conformance.toml"
    path.write_text(
        f'[target]\nurl = "{reference_server()}"\nscope = "s1"\n'
        f"[hooks]\nrestart = {json.dumps(script)}\n",
        encoding="utf-8",
    )
    command = [ACKPROOF, "run", "-c", str(path), "--only", "DUR-02"]
    command += ["--report-dir", str(tmp_path / "out")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    deadline = time.monotonic() + 30
    while not (tmp_path / "pid").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)

    assert process.wait(30) == 130
    assert not Path(f"/proc/{(tmp_path / 'pid').read_text('ascii').strip()}").exists()
    assert outcomes(reported(tmp_path)) == {"DUR-02": "not_verified"}


def test_a_reset_that_fails_ends_the_run_before_anything_is_sent(
    own: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    refuses = [sys.executable, "-c", "print('locked'); raise SystemExit(7)"]

    code = outcome(["run", "-c", str(own(9, reset=json.dumps(refuses)))])

    told = capsys.readouterr().err
    assert code == 3
    assert told.startswith("ackproof: Nothing was sent: the reset hook (")
    assert told.strip().endswith("ended with exit code 7; it said: locked.")


@pytest.mark.parametrize("mode", ["read-only", "smoke"])
def test_a_lesser_run_runs_no_hook(tmp_path: Path, own: Callable[..., Path], mode: str) -> None:
    touches = json.dumps([sys.executable, "-c", "open('touched', 'w')"])

    path = own(9, reset=touches, restart=touches)

    code = outcome(["run", "-c", str(path), "--mode", mode, "--set", "existing.member=m1"])

    assert code == 3
    assert not (tmp_path / "touched").exists()


def test_the_embedded_server_is_restarted_with_nothing_else_in_flight() -> None:
    contract = load_contract()
    with embedded_server() as served:
        target = served.target({})
        plan = make_plan(contract, target, ("STA-03", *DURABILITY))
        result = run(contract, target, plan, Silent())

    around = [one for one in result.exchanges if one.cause in AROUND]
    before = [one for one in result.exchanges if one.cause not in AROUND]
    assert {one.outcome for one in result.verdicts} == {"pass"}
    assert END in {one.cause for one in before}
    assert max(one.received for one in before) <= min(one.sent for one in around)
    assert len([one for one in around if one.status == 202]) >= 8
    shown = [by for one in result.heard if one.requirement == "STA-03" for by in one.said]
    assert not any(one.cause in AROUND for judgement in shown for one in judgement.shown_by)


def answer(number: int = 1) -> Exchange:
    asked = Request("GET", "http://127.0.0.1:9/")
    return Exchange(number, "scenarios", "x", None, {}, asked, Response(200), 0.0, 0.0)


def together(
    restart: Callable[[], None], *scenarios: Callable[[Restarting], object], at_once: int = 6
) -> list[object]:
    """Perform scenarios around one restart; give what each returns or raises."""
    restarting = Restarting(len(scenarios), restart, answer, answer, at_once)
    came: list[object] = [None] * len(scenarios)

    def perform(place: int, script: Callable[[Restarting], object]) -> None:
        try:
            came[place] = restarting.take_part(partial(script, restarting))
        except Unverified as reason:
            came[place] = str(reason)

    threads = [
        threading.Thread(target=perform, args=(place, script), daemon=True)
        for place, script in enumerate(scenarios)
    ]
    for thread in threads:
        thread.start()
    restarting.perform()
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads)
    return came


@pytest.mark.parametrize("at_once", [1, 6])
def test_the_restart_comes_once_when_everybody_waits_for_it_or_has_ended(at_once: int) -> None:
    told: list[str] = []

    def late(restarting: Restarting) -> object:
        time.sleep(0.1)
        told.append("arranged")
        return restarting.wait([], [])

    def early(restarting: Restarting) -> object:
        told.append("arranged")
        return restarting.wait([], [])

    def over(_: Restarting) -> object:
        told.append("arranged")
        return "over"

    came = together(lambda: told.append("restarted"), late, early, over, at_once=at_once)

    assert told == ["arranged"] * 3 + ["restarted"]
    assert [isinstance(one, Restarted) for one in came] == [True, True, False]


def test_each_scenario_gets_what_was_sent_for_it_before_and_meanwhile() -> None:
    def one(restarting: Restarting) -> object:
        return restarting.wait([partial(answer, 1), partial(answer, 2)], [])

    def other(restarting: Restarting) -> object:
        return restarting.wait([], [partial(answer, number) for number in range(3, 43)])

    first, second = together(lambda: None, one, other)

    assert isinstance(first, Restarted)
    assert isinstance(second, Restarted)
    assert [exchange.number for exchange in first.pending] == [1, 2]
    assert first.amid == second.pending == ()
    assert 8 <= len(second.amid) < 40
    assert {exchange.number for exchange in second.amid} <= set(range(3, 43))


def test_why_there_was_no_restart_is_told_to_everybody() -> None:
    def fails() -> None:
        raise HookFailed("the restart hook (x) ended with exit code 1")

    def waits(restarting: Restarting) -> object:
        return restarting.wait([], [])

    assert together(fails, waits, waits) == ["the restart hook (x) ended with exit code 1"] * 2


def test_a_request_that_the_run_may_not_send_is_told_to_who_wanted_it() -> None:
    def refused() -> Exchange:
        raise Unverified("the write limit of 3 is used up")

    def wants(restarting: Restarting) -> object:
        return restarting.wait([refused], [])

    def waits(restarting: Restarting) -> object:
        return restarting.wait([], [refused])

    first, second = together(lambda: None, wants, waits)

    assert first == "the write limit of 3 is used up"
    assert isinstance(second, Restarted)


def test_whoever_waits_is_let_go_when_the_run_is_given_up() -> None:
    restarting, came = Restarting(1, lambda: None, answer, answer, 1), list[str]()

    def waits() -> None:
        with pytest.raises(Unverified, match="the run was interrupted"):
            restarting.take_part(lambda: restarting.wait([], []))
        came.append("let go")

    thread = threading.Thread(target=waits, daemon=True)
    thread.start()
    restarting.give_up()
    thread.join(10)

    assert came == ["let go"]
