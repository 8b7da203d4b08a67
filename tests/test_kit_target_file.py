"""conformance.toml: what it may say, and the sentence for everything it may not."""

from pathlib import Path
from typing import Any

import pytest

from conformance.target import Target
from conformance.target_file import TargetFileError, load_target

LEAST = '[target]\nurl = "http://127.0.0.1:8080"\nscope = "s1"\n'
GOOD = """
[implementations.good]
kind = "script"
endpoint = "run"
branch = { script = { scriptId = "upper" } }
payload = { payloadJson = { text = "hello" } }
"""


def load(folder: Path, text: str, **flags: Any) -> Target:  # noqa: ANN401  # any TOML value
    path = folder / "conformance.toml"
    path.write_text(text, encoding="utf-8")
    return load_target(
        path, flags, {"ACKPROOF_TOKEN": "secret", "EMPTY": "", "TWO": "a b", "SHORT": "abc"}
    )


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    assert load(tmp_path, f"\ufeff{LEAST}").scope == "s1"


def test_another_scope_may_be_named_and_is_none_otherwise(tmp_path: Path) -> None:
    assert load(tmp_path, LEAST).other_scope is None
    assert load(tmp_path, LEAST, other_scope="empty").other_scope == "empty"


def test_the_least_file_claims_core_and_member_first_with_the_default_workflows(
    tmp_path: Path,
) -> None:
    target = load(tmp_path, LEAST)

    assert target.profiles == ("core", "member-first")
    assert target.good is not None
    assert target.good.endpoint == "chat"
    assert target.poison is not None
    assert target.slow is not None
    assert target.completion_limit == 30
    assert target.on_loopback


def test_a_prefix_keeps_no_slash_at_its_end(tmp_path: Path) -> None:
    text = LEAST.replace(":8080", ":8080/deep/prefix/")

    assert load(tmp_path, text).url == "http://127.0.0.1:8080/deep/prefix"


def test_the_token_comes_from_the_environment(tmp_path: Path) -> None:
    target = load(tmp_path, LEAST + 'token_env = "ACKPROOF_TOKEN"\n')

    assert (target.token_env, target.token) == ("ACKPROOF_TOKEN", "secret")


def test_a_flag_overrides_the_file(tmp_path: Path) -> None:
    target = load(tmp_path, LEAST + "concurrency = 3\n", concurrency=9, scope="s2")

    assert (target.concurrency, target.scope) == (9, "s2")


def test_a_flag_may_name_the_token_that_the_file_names_wrongly(tmp_path: Path) -> None:
    text = LEAST + 'token_env = "UNSET"\n'
    target = load(tmp_path, text, token_env="ACKPROOF_TOKEN")  # noqa: S106  # a variable's name

    assert target.token == "secret"  # noqa: S105  # no real secret


def test_an_implementation_of_the_owner_replaces_the_default(tmp_path: Path) -> None:
    target = load(tmp_path, LEAST + GOOD)

    assert target.good is not None
    assert target.good.branch == {"script": {"scriptId": "upper"}}


def test_false_says_that_there_is_no_poison(tmp_path: Path) -> None:
    assert load(tmp_path, LEAST + "[implementations]\npoison = false\n").poison is None


def test_default_workflows_are_not_used_where_workflows_are_not_offered(tmp_path: Path) -> None:
    assert load(tmp_path, LEAST + 'kinds = ["script"]\n').good is None


