"""The judge under pytest, as a user of pytest runs it: real processes, real servers."""

import signal
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from gateway import Answer, Asked, Send, gateway
from stocked import stocked_server

from conformance.contract import load_contract
from conformance.judge import Exit
from conformance.plan import Plan, make_plan
from conformance.target_file import load_target

SUITE = (
    "-p",
    "conformance.pytest_plugin",
    "--pyargs",
    "conformance.suite",
    "-p",
    "no:cacheprovider",
)
CHOSEN = ("BND", "EPC")
SOME = ("-k", " or ".join(CHOSEN))
NOBODY = "http://127.0.0.1:9"
UNBOUND = "fb0697beb69720cf"  # of BND-01 under the fault calls-an-unbound-binding-missing


def judged(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "pytest", *SUITE, *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )


def cases(file: Path) -> dict[str, str]:
    """Return what JUnit XML says of each item: passed, skipped, failure or error."""
    found = {}
    for case in ET.parse(file).iter("testcase"):  # noqa: S314  # written by pytest just now
        states = [part.tag for part in case if part.tag in {"skipped", "failure", "error"}]
        found[str(case.get("name"))] = states[0] if states else "passed"
    return found


def test_each_judged_requirement_is_an_item_named_by_its_id(tmp_path: Path) -> None:
    done = judged(tmp_path, "--collect-only", "-q")

    assert "conformance.suite::BND-01\n" in done.stdout
    assert "conformance.suite::STR-01" not in done.stdout


def test_an_expression_selects_by_id_and_a_mark_by_profile_and_level(tmp_path: Path) -> None:
    file = tmp_path / "junit.xml"
    done = judged(tmp_path, *SOME, "-m", "member-first and must", f"--junitxml={file}")

    assert done.returncode == 0, done.stdout
    assert {name.partition("-")[0] for name in cases(file)} == {"BND", "EPC"}
    assert 'classname="conformance.suite" name="BND-01"' in file.read_text("utf-8")
    assert '<property name="requirement" value="BND-01"' in file.read_text("utf-8")


def test_only_what_is_selected_is_judged(tmp_path: Path) -> None:
    done = judged(tmp_path, "-k", "BND-01", "-q")

    assert "member-first: 1 of " in done.stdout
    assert "1 passed" in done.stdout


def test_a_broken_must_fails_with_its_finding_and_nothing_else_does(
    tmp_path: Path, reference_server: Callable[..., str]
) -> None:
    url = reference_server("--fault", "calls-an-unbound-binding-missing")

    done = judged(tmp_path, *SOME, "--target-url", url, "--target-scope", "s1", "-rA")

    assert done.returncode == 1
    assert "FAILED conformance.suite::BND-01 - " in done.stdout
    assert done.stdout.count("FAILED conformance.suite") == 1
    assert "  expected   200 with lastBinding null" in done.stdout
    assert "curl -sS -i" in done.stdout
    assert "Traceback" not in done.stdout


def test_a_failure_stops_a_run_that_is_asked_to_stop_at_the_first(
    tmp_path: Path, reference_server: Callable[..., str]
) -> None:
    url = reference_server("--fault", "calls-an-unbound-binding-missing")
    file, sent = tmp_path / "junit.xml", list[str]()

    def watching(asked: Asked, send: Send) -> Answer:
        sent.append(asked.method)
        return send(asked)

    with gateway(url, watching) as watched:
        target = described(tmp_path, watched, "concurrency = 1")
        done = judged(tmp_path, "-x", *SOME, "--target-file", target, f"--junitxml={file}")

    everything = chosen_plan(watched)
    assert "stopping after 1 failures" in done.stdout
    assert "1 failed" in done.stdout
    assert len(cases(file)) < len(everything.requirements) / 2
    assert len(sent) - sent.count("GET") - sent.count("DELETE") < everything.writes


