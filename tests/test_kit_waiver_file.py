"""waivers.toml: what it may say, and the sentence for everything it may not."""

from datetime import date
from pathlib import Path

import pytest

from conformance.cli import outcome
from conformance.failures import exit_of
from conformance.judge import Exit
from conformance.target_file import TargetFileError, load_target
from conformance.target_settings import assigned
from conformance.waiver_file import WaiverFileError, load_waivers
from conformance.waivers import Waiver

ENTRY = """[[waiver]]
requirement = "FLR-01"
fingerprint = "58a4cb34977699c8"
reason = "mended in 2.1"
issue = "https://issues.example/7"
owner = "the gateway team"
expires = 2026-12-31
"""
TARGET = '[target]\nurl = "http://127.0.0.1:8080"\nscope = "s1"\n'


def load(folder: Path, text: str) -> tuple[Waiver, ...]:
    path = folder / "waivers.toml"
    path.write_text(text, encoding="utf-8")
    return load_waivers(path)


@pytest.mark.parametrize("expires", ["2026-12-31", '"2026-12-31"'], ids=["date", "text"])
def test_an_entry_is_read_whole(tmp_path: Path, expires: str) -> None:
    (entry,) = load(tmp_path, ENTRY.replace("2026-12-31", expires))

    assert entry == Waiver(
        "FLR-01",
        "58a4cb34977699c8",
        date(2026, 12, 31),
        "the gateway team",
        "https://issues.example/7",
        "mended in 2.1",
    )


@pytest.mark.parametrize("text", ["", "waiver = []\n", "# none\n"])
def test_a_file_may_have_no_entry(tmp_path: Path, text: str) -> None:
    assert load(tmp_path, text) == ()


SECOND = ENTRY.replace("FLR-01", "FLR-02")
BAD_FILES = {
    "unknown-key": (ENTRY + 'own = "x"\n', "(line 8): [[waiver]] has no key own. Did you mean own"),
    "unknown-table": ("[[waivers]]\n", "(line 1): the file has no key waivers. Did you mean wai"),
    "not-a-list": ("[waiver]\n", "(line 1): waiver is a list of tables, [[waiver]]."),
    "not-tables": ("waiver = [1]\n", "(line 1): waiver is a list of tables, [[waiver]]."),
    "empty-reason": (
        ENTRY.replace("mended in 2.1", ""),
        "(line 4): reason is empty; expected: why the defect may stay",
    ),
    "blank-owner": (ENTRY.replace("the gateway team", " \\t"), "(line 6): owner is empty"),
    "empty-issue": (ENTRY.replace("https://issues.example/7", ""), "issue is empty; expected: lin"),
    "no-link": (ENTRY.replace("https://", ""), '(line 5): issue is "issues.example/7"; expected'),
    "number-for-a-text": (ENTRY.replace('"mended in 2.1"', "5"), "(line 4): reason is 5; expec"),
    "bad-id": (ENTRY.replace("FLR-01", "flr-1"), '(line 2): requirement is "flr-1"; expected: id'),
    "short-fingerprint": (ENTRY.replace("58a4", ""), "(line 3): fingerprint is"),
    "no-such-day": (
        ENTRY.replace("2026-12-31", '"2026-02-30"'),
        '(line 7): expires is "2026-02-30"; expected: last day on which',
    ),
    "no-such-date": (ENTRY.replace("2026-12-31", "2026-02-30"), "is not TOML: "),
    "an-instant": (ENTRY.replace("2026-12-31", "2026-12-31T00:00:00Z"), "(line 7): expires is"),
    "not-a-date": (ENTRY.replace("2026-12-31", '"soon"'), '(line 7): expires is "soon"; expected'),
    "second-entry": (ENTRY + SECOND.replace("mended in 2.1", ""), "(line 11): reason is empty"),
    "second-lacks": (
        ENTRY + "\n" + SECOND.replace('reason = "mended in 2.1"\n', ""),
        "(line 9): [[waiver]] lacks reason; expected: why",
    ),
    "twice": (ENTRY + ENTRY, "(line 8): a second [[waiver]] for FLR-01 58a4cb34977699c8"),
    "not-toml": ("[[waiver", "is not TOML: "),
}