BAD_FILES = {
    "unknown-key": (LEAST + 'origin = "x"\n', "(line 4): [target] has no key origin. Did you"),
    "misspelt-required-key": (LEAST.replace("scope", "scop"), "Did you mean scope?"),
    "unknown-table": (LEAST + "[implementation]\n", "the file has no key implementation. Did you"),
    "unknown-fixture": (LEAST + "[implementations]\nbad = false\n", "There are: good, poison"),
    "unknown-fixture-key": (LEAST + GOOD + "revision = 1\n", "has no key revision"),
    "no-target": ("", "[target] lacks url."),
    "no-url": ('[target]\nscope = "s1"\n', "[target] lacks url."),
    "text-for-a-list": (LEAST + 'profiles = "core"\n', '(line 4): target.profiles: "core" is not'),
    "no-profile": (LEAST + "profiles = []\n", "target.profiles"),
    "zero-limit": (LEAST + "completion_limit = 0\n", "target.completion_limit: 0 is less"),
    "boolean-number": (LEAST + "concurrency = true\n", "target.concurrency: true is not"),
    "unknown-kind": (LEAST + 'kinds = ["lambda"]\n', 'target.kinds.0: "lambda" is not one of'),
    "fixture-true": (LEAST + "[implementations]\ngood = true\n", "is a table, or false for none"),
    "fixture-unfinished": (LEAST + '[implementations.slow]\nkind = "script"\n', "slow] lacks"),
    "other-in-the-same-scope": (
        LEAST + '[principals.other]\nscope = "s1"\n',
        "(line 5): [principals.other] has the target's own scope",
    ),
    "other-alone-with-a-token": (
        LEAST + '[principals.other]\nscope = "s2"\ntoken_env = "ACKPROOF_TOKEN"\n',
        "both have a token_env, or neither",
    ),
    "other-with-the-same-token": (
        LEAST
        + 'token_env = "ACKPROOF_TOKEN"\n'
        + '[principals.other]\nscope = "s2"\ntoken_env = "ACKPROOF_TOKEN"\n',
        "has the target's own token",
    ),
    "other-unknown-key": (
        LEAST + '[principals.other]\nscope = "s2"\ntokenenv = "x"\n',
        "[principals.other] has no key tokenenv. Did you mean token_env?",
    ),
    "token-in-the-file": (LEAST + 'token_env = "abc.def-ghi"\n', "target.token_env"),
    "unset-variable": (LEAST + 'token_env = "UNSET"\n', "variable UNSET, which should hold"),
    "empty-variable": (LEAST + 'token_env = "EMPTY"\n', "EMPTY, which should hold the bearer"),
    "variable-with-a-space": (LEAST + 'token_env = "TWO"\n', "TWO holds no bearer token"),
    "variable-too-short": (LEAST + 'token_env = "SHORT"\n', "SHORT is too short to be masked"),
    "not-toml": ("target = [", "is not TOML: "),
    "no-scheme": (LEAST.replace("http://", ""), "is not an http or https URL"),
    "no-host": (LEAST.replace("127.0.0.1", ""), "is not an http or https URL"),
    "port-out-of-range": (LEAST.replace("8080", "80800"), "is not an http or https URL"),
    "password": (LEAST.replace("127", "u:hunter2@127"), "takes no user name"),
    "query": (LEAST.replace("8080", "8080?a=b"), "takes no user name, query or fragment"),
    "date": (LEAST + "max_writes = 2024-01-01\n", "target.max_writes"),
}


@pytest.mark.parametrize(("text", "sentence"), BAD_FILES.values(), ids=BAD_FILES.keys())
def test_a_bad_file_is_answered_with_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(TargetFileError) as raised:
        load(tmp_path, text)

    assert sentence in str(raised.value)
    assert "\n" not in str(raised.value)
    assert "hunter2" not in str(raised.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TargetFileError, match=r"conformance\.toml cannot be read: No such file"):
        load_target(tmp_path / "conformance.toml", {})


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "conformance.toml"
    path.write_bytes(b"\xff\xfe")

    with pytest.raises(TargetFileError, match="is not UTF-8 text"):
        load_target(path, {})


def test_a_url_on_the_command_line_needs_a_scope() -> None:
    with pytest.raises(TargetFileError, match=r"say the target's scope. Give --scope ID or a file"):
        load_target(None, {"url": "http://127.0.0.1"})


def test_a_second_principal_has_a_scope_and_a_token_of_its_own(tmp_path: Path) -> None:
    text = (
        LEAST
        + 'token_env = "ACKPROOF_TOKEN"\n[principals.other]\nscope = "s2"\ntoken_env = "OTHER"\n'
    )
    path = tmp_path / "conformance.toml"
    path.write_text(text, encoding="utf-8")

    target = load_target(path, {}, {"ACKPROOF_TOKEN": "word-1", "OTHER": "word-2"})

    assert target.other is not None
    assert (target.other.scope, target.other.token) == ("s2", "word-2")
    assert target.secrets == {"word-1": "$ACKPROOF_TOKEN", "word-2": "$OTHER"}
    assert "word-" not in repr(target)