def chosen_plan(url: str) -> Plan:
    """Plan what `SOME` chooses."""
    contract, target = load_contract(), load_target(None, {"url": url, "scope": "s1"})
    everything = make_plan(contract, target).requirements
    return make_plan(contract, target, [one.id for one in everything if one.id[:3] in CHOSEN])


def described(folder: Path, url: str, *lines: str) -> str:
    """Write a target file; return its path."""
    target = folder / "conformance.toml"
    target.write_text("\n".join(("[target]", f'url = "{url}"', 'scope = "s1"', *lines)), "utf-8")
    return str(target)


def test_a_selection_that_matches_nothing_is_red(tmp_path: Path) -> None:
    by_id = judged(tmp_path, "-k", "BDN-01", "--target-url", NOBODY, "--target-scope", "s1")
    by_mark = judged(tmp_path, "-m", "memberfirst", "--target-url", NOBODY, "--target-scope", "s1")

    for done in (by_id, by_mark):
        assert done.returncode == pytest.ExitCode.NO_TESTS_COLLECTED
        assert "deselected" in done.stdout


def test_a_session_whose_every_requirement_is_skipped_is_red(
    tmp_path: Path, reference_server: Callable[..., str]
) -> None:
    arguments = ("--target-url", reference_server(), "--target-scope", "s1", "-rs")

    done = judged(tmp_path, "-k", "ACK-02", *arguments)

    assert done.returncode == pytest.ExitCode.NO_TESTS_COLLECTED
    assert "1 skipped" in done.stdout
    assert "accepted_throughout" in done.stdout
    assert "Nothing was judged: no requirement that is scored" in done.stdout


def test_what_cannot_be_verified_is_an_error_and_never_a_skip(
    tmp_path: Path, reference_server: Callable[..., str]
) -> None:
    file, target = tmp_path / "junit.xml", tmp_path / "conformance.toml"
    url = reference_server()
    target.write_text(
        f'[target]\nurl = "{url}"\nscope = "s1"\n[implementations]\npoison = false\n', "utf-8"
    )

    done = judged(
        tmp_path, "-k", "FLR-01 or ACK-02", "--target-file", str(target), f"--junitxml={file}"
    )

    assert done.returncode == 1
    assert cases(file) == {"FLR-01": "error", "ACK-02": "skipped"}
    assert "the target has no poison implementation" in done.stdout


def test_several_processes_are_refused_with_the_reason(tmp_path: Path) -> None:
    done = judged(tmp_path, "-n", "2")

    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "one server in one process" in done.stderr


def waiving(folder: Path, url: str, *entries: tuple[str, str, str]) -> tuple[str, ...]:
    """Describe a target with waivers: requirement, fingerprint and last day of each."""
    rows = [
        f'[[waiver]]\nrequirement = "{requirement}"\nfingerprint = "{fingerprint}"\n'
        f'reason = "mended in 2.1"\nissue = "https://issues.example/7"\nowner = "us"\n'
        f"expires = {expires}\n"
        for requirement, fingerprint, expires in entries
    ]
    (folder / "waivers.toml").write_text("".join(rows), "utf-8")
    target = folder / "conformance.toml"
    target.write_text(
        f'[target]\nurl = "{url}"\nscope = "s1"\n[gate]\nwaivers = "waivers.toml"\n', "utf-8"
    )
    return ("--target-file", str(target), f"--junitxml={folder / 'junit.xml'}", "-rxs")


def test_a_waived_requirement_is_expected_to_fail_for_its_reason(
    tmp_path: Path, reference_server: Callable[..., str]
) -> None:
    url = reference_server("--fault", "calls-an-unbound-binding-missing")
    entries = (("BND-01", UNBOUND, "9999-12-31"), ("RCP-01", "0" * 16, "2020-01-01"))

    done = judged(tmp_path, "-k", "BND-01 or waiver", *waiving(tmp_path, url, *entries))

    assert done.returncode == 0, done.stdout
    assert "1 passed, 1 skipped, " in done.stdout
    assert "1 xfailed" in done.stdout
    assert "BND-01 - mended in 2.1 (us, https://issues.example/7)" in done.stdout
    assert "This run did not select RCP-01." in done.stdout
    assert "member-first: 1 of " in done.stdout
    assert "not held, 1 waived" in done.stdout


