"""Chromium, the reports that it opens, and what is watched while it does."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from shutil import which
from typing import Any, Final

import pytest
from gateway import Answer, Asked, Send, gateway
from playwright.sync_api import Browser, Page, sync_playwright
from worst_run import worst_report

from browser.opened import Draws, Opens
from conformance.cli import outcome
from conformance.embedded import SCOPE, embedded_server
from conformance.judge import Exit
from conformance.reports.of_run import report_of
from conformance.reports.page import page as page_of
from conformance.run_result import RunResult

NO_CHROMIUM: Final = (
    "There is no chromium on the PATH, and these tests open report.html in it. "
    "Install it as root: apt-get install chromium."
)
QUIET: Final = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
FAULT: Final = "stamps-a-binding-at-each-read"
DESCRIBED: Final = """
[target]
url = "{url}"
scope = "{scope}"
token_env = "ACKPROOF_TOKEN"
version = "2.0-beta"

[implementations]
poison = false
"""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of the system's packages; without it nothing here can be shown."""
    path = which("chromium") or which("chromium-browser")
    if path is None:
        pytest.exit(NO_CHROMIUM, returncode=1)
    as_root = ("--no-sandbox",) if os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*QUIET, *as_root])
        yield browser
        browser.close()


@pytest.fixture
def opens(chromium: Browser) -> Iterator[Opens]:
    """Open pages from the disk; afterwards, none may have asked for more or have complained.

    opens(file, color_scheme="dark") gives the page, with whatever a browser context is told.
    """
    asked: list[str] = []
    complaints: list[str] = []
    files: list[str] = []
    with ExitStack() as stack:

        def opened(file: Path, **context: Any) -> Page:  # noqa: ANN401  # as Playwright has it
            made = chromium.new_context(**context)
            stack.callback(made.close)
            page = made.new_page()
            page.on("request", lambda request: asked.append(request.url))
            page.on("console", lambda said: complaints.append(said.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("dialog", lambda dialog: complaints.append(dialog.message))
            files.append(file.as_uri())
            page.goto(files[-1])
            return page

        yield opened
    assert complaints == []
    assert [url.partition("#")[0] for url in asked] == files


@pytest.fixture(scope="session")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report folder of a run against the reference server with some faults."""
    folder = tmp_path_factory.mktemp("faulty")
    with ExitStack() as stack:
        served = stack.enter_context(embedded_server("--fault", FAULT))
        url = stack.enter_context(gateway(served.url, careless))
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name, token in served.tokens.items():
            patch.setenv(name, token)
        text = DESCRIBED.format(url=url, scope=SCOPE)
        file = written(folder / "conformance.toml", text)
        code = outcome(["run", "-c", str(file), "--report-dir", str(folder)])
    assert code == Exit.FAILED
    return folder


def careless(asked: Asked, send: Send) -> Answer:
    """Leave the pace of polls to the caller, and give every refusal of a form one code."""
    answer = send(asked)
    headers = {name: value for name, value in answer.headers.items() if name != "retry-after"}
    if answer.status != HTTPStatus.BAD_REQUEST:
        return replace(answer, headers=headers)
    problem = json.loads(answer.body) | {"code": "BAD_REQUEST"}
    return replace(answer, headers=headers, body=json.dumps(problem).encode())


@pytest.fixture
def draws(tmp_path: Path) -> Draws:
    """Write the page of a run that was made by hand."""

    def drawn(run: RunResult) -> Path:
        return written(tmp_path / "report.html", page_of(report_of(run, "0.1.0")))

    return drawn


@pytest.fixture(scope="session")
def worst(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the worst run that can be expected."""
    return written(tmp_path_factory.mktemp("worst") / "report.html", page_of(worst_report()))


def written(file: Path, text: str) -> Path:
    file.write_text(text, encoding="utf-8")
    return file
