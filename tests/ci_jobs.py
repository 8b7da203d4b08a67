"""Jobs as CI servers start them, and a GitHub of our own whose API they talk to."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml
from conftest import Quiet

ROOT = Path(__file__).parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
TEMPLATE = yaml.safe_load((ROOT / "templates/ackproof.yml").read_text("utf-8"))
INSTALL, JUDGE = ACTION["runs"]["steps"]
TOKEN = "canary-of-github-51c0"  # noqa: S105  # no real secret
EXPRESSION = re.compile(r"\$\{\{ ?(.*?) ?\}\}")
PULL = {"pull_request": {"number": 7}}


@dataclass
class GitHub:
    """What GitHub holds: comments, and the status with which it refuses to write; 0 if it does."""

    comments: list[dict[str, Any]] = field(default_factory=list)
    refusal: int = 0
    asked: list[str] = field(default_factory=list)

    def add(self, body: str, kind: str = "User", association: str = "NONE") -> dict[str, Any]:
        number = len(self.comments) + 1
        comment = {
            "id": number,
            "body": body,
            "user": {"type": kind},
            "author_association": association,
            "html_url": f"https://github.example/o/r/pull/7#{number}",
        }
        self.comments.append(comment)
        return comment

    def answer(self, method: str, url: str, body: bytes) -> tuple[int, object]:
        split = urlsplit(url)
        self.asked.append(f"{method} {split.path}")
        if method == "GET":
            query = {name: int(values[0]) for name, values in parse_qs(split.query).items()}
            first = query["per_page"] * (query["page"] - 1)
            return 200, self.comments[first : first + query["per_page"]]
        if self.refusal:
            return self.refusal, {"message": "Resource not accessible by integration"}
        said = json.loads(body)["body"]
        if method == "POST":
            return 201, self.add(said, "Bot")
        comment = self.comments[int(split.path.rpartition("/")[2]) - 1]
        comment["body"] = said
        return 200, comment


class GitHubApi(BaseHTTPRequestHandler):
    """Speaks for a `GitHub`."""

    protocol_version = "HTTP/1.1"
    github: GitHub

    def handle_any(self) -> None:
        asked = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.headers["authorization"] == f"Bearer {TOKEN}":
            status, content = self.github.answer(self.command, self.path, asked)
        else:
            status, content = 401, {"message": "Bad credentials"}
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PATCH = handle_any  # noqa: N815  # http.server's names

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  # its name there
        """Keep the test's output clean."""


@contextmanager
def serving(github: GitHub) -> Iterator[str]:
    """Serve the API of a GitHub; give its URL."""
    handler = type("OwnApi", (GitHubApi,), {"github": github})
    with Quiet(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/api/v3"
        server.shutdown()


@dataclass(frozen=True)
class Job:
    """A job of GitHub: its workspace, what the action is given, and what the job is about.

    `timeout` are the seconds that a step may take.
    """

    folder: Path
    given: Mapping[str, str]
    event: object = field(default_factory=dict)
    api: str = "http://127.0.0.1:1"
    token: str = TOKEN
    timeout: float = 60

    def environment(self, step: Mapping[str, Any]) -> dict[str, str]:
        """Return the variables of a step, and make the files that they name."""
        for name in ("summary.txt", "output.txt"):
            (self.folder / name).write_text("", "utf-8")
        (self.folder / "event.json").write_text(json.dumps(self.event), "utf-8")
        kit = self.folder / "ackproof-kit"
        if not kit.exists():
            kit.symlink_to(sys.prefix)
        own = {name: self._evaluated(said) for name, said in step["env"].items()}
        foreign = ("GITHUB_", "INPUT_", "ACKPROOF_")
        rest = {name: said for name, said in os.environ.items() if not name.startswith(foreign)}
        return (
            rest
            | own
            | {
                "GITHUB_ACTIONS": "true",
                "GITHUB_ACTION_PATH": str(ROOT),
                "GITHUB_API_URL": self.api,
                "GITHUB_EVENT_PATH": str(self.folder / "event.json"),
                "GITHUB_OUTPUT": str(self.folder / "output.txt"),
                "GITHUB_REPOSITORY": "o/r",
                "GITHUB_RUN_ID": "11",
                "GITHUB_SERVER_URL": "https://github.example",
                "GITHUB_STEP_SUMMARY": str(self.folder / "summary.txt"),
                "RUNNER_TEMP": str(self.folder),
                "no_proxy": "127.0.0.1",
            }
        )

    def _evaluated(self, text: str) -> str:
        known = {name: one.get("default", "") for name, one in ACTION["inputs"].items()}
        values = {f"inputs.{name}": said for name, said in (known | dict(self.given)).items()}
        values |= {"github.token": self.token}
        return EXPRESSION.sub(lambda met: self._evaluated(values[met[1]]), text)

    def command(self, step: Mapping[str, Any]) -> list[str]:
        """Return what GitHub's runner starts for a step whose shell is bash."""
        script = self.folder / "step.sh"
        script.write_text(step["run"], "utf-8")
        return ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]

    def run(self, step: Mapping[str, Any] = JUDGE) -> subprocess.CompletedProcess[str]:
        """Run one step of the action."""
        return subprocess.run(
            self.command(step),
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            env=self.environment(step),
            timeout=self.timeout,
        )

    def outputs(self) -> dict[str, str]:
        """Return the outputs of the last step, as GitHub reads them."""
        text = (self.folder / "output.txt").read_text("utf-8")
        return dict(_outputs(text.split("\n")))

    def summary(self) -> str:
        """Return the summary of the last step."""
        return (self.folder / "summary.txt").read_text("utf-8")


def _outputs(lines: list[str]) -> Iterator[tuple[str, str]]:
    while lines and lines[0]:
        name, _, end = lines[0].partition("<<")
        last = lines.index(end)
        yield name, "\n".join(lines[1:last])
        lines = lines[last + 1 :]


def commands_of(printed: str) -> list[tuple[str, dict[str, str], str]]:
    """Return the commands that GitHub's runner reads in a step's output: name, properties, data."""
    found, stopped = [], ""
    for line in printed.splitlines():
        met = command_of(line)
        if stopped:
            stopped = "" if met and met[0] == stopped else stopped
        elif met and met[0] == "stop-commands":
            stopped = met[2]
        elif met:
            found.append(met)
    return found


def command_of(line: str) -> tuple[str, dict[str, str], str] | None:
    """Read one line as the runner does."""
    line = line.lstrip()
    head, mark, data = line.removeprefix("::").partition("::")
    if not line.startswith("::") or not mark:
        return None
    name, _, properties = head.partition(" ")
    pairs = (one.partition("=") for one in properties.split(",") if "=" in one)
    return name, {key.strip(): _read(said) for key, _, said in pairs}, _read(data, ())


def _read(text: str, more: tuple[tuple[str, str], ...] = (("%3A", ":"), ("%2C", ","))) -> str:
    for escape, one in (("%0D", "\r"), ("%0A", "\n"), *more, ("%25", "%")):
        text = text.replace(escape, one)
    return text