def test_a_waiver_in_trouble_fails_the_session_by_an_item_of_its_own(
    tmp_path: Path, reference_server: Callable[..., str]
) -> None:
    url = reference_server()
    entries = (
        ("BND-01", UNBOUND, "9999-12-31"),
        ("BND-02", "0" * 16, "2020-01-01"),
        ("BND-99", "0" * 16, "9999-12-31"),
    )

    done = judged(tmp_path, "-k", "BND", *waiving(tmp_path, url, *entries))

    assert done.returncode == 1
    assert {
        name: one for name, one in cases(tmp_path / "junit.xml").items() if one != "passed"
    } == {
        f"BND-01[waiver-{UNBOUND}]": "failure",
        f"BND-02[waiver-{'0' * 16}]": "failure",
        f"BND-99[waiver-{'0' * 16}]": "failure",
    }
    assert "waiver stale: BND-01 is no longer broken, it passes." in done.stdout
    assert "waiver expired: The entry for BND-02 expired after 2020-01-01." in done.stdout
    assert "waiver unknown: There is no requirement BND-99." in done.stdout


def test_a_waivers_file_that_cannot_be_used_is_a_usage_error(tmp_path: Path) -> None:
    arguments = waiving(tmp_path, "http://127.0.0.1:1", ("BND-01", "0", "9999-12-31"))
    done = judged(tmp_path, *arguments)

    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "waivers.toml (line 3): fingerprint is" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--target-file", "nowhere.toml"), "nowhere.toml cannot be read"),
        (("--target-url", "http://127.0.0.1:1"), "does not say the target's scope"),
        (("--target-profile", "cores"), "There is no profile cores. Did you mean core?"),
        (("--target-url", "http://192.0.2.1", "--target-scope", "s"), "is not on this machine"),
    ],
    ids=["no file", "no scope", "no such profile", "somebody else's server"],
)
def test_a_target_that_is_not_described_is_a_usage_error(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = judged(tmp_path, *arguments)

    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unreachable_server_ends_the_session_with_the_commands_own_code(tmp_path: Path) -> None:
    done = judged(tmp_path, "--target-url", "http://127.0.0.1:1", "--target-scope", "s1")

    assert done.returncode == Exit.UNREACHABLE
    assert "http://127.0.0.1:1 cannot be reached" in done.stdout


def test_without_the_plugin_the_suite_says_how_to_run_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "--pyargs", "conformance.suite"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "run pytest -p conformance.pytest_plugin" in done.stdout


def test_ctrl_c_ends_the_session_and_leaves_nothing_running(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", *SUITE, "-v"]
    process = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "PASSED" in line:
            break
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)

    assert process.returncode == pytest.ExitCode.INTERRUPTED
    assert "KeyboardInterrupt" in said


def test_what_needs_writes_is_skipped_where_the_run_only_reads(tmp_path: Path) -> None:
    with stocked_server() as url:
        (tmp_path / "conformance.toml").write_text(
            f'[target]\nurl = "{url}"\nscope = "s1"\n[run]\nmode = "read-only"\n'
            '[existing]\nmember = "m1"\n',
            "utf-8",
        )
        file = tmp_path / "junit.xml"
        chosen = ("-k", "RUN-04 or MBR-01 or PAG-03", f"--junitxml={file}")
        done = judged(tmp_path, "--target-file", "conformance.toml", *chosen)

    assert done.returncode == 0, done.stdout
    assert cases(file) == {"RUN-04": "passed", "MBR-01": "skipped", "PAG-03": "passed"}
