"""Documents that a reader follows from top to bottom: what they show is what is printed."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from shown_output import COMMAND, DOCUMENTS, FENCE, WALKED, missing

BIN = Path(sys.executable).parent
HERE = "http://127.0.0.1:8080"
FILE = re.compile(r"`([\w.-]+\.(?:toml|yaml))`")
TYPED = (".venv/bin/ackproof", "sed ")
SERVE = re.compile(r"\.venv/bin/ackproof serve --no-auth --port 8080(.*) &")
DAY = re.compile(r"\b20\d\d-\d\d-\d\d\b")
Server = Callable[..., str]


@pytest.mark.parametrize("document", [name for name, text in DOCUMENTS.items() if WALKED in text])
def test_a_document_can_be_followed(
    document: str, tmp_path: Path, reference_server: Server
) -> None:
    url, files = HERE, dict[str, str]()
    for kind, content, output in steps(DOCUMENTS[document]):
        served = SERVE.fullmatch(content)
        if served:
            url = reference_server(*served[1].split())
        elif kind != "command":
            files[kind] = content
        elif content.startswith(TYPED):
            for name, text in files.items():
                (tmp_path / name).write_text(in_time(text.replace(HERE, url)), encoding="utf-8")
            printed = shell(content.replace(HERE, url), tmp_path).replace(url, HERE)
            assert missing(output, printed) == "", f"{content}\n{printed}"


def steps(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield each command with what it shows, and each file that is named and shown."""
    for before, language, content in FENCE.findall(text):
        if language == "console":
            for command, output in COMMAND.findall(content):
                yield "command", command, output
        elif language in {"toml", "yaml"} and (named := FILE.search(before)):
            yield named[1], content, ""


def in_time(text: str) -> str:
    """Move any day in a text to 30 days ahead."""
    return DAY.sub((datetime.now(UTC) + timedelta(days=30)).date().isoformat(), text)


def shell(command: str, folder: Path) -> str:
    """Run a command as it stands, but for its days, and give what it prints."""
    line = in_time(command.replace(".venv/bin", str(BIN)))
    done = subprocess.run(
        ["bash", "-c", line],  # noqa: S607  # the reader's shell
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=240,
    )
    return done.stdout
