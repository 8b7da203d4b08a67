"""The server's command line: one sentence and a documented exit code for what cannot be served."""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from reference_server import contract

COMMAND = [sys.executable, "-m", "reference_server"]
USAGE, CANNOT_LISTEN, STORE_REFUSED = 2, 3, 6


def refused(*arguments: str, **environment: str) -> tuple[int, str]:
    """Start what must not serve; give the exit code and the one sentence."""
    process = subprocess.run(
        [*COMMAND, "--port", "0", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
        env={**os.environ, **environment},
    )
    assert process.stdout == ""
    assert "Traceback" not in process.stderr
    *usage, sentence = process.stderr.splitlines()
    assert usage == [] or usage[0].startswith("Usage: ")
    return process.returncode, sentence


Starting = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def starting() -> Iterator[Starting]:
    """Start servers: starting("--lag", "5") gives a process whose next line is the ready line."""
    processes: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> "subprocess.Popen[str]":
        command = [*COMMAND, "--port", "0", "--no-auth", *arguments]
        pipe = subprocess.PIPE
        processes.append(subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.communicate(timeout=10)


def ready(process: "subprocess.Popen[str]") -> dict[str, object]:
    assert process.stdout is not None
    line: dict[str, object] = json.loads(process.stdout.readline())
    return line


def test_the_ready_line_names_url_process_and_contract(starting: Starting) -> None:
    process = starting("--path-prefix", "base/")

    line = ready(process)

    assert set(line) == {"url", "pid", "contractHash"}
    assert str(line["url"]).startswith("http://127.0.0.1:")
    assert str(line["url"]).endswith("/base")
    assert line["pid"] == process.pid
    assert line["contractHash"] == contract.load(contract.spec_folder()).hash
    assert httpx.get(f"{line['url']}/health/ready").json() == {"status": "healthy"}


def test_a_server_may_end_with_whoever_holds_its_input_open() -> None:
    command = [*COMMAND, "--port", "0", "--no-auth", "--until-stdin-closes"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        line = ready(process)
        assert httpx.get(f"{line['url']}/health/ready").status_code == 200

        _, errors = process.communicate(timeout=10)

    assert (process.returncode, errors) == (0, "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda n: n.name)
def test_a_signal_ends_the_server_cleanly(starting: Starting, number: signal.Signals) -> None:
    process = starting("--variant", "synchronous")
    url = ready(process)["url"]

    with httpx.Client() as client, socket.create_connection(_address(str(url))) as half:
        client.get(f"{url}/health/live")  # leaves a connection that is kept alive
        half.sendall(
            b"POST /api/scopes/s1/members HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n"
        )
        client.get(f"{url}/health/live")
        process.send_signal(number)
        rest = process.communicate(timeout=10)
        answer = half.makefile("rb").read()

    assert (process.returncode, *rest) == (0, "", "")
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b'"code":"SERVICE_UNAVAILABLE"' in answer


def _address(url: str) -> tuple[str, int]:
    parsed = httpx.URL(url)
    return parsed.host, parsed.port or 0


def test_a_stopped_server_leaves_the_file_to_the_next(starting: Starting, tmp_path: Path) -> None:
    data = ["--data", str(tmp_path / "events.sqlite")]
    first = starting(*data)
    ready(first)
    first.terminate()
    first.communicate(timeout=10)

    assert ready(starting(*data))["url"]


BAD_ARGUMENTS = {
    "unknown-fault": (["--no-auth", "--fault", "acks-with-200-okay"], "the nearest is '"),
    "empty-fault": (["--no-auth", "--fault", ""], "--list-faults names them all"),
    "unknown-variant": (["--no-auth", "--variant", "synchronic"], "'synchronous'"),
    "fault-and-variant": (["--no-auth", "--fault", "x", "--variant", "y"], "exclude each other"),
    "nobody-may-enter": ([], "--token-file FILE or --no-auth"),
    "both-choices": (["--no-auth", "--token-file", "t"], "and not both"),
    "no-token-file": (["--token-file", "/nowhere/tokens.json"], "cannot read /nowhere/"),
    "lag-no-number": (["--no-auth", "--lag", "soon"], "'soon' is neither MS nor MIN-MAX"),
    "lag-odd-digit": (["--no-auth", "--lag", "²"], "'²' is neither MS nor MIN-MAX"),
    "lag-endless": (["--no-auth", "--lag", "9" * 5000], "is neither MS nor MIN-MAX"),
    "lag-half-range": (["--no-auth", "--lag", "5-"], "'5-' is neither MS nor MIN-MAX"),
    "lag-backwards": (["--no-auth", "--lag", "9-5"], "'9-5' ends before it begins"),
    "deadline-zero": (["--no-auth", "--deadline", "0"], "is not in the range"),
    "deadline-endless": (["--no-auth", "--deadline", "9" * 20], "is not in the range"),
    "deadline-no-number": (["--no-auth", "--deadline", "1s"], "is not a valid integer"),
    "port-too-high": (["--no-auth", "--port", "65536"], "is not in the range"),
    "unknown-option": (["--no-auth", "--lagg", "5"], "No such option"),
}


@pytest.mark.parametrize("case", BAD_ARGUMENTS)
def test_a_bad_argument_is_a_usage_error(case: str) -> None:
    arguments, hint = BAD_ARGUMENTS[case]

    code, sentence = refused(*arguments)

    assert code == USAGE
    assert hint.lower() in sentence.lower()


BAD_TOKENS = {
    "no-json": "secret",
    "a-list": "[]",
    "no-object": '{"secret": "p1"}',
    "no-scopes": '{"secret": {"principal": "p1"}}',
    "scopes-are-text": '{"secret": {"principal": "p1", "scopes": "s1"}}',
    "scopes-are-numbers": '{"secret": {"principal": "p1", "scopes": [1]}}',
    "misspelt": '{"secret": {"principal": "p1", "scope": ["s1"]}}',
    "deep": "[" * 100_000,
}


@pytest.mark.parametrize("case", BAD_TOKENS)
def test_a_bad_token_file_is_a_usage_error(case: str, tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    path.write_text(BAD_TOKENS[case])

    code, sentence = refused("--token-file", str(path))

    assert (code, f"{path} is not of the form" in sentence) == (USAGE, True)


def test_a_port_in_use_and_a_foreign_host_cannot_be_listened_on() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = str(taken.getsockname()[1])
        used = refused("--no-auth", "--port", port)
    foreign = refused("--no-auth", "--host", "192.0.2.1")
    nameless = refused("--no-auth", "--host", "a" * 64 + ".invalid")

    assert used == (
        CANNOT_LISTEN,
        f"reference_server: cannot listen on 127.0.0.1:{port}: Address already in use",
    )
    assert (foreign[0], "192.0.2.1" in foreign[1]) == (CANNOT_LISTEN, True)
    assert (nameless[0], "cannot listen on" in nameless[1]) == (CANNOT_LISTEN, True)


def made(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return path


OURS = "PRAGMA application_id=0x61636B70"
EVENT = """CREATE TABLE event (position INTEGER PRIMARY KEY, kind, scope_id, id, version, at,
 command_id, correlation_id, body)"""
KEYS = "CREATE TABLE idempotency (principal, scope_id, key, fingerprint, command_id)"
ROW = "INSERT INTO event VALUES (1, 'run', 's1', 'r', 1, '', 'c', 'k', '{}')"

BAD_STORES = {
    "of-another-program": (["CREATE TABLE t (x)"], "a database of another program"),
    "of-another-version": ([OURS, "PRAGMA user_version=99", EVENT], "its format is 99"),
    "without-tables": ([OURS, "PRAGMA user_version=1", KEYS], "an event cannot be read"),
    "without-keys": ([OURS, "PRAGMA user_version=1", EVENT], "a key cannot be read"),
    "unreadable-event": ([OURS, "PRAGMA user_version=1", EVENT, KEYS, "{}"], "cannot be read"),
    "unknown-event": (
        [OURS, "PRAGMA user_version=1", EVENT, KEYS, '{"type": "Gone", "fields": {}}'],
        "'Gone'",
    ),
    "broken-history": (
        [OURS, "PRAGMA user_version=1", EVENT, KEYS, '{"type": "RunStarted", "fields": {}}'],
        "RunStarted cannot be event 1 of run/s1/r",
    ),
}


@pytest.mark.parametrize("case", BAD_STORES)
def test_a_database_that_is_no_store_is_refused_untouched(case: str, tmp_path: Path) -> None:
    statements, hint = BAD_STORES[case]
    rows = [ROW.replace("{}", s) if s.startswith("{") else s for s in statements]
    path = made(tmp_path / "events.sqlite", *rows)
    before = path.read_bytes()

    code, sentence = refused("--no-auth", "--data", str(path))

    assert (code, str(path) in sentence, hint in sentence) == (STORE_REFUSED, True, True)
    if case == "of-another-program":
        assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("these are my notes\n" * 500)

    code, sentence = refused("--no-auth", "--data", str(path))

    assert (code, "file is not a database" in sentence) == (STORE_REFUSED, True)
    assert path.read_text() == "these are my notes\n" * 500


def test_a_store_cut_in_half_is_refused(starting: Starting, tmp_path: Path) -> None:
    path = tmp_path / "events.sqlite"
    process = starting("--data", str(path))
    url = f"{ready(process)['url']}/api/scopes/s1/members"
    fields = {"displayName": "M" * 200, "implementationKind": "workflow"}
    for _ in range(20):
        assert httpx.post(url, json=fields).status_code == 202
    process.terminate()
    process.communicate(timeout=10)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])

    code, sentence = refused("--no-auth", "--data", str(path))

    assert (code, str(path) in sentence) == (STORE_REFUSED, True)


def test_a_store_is_held_by_one_server(starting: Starting, tmp_path: Path) -> None:
    path = tmp_path / "events.sqlite"
    ready(starting("--data", str(path)))

    code, sentence = refused("--no-auth", "--data", str(path))

    assert (code, "database is locked" in sentence) == (STORE_REFUSED, True)


def test_a_place_that_takes_no_file_is_refused(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "no" / "folder" / "events.sqlite", Path("/proc/events")):
        code, sentence = refused("--no-auth", "--data", str(place))

        assert (code, str(place) in sentence) == (STORE_REFUSED, True)


def changed_spec(folder: Path, old: str, new: str) -> str:
    shutil.copytree(contract.spec_folder(), folder)
    path = folder / "openapi.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return str(folder)


BAD_SPECS = {
    "no-yaml": ("openapi: 3.2.0", "openapi: [", "is not YAML"),
    "no-paths": ("\npaths:", "\nroutes:", "is not a contract of this API"),
    "renamed-operation": ("operationId: listMembers", "operationId: listAll", "listAll"),
}


@pytest.mark.parametrize("case", BAD_SPECS)
def test_a_malformed_contract_is_a_usage_error(case: str, tmp_path: Path) -> None:
    old, new, hint = BAD_SPECS[case]

    code, sentence = refused("--no-auth", ACKPROOF_SPEC=changed_spec(tmp_path / "spec", old, new))

    assert (code, hint in sentence) == (USAGE, True)


CONTRACT = """
schemas: {{circle: {{$ref: '#/schemas/circle'}}}}
paths:
  /a/{{x}}:
    get:
      operationId: a
      parameters: [{{name: x, in: path, schema: {schema}}}]
"""


@pytest.mark.parametrize(
    ("schema", "hint"),
    [
        ("{pattern: '['}", "is not a contract of this API"),
        ("{$ref: '#/components/a'}", "is not a contract of this API"),
        ("{$ref: '#/schemas/circle'}", "leads in a circle"),
        ("{$ref: schemas/none.json}", "cannot read"),
        ("{}", "operations without handler: a;"),
    ],
    ids=["bad-pattern", "dangling", "circle", "no-file", "another-api"],
)
def test_a_contract_that_cannot_be_followed_is_a_usage_error(
    schema: str, hint: str, tmp_path: Path
) -> None:
    (tmp_path / "openapi.yaml").write_text(CONTRACT.format(schema=schema))

    code, sentence = refused("--no-auth", ACKPROOF_SPEC=str(tmp_path))

    assert (code, hint in sentence) == (USAGE, True)


def test_a_contract_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    code, sentence = refused("--no-auth", ACKPROOF_SPEC=str(tmp_path / "none"))

    assert (code, "cannot read" in sentence) == (USAGE, True)


def test_faults_and_variants_are_listed_for_readers_and_as_json() -> None:
    listed = [
        subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, check=True).stdout
        for arguments in (["--list-faults", "--json"], ["--list-variants", "--json"])
    ]
    shown = subprocess.run([*COMMAND, "--list-faults"], capture_output=True, text=True, check=True)

    faults, variants = map(json.loads, listed)
    assert {"synchronous", "random-lag"} <= {v["name"] for v in variants}
    told = {"name", "summary", "paired", "kind", "restarts", "excludes"}
    assert all(set(v) == told for v in variants)
    assert all(set(f) == {"name", "area", "breaks", "also", "summary"} for f in faults)
    assert all(f["breaks"] and f["summary"].endswith(".") for f in faults)
    assert all(f["name"] in shown.stdout for f in faults)
