"""The worked example: its patches lead to the published server, and its page shows them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import worked_example
from worked_example import PAGE, SERVER, Step, first_untrue, steps

PATCHES = sorted(SERVER.glob("steps/*.patch"))
SOURCES = {path.name: path.read_text("utf-8") for path in SERVER.glob("*.js")}
TEXT = PAGE.read_text("utf-8")
SHOWN = re.findall(r"^```diff\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def patched(folder: Path, patch: Path, *flags: str) -> None:
    with patch.open("rb") as content:
        subprocess.run(
            ["patch", "--strip=1", "--fuzz=0", "--silent", *flags],  # noqa: S607
            stdin=content,
            cwd=folder,
            check=True,
        )


def sources(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in folder.glob("*.js")}


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SERVER, tmp_path / "server"))


def test_the_patches_taken_back_and_put_on_again_lead_to_the_published_server(copied: Path) -> None:
    for patch in reversed(PATCHES):
        patched(copied, patch, "--reverse")
    start = sources(copied)

    for patch in PATCHES:
        before = sources(copied)
        patched(copied, patch)
        assert sources(copied) != before, patch.name

    assert start != SOURCES
    assert sources(copied) == SOURCES


def test_the_page_puts_on_every_patch_once_and_in_order() -> None:
    put_on = re.findall(r"^\$ patch .*< steps/(\S+)$", TEXT, re.MULTILINE)

    assert put_on == [patch.name for patch in PATCHES]


def test_the_page_shows_each_patch_as_it_is() -> None:
    assert len(SHOWN) == len(PATCHES)
    for patch, shown in zip(PATCHES, SHOWN, strict=True):
        assert first_untrue(shown, patch.read_text("utf-8")) is None, patch.name


def test_every_run_of_the_page_shows_its_exit_code() -> None:
    runs = [step for step in steps() if any("ackproof run" in one for one in step.commands)]

    assert len(runs) > len(PATCHES)
    assert [
        step.commands for step in runs if not re.search(r"^exit \d", step.shown, re.MULTILINE)
    ] == []


@pytest.mark.parametrize(
    ("shown", "printed", "untrue"),
    [
        ("one\n...\nthree\n", "one\ntwo\nthree\n", None),
        ("one three\n", "one\nthree\n", None),
        ("one\n...\nfour\n", "one\ntwo\nthree\n", "four"),
        ("three\n...\none\n", "one\ntwo\nthree\n", "one"),
        ("at 2026-01-01T00:00:00.1Z", "at 2027-02-02T11:11:11.222Z", None),
        ("c-6f0c2f0e-5a5b-4a0e-9d4b-8f6f4b1f3c11", "c-00000000-5a5b-4a0e-9d4b-8f6f4b1f3c11", None),
        ("3 fail", "4 fail", "3 fail"),
    ],
)
def test_what_the_page_shows_is_held_against_what_is_printed(
    shown: str, printed: str, untrue: str | None
) -> None:
    assert first_untrue(shown, printed) == untrue


def test_without_node_the_example_fails_and_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert worked_example.main() == 1
    assert "node" in capsys.readouterr().err


def test_a_block_of_commands_goes_with_the_output_below_it() -> None:
    first = next(step for step in steps() if step.shown)

    assert isinstance(first, Step)
    assert first.commands
