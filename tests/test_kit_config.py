"""`ackproof config`, and the sentence for everything that a description may get wrong."""

import json
from pathlib import Path

import pytest

from conformance.cli import outcome
from conformance.embedded import NOT_STARTED
from conformance.target_file import TargetFileError

LEAST = '[target]\nurl = "http://127.0.0.1:9"\nscope = "s1"\n'
OTHER = '[principals.other]\nscope = "s2"\n'
SECRET = "correct-horse"  # noqa: S105  # no real secret


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("MY_TOKEN", SECRET)
    (tmp_path / "token").write_text(SECRET + "\n", encoding="utf-8")
    return tmp_path


def written(text: str | bytes) -> str:
    path = Path("conformance.toml")
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(path)


BAD: dict[str, tuple[str | bytes, dict[str, str], str]] = {
    "unknown-key": (LEAST + 'origin = "x"\n', {}, "(line 4): [target] has no key origin. Did you"),
    "unknown-table": (LEAST + "[timings]\n", {}, "(line 4): the file has no key timings. Did you"),
    "wrong-type": (LEAST + "concurrency = true\n", {}, "(line 4): target.concurrency: true is not"),
    "not-a-number": (LEAST + "completion_limit = inf\n", {}, "target.completion_limit"),
    "bad-url": (LEAST.replace("http:", "ftp:"), {}, "(line 2): the target's url 'ftp://127.0.0.1"),
    "unknown-profile": (LEAST + 'profiles = ["cor"]\n', {}, "no profile cor. Did you mean core?"),
    "missing-scope": (
        LEAST.replace('scope = "s1"', ""),
        {},
        "conformance.toml (line 1): [target] lacks",
    ),
    "not-toml": ("target = [", {}, "conformance.toml is not TOML: "),
    "not-utf-8": (b"\xff\xfe", {}, "conformance.toml is not UTF-8 text."),
    "unset-token-variable": (
        LEAST + 'token_env = "NONE"\n',
        {},
        "variable NONE, which should hold",
    ),
    "a-token-for-its-variable": (
        LEAST + f'token_env = "{SECRET}"\n',
        {},
        "(line 4): target.token_env is no name of an environment variable",
    ),
    "no-token-file": (LEAST + 'token_file = "none"\n', {}, "none cannot be read: No such file"),
    "token-file-of-several-lines": (
        LEAST + 'token_file = "conformance.toml"\n',
        {},
        "The file conformance.toml holds no bearer token",
    ),
    "two-places-of-a-token": (
        LEAST + 'token_env = "MY_TOKEN"\ntoken_file = "token"\n',
        {},
        "conformance.toml:4 and conformance.toml:5 both say where a token is",
    ),
    "same-scope-twice": (LEAST + OTHER.replace("s2", "s1"), {}, "(line 5): [principals.other] has"),
    "same-token-twice": (
        LEAST + 'token_env = "MY_TOKEN"\n' + OTHER + 'token_file = "token"\n',
        {},
        "[principals.other] has the target's own token",
    ),
    "no-authority": (LEAST + 'ca_file = "none.pem"\n', {}, "none.pem cannot be read: No such file"),
    "authority-not-pem": (LEAST + 'ca_file = "token"\n', {}, "token holds no certificate as PEM."),
    "authority-for-nobody": (
        LEAST + 'ca_file = "token"\nverify = false\n',
        {},
        "(line 4): ca_file says whom to trust and verify = false that nobody is asked",
    ),
    "header-of-the-kit": (
        LEAST + '[target.headers]\nIdempotency-Key = "x"\n',
        {},
        "(line 5): Idempotency-Key is sent by the kit itself",
    ),
    "header-with-a-line-break": (
        LEAST + '[target.headers]\nX-A = "a\\nb"\n',
        {},
        "(line 5): target.headers.X-A is no header",
    ),
    "header-of-an-unset-variable": (
        LEAST + '[target.headers]\nX-A = { env = "NONE" }\n',
        {},
        "NONE, which should hold the header X-A, is not set",
    ),
    "header-too-short-to-mask": (
        LEAST + '[target.headers]\nX-A = { env = "SHORT" }\n',
        {"SHORT": "abc"},
        "SHORT is too short to be masked",
    ),
    "poll-pauses-crossed": (
        LEAST + "[timing]\npoll_least = 2\npoll_most = 1\n",
        {},
        "(line 5): timing.poll_least (2 s) is more than timing.poll_most (1 s)",
    ),
    "no-operation": (
        LEAST + 'not_offered = ["listOperation"]\n',
        {},
        "not_offered names listOperation, which is no operation. Did you mean listOperations?",
    ),
    "variable-of-the-wrong-type": (
        LEAST,
        {"ACKPROOF_TARGET_CONCURRENCY": "many"},
        "ACKPROOF_TARGET_CONCURRENCY: target.concurrency is an integer, and not 'many'.",
    ),
    "variable-out-of-range": (
        LEAST,
        {"ACKPROOF_TARGET_CONCURRENCY": "65"},
        "The environment variable ACKPROOF_TARGET_CONCURRENCY: target.concurrency: 65 is greater",
    ),
    "variable-of-two-lines": (
        LEAST,
        {"ACKPROOF_TARGET_VERIFY": "true\nx = 1"},
        "ACKPROOF_TARGET_VERIFY: target.verify is true or false",
    ),
    "word-for-whom-to-trust": (
        LEAST + 'verify = "maybe"\n',
        {},
        '(line 4): target.verify: "maybe" is not of type "boolean".',
    ),
    "word-in-its-variable": (
        LEAST,
        {"ACKPROOF_TARGET_VERIFY": "enabled"},
        "ACKPROOF_TARGET_VERIFY: target.verify is true or false, and not 'enabled'.",
    ),
    "wait-with-a-unit": (
        LEAST + '[timing]\nrequest_timeout = "30s"\n',
        {},
        '(line 5): timing.request_timeout: "30s" is not of type "number".',
    ),
    "wait-with-a-unit-in-its-variable": (
        LEAST,
        {"ACKPROOF_TIMING_REQUEST_TIMEOUT": "30s"},
        "ACKPROOF_TIMING_REQUEST_TIMEOUT: timing.request_timeout is a number, and not '30s'.",
    ),
    "wait-of-no-length": (
        LEAST,
        {"ACKPROOF_TIMING_POLL_MOST": "0"},
        "The environment variable ACKPROOF_TIMING_POLL_MOST: timing.poll_most: 0",
    ),
    "unknown-wait": (
        LEAST + "[timing]\nrequest_timout = 30\n",
        {},
        "(line 5): [timing] has no key request_timout. Did you mean request_timeout?",
    ),
    "variable-no-table": (
        LEAST,
        {"ACKPROOF_IMPLEMENTATIONS_GOOD": '{ kind = "script" }'},
        "The environment variable ACKPROOF_IMPLEMENTATIONS_GOOD: [implementations.good] lacks",
    ),
    "unknown-variable": (
        LEAST,
        {"ACKPROOF_TARGET_SKOPE": "s2"},
        "ACKPROOF_TARGET_SKOPE sets nothing. Did you mean ACKPROOF_TARGET_SCOPE?",
    ),
}


