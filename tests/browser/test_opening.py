"""report.html opens from the disk: it asks for nothing, complains of nothing, runs nothing else."""

import itertools
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hand_made_runs import HOSTILE, RUNS, planted
from playwright.sync_api import Browser

from browser.opened import Draws, Opens, everything_open
from conformance.run_result import RunResult

FETCHED = "performance.getEntriesByType('resource').length"
INJECTED = """() => new Promise((resolve) => {
  addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective));
  const script = document.createElement("script");
  script.textContent = "window.ran = true";
  document.body.append(script);
  setTimeout(() => resolve("ran"), 1000);
})"""


def test_a_report_of_a_run_with_faults_opens(opens: Opens, faulty: Path) -> None:
    page = opens(faulty / "report.html")

    assert page.title() == "ackproof: exit 1, a MUST is broken"
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.evaluate(FETCHED) == 0


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS.keys())
def test_a_report_of_any_run_opens(opens: Opens, draws: Draws, run: RunResult) -> None:
    page = opens(draws(run))
    everything_open(page)

    assert page.evaluate(FETCHED) == 0


def test_headings_leave_out_no_level(opens: Opens, faulty: Path) -> None:
    page = opens(faulty / "report.html")
    script = "(all) => all.map((one) => Number(one.tagName[1]))"
    levels = page.eval_on_selector_all("h1, h2, h3, h4, h5, h6", script)

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert max(after - before for before, after in itertools.pairwise(levels)) <= 1


def test_what_a_server_says_is_shown_and_neither_run_nor_fetched(
    opens: Opens, draws: Draws
) -> None:
    page = opens(draws(planted(HOSTILE)))
    everything_open(page)

    assert page.locator("img").count() == 0
    assert page.locator(".actual").first.inner_text().startswith("</pre></code></details><img src")


def test_the_policy_holds_off_a_script_that_is_not_the_pages_own(
    chromium: Browser, draws: Draws
) -> None:
    page = chromium.new_page()
    page.goto(draws(RUNS["broken"]).as_uri())

    assert page.evaluate(INJECTED) == "script-src-elem"
    assert page.evaluate("window.ran") is None
    page.close()


def test_without_chromium_the_tests_fail_and_say_what_to_install(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-k", "of_any_run"]
    done = subprocess.run(
        [*command, str(Path(__file__))],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": str(tmp_path)},
    )

    assert done.returncode == 1
    assert "Install it as root: apt-get install chromium." in done.stdout + done.stderr
