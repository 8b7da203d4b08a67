"""What was accepted outlives the process: real servers on a file, killed with SIGKILL."""

import json
import resource
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from reference_server.events.fact import Fact, StreamId
from reference_server.store import Store

Document = dict[str, Any]

SCOPE = "/api/scopes/s1"
BURST = 200
CONNECTIONS = 4
VERDICTS = ("Completed", "Failed")


def workflow(*steps: str) -> Document:
    return {"workflow": {"workflowYamls": [f"name: w\nsteps: [{', '.join(steps)}]"]}}


def delay(milliseconds: int) -> str:
    return f"{{id: wait, type: delay, parameters: {{duration_ms: {milliseconds}}}}}"


class Server:
    """A server process on a store file that can be killed and started again."""

    def __init__(self, data: Path, *arguments: str) -> None:
        self.data = data
        self.start(*arguments)

    def start(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "reference_server", "--port", "0", "--no-auth"]
        command += ["--data", str(self.data), *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        url = str(json.loads(self.process.stdout.readline())["url"])
        self.http = httpx.Client(base_url=url + SCOPE, timeout=20)

    def end(self, number: int = signal.SIGKILL) -> None:
        self.process.send_signal(number)
        self.process.communicate(timeout=10)
        self.http.close()

    def restart(self, *arguments: str) -> None:
        self.end()
        self.start(*arguments)

    def send(self, method: str, path: str, body: Document, key: str | None = None) -> Document:
        headers = {} if key is None else {"Idempotency-Key": key}
        answer = self.http.request(method, path, json=body, headers=headers)
        assert answer.status_code in {200, 202}, answer.text
        document: Document = answer.json()
        return document

    def status(self, receipt: Document) -> Document:
        answer = self.http.get(httpx.URL(self.http.base_url).join(receipt["statusUrl"]))
        assert answer.status_code == 200, answer.text
        document: Document = answer.json()
        return document

    def until(self, receipt: Document, *words: str) -> Document:
        limit = time.monotonic() + 20
        while time.monotonic() < limit:
            status = self.status(receipt)
            if status["status"] in words:
                return status
            time.sleep(0.01)
        pytest.fail(f"{receipt['statusUrl']} is not one of {words}")

    def bound_member(self, member_id: str, implementation: Document) -> None:
        fields = {"memberId": member_id, "displayName": "M", "implementationKind": "workflow"}
        self.until(self.send("POST", "/members", fields), "ready")
        bind = {"revisionId": "r0", **implementation}
        self.until(self.send("PUT", f"/members/{member_id}/binding", bind), "ready")

    def rows(self, path: str, name: str) -> list[Document]:
        rows: list[Document] = self.http.get(path).json()[name]
        return rows


Starting = Callable[..., Server]


@pytest.fixture
def starting(tmp_path: Path) -> Iterator[Starting]:
    """Start servers on one store file: starting("--lag", "5")."""
    servers: list[Server] = []

    def start(*arguments: str) -> Server:
        servers.append(Server(tmp_path / "events.sqlite", *arguments))
        return servers[-1]

    yield start
    for server in servers:
        if server.process.poll() is None:
            server.end()


def history(server: Server) -> dict[StreamId, list[Fact]]:
    """Read the store of a server that has ended."""
    store = Store(server.data)
    streams: dict[StreamId, list[Fact]] = defaultdict(list)
    for fact in store.history():
        streams[fact.stream].append(fact)
    store.close()
    return streams


def names(facts: list[Fact]) -> Counter[str]:
    return Counter(type(fact.event).__name__ for fact in facts)


class Burst:
    """200 writes over four connections; each is a create, a bind or an invoke with its own key."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.accepted: dict[int, Document] = {}

    def write(self, number: int) -> tuple[str, str, Document]:
        member = f"/members/m{number % CONNECTIONS}"
        kind = number // CONNECTIONS % 3
        if kind == 0:
            fields = {"memberId": f"new-{number}", "displayName": "N"}
            return "POST", "/members", {**fields, "implementationKind": "workflow"}
        if kind == 1:
            return "PUT", member + "/binding", {"revisionId": f"r{number}", **workflow(delay(60))}
        return "POST", member + "/invoke/chat", {"prompt": f"p{number}"}

    def send(self, connection: int, enough: int) -> None:
        """Send a connection's share; kill the server when enough writes are accepted."""
        with httpx.Client(base_url=self.server.http.base_url, timeout=20) as http:
            for number in range(connection, BURST, CONNECTIONS):
                method, path, body = self.write(number)
                key = {"Idempotency-Key": f"k{number}"}
                try:
                    answer = http.request(method, path, json=body, headers=key)
                except httpx.TransportError:
                    return
                assert answer.status_code in {200, 202}, answer.text
                self.accepted[number] = answer.json()
                if enough <= len(self.accepted) < BURST:
                    self.server.process.kill()

    def run(self, enough: int) -> None:
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            sending = [pool.submit(self.send, c, enough) for c in range(CONNECTIONS)]
            for connection in sending:
                connection.result()


@pytest.mark.parametrize(
    "kills", [(3,), (100,), (190,), (60, 90)], ids=["early", "middle", "late", "twice"]
)
def test_every_accepted_write_of_a_killed_burst_reaches_one_verdict(
    starting: Starting, kills: tuple[int, ...]
) -> None:
    server = starting("--lag", "5-60")
    for connection in range(CONNECTIONS):
        server.bound_member(f"m{connection}", workflow(delay(60)))

    seen: dict[int, Document] = {}
    for accepted in kills:
        burst = Burst(server)
        burst.run(accepted)
        assert accepted <= len(burst.accepted) < BURST
        for number in seen.keys() & burst.accepted.keys():
            assert seen[number]["commandId"] == burst.accepted[number]["commandId"]
        seen |= burst.accepted
        server.restart("--lag", "5-60")
        for receipt in seen.values():
            assert server.until(receipt, "ready", "failed")["commandId"] == receipt["commandId"]

    whole = Burst(server)
    whole.run(BURST)
    for number, receipt in whole.accepted.items():
        status = server.until(receipt, "ready", "failed")
        failure = status.get("failure", {"code": "OPERATION_SUPERSEDED"})
        assert failure["code"] == "OPERATION_SUPERSEDED"
        assert receipt["commandId"] == seen.get(number, receipt)["commandId"]
        assert receipt.get("replayed", False) or number not in seen

    assert_nothing_is_doubled(server, whole)


def assert_nothing_is_doubled(server: Server, burst: Burst) -> None:
    members = [row["memberId"] for row in server.rows("/members", "members")]
    runs = [r for c in range(CONNECTIONS) for r in server.rows(f"/members/m{c}/runs", "runs")]
    commands = {receipt["commandId"] for receipt in burst.accepted.values()}
    invoked = {r["commandId"] for r in burst.accepted.values() if "runId" in r["target"]}
    created = {f"new-{n}" for n in range(BURST) if n // CONNECTIONS % 3 == 0}
    server.end(signal.SIGTERM)

    assert len(commands) == BURST
    assert sorted(members) == sorted(created | {f"m{c}" for c in range(CONNECTIONS)})
    assert sorted(run["commandId"] for run in runs) == sorted(invoked)
    assert {run["runStatus"] for run in runs} == {"completed"}
    streams = history(server)
    for stream, facts in streams.items():
        assert [fact.version for fact in facts] == list(range(1, len(facts) + 1))
        counted = names(facts)
        if stream.kind == "operation":
            assert sum(counted[word] for word in VERDICTS) == 1
            assert counted["Admitted"] == counted["Committed"] == 1
        elif stream.kind == "run":
            assert counted == Counter(["RunAccepted", "RunStarted", "RunCompleted"])
    binds = [r for r in burst.accepted.values() if r["operation"] == "member.bind"]
    bound = [names(streams[StreamId("member", "s1", f"m{c}")]) for c in range(CONNECTIONS)]
    assert sum(counted["MemberBound"] for counted in bound) == len(binds) + CONNECTIONS


def test_a_deadline_that_passes_while_the_server_is_down_is_held(starting: Starting) -> None:
    server = starting("--lag", "5", "--deadline", "700")
    server.bound_member("m1", workflow(delay(60_000)))
    accepted = server.send("POST", "/members/m1/invoke/chat", {"prompt": "x"})
    server.end()

    time.sleep(0.8)
    server.start("--lag", "5", "--deadline", "120000")

    status = server.until(accepted, "timed_out")
    assert status["deadlineAt"] == accepted["deadlineAt"] < status["completedAt"]
    assert status["failure"]["code"] == "OPERATION_TIMED_OUT"


def test_a_deadline_is_counted_from_acceptance_not_from_the_restart(starting: Starting) -> None:
    server = starting("--lag", "5", "--deadline", "2500")
    server.bound_member("m1", workflow(delay(60_000)))
    accepted = server.send("POST", "/members/m1/invoke/chat", {"prompt": "x"})

    server.restart("--lag", "5", "--deadline", "120000")

    status = server.until(accepted, "timed_out")
    assert status["deadlineAt"] == accepted["deadlineAt"] <= status["completedAt"]


def test_a_timed_out_command_is_corrected_after_a_restart(starting: Starting) -> None:
    server = starting("--lag", "5", "--deadline", "150")
    server.bound_member("m1", workflow(delay(1200)))
    accepted = server.send("POST", "/members/m1/invoke/chat", {"prompt": "x"})
    server.until(accepted, "timed_out")

    server.restart("--lag", "5")

    assert "failure" not in server.until(accepted, "ready")
    server.end(signal.SIGTERM)
    counted = names(history(server)[StreamId("operation", "s1", accepted["commandId"])])
    assert counted["TimedOut"] == counted["Completed"] == 1


def test_a_verdict_and_its_document_stand_after_a_restart(starting: Starting) -> None:
    server = starting("--lag", "5")
    server.bound_member("m1", workflow(delay(1)))
    accepted = server.send("POST", "/members/m1/invoke/chat", {"prompt": "x"})
    before = server.until(accepted, "ready")
    member = server.http.get("/members/m1").json()

    server.restart("--lag", "5")

    assert server.status(accepted) == before
    assert server.http.get("/members/m1").json() == member


def test_idempotency_keys_and_command_ids_survive(starting: Starting) -> None:
    server = starting("--lag", "5")
    server.bound_member("m1", workflow(delay(1)))
    by_key = server.send("POST", "/members/m1/invoke/chat", {"prompt": "x"}, key="k")
    named = {"prompt": "x", "commandId": "mine"}
    server.send("POST", "/members/m1/invoke/chat", named)

    server.restart("--lag", "5")

    again = server.send("POST", "/members/m1/invoke/chat", {"prompt": "x"}, key="k")
    assert (again["commandId"], again["replayed"]) == (by_key["commandId"], True)
    assert server.send("POST", "/members/m1/invoke/chat", named)["replayed"] is True
    headers = {"Idempotency-Key": "k"}
    other = server.http.post("/members/m1/invoke/chat", json={"prompt": "y"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    conflict = server.http.post("/members/m1/invoke/chat", json={**named, "prompt": "y"})
    assert (conflict.status_code, conflict.json()["code"]) == (409, "COMMAND_ID_CONFLICT")
    assert len(server.rows("/members/m1/runs", "runs")) == 2


def test_a_store_that_takes_no_more_is_said_and_what_was_accepted_is_kept(
    starting: Starting,
) -> None:
    server = starting("--lag", "5")
    server.bound_member("m1", workflow(delay(300)))
    accepted = server.send("POST", "/members/m1/invoke/chat", {"prompt": "x"})
    written = sum(path.stat().st_size for path in server.data.parent.iterdir())
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (written, written))

    fields = {"displayName": "N", "implementationKind": "workflow", "description": "d" * 2000}
    refused = None
    for _ in range(200):
        answer = server.http.post("/members", json=fields)
        if answer.status_code != 202:
            refused = answer
            break
    assert refused is not None
    assert (refused.status_code, refused.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert int(refused.headers["retry-after"]) > 0
    health = server.http.get(httpx.URL(server.http.base_url).join("/health/ready"))
    assert health.status_code == 503
    assert server.http.get("/members/m1").status_code == 200

    server.restart("--lag", "5")

    assert server.until(accepted, "ready")["commandId"] == accepted["commandId"]