@pytest.mark.parametrize(("text", "variables", "sentence"), BAD.values(), ids=BAD.keys())
def test_a_bad_description_ends_with_2_and_a_sentence(
    text: str | bytes,
    variables: dict[str, str],
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    code = outcome(["config", "check", "-c", written(text)])

    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert sentence in said.err
    assert len(said.err.splitlines()) == 1
    assert SECRET not in said.err


BAD_FLAGS = {
    "no-value": (("--set", "target.scope"), "--set target.scope gives no value"),
    "no-key": (("--set", "target.skope=s2"), "there is no such key. Did you mean target.scope?"),
    "wrong-type": (("--set", "timing.poll_most=soon"), "timing.poll_most is a number, and not 's"),
    "out-of-range": (("--limit", "0"), "--limit: target.completion_limit: 0"),
    "twice": (("--set", "target.scope=a", "--set", "target.scope=b"), "target.scope is given twi"),
    "in-two-ways": (("--scope", "a", "--set", "target.scope=b"), "by a flag of its own"),
    "no-file": (("-c", "absent.toml"), "absent.toml cannot be read: No such file"),
    "folder": (("-c", "."), ". cannot be read: Is a directory"),
}


@pytest.mark.parametrize(("flags", "sentence"), BAD_FLAGS.values(), ids=BAD_FLAGS.keys())
def test_a_bad_flag_ends_with_2_and_a_sentence(
    flags: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = outcome(["config", "check", "-c", written(LEAST), *flags])

    assert code == 2
    assert sentence in capsys.readouterr().err


def test_a_good_description_is_told_to_be_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(["config", "check", "-c", written(LEAST), "--scope", "s2"]) == 0
    assert "conformance.toml can be used: http://127.0.0.1:9, scope s2" in capsys.readouterr().out


def test_explain_says_where_each_value_came_from(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ACKPROOF_TARGET_KINDS", "workflow, script")
    text = (
        LEAST
        + "origins = [\n'http://a',\n]\nkinds = ['gagent']\nconcurrency = 2\n"
        + "[timing]\npoll_most = 1\n"
    )

    code = outcome(["config", "explain", "-c", written(text), "--set", "timing.poll_least=0.5"])

    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    told = {row[0]: row[-1] for row in rows}
    assert code == 0
    assert told["target.scope"] == "conformance.toml:3"
    assert told["target.kinds"] == "ACKPROOF_TARGET_KINDS"
    assert told["target.origins"] == "conformance.toml:4"
    assert told["target.concurrency"] == "conformance.toml:8"
    assert told["timing.poll_most"] == "conformance.toml:10"
    assert told["timing.poll_least"] == "timing.poll_least"
    assert told["target.profiles"] == "default"


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["text", "json"])
def test_explain_tells_whether_a_secret_is_set_and_never_what_it_is(
    form: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    text = (
        LEAST
        + 'token_env = "MY_TOKEN"\nheaders = { X-Key = { env = "MISSING" } }\n'
        + OTHER
        + 'token_file = "token"\n'
    )

    code = outcome(["config", "explain", "-c", written(text), *form])

    said = capsys.readouterr().out
    assert (code, SECRET in said) == (0, False)
    if form:
        assert [one["set"] for one in json.loads(said)["secrets"]] == [True, True, False]
    else:
        words = [line.split() for line in said.splitlines()[-3:]]
        assert [("set" in one, "unset" in one) for one in words] == [
            (True, False),
            (True, False),
            (False, True),
        ]


def test_without_a_file_the_embedded_server_is_explained(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert outcome(["config", "explain", "--set", "target.concurrency=2"]) == 0

    said = capsys.readouterr().out
    assert "the embedded reference server, on a free port" in said
    assert '"ackproof"' in said


def test_the_embedded_server_takes_variables_but_not_of_its_principals() -> None:
    target = NOT_STARTED.target({}, {"ACKPROOF_TARGET_MAX_WRITES": "9", "ACKPROOF_TOKEN": "mine"})

    assert (target.max_writes, target.scope, target.token) == (9, "ackproof", "not-drawn-yet")
    with pytest.raises(TargetFileError, match="has principals of its own"):
        NOT_STARTED.target(
            {},
            {
                "ACKPROOF_PRINCIPALS_OTHER_SCOPE": "s2",
                "ACKPROOF_PRINCIPALS_OTHER_TOKEN_ENV": "MY_TOKEN",
                "MY_TOKEN": SECRET,
            },
        )


def test_a_token_file_lies_beside_the_target_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    written(LEAST + 'token_file = "token"\n')
    (folder / "below").mkdir()
    monkeypatch.chdir(folder / "below")

    assert outcome(["config", "check", "-c", "../conformance.toml"]) == 0
    flag = ("--set", "target.token_file=token")
    assert outcome(["config", "check", "-c", "../conformance.toml", *flag]) == 2
    assert "token cannot be read" in capsys.readouterr().err


def test_a_variable_names_the_server_and_the_header_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ACKPROOF_TARGET_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("ACKPROOF_TARGET_SCOPE", "s1")

    code = outcome(["run", "--only", "MBR-01"])

    said = capsys.readouterr()
    assert code == 3
    assert "overridden by ACKPROOF_TARGET_URL, ACKPROOF_TARGET_SCOPE" in said.out
    assert "http://127.0.0.1:9 cannot be reached" in said.err


def test_an_unreachable_variable_is_no_leave_to_write_elsewhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ACKPROOF_TARGET_URL", "http://192.0.2.1")

    assert outcome(["run", "--scope", "s1"]) == 2
    assert "is not on this machine and a run writes to it" in capsys.readouterr().err
