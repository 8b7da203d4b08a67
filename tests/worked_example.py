"""Follow docs/worked-example.md in an empty folder, and hold what it shows against what is printed.

Usage: worked_example.py [--fresh]

Every command of the page is sent to one shell. Those that build and install the kit are left out,
since this environment has it; with --fresh they are sent too, and nothing of it is used.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
PAGE: Final = ROOT / "docs/worked-example.md"
SERVER: Final = ROOT / "docs/examples/node-server"
INSTALLS: Final = ("make ", "python3 -m venv", ". .venv", "pip ")
WHERE: Final = "export CHECKOUT="
FENCE: Final = re.compile(r"^```(console|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
VOLATILE: Final = re.compile(  # names, ids, instants, places in the trace, seconds
    r"\b(ap-[\w-]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{12,16}|"
    r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)|\d+ of \d+, at \d+\.\d+ s|\d+\.\d s)(?![\w-])"
)
LEFT_OUT: Final = re.compile(r"\.\.\.$", re.MULTILINE)
DONE: Final = "done, with exit code"
URL: Final = "ACKPROOF_TARGET_URL"
SHOWN_URL: Final = "http://127.0.0.1:8080"


@dataclass(frozen=True, slots=True)
class Step:
    """Some commands of the page, and what it shows of their output; empty where it shows none."""

    commands: tuple[str, ...]
    shown: str


def steps() -> Iterator[Step]:
    """Yield the blocks of commands in the order of the page, each with the output below it."""
    blocks = FENCE.findall(PAGE.read_text("utf-8"))
    for index, (language, content) in enumerate(blocks):
        if language == "console":
            after = blocks[index + 1] if index + 1 < len(blocks) else ("", "")
            commands = re.findall(r"^\$ (.+)$", content, re.MULTILINE)
            yield Step(tuple(commands), after[1] if after[0] == "text" else "")


def alike(output: str) -> str:
    """Drop what differs from run to run, line breaks among it."""
    return VOLATILE.sub("#", " ".join(output.split()))


def first_untrue(shown: str, printed: str) -> str | None:
    """Return the first part of what the page shows that was not printed, None if all of it was."""
    rest = alike(printed)
    for part in filter(None, map(alike, LEFT_OUT.split(shown))):
        _, found, rest = rest.partition(part)
        if not found:
            return part
    return None


class Shell:
    """One bash that keeps its folder, its variables and its background job between commands.

    What listens on the page's port listens on a free one here, and is told as on the page's.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        url = f"http://127.0.0.1:{free_port()}"
        moved = {"PORT": url.rpartition(":")[2], URL: url}
        self._url = url
        self._bash = subprocess.Popen(
            ["bash"],  # noqa: S607
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=folder,
            env={**environment, **moved},
        )

    def run(self, command: str) -> str:
        """Return what a command printed, with its errors."""
        if self._bash.stdin is None or self._bash.stdout is None:
            raise RuntimeError("the shell has no pipes")
        self._bash.stdin.write(f"{command}\nprintf '\\n%s %s\\n' '{DONE}' $?\n")
        self._bash.stdin.flush()
        lines: list[str] = []
        for line in self._bash.stdout:
            if line.startswith(DONE):
                break
            if line.strip() != f"overridden by {URL}":
                lines.append(line.replace(self._url, SHOWN_URL))
        return "".join(lines)

    def close(self) -> None:
        """End the server, if one still runs, and the shell."""
        self.run('kill "$!" 2> /dev/null')
        self._bash.communicate()


def follow(folder: Path, environment: Mapping[str, str], *, fresh: bool) -> int:
    """Send the commands of the page to a shell and return how many blocks show what is not true."""
    shell, untrue = Shell(folder, environment), 0
    left_out = (WHERE,) if fresh else (WHERE, *INSTALLS)
    try:
        for step in steps():
            printed = ""
            for command in step.commands:
                if not command.startswith(left_out):
                    printed += timed(shell, command)
            missing = first_untrue(step.shown, printed)
            if missing is not None:
                untrue += 1
                sys.stdout.write(f"\nThe page shows\n  {missing}\nand printed was\n{printed}\n")
    finally:
        shell.close()
    return untrue


def timed(shell: Shell, command: str) -> str:
    """Run a command, say how long it took, and return what it printed."""
    begun = time.monotonic()
    printed = shell.run(command)
    sys.stdout.write(f"{time.monotonic() - begun:6.1f} s   {command}\n")
    sys.stdout.flush()
    return printed


def unlike_the_final_state(folder: Path) -> list[str]:
    """Return the sources that the patches of the page have not brought to what is published."""
    return [
        source.name
        for source in sorted(SERVER.glob("*.js"))
        if (folder / source.name).read_text("utf-8") != source.read_text("utf-8")
    ]


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def main(*arguments: str) -> int:
    """Follow the page; return 0 if it is true from the first line to the last."""
    lacking = [tool for tool in ("node", "patch", "bash") if shutil.which(tool) is None]
    if lacking:
        sys.stderr.write(f"The worked example needs {' and '.join(lacking)}: install it first.\n")
        return 1
    fresh = "--fresh" in arguments
    path = os.environ["PATH"] if fresh else f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("ACKPROOF_")},
        "CHECKOUT": str(ROOT),
        "PATH": path,
    }
    with tempfile.TemporaryDirectory() as empty:
        untrue = follow(Path(empty), environment, fresh=fresh)
        unlike = unlike_the_final_state(Path(empty) / "worked-example")
    if unlike:
        sys.stdout.write(f"\nThe patches do not lead to the published {', '.join(unlike)}.\n")
    sys.stdout.write(f"\n{untrue} blocks of the page are not true.\n")
    return 1 if untrue or unlike else 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
