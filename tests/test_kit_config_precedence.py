"""Flag over environment over file over default, for every key there is."""

import contextlib
import io
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conformance.command_config import explain_config
from conformance.selection import Selection
from conformance.target_file import read_settings
from conformance.target_keys import Key, all_keys
from conformance.target_settings import assigned

KEYS = list(all_keys().values())
PROGRAM = {"kind": "script", "endpoint": "run", "branch": {"script": {"n": 1}}, "payload": {}}
TEXTS = ["one", "two words", "three, of a kind", "[four]", "fünf #5", '"six"']
NAMES = ["ONE", "TWO_2", "_THREE", "FOUR"]
VALUES: dict[str, list[Any]] = {
    "target.openapi": ["/a.json", "/b", "/c,d"],
    "target.token_env": NAMES,
    "target.auth_header": ["X-Api-Key", "Token", "Authorization"],
    "target.auth_scheme": ["", "Bearer", "Token"],
    "target.headers": [{}, {"X-A": "1"}, {"X-A": {"env": "ONE"}, "X-B": "b, c"}],
    "target.kinds": [["workflow"], ["script", "gagent"], ["gagent"]],
    "principals.other.token_env": NAMES,
    "hooks.env": [["ONE"], ["TWO_2", "_THREE"]],
    "run.mode": ["full", "read-only", "smoke"],
    **{
        f"implementations.{name}": [False, PROGRAM, {**PROGRAM, "payload": {"a": ["b", True]}}]
        for name in ("good", "poison", "slow", "partial")
    },
}
OF_A_TYPE: dict[str, list[Any]] = {
    "string": TEXTS,
    "boolean": [True, False],
    "integer": [1, 2, 64],
    "number": [0.5, 1, 2.25, 1e3],
    "array": [["a"], ["b", "c d"], ["e", "f", "g"]],
}
LEAST = {"target.url": "http://127.0.0.1:9", "target.scope": "s1"}


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {toml(one)}" for name, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(toml(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def text(key: Key, value: object, *, quoted: bool) -> str:
    """A value as a variable or a flag spells it; text and plain lists can be spelt in two ways."""
    if isinstance(value, str):
        return toml(value) if quoted or value.startswith('"') or not value else value
    if isinstance(value, list) and not quoted and key.types == ("array",):
        return ", ".join(value)
    return toml(value)


def file_of(values: Mapping[str, object]) -> str:
    tables: dict[str, list[str]] = {}
    for name, value in values.items():
        table, _, key = name.rpartition(".")
        tables.setdefault(table, []).append(f"{key} = {toml(value)}")
    return "".join(f"[{table}]\n" + "\n".join(lines) + "\n" for table, lines in tables.items())


def values_of(key: Key) -> list[Any]:
    return VALUES.get(key.name) or OF_A_TYPE[key.types[0]]


@st.composite
def given_in_some(draw: st.DrawFn) -> tuple[Key, dict[str, Any], bool]:
    key = draw(st.sampled_from(KEYS))
    places = draw(st.sets(st.sampled_from(["file", "environment", "flag"])))
    if key.name in {"target.url", "target.scope", "principals.other.scope"} and not places:
        places = {"file"}
    return key, {one: draw(st.sampled_from(values_of(key))) for one in places}, draw(st.booleans())


@settings(max_examples=300, deadline=None)
@given(given_in_some())
@example((all_keys()["target.auth_scheme"], {"flag": "", "file": "Token"}, False))
def test_the_highest_of_the_places_wins_and_explain_names_it(
    drawn: tuple[Key, dict[str, Any], bool],
) -> None:
    key, places, quoted = drawn
    in_file: dict[str, Any] = dict(LEAST)
    if key.name.startswith("principals"):
        in_file["principals.other.scope"] = "s2"
    in_file.pop(key.name, None)
    if "file" in places:
        in_file[key.name] = places["file"]
    environ, flags = {}, {}
    if "environment" in places:
        environ[key.variable] = text(key, places["environment"], quoted=quoted)
    if "flag" in places:
        flags = assigned([f"{key.name}={text(key, places['flag'], quoted=quoted)}"])
    highest = next((one for one in ("flag", "environment", "file") if one in places), "default")

    row, lines = explained(file_of(in_file), flags, environ, key)

    assert row["origin"] == highest
    assert row["value"] == places.get(highest, key.rule.get("default"))
    if highest == "file":
        line = int(row["where"].rpartition(":")[2])
        assert lines[line - 1].startswith(key.path[-1] + " = ")
    elif highest == "environment":
        assert row["where"] == key.variable
    elif highest == "flag":
        assert row["where"].startswith("--") or row["where"] == "URL"


def explained(
    content: str, flags: dict[str, Any], environ: dict[str, str], key: Key
) -> tuple[dict[str, Any], list[str]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "conformance.toml"
        path.write_text(content, encoding="utf-8")
        said = io.StringIO()
        with patch.dict(os.environ, environ, clear=True), contextlib.redirect_stdout(said):
            assert explain_config(Selection(path, flags, ()), as_json=True) == 0
    rows = {row["key"]: row for row in json.loads(said.getvalue())["settings"]}
    return rows[key.name], content.split("\n")


def test_no_two_keys_share_a_variable() -> None:
    assert len({key.variable for key in KEYS}) == len(KEYS)


@pytest.mark.parametrize("key", KEYS, ids=[key.name for key in KEYS])
def test_every_key_is_described(key: Key) -> None:
    assert len(key.rule.get("description", "")) > 10


def test_an_empty_variable_is_one_that_is_not_set(tmp_path: Path) -> None:
    path = tmp_path / "conformance.toml"
    path.write_text(file_of(LEAST), encoding="utf-8")

    assert read_settings(path, {}, {"ACKPROOF_TARGET_SCOPE": ""}).value("target.scope") == "s1"


def test_a_token_file_of_a_variable_replaces_the_token_variable_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "conformance.toml"
    path.write_text(file_of({**LEAST, "target.token_env": "GONE"}), encoding="utf-8")

    read = read_settings(path, {}, {"ACKPROOF_TARGET_TOKEN_FILE": "token"})

    assert read.value("target.token_env") is None
    assert "token_env" not in read.content["target"]
