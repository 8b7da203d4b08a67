"""What a run leaves behind: nothing where it can, and otherwise it says what."""

import gzip
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from gateway import Answer, Asked, Habit, Send, gateway
from two_kits import judged_at_once, left_behind

from conformance import cleanup, command_clean
from conformance.cli import outcome
from conformance.contract import load_contract
from conformance.ledger import begin
from conformance.ledger_file import read_ledger
from conformance.target_file import load_target

ACKPROOF: Final = str(Path(sys.executable).parent / "ackproof")
Serve = Callable[..., str]
Begun = Callable[[Path, str, Iterable[object]], Path]
S1: Final = {"scope": "s1"}
ONLY: Final = ("--only", "MBR-01", "--only", "MBR-08")
CREATED_AT: Final = re.compile(rb'"createdAt": ?"[^"]*"')
HTML: Final = Answer(404, {"content-type": "text/html"}, b"<h1>Not found</h1>")
PROBLEM: Final = json.dumps({"code": "SCOPE_ACCESS_DENIED", "message": "No."}).encode()


@pytest.fixture(autouse=True)
def states(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the ledgers go that are given no place."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "states"))
    return tmp_path / "states/ackproof"


@pytest.fixture
def begun() -> Begun:
    """Write the ledger of a run that was killed: begun(path, url, ends of the names it asked)."""

    def write(path: Path, url: str, ends: Iterable[object]) -> Path:
        with closing(begin(path, load_target(None, {"url": url, **S1}, {}), "1.0")) as ledger:
            namespace = ledger.heading.namespace
            for end in ends:
                named = None if end is None else f"{namespace}-{end}"
                ledger.note("asked", operation="createMember", scope="s1", id=named)
        return path

    return write


def judged(url: str, *options: str) -> int:
    return outcome(["run", url, "--scope", "s1", *ONLY, *options])


def cleanup_line(said: str) -> str:
    (line,) = [one for one in said.splitlines() if one.startswith("cleanup ")]
    return line


def test_a_run_leaves_nothing_behind_and_says_so(
    reference_server: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = reference_server()

    code = judged(url, "--report-dir", str(tmp_path / "out"))

    told = read_ledger(tmp_path / "out/ledger.jsonl")
    report = json.loads((tmp_path / "out/report.json").read_text("utf-8"))
    line = cleanup_line(capsys.readouterr().out)
    assert code == report["exit_code"] == 0
    assert left_behind(url) == []
    assert line == f"cleanup  removed {len(told.members)} members of the run, none is left"
    assert len(told.members) > 4
    assert told.settled
    assert outcome(["verify-report", str(tmp_path / "out")]) == 0
    assert "deleteMember" not in [one["operation"] for one in trace_of(tmp_path / "out")]


def test_members_that_findings_show_stay_until_they_are_cleaned(
    reference_server: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = reference_server("--fault", "calls-a-failed-run-ready")
    asked = ("run", url, "--scope", "s1", "--only", "FLR-01", "--only", "MBR-01")

    code = outcome([*asked, "--report-dir", str(tmp_path)])

    line, kept = cleanup_line(capsys.readouterr().out), left_behind(url)
    shown = json.loads((tmp_path / "report.json").read_text("utf-8"))["verdicts"]
    assert code == 1
    assert f"{len(kept)} is kept, since findings show them. Remove it with: ackproof clean " in line
    assert [member for member in kept if member not in json.dumps(shown)] == []
    assert outcome(["clean", str(tmp_path / "ledger.jsonl")]) == 0
    assert left_behind(url) == []


def trace_of(folder: Path) -> list[dict[str, Any]]:
    text = gzip.decompress((folder / "trace.jsonl.gz").read_bytes()).decode()
    lines = [json.loads(line) for line in text.splitlines()]
    return [line for line in lines if line["kind"] == "exchange"]


def test_every_create_is_in_the_ledger_before_it_reaches_the_server(
    reference_server: Serve, tmp_path: Path
) -> None:
    ledger, creates = tmp_path / "l.jsonl", []

    def looks(asked: Asked, send: Send) -> Answer:
        if asked.method == "POST" and asked.target.endswith("/members"):
            line = json.loads(ledger.read_text("utf-8").splitlines()[-1])
            creates.append((json.loads(asked.body).get("memberId"), line["kind"], line["id"]))
        return send(asked)

    with gateway(reference_server(), looks) as url:
        assert judged(url, "--concurrency", "1", "--ledger", str(ledger)) == 0

    assert None in [named for named, _, _ in creates]
    assert [(kind, written) for _, kind, written in creates] == [
        ("asked", named) for named, _, _ in creates
    ]


def test_a_ledger_of_nobodys_choice_goes_with_what_it_lists(
    reference_server: Serve, states: Path
) -> None:
    assert judged(reference_server()) == 0
    assert list(states.iterdir()) == []


@pytest.mark.parametrize("where", ["flag", "file"])
def test_what_an_owner_keeps_stays_until_it_is_cleaned(
    where: str,
    reference_server: Serve,
    states: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    url = reference_server()
    file = states.parents[1] / "conformance.toml"
    told = f'[target]\nurl = "{url}"\nscope = "s1"\n'
    file.write_text(told + ("[cleanup]\nkeep = true\n" if where == "file" else ""), "utf-8")
    keep = ["--keep"] if where == "flag" else []

    assert outcome(["run", "-c", str(file), *ONLY, *keep]) == 0

    (ledger,) = states.iterdir()
    kept = left_behind(url)
    line = cleanup_line(capsys.readouterr().out)
    assert len(kept) > 4
    assert line.endswith(f"Remove it with: ackproof clean {ledger}")
    assert outcome(["clean", str(ledger), "-c", str(file), "--dry-run"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert listed[0] == f"cleanup  would remove {len(kept)} members of {url}"
    assert sorted(listed[1:]) == sorted(f"  s1/{one}" for one in kept)
    assert left_behind(url) == kept
    reads_only = ("--set", "run.mode=read-only")
    assert outcome(["clean", str(ledger), "-c", str(file), *reads_only]) == 0
    assert left_behind(url) == []
    assert not ledger.exists()


def no_route(asked: Asked, send: Send) -> Answer:
    return HTML if asked.method == "DELETE" else send(asked)


def no_method(asked: Asked, send: Send) -> Answer:
    return Answer(405) if asked.method == "DELETE" else send(asked)


NO_DELETE: Final = {
    "a bare 405": no_method,
    "a page that says 404": no_route,
}


@pytest.mark.parametrize("habit", NO_DELETE.values(), ids=NO_DELETE.keys())
def test_a_server_without_delete_is_told_of_and_not_blamed(
    habit: Habit, reference_server: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = tmp_path / "ledger.jsonl"
    origin = reference_server()
    with gateway(origin, habit) as url:
        code = judged(url, "--ledger", str(ledger))
        line = cleanup_line(capsys.readouterr().out)
        again = outcome(["clean", str(ledger)])

    told, listed = read_ledger(ledger), capsys.readouterr().out.splitlines()
    left = left_behind(origin)
    assert (code, again) == (0, 0)
    assert line.startswith(f"cleanup  removed 0 members of the run, {len(left)} are left: ")
    assert "the server offers no delete (DELETE /api/scopes/s1/members/" in line
    assert f"Remove what has {told.heading.namespace} in its name" in line
    assert {one.strip() for one in listed[1:]} == {f"s1/{one}" for one in left}
    assert told.settled


def test_what_is_declared_away_is_not_sent(reference_server: Serve, tmp_path: Path) -> None:
    asked: list[str] = []

    def heard(request: Asked, send: Send) -> Answer:
        asked.append(request.method)
        return send(request)

    with gateway(reference_server(), heard) as url:
        declared = ("--set", "target.not_offered=deleteMember")
        code = judged(url, *declared, "--only", "MBR-09", "--ledger", str(tmp_path / "l.jsonl"))

    assert code == 0
    assert "DELETE" not in asked
    assert read_ledger(tmp_path / "l.jsonl").settled


def test_a_refused_credential_leaves_things_to_be_cleaned(
    reference_server: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = Answer(403, {"content-type": "application/json"}, PROBLEM)
    with gateway(
        reference_server(), lambda asked, send: refused if asked.method == "DELETE" else send(asked)
    ) as url:
        code = judged(url, "--ledger", str(tmp_path / "l.jsonl"))
        again = outcome(["clean", str(tmp_path / "l.jsonl")])

    assert (code, again) == (0, 1)
    assert "the server refuses it (DELETE" in capsys.readouterr().out
    assert not read_ledger(tmp_path / "l.jsonl").settled


def test_a_slow_server_is_left_after_so_long_and_cleaned_later(
    reference_server: Serve,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def slow(asked: Asked, send: Send) -> Answer:
        time.sleep(1.0 if asked.method == "DELETE" else 0.0)
        return send(asked)

    monkeypatch.setattr(command_clean, "AFTER_A_RUN_SECONDS", 0.5)
    origin = reference_server()
    with gateway(origin, slow) as url:
        code = judged(url, "--concurrency", "1", "--ledger", str(tmp_path / "l.jsonl"))
        line = cleanup_line(capsys.readouterr().out)
        left = left_behind(origin)
        again = outcome(["clean", str(tmp_path / "l.jsonl"), "--set", "target.concurrency=8"])

    assert (code, again) == (0, 0)
    assert "are left: time was up. Remove it with: ackproof clean " in line
    assert left
    assert left_behind(origin) == []


def test_a_delete_that_does_nothing_is_told_of(
    reference_server: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done = Answer(200, {"content-type": "application/json"}, b"{}")
    with gateway(
        reference_server(), lambda asked, send: done if asked.method == "DELETE" else send(asked)
    ) as url:
        began = time.monotonic()
        assert judged(url, "--ledger", str(tmp_path / "l.jsonl")) == 0

    assert "deleting has no effect" in capsys.readouterr().out
    assert time.monotonic() - began < 15


def test_a_server_that_is_gone_keeps_nobody_waiting(
    begun: Begun, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = begun(tmp_path / "l.jsonl", "http://127.0.0.1:1", range(200))
    contract, target = load_contract(), load_target(None, {"url": "http://127.0.0.1:1", **S1}, {})
    began = time.monotonic()

    done = cleanup.clean(contract, target, read_ledger(ledger), 20.0, twice=True)

    assert time.monotonic() - began < 5
    assert len(done.left) == 200
    assert "the server cannot be reached" in done.why
    assert outcome(["clean", str(ledger)]) == 3
    assert "cannot be reached" in capsys.readouterr().err


def test_what_the_server_named_is_found_by_the_name_of_the_run(
    begun: Begun, reference_server: Serve, tmp_path: Path
) -> None:
    url = reference_server()
    ledger = begun(tmp_path / "l.jsonl", url, [None])
    namespace = read_ledger(ledger).heading.namespace
    for name in (f"Without an id {namespace}-1", "Without an id ap-"):
        body = {"displayName": name, "implementationKind": "script"}
        httpx.post(f"{url}/api/scopes/s1/members", json=body).raise_for_status()

    assert outcome(["clean", str(ledger)]) == 0

    assert len(left_behind(url)) == 1


def old(answer: Answer) -> Answer:
    return replace(answer, body=CREATED_AT.sub(b'"createdAt":"2020-01-01T00:00:00Z"', answer.body))


def ageless(answer: Answer) -> Answer:
    return replace(answer, body=answer.body.replace(b'"createdAt"', b'"madeAt"'))


def unlisted(answer: Answer) -> Answer:
    nothing = Answer(200, {"content-type": "application/json"}, b'{"members": null}')
    return nothing if b'"members"' in answer.body else old(answer)


@pytest.mark.parametrize("habit", [old, ageless, unlisted], ids=lambda one: one.__name__)
def test_a_member_that_was_there_before_is_left_alone_although_a_create_was_answered_with_it(
    habit: Callable[[Answer], Answer],
    begun: Begun,
    reference_server: Serve,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    origin = reference_server()
    body = {"memberId": "greeter", "displayName": "Greeter", "implementationKind": "script"}
    httpx.post(f"{origin}/api/scopes/s1/members", json=body).raise_for_status()

    with gateway(origin, lambda asked, send: habit(send(asked))) as url:
        ledger = begun(tmp_path / "l.jsonl", url, [1])
        with ledger.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps({"kind": "named", "scope": "s1", "id": "greeter"}) + "\n")
        code = outcome(["clean", str(ledger), "--set", "timing.request_timeout=2"])

    assert left_behind(origin) == ["greeter"]
    assert code == 0
    assert "nothing was done to greeter" in cleanup_line(capsys.readouterr().out)


def test_an_id_that_a_gateway_would_resolve_to_another_path_is_not_deleted(
    begun: Begun, reference_server: Serve, tmp_path: Path
) -> None:
    asked: list[str] = []

    def lists_odd_ids(request: Asked, _: Send) -> Answer:
        if request.method == "DELETE":
            asked.append(request.target)
        rows = [
            {"memberId": one, "displayName": f"Member {namespace}-1"}
            for one in ("", "..", "x/../y", "x\\..", "x/")
        ]
        listed = json.dumps({"members": rows}).encode()
        return Answer(200, {"content-type": "application/json"}, listed)

    with gateway(reference_server(), lists_odd_ids) as url:
        ledger = begun(tmp_path / "l.jsonl", url, [1, "2/../..", "3/"])
        namespace = read_ledger(ledger).heading.namespace
        assert outcome(["clean", str(ledger)]) == 0

    assert set(asked) == {f"/api/scopes/s1/members/{namespace}-1"}


def test_another_server_than_the_ledgers_is_refused(
    reference_server: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url, other = reference_server(), reference_server()
    ledger, file = tmp_path / "l.jsonl", tmp_path / "conformance.toml"
    assert judged(url, "--keep", "--ledger", str(ledger)) == 0
    file.write_text(f'[target]\nurl = "{other}"\nscope = "s1"\n', "utf-8")

    assert outcome(["clean", str(ledger), "-c", str(file)]) == 2
    said = capsys.readouterr().err
    assert f"describes {other}" in said
    assert f"is the ledger of a run against {url}" in said
    assert left_behind(url)


def test_members_of_other_names_are_left_alone(reference_server: Serve, tmp_path: Path) -> None:
    url = reference_server()
    body = {"memberId": "ap-notours-1", "displayName": "ap-", "implementationKind": "script"}
    httpx.post(f"{url}/api/scopes/s1/members", json=body).raise_for_status()

    assert judged(url, "--ledger", str(tmp_path / "l.jsonl")) == 0

    assert left_behind(url) == ["ap-notours-1"]


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT], ids=["kill -9", "Ctrl-C"])
def test_a_run_that_was_ended_early_leaves_nothing_once_it_is_cleaned(
    end: signal.Signals, reference_server: Serve, tmp_path: Path
) -> None:
    url = reference_server("--deadline", "2000")
    command = [ACKPROOF, "run", url, "--scope", "s1", "--report-dir", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        ledger = tmp_path / "ledger.jsonl"
        until = time.monotonic() + 30
        while not (ledger.exists() and ledger.read_text("utf-8").count("\n") > 30):
            assert time.monotonic() < until
            time.sleep(0.02)
        process.send_signal(end)
        said, _ = process.communicate(timeout=60)

    if end == signal.SIGKILL:
        assert process.returncode == -signal.SIGKILL
        assert [one for one in left_behind(url) if one.startswith("ap-")]
        assert outcome(["clean", str(ledger)]) == 0
    else:
        assert process.returncode == 130
        assert "none is left" in cleanup_line(said)
    assert left_behind(url) == []
    assert len(read_ledger(ledger).members) > 10


def test_the_embedded_server_is_not_cleaned(
    states: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert outcome(["run", "--only", "MBR-01", "--report-dir", str(tmp_path / "out")]) == 0

    assert "cleanup" not in capsys.readouterr().out
    assert not (tmp_path / "out/ledger.jsonl").exists()
    assert not states.exists()


def test_two_kits_at_once_judge_as_one_alone_and_disturb_nobody(reference_server: Serve) -> None:
    url = reference_server("--deadline", "2000")
    (alone,) = judged_at_once(url, 1, ONLY)

    assert judged_at_once(url, 2, ONLY) == [alone, alone]
    assert set(alone.values()) == {"pass"}
    assert left_behind(url) == []


def test_a_teardown_that_is_interrupted_ends_at_once_and_says_how_to_go_on(
    reference_server: Serve,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def ctrl_c(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cleanup, "wait", ctrl_c)
    url, ledger = reference_server(), tmp_path / "l.jsonl"

    assert judged(url, "--ledger", str(ledger)) == 130
    assert cleanup_line(capsys.readouterr().out).startswith("cleanup  interrupted. Remove it with")
    monkeypatch.undo()
    assert outcome(["clean", str(ledger)]) == 0
    assert left_behind(url) == []


def test_a_run_under_pytest_leaves_nothing_behind_either(
    reference_server: Serve, states: Path
) -> None:
    url = reference_server()
    suite = ("-p", "conformance.pytest_plugin", "--pyargs", "conformance.suite", "-k", "MBR-08")
    told = ("--target-url", url, "--target-scope", "s1")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", *suite, *told, "-p", "no:cacheprovider"],
        capture_output=True,
        text=True,
        check=False,
        cwd=states.parents[1],
    )

    assert done.returncode == 0, done.stdout
    assert cleanup_line(done.stdout).endswith("none is left")
    assert left_behind(url) == []
    assert list(states.iterdir()) == []