@pytest.mark.parametrize(("text", "sentence"), BAD_FILES.values(), ids=BAD_FILES.keys())
def test_a_bad_waivers_file_is_answered_with_one_sentence(
    tmp_path: Path, text: str, sentence: str
) -> None:
    with pytest.raises(WaiverFileError) as raised:
        load(tmp_path, text)

    assert sentence in str(raised.value)
    assert "\n" not in str(raised.value)
    assert str(tmp_path / "waivers.toml") in str(raised.value)
    assert exit_of(raised.value) == Exit.USAGE


@pytest.mark.parametrize(
    "key", ["requirement", "fingerprint", "reason", "issue", "owner", "expires"]
)
def test_every_key_of_an_entry_is_required(tmp_path: Path, key: str) -> None:
    lines = [line for line in ENTRY.splitlines() if not line.startswith(key)]

    with pytest.raises(WaiverFileError, match=rf"\(line 1\): \[\[waiver\]\] lacks {key}; expected"):
        load(tmp_path, "\n".join(lines))


def test_a_waivers_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(WaiverFileError, match=r"waivers\.toml cannot be read: No such file"):
        load_waivers(tmp_path / "waivers.toml")


def test_a_waivers_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "waivers.toml").write_bytes(b"\xff\xfe")

    with pytest.raises(WaiverFileError, match="is not UTF-8 text"):
        load_waivers(tmp_path / "waivers.toml")


def test_the_target_file_names_its_waivers_file_from_where_it_stands(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "waivers.toml").write_text(ENTRY, encoding="utf-8")
    target = tmp_path / "deep/conformance.toml"
    target.write_text(TARGET + '[gate]\nwaivers = "../waivers.toml"\n', encoding="utf-8")

    read = load_target(target, {})

    assert [one.requirement for one in read.waivers] == ["FLR-01"]
    assert read.waivers_file == str(tmp_path / "deep/../waivers.toml")


def test_a_variable_and_a_flag_override_where_the_waivers_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    target = tmp_path / "deep/conformance.toml"
    target.parent.mkdir()
    target.write_text(TARGET + '[gate]\nwaivers = "none.toml"\n', "utf-8")
    for number in (1, 2):
        Path(f"{number}.toml").write_text(ENTRY.replace("FLR-01", f"FLR-0{number}"), "utf-8")
    environ = {"ACKPROOF_GATE_WAIVERS": "1.toml"}

    by_variable = load_target(target, {}, environ)
    by_flag = load_target(target, assigned(["gate.waivers=2.toml"]), environ)

    assert [one.requirement for one in (*by_variable.waivers, *by_flag.waivers)] == [
        "FLR-01",
        "FLR-02",
    ]
    assert (by_variable.waivers_file, by_flag.waivers_file) == ("1.toml", "2.toml")


def test_explain_tells_where_the_waivers_are_and_check_reads_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    Path("conformance.toml").write_text(TARGET, "utf-8")
    described = ["-c", "conformance.toml"]

    assert outcome(["config", "explain", *described]) == 0
    assert "gate.waivers                 none: nothing is" in capsys.readouterr().out
    monkeypatch.setenv("ACKPROOF_GATE_WAIVERS", "w.toml")
    assert outcome(["config", "explain", *described]) == 0
    assert 'gate.waivers                 "w.toml"  ' in capsys.readouterr().out
    assert outcome(["config", "check", *described]) == Exit.USAGE
    assert "w.toml cannot be read" in capsys.readouterr().err


def test_a_target_file_without_a_gate_has_no_waivers(tmp_path: Path) -> None:
    (tmp_path / "conformance.toml").write_text(TARGET, encoding="utf-8")

    read = load_target(tmp_path / "conformance.toml", {})

    assert (read.waivers, read.waivers_file) == ((), None)


def test_a_misspelt_key_of_the_gate_names_the_nearest(tmp_path: Path) -> None:
    path = tmp_path / "conformance.toml"
    path.write_text(TARGET + '[gate]\nwaiver = "waivers.toml"\n', encoding="utf-8")

    with pytest.raises(TargetFileError, match=r"\[gate\] has no key waiver. Did you mean waivers"):
        load_target(path, {})
